// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {BookWord} from "../types/BookWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {OrderBook} from "./OrderBook.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice The error that says why an order was refused, with what was got and the limit.
library Refusals {
    /// @notice Revert with the error of a refusal. Nothing has changed since, so what it names is read again.
    function raise(
        IExchange.Refusal refusal,
        IExchange.OrderResult memory result,
        uint32 accountId,
        IExchange.OrderRequest calldata order
    ) internal view {
        if (refusal == IExchange.Refusal.UNKNOWN_MARKET) {
            revert IExchangeErrors.UnknownMarket(order.marketId);
        }
        // Ticks are below 2^24, asset ids below 44, the number of fills at most 64 and the minimum size 24 bits.
        if (refusal == IExchange.Refusal.TICK_OUT_OF_RANGE) {
            revert IExchangeErrors.TickOutOfRange(order.tick, uint24(TickBitmap.MAX_TICK));
        }
        BookWord book = BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(order.marketId)));
        if (refusal == IExchange.Refusal.BELOW_MINIMUM_SIZE) {
            revert IExchangeErrors.BelowMinimumSize(order.lots, uint24(book.minLots()));
        }
        if (refusal == IExchange.Refusal.TOO_MANY_FILLS) {
            revert IExchangeErrors.TooManyFills(order.maxFills, uint8(OrderBook.MAX_FILLS));
        }
        uint16 base = uint16(MarketId.base(order.marketId));
        if (refusal == IExchange.Refusal.PRICE_UNAVAILABLE) revert IExchangeErrors.PriceUnavailable(base);
        bool isAsk = order.side == IExchange.Side.ASK;
        if (refusal == IExchange.Refusal.PRICE_OUTSIDE_BAND) {
            revert IExchangeErrors.PriceOutsideBand(order.tick, uint24(book.bandLimit(isAsk)));
        }
        if (refusal == IExchange.Refusal.WOULD_CROSS) {
            revert IExchangeErrors.WouldCross(order.tick, uint24(book.best(!isAsk)));
        }
        if (refusal == IExchange.Refusal.NOT_FILLED_WHOLE) {
            revert IExchangeErrors.NotFilledWhole(result.filledLots, order.lots);
        }
        if (refusal == IExchange.Refusal.LEVEL_FULL) revert IExchangeErrors.LevelFull(order.marketId, order.tick);
        if (refusal == IExchange.Refusal.TOO_MUCH_OPEN) revert IExchangeErrors.TooMuchOpen(accountId, base);
        uint256 assets = LibBit.popCount(Accounts.withUsed(Accounts.load(accountId), base).assets());
        revert IExchangeErrors.TooManyAssets(accountId, assets, Accounts.MAX_ASSETS);
    }
}

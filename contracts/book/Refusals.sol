// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {BookWord} from "../types/BookWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderTerms} from "../types/OrderTerms.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Matching} from "./Matching.sol";
import {OrderBook} from "./OrderBook.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice The error that says why an order was refused, with what was got and the limit.
library Refusals {
    /// @notice Revert with the error of a refusal, a number of {IExchange.Refusal}. Nothing has changed since, so what it
    ///         names is read again.
    function raise(uint256 refusal, Matching.Order memory order, IExchange.OrderResult memory result) internal view {
        // Markets and account ids come from 16-bit and 32-bit arguments, ticks are below 2^24 and lots below 2^40.
        uint16 marketId = uint16(order.marketId);
        uint24 tick = uint24(order.tick);
        uint40 lots = uint40(order.lots);
        if (refusal == uint256(IExchange.Refusal.UNKNOWN_MARKET)) revert IExchangeErrors.UnknownMarket(marketId);
        if (refusal == uint256(IExchange.Refusal.TICK_OUT_OF_RANGE)) {
            revert IExchangeErrors.TickOutOfRange(tick, uint24(TickBitmap.MAX_TICK));
        }
        BookWord book = order.book;
        if (refusal == uint256(IExchange.Refusal.BELOW_MINIMUM_SIZE)) {
            revert IExchangeErrors.BelowMinimumSize(lots, uint24(book.minLots()));
        }
        if (refusal == uint256(IExchange.Refusal.TOO_MANY_FILLS)) {
            revert IExchangeErrors.TooManyFills(uint8(order.fillsLeft), uint8(OrderBook.MAX_FILLS));
        }
        uint16 base = uint16(MarketId.base(marketId));
        if (refusal == uint256(IExchange.Refusal.PRICE_UNAVAILABLE)) revert IExchangeErrors.PriceUnavailable(base);
        if (refusal == uint256(IExchange.Refusal.PRICE_OUTSIDE_BAND)) {
            revert IExchangeErrors.PriceOutsideBand(tick, uint24(book.bandLimit(order.isAsk)));
        }
        if (refusal == uint256(IExchange.Refusal.WOULD_CROSS)) {
            revert IExchangeErrors.WouldCross(tick, uint24(book.best(!order.isAsk)));
        }
        if (refusal == uint256(IExchange.Refusal.NOT_FILLED_WHOLE)) {
            revert IExchangeErrors.NotFilledWhole(result.filledLots, lots);
        }
        if (refusal == uint256(IExchange.Refusal.LEVEL_FULL)) revert IExchangeErrors.LevelFull(marketId, tick);
        uint32 accountId = uint32(order.accountId);
        if (refusal == uint256(IExchange.Refusal.TOO_MUCH_OPEN)) revert IExchangeErrors.TooMuchOpen(accountId, base);
        if (refusal == uint256(IExchange.Refusal.TOO_MANY_ASSETS)) {
            uint256 assets = LibBit.popCount(Accounts.withUsed(Accounts.load(accountId), base).assets());
            revert IExchangeErrors.TooManyAssets(accountId, assets, Accounts.MAX_ASSETS);
        }
        _raiseOfTerms(refusal, order);
    }

    /// @dev The refusals that come from terms or a pause.
    function _raiseOfTerms(uint256 refusal, Matching.Order memory order) private view {
        OrderTerms terms = order.terms;
        uint16 marketId = uint16(order.marketId);
        if (refusal == uint256(IExchange.Refusal.INVALID_TERMS)) revert IExchangeErrors.InvalidTerms(terms);
        if (refusal == uint256(IExchange.Refusal.ORDER_EXPIRED)) {
            revert IExchangeErrors.OrderExpired(uint32(terms.expiry()), block.timestamp);
        }
        if (refusal == uint256(IExchange.Refusal.NOTHING_TO_REDUCE)) {
            revert IExchangeErrors.NothingToReduce(uint32(order.accountId), marketId, uint40(order.lots));
        }
        revert IExchangeErrors.MarketPaused(marketId, order.book.pausedUntil());
    }
}

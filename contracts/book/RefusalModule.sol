// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {BookWord} from "../types/BookWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {OrderTerms} from "../types/OrderTerms.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {TapeWord} from "../types/TapeWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {OrderBook} from "./OrderBook.sol";
import {PerpTaking} from "./PerpTaking.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice The error that says why an order was refused, with what was got and the limit. The exchange delegates to it.
contract RefusalModule {
    /// @notice An order that was refused. Nothing has changed since.
    struct Refused {
        /// @dev Why: a number of {IExchange.Refusal}.
        uint256 refusal;
        uint32 accountId;
        uint16 marketId;
        BookWord book;
        bool isAsk;
        uint24 tick;
        uint40 lots;
        uint8 fillsLeft;
        uint40 filledLots;
        OrderTerms terms;
    }

    /// @notice Revert with the error of a refusal.
    function raise(Refused calldata order) external view {
        uint256 refusal = order.refusal;
        (uint16 marketId, uint24 tick, uint40 lots, BookWord book) =
            (order.marketId, order.tick, order.lots, order.book);
        if (refusal == uint256(IExchange.Refusal.UNKNOWN_MARKET)) revert IExchangeErrors.UnknownMarket(marketId);
        if (refusal == uint256(IExchange.Refusal.TICK_OUT_OF_RANGE)) {
            revert IExchangeErrors.TickOutOfRange(tick, uint24(TickBitmap.MAX_TICK));
        }
        // Fields of the book word have these widths.
        if (refusal == uint256(IExchange.Refusal.BELOW_MINIMUM_SIZE)) {
            revert IExchangeErrors.BelowMinimumSize(lots, uint24(book.minLots()));
        }
        if (refusal == uint256(IExchange.Refusal.TOO_MANY_FILLS)) {
            revert IExchangeErrors.TooManyFills(order.fillsLeft, uint8(OrderBook.MAX_FILLS));
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
            revert IExchangeErrors.NotFilledWhole(order.filledLots, lots);
        }
        if (refusal == uint256(IExchange.Refusal.LEVEL_FULL)) revert IExchangeErrors.LevelFull(marketId, tick);
        uint32 accountId = order.accountId;
        if (refusal == uint256(IExchange.Refusal.ACCOUNT_FROZEN)) revert IExchangeErrors.AccountFrozen(accountId);
        if (refusal == uint256(IExchange.Refusal.TOO_MUCH_OPEN)) revert IExchangeErrors.TooMuchOpen(accountId, base);
        if (refusal == uint256(IExchange.Refusal.TOO_MANY_ASSETS)) {
            AccountWord used = Accounts.load(accountId).withMarket(marketId);
            uint256 bitmap = MarketId.isPerp(marketId) ? used.perps() : used.assets();
            revert IExchangeErrors.TooManyAssets(accountId, LibBit.popCount(bitmap), Accounts.MAX_ASSETS);
        }
        _raiseOfCaps(order);
        _raiseOfTerms(order);
    }

    /// @dev The refusals that come from the caps of a perp.
    function _raiseOfCaps(Refused calldata order) private view {
        uint256 refusal = order.refusal;
        uint16 marketId = order.marketId;
        if (refusal == uint256(IExchange.Refusal.POSITION_CAP)) {
            uint256 slot = ExchangeStorage.positionSlot(order.accountId, MarketId.base(marketId));
            PositionWord position = PositionWord.wrap(ExchangeStorage.load(slot));
            MarkWord mark = MarkWord.wrap(ExchangeStorage.load(ExchangeStorage.markSlot(marketId)));
            // Beyond a cap, so positive.
            uint256 reached = uint256(PerpTaking.reached(position, order.isAsk, order.lots));
            revert IExchangeErrors.PositionCapReached(order.accountId, marketId, reached, mark.positionCap());
        }
        if (refusal == uint256(IExchange.Refusal.OPEN_INTEREST_CAP)) {
            TapeWord tape = TapeWord.wrap(ExchangeStorage.load(ExchangeStorage.tapeSlot(marketId)));
            revert IExchangeErrors.OpenInterestCapReached(marketId, tape.openInterest(), tape.openInterestCap());
        }
    }

    /// @dev The refusals that come from terms or a pause.
    function _raiseOfTerms(Refused calldata order) private view {
        uint256 refusal = order.refusal;
        OrderTerms terms = order.terms;
        if (refusal == uint256(IExchange.Refusal.INVALID_TERMS)) revert IExchangeErrors.InvalidTerms(terms);
        if (refusal == uint256(IExchange.Refusal.ORDER_EXPIRED)) {
            revert IExchangeErrors.OrderExpired(uint32(terms.expiry()), block.timestamp);
        }
        if (refusal == uint256(IExchange.Refusal.NOTHING_TO_REDUCE)) {
            revert IExchangeErrors.NothingToReduce(order.accountId, order.marketId, order.lots);
        }
        revert IExchangeErrors.MarketPaused(order.marketId, order.book.pausedUntil());
    }
}

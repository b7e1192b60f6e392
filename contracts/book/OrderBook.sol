// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {AccountWord, AccountWordLib} from "../types/AccountWord.sol";
import {BookWord} from "../types/BookWord.sol";
import {Lane, LaneLib} from "../types/Lane.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderChange, OrderChangeLib} from "../types/OrderChange.sol";
import {OrderId} from "../types/OrderId.sol";
import {OrderTerms, OrderTermsLib} from "../types/OrderTerms.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";
import {TapeWord} from "../types/TapeWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Fees} from "./Fees.sol";
import {LevelQueue} from "./LevelQueue.sol";
import {Matching} from "./Matching.sol";
import {PerpTaking} from "./PerpTaking.sol";
import {RecordLog} from "./Records.sol";
import {SpotTaking} from "./SpotTaking.sol";
import {TickBitmap} from "./TickBitmap.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice Placing an order: validate, match, rest, settle. Authorisation and the final check are the caller's.
library OrderBook {
    using Matching for WorkOrder;

    /// @notice The most maker orders one taker order may meet.
    uint256 internal constant MAX_FILLS = 64;

    // Enums are handled as numbers: the compiler validates them again each time they are compared as such.
    uint256 private constant _ASK = uint256(IExchange.Side.ASK);
    uint256 private constant _NONE = uint256(IExchange.Refusal.NONE);

    /// @notice Memory to work in for the orders that one caller places for an account in a transaction.
    function begin(WorkOrder memory order, uint256 accountId, AccountWord account, bool byOperator) internal pure {
        order.accountId = accountId;
        // No market yet: whatever comes first is entered.
        order.marketId = type(uint256).max;
        order.account = byOperator ? account.actedForByOperator() : account;
    }

    /// @notice Take over what was asked for. The market's word is loaded unless it is that of the order before, which
    ///         {place} keeps current.
    function read(WorkOrder memory order, IExchange.OrderRequest calldata asked) internal view {
        uint256 marketId;
        uint256 tick;
        uint256 side;
        uint256 lots;
        uint256 maxFills;
        assembly ("memory-safe") {
            // The fields of a request follow one another, a word each. A bit beyond the width of one reverts, as it does where
            // the compiler reads them: market 16, tick 24, side 1, lots 40, fills 8.
            marketId := calldataload(asked)
            tick := calldataload(add(asked, 0x20))
            side := calldataload(add(asked, 0x40))
            lots := calldataload(add(asked, 0x60))
            maxFills := calldataload(add(asked, 0x80))
            let beyond := or(or(shr(16, marketId), shr(24, tick)), or(shr(1, side), shr(40, lots)))
            if or(beyond, shr(8, maxFills)) { revert(0, 0) }
        }
        if (marketId != order.marketId) enter(order, marketId);
        (order.isAsk, order.tick, order.lots, order.fillsLeft) = (side == _ASK, tick, lots, maxFills);
        order.terms = asked.terms;
    }

    /// @notice Go to another market: its word is loaded, and {place} keeps it current.
    function enter(WorkOrder memory order, uint256 marketId) internal view {
        (order.marketId, order.isPerp, order.book) = (marketId, MarketId.isPerp(marketId), load(marketId));
        order.usesMask = AccountWordLib.usesMask(marketId);
        order.openSlot = ExchangeStorage.openSlot(order.accountId, marketId);
        if (order.isPerp) PerpTaking.enter(order);
    }

    /// @notice The book word of a market.
    function load(uint256 marketId) internal view returns (BookWord) {
        return BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(marketId)));
    }

    /// @notice What was asked for, as {read} took it over.
    function request(WorkOrder memory order) internal pure returns (IExchange.OrderRequest memory) {
        // All were read from fields of these widths.
        return IExchange.OrderRequest({
            marketId: uint16(order.marketId),
            tick: uint24(order.tick),
            side: order.isAsk ? IExchange.Side.ASK : IExchange.Side.BID,
            lots: uint40(order.lots),
            maxFills: uint8(order.fillsLeft),
            terms: order.terms
        });
    }

    /// @notice Place an order: match it, rest what may rest, settle the account that placed it.
    /// @param order Begun and read; the same memory serves all orders of a transaction.
    /// @return refusal A number of {IExchange.Refusal}. With a refusal nothing of the order remains, except for
    ///         NOT_FILLED_WHOLE: then the caller must revert. Makers it met that could not trade have left the book all
    ///         the same.
    function place(WorkOrder memory order, RecordLog log, IExchange.OrderResult memory result)
        internal
        returns (uint256 refusal)
    {
        uint256 marketId = order.marketId;
        BookWord before = order.book;
        bool isPerp = order.isPerp;
        // What the order before has changed.
        order.units = 0;
        // 1. What is wrong with it.
        bool isNew = !order.account.usesAll(order.usesMask);
        int256 room = isPerp ? PerpTaking.read(order) : int256(0);
        if (isNew || !_passes(order, before, room)) {
            refusal = _validate(order, isNew, room < 0);
            if (refusal != _NONE) return refusal;
        }
        // 2. What it meets, and 3. what rests, with the words of the account and the book.
        uint256 timeInForce = order.terms.timeInForce();
        bool rests = timeInForce <= OrderTermsLib.POST_ONLY_SLIDE;
        order.lotsLeft = order.lots;
        uint256 filledLots;
        if (order.crosses()) {
            if (order.terms.isPostOnly()) {
                refusal = _clearTheWay(order, log);
                if (isPerp) PerpTaking.reload(order);
            } else {
                filledLots = _take(order, log);
                // The lots of an order are below 2^40.
                result.filledLots = uint40(filledLots);
                // Neither dust nor what still crosses, because fills are used up or an own order is in the way, may rest.
                if (order.lotsLeft < order.book.minLots()) rests = false;
                else if (order.crosses()) rests = false;
                // Nor may what would open more than may be open, also where the maker it met has left the book.
                if (isPerp && order.isCapped) {
                    rests = false;
                    if (filledLots == 0) refusal = uint256(IExchange.Refusal.OPEN_INTEREST_CAP);
                }
            }
        }
        if (!rests) {
            bool isCut = timeInForce == OrderTermsLib.FILL_OR_KILL && filledLots != order.lots;
            if (isCut) return uint256(IExchange.Refusal.NOT_FILLED_WHOLE);
        }
        if (refusal == _NONE) refusal = _settle(order, filledLots, rests, log, result);
        if (filledLots | result.restingLots != 0) {
            note(order, result);
            if (isNew) Accounts.useMarket(order.accountId, marketId);
        }
        // Also of an order refused at last: it may have met, and removed, makers that could not trade.
        if (BookWord.unwrap(order.book) != BookWord.unwrap(before)) {
            ExchangeStorage.store(ExchangeStorage.bookSlot(marketId), BookWord.unwrap(order.book));
        }
    }

    /// @notice Note what an order has changed of its base asset or perp, for the check at the end.
    function note(WorkOrder memory order, IExchange.OrderResult memory result) internal pure {
        OrderChange change = OrderChangeLib.create(
            order.marketId, result.filledLots, result.restingLots, order.isAsk, order.terms.isReduceOnly()
        );
        change = change.withCash(order.units);
        OrderChange[] memory changes = order.changes;
        uint256 index = order.changeCount;
        assembly ("memory-safe") {
            // There is room for a note of each order of the transaction.
            mstore(add(add(changes, 0x20), shl(5, index)), change)
        }
        unchecked {
            order.changeCount = index + 1;
        }
    }

    /// @dev Whether nothing is wrong with a plain order, whatever rests in the book, found by one comparison: no difference
    ///      is negative. If not, or if its market has been paused, {_validate} tells.
    /// @param room What the position cap leaves, negative if it does not allow the order.
    function _passes(WorkOrder memory order, BookWord book, int256 room) private pure returns (bool) {
        (uint256 tick, bool isAsk) = (order.tick, order.isAsk);
        uint256 limit = book.bandLimit(isAsk);
        unchecked {
            // All terms are below 2^42, so a negative difference has the highest bit set, and no other has. A market that is
            // not listed has no limit, either.
            uint256 differences = (tick - 1) | (TickBitmap.MAX_TICK - tick) | (limit - 1);
            differences |= isAsk ? tick - limit : limit - tick;
            differences |= (order.lots - book.minLots()) | (MAX_FILLS - order.fillsLeft) | uint256(room);
            return (differences >> 255) | book.pausedUntil() == 0 && order.terms.isPlain();
        }
    }

    /// @dev What is wrong with an order whatever rests in the book.
    /// @param isNew Whether its account does not use the market yet, or its orders may not rest.
    /// @param isBeyondCap Whether it could make a position larger than it may be.
    function _validate(WorkOrder memory order, bool isNew, bool isBeyondCap) private returns (uint256) {
        BookWord book = order.book;
        uint256 tick = order.tick;
        if (!book.isListed()) return uint256(IExchange.Refusal.UNKNOWN_MARKET);
        if (!order.terms.isPlain()) {
            uint256 refusal = _applyTerms(order);
            if (refusal != _NONE) return refusal;
        }
        unchecked {
            // Tick 0 wraps around to far above the highest.
            if (tick - 1 >= TickBitmap.MAX_TICK) return uint256(IExchange.Refusal.TICK_OUT_OF_RANGE);
        }
        if (order.lots < book.minLots()) return uint256(IExchange.Refusal.BELOW_MINIMUM_SIZE);
        if (order.fillsLeft > MAX_FILLS) return uint256(IExchange.Refusal.TOO_MANY_FILLS);
        uint256 limit = book.bandLimit(order.isAsk);
        if (limit == 0) return uint256(IExchange.Refusal.PRICE_UNAVAILABLE);
        if (order.isAsk ? tick < limit : tick > limit) {
            // An order that slides is judged where it comes to rest.
            if (!_slides(order) || !order.crosses()) return uint256(IExchange.Refusal.PRICE_OUTSIDE_BAND);
        }
        if (book.pausedUntil() != 0) {
            bool isPaused = block.timestamp < book.pausedUntil() && !order.terms.isReduceOnly();
            if (isPaused) return uint256(IExchange.Refusal.MARKET_PAUSED);
        }
        if (isBeyondCap) return uint256(IExchange.Refusal.POSITION_CAP);
        if (isNew) {
            if (!order.account.isLive() && !_onlyReducesNow(order)) return uint256(IExchange.Refusal.ACCOUNT_FROZEN);
            bool canUse = Accounts.canUse(order.accountId, order.marketId);
            if (!canUse) return uint256(IExchange.Refusal.TOO_MANY_ASSETS);
        }
        return _NONE;
    }

    /// @dev Whether nothing of an order ever rests, and it only reduces.
    function _onlyReducesNow(WorkOrder memory order) private pure returns (bool) {
        return order.terms.timeInForce() > OrderTermsLib.POST_ONLY_SLIDE && order.terms.isReduceOnly();
    }

    /// @dev Validate terms beyond a time in force, and cut a reduce-only order to what there is to reduce.
    function _applyTerms(WorkOrder memory order) private returns (uint256) {
        OrderTerms terms = order.terms;
        if (!terms.isValid()) return uint256(IExchange.Refusal.INVALID_TERMS);
        uint256 expiry = terms.expiry();
        if (expiry != 0 && block.timestamp > expiry) return uint256(IExchange.Refusal.ORDER_EXPIRED);
        if (!terms.isReduceOnly()) return _NONE;
        uint256 lots = order.reducibleLots(order.accountId, order.isAsk);
        if (lots >= order.lots) return _NONE;
        order.lots = lots;
        return lots < order.book.minLots() ? uint256(IExchange.Refusal.NOTHING_TO_REDUCE) : _NONE;
    }

    /// @dev Clear away what can not trade; if the order still crosses, slide it to the tick before the best of the other
    ///      side, where tick range and band are checked again, or refuse it.
    function _clearTheWay(WorkOrder memory order, RecordLog log) private returns (uint256) {
        order.clear(log);
        if (order.crosses()) {
            if (!_slides(order)) return uint256(IExchange.Refusal.WOULD_CROSS);
            uint256 best = order.book.best(!order.isAsk);
            unchecked {
                // The best of a side that is crossed is a tick from 1 to the highest.
                order.tick = order.isAsk ? best + 1 : best - 1;
                if (order.tick - 1 >= TickBitmap.MAX_TICK) return uint256(IExchange.Refusal.TICK_OUT_OF_RANGE);
            }
        }
        bool isOutside = order.book.isOutside(order.isAsk, order.tick);
        return isOutside ? uint256(IExchange.Refusal.PRICE_OUTSIDE_BAND) : _NONE;
    }

    function _slides(WorkOrder memory order) private pure returns (bool) {
        return order.terms.timeInForce() == OrderTermsLib.POST_ONLY_SLIDE;
    }

    /// @dev Match, and book what the market and the taker have from it.
    /// @return filledLots Lots that traded.
    function _take(WorkOrder memory order, RecordLog log) private returns (uint256 filledLots) {
        uint256 slot = ExchangeStorage.tapeSlot(order.marketId);
        TapeWord tape = TapeWord.wrap(ExchangeStorage.load(slot));
        (order.notionalAtoms, order.makerFeeAtoms, order.checksLeft) = (0, 0, Matching.MAX_CHECKS);
        order.sequence = tape.sequence();
        bool isPerp = order.isPerp;
        uint256 kept;
        if (isPerp) PerpTaking.begin(order, tape);
        else kept = SpotTaking.keepBack(order, tape.takerPpm());
        order.run(log);
        if (isPerp) PerpTaking.reload(order);
        unchecked {
            // What was kept back was part of it.
            order.lotsLeft += kept;
        }
        if (order.notionalAtoms == 0) return 0;
        unchecked {
            // What makers sell is worth less than 2^95 at the highest price there is, and what they pay they have; of a perp
            // positions are below 2^36 lots.
            filledLots = order.lots - order.lotsLeft;
            // One fee on the sum, so many small fills cost no more than one. Both fees together are never negative:
            // charges are rounded up, rebates down, and a rebate is at most the fee of the other side.
            int256 fee = Fees.feeUp(order.notionalAtoms, tape.takerPpm());
            if (isPerp) tape = PerpTaking.end(order, tape, filledLots, fee);
            else SpotTaking.moveCash(order, filledLots, fee);
            tape = tape.afterTrades(order.lastTick, uint256(fee + order.makerFeeAtoms), order.sequence);
            ExchangeStorage.store(slot, TapeWord.unwrap(tape));
            log.taken(order.marketId, order.isAsk, filledLots, order.notionalAtoms, fee, order.sequence);
        }
    }

    /// @dev Rest what is left of the order if it may, and write the word of its account once.
    /// @return refusal Why nothing came of the order, if nothing did.
    function _settle(
        WorkOrder memory order,
        uint256 filledLots,
        bool rests,
        RecordLog log,
        IExchange.OrderResult memory result
    ) private returns (uint256 refusal) {
        uint256 slot = order.openSlot;
        bool isPerp = order.isPerp;
        LedgerWord word = isPerp ? order.position.toLedger() : LedgerWord.wrap(ExchangeStorage.load(slot));
        if (rests) {
            (LedgerWord opened, bool fits) = _open(order, word, isPerp);
            refusal = fits ? _rest(order, log, result) : uint256(IExchange.Refusal.TOO_MUCH_OPEN);
            if (refusal == _NONE) word = opened;
            else if (filledLots == 0) return refusal;
        }
        if (filledLots != 0) {
            word = isPerp ? PerpTaking.trade(order, word) : SpotTaking.moveBase(order, slot, word, filledLots);
        }
        ExchangeStorage.store(slot, LedgerWord.unwrap(word.touched()));
        if (!order.terms.isPlain()) _recordTerms(order, log, result);
        return _NONE;
    }

    /// @dev The word of an account with what is left of its order in the open total.
    function _open(WorkOrder memory order, LedgerWord word, bool isPerp)
        private
        pure
        returns (LedgerWord opened, bool fits)
    {
        if (isPerp) {
            PositionWord position;
            (position, fits) = PositionWordLib.fromLedger(word).open(order.isAsk, order.lotsLeft);
            return (position.toLedger(), fits);
        }
        unchecked {
            // Lots are below 2^40 and atoms a lot below 2^64.
            return word.open(order.isAsk, order.lotsLeft * order.book.atomsPerLot());
        }
    }

    /// @dev Put what is left of the order into its level's queue.
    function _rest(WorkOrder memory order, RecordLog log, IExchange.OrderResult memory result)
        private
        returns (uint256)
    {
        uint256 tick = order.tick;
        bool isAsk = order.isAsk;
        uint256 lots = order.lotsLeft;
        Lane lane =
            LaneLib.create(order.accountId, isAsk, lots, LaneLib.placerMarks(order.account) | order.terms.laneBits());
        (OrderId id, bool isFirst) = LevelQueue.append(order.marketId, tick, lane, lots);
        if (OrderId.unwrap(id) == 0) return uint256(IExchange.Refusal.LEVEL_FULL);
        if (isFirst) {
            TickBitmap.set(order.marketId, tick);
            uint256 best = order.book.best(isAsk);
            if (isAsk ? tick < best : tick > best) order.book = order.book.withBest(isAsk, tick);
        }
        result.orderId = OrderId.unwrap(id);
        // The lots of an order are below 2^40.
        result.restingLots = uint40(lots);
        log.placed(id, lots, order.terms.clientId(), lane.flags());
        return _NONE;
    }

    /// @dev Add to the log what terms say beyond a time in force.
    function _recordTerms(WorkOrder memory order, RecordLog log, IExchange.OrderResult memory result) private pure {
        OrderTerms terms = order.terms;
        if (result.restingLots == 0) {
            if (terms.clientId() != 0) log.placed(OrderId.wrap(0), 0, terms.clientId(), 0);
        } else if (terms.expiry() != 0) {
            log.expires(OrderId.wrap(result.orderId), terms.expiry());
        }
    }
}

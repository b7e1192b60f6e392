// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {BookWord} from "../types/BookWord.sol";
import {CashWord, CashWordLib} from "../types/CashWord.sol";
import {Lane, LaneLib} from "../types/Lane.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderId, OrderIdLib} from "../types/OrderId.sol";
import {OrderTerms, OrderTermsLib} from "../types/OrderTerms.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";
import {ExecutionLoss} from "./ExecutionLoss.sol";
import {Fees} from "./Fees.sol";
import {LevelQueue} from "./LevelQueue.sol";
import {RecordLog} from "./Records.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice The match loop: a taker meets makers in price-time order, and every maker is settled at once.
/// @dev A maker can not stop a taker: nothing in here calls out or reverts on a maker's account. An order that can not be
///      filled is removed and matching goes on; each order met, filled or removed, counts as one of the taker's fills.
library Matching {
    /// @notice The most maker orders that a post-only order clears away.
    uint256 internal constant MAX_CLEARED = 4;

    uint256 private constant _UNLIMITED = type(uint256).max;

    /// @notice An order on its way through the book.
    struct Order {
        uint256 accountId;
        /// @dev Word of its account at the start of the transaction.
        AccountWord account;
        /// @dev What {LaneLib.commonMarks} made of the owner and whether an operator acts.
        uint256 marks;
        uint256 marketId;
        /// @dev The market's word; its best ticks are kept up to date here and stored once at the end.
        BookWord book;
        bool isAsk;
        /// @dev Worst tick it may trade at.
        uint256 tick;
        /// @dev Size it was asked for.
        uint256 lots;
        OrderTerms terms;
        uint256 lotsLeft;
        /// @dev Whether what is left of it may rest.
        bool rests;
        /// @dev Maker orders it may still meet.
        uint256 fillsLeft;
        /// @dev Whether it only clears away what can not trade, and stops before what can.
        bool onlyClears;
        /// @dev Lots it lost to self-trade prevention.
        uint256 decrementedLots;
        /// @dev Sum of its fills [quote atoms].
        uint256 notionalAtoms;
        /// @dev Sum of the makers' fees, negative if they got rebates [quote atoms].
        int256 makerFeeAtoms;
        /// @dev Tick of the last fill.
        uint256 lastTick;
        /// @dev Number of fills in the market so far.
        uint256 sequence;
        /// @dev Tick of the level it meets now.
        uint256 makerTick;
        /// @dev Price of a lot there [quote atoms].
        uint256 lotPrice;
        /// @dev Whether the reference price has left that level behind by more than the band.
        bool isOutside;
        /// @dev Slot of the first pair of lanes of the chunk it meets now.
        uint256 laneSlot;
        /// @dev Id of the order at place 0 of that taker.
        uint256 firstId;
    }

    /// @notice Whether an operator places the order.
    function byOperator(Order memory order) internal pure returns (bool) {
        return order.marks & LaneLib.BY_OPERATOR != 0;
    }

    /// @notice Whether an order reaches the best of the other side.
    function crosses(Order memory order) internal pure returns (bool) {
        return order.book.crosses(order.isAsk, order.tick);
    }

    /// @notice Clear away, from the best of the other side, a few orders that can not trade: expired ones, and such that
    ///         the reference price has left behind.
    function clear(Order memory order, RecordLog log) internal {
        (order.onlyClears, order.fillsLeft) = (true, MAX_CLEARED);
        run(order, log);
        order.onlyClears = false;
    }

    /// @notice Match an order that crosses until it is filled, nothing crosses any more, or its fills are used up.
    function run(Order memory taker, RecordLog log) internal {
        if (taker.fillsLeft == 0) return;
        bool isAsk = !taker.isAsk;
        do {
            uint256 tick = taker.book.best(isAsk);
            uint256 slot = ExchangeStorage.levelSlot(taker.marketId, tick);
            LevelWord level = LevelWord.wrap(ExchangeStorage.load(slot));
            uint256 limit = taker.book.bandLimit(isAsk);
            taker.makerTick = tick;
            taker.isOutside = isAsk ? tick < limit : tick > limit;
            unchecked {
                // 24 bits times 32 bits.
                taker.lotPrice = tick * taker.book.tickValue();
            }
            _enter(taker, level);
            // 1. Meet the orders of the level in turn.
            do {
                level = _meetHead(taker, level, log);
            } while (taker.lotsLeft != 0 && taker.fillsLeft != 0 && level.live() != 0);
            ExchangeStorage.store(slot, LevelWord.unwrap(level));
            if (level.live() != 0) return;
            // 2. The level is empty: go on to the next.
            taker.book = taker.book.withBest(isAsk, TickBitmap.clearBest(taker.marketId, tick, isAsk));
        } while (taker.lotsLeft != 0 && taker.fillsLeft != 0 && crosses(taker));
    }

    /// @dev Note where the head chunk of a level is.
    function _enter(Order memory taker, LevelWord level) private pure {
        (uint256 marketId, uint256 tick) = (taker.marketId, taker.makerTick);
        taker.laneSlot = ExchangeStorage.laneSlot(marketId, tick, level.headChunk(), 0);
        taker.firstId = OrderId.unwrap(OrderIdLib.create(marketId, tick, level.headChunk(), 0, level.headGeneration()));
    }

    /// @dev Trade with the oldest order of a level, or remove it, or stop before it.
    function _meetHead(Order memory taker, LevelWord level, RecordLog log) private returns (LevelWord) {
        uint256 place = LibBit.ffs(level.headLive());
        uint256 slot = taker.laneSlot + (place >> 1);
        uint256 pair = ExchangeStorage.load(slot);
        Lane lane = LaneLib.unpack(pair, place);
        OrderId id = OrderIdLib.withPlace(taker.firstId, place);
        (uint256 lots, bool gone) = lane.isSpecial() || lane.mayShareOwner(taker.marks) || taker.onlyClears
            ? _meetSpecial(taker, id, lane, log)
            : _meet(taker, id, lane, _UNLIMITED, IExchange.Removal.UNPAYABLE, log);
        unchecked {
            // At least one fill is left, and no more lots go than are left.
            --taker.fillsLeft;
            taker.lotsLeft -= lots;
        }
        if (!gone) {
            ExchangeStorage.store(slot, lane.withLots(lane.lots() - lots).pack(pair, place));
            return level.shrink(lots);
        }
        level = level.removeFromHead(place, lane.lots());
        if (level.headLive() != 0) return level;
        level = LevelQueue.settle(taker.marketId, taker.makerTick, level);
        if (level.live() != 0) _enter(taker, level);
        return level;
    }

    /// @dev Meet an order that is not plain, that may be the taker's own, or before which the taker may have to stop.
    /// @return lots Lots that go from both orders.
    /// @return gone Whether the order leaves the book.
    function _meetSpecial(Order memory taker, OrderId id, Lane lane, RecordLog log)
        private
        returns (uint256 lots, bool gone)
    {
        uint256 most = _UNLIMITED;
        IExchange.Removal reason = IExchange.Removal.UNPAYABLE;
        if (!taker.isOutside) {
            uint256 expiry = lane.expiry();
            if (expiry != 0 && block.timestamp > expiry) {
                (most, reason) = (0, IExchange.Removal.EXPIRED);
            } else if (taker.onlyClears) {
                return _stop(taker);
            } else if (_sharesOwner(taker, lane)) {
                if (taker.terms.selfTrade() == OrderTermsLib.CANCEL_TAKER) return _stop(taker);
                if (taker.terms.selfTrade() == OrderTermsLib.DECREMENT_BOTH) return _decrement(taker, id, lane, log);
                (most, reason) = (0, IExchange.Removal.SELF_TRADE);
            } else {
                (most, reason) = _limit(taker, lane);
            }
        }
        (lots, gone) = _meet(taker, id, lane, most, reason, log);
        if (lots != 0 && lane.isByOperator()) _bookLoss(taker, lane.account(), lots);
    }

    /// @dev The most lots of an order that may trade with someone else, and why no more.
    function _limit(Order memory taker, Lane lane) private view returns (uint256 most, IExchange.Removal reason) {
        (most, reason) = (_UNLIMITED, IExchange.Removal.UNPAYABLE);
        if (lane.isReduceOnly()) {
            most = reducibleLots(taker.book, taker.marketId, lane.account(), lane.isAsk());
            reason = IExchange.Removal.NOTHING_TO_REDUCE;
        }
        if (lane.isByOperator()) {
            uint256 lots = lane.lots() < taker.lotsLeft ? lane.lots() : taker.lotsLeft;
            uint256 loss = _makerLoss(taker, lots < most ? lots : most);
            if (!_cash(lane.account()).canLose(loss, block.timestamp)) return (0, IExchange.Removal.BUDGET_SPENT);
        }
    }

    /// @dev Use up the budget for losses of operators' executions by what a maker has just lost.
    function _bookLoss(Order memory taker, uint256 accountId, uint256 lots) private {
        uint256 loss = _makerLoss(taker, lots);
        if (loss == 0) return;
        CashWord cash = _cash(accountId).withLoss(loss, block.timestamp);
        ExchangeStorage.store(ExchangeStorage.ledgerSlot(accountId, 0), CashWord.unwrap(cash));
    }

    /// @dev What the maker loses against the reference price if `lots` trade at the present level [quote atoms].
    function _makerLoss(Order memory taker, uint256 lots) private pure returns (uint256) {
        unchecked {
            // 40 bits times 56 bits.
            uint256 notional = lots * taker.lotPrice;
            int256 fee = Fees.feeUp(notional, taker.book.makerPpm());
            return ExecutionLoss.lossUp(taker.book, !taker.isAsk, lots, notional, fee);
        }
    }

    function _cash(uint256 accountId) private view returns (CashWord) {
        return CashWord.wrap(ExchangeStorage.load(ExchangeStorage.ledgerSlot(accountId, 0)));
    }

    /// @dev Whether an order belongs to an account of the taker's owner. The lane's hash rules most strangers out.
    function _sharesOwner(Order memory taker, Lane lane) private view returns (bool) {
        if (!lane.mayShareOwner(taker.marks)) return false;
        return Accounts.load(lane.account()).owner() == taker.account.owner();
    }

    /// @dev Make two orders of one owner smaller by what would have traded.
    function _decrement(Order memory taker, OrderId id, Lane lane, RecordLog log)
        private
        returns (uint256 lots, bool gone)
    {
        BookWord book = taker.book;
        uint256 slot = ExchangeStorage.ledgerSlot(lane.account(), MarketId.base(taker.marketId));
        LedgerWord base = LedgerWord.wrap(ExchangeStorage.load(slot));
        unchecked {
            // Lots are below 2^40 and their atoms below 2^64.
            lots = lane.lots() < taker.lotsLeft ? lane.lots() : taker.lotsLeft;
            uint256 left = lane.lots() - lots;
            gone = left < book.minLots();
            base = base.close(lane.isAsk(), (gone ? lane.lots() : lots) * book.atomsPerLot());
            taker.decrementedLots += lots;
            if (gone) log.removed(id, lane.lots(), lane.account(), IExchange.Removal.SELF_TRADE);
            else log.reduced(id, left, lots);
        }
        ExchangeStorage.store(slot, LedgerWord.unwrap(base));
    }

    /// @dev Leave an order as it is and meet no further one.
    function _stop(Order memory taker) private pure returns (uint256 lots, bool gone) {
        // The caller counts this order down to none.
        taker.fillsLeft = 1;
        return (0, false);
    }

    /// @dev Trade with an order, or remove it, and write its account's words once.
    /// @param most The most lots that may trade.
    /// @param reason Why the order leaves the book if that cuts it.
    /// @return lots Lots that trade.
    /// @return gone Whether the order leaves the book.
    function _meet(Order memory taker, OrderId id, Lane lane, uint256 most, IExchange.Removal reason, RecordLog log)
        private
        returns (uint256 lots, bool gone)
    {
        BookWord book = taker.book;
        bool isAsk = !taker.isAsk;
        uint256 quoteSlot = ExchangeStorage.ledgerSlot(lane.account(), 0);
        uint256 baseSlot = quoteSlot | MarketId.base(taker.marketId);
        LedgerWord quote = LedgerWord.wrap(ExchangeStorage.load(quoteSlot));
        LedgerWord base = LedgerWord.wrap(ExchangeStorage.load(baseSlot));
        unchecked {
            // Lots are below 2^40, their price below 2^56 and their atoms below 2^64: nothing in here overflows.
            // 1. What trades: nothing outside the band, and no more than the maker's account can pay.
            if (taker.isOutside) {
                (gone, reason) = (true, IExchange.Removal.OUTSIDE_BAND);
            } else {
                lots = lane.lots() < taker.lotsLeft ? lane.lots() : taker.lotsLeft;
                uint256 payableLots = isAsk
                    ? _wholeLots(base.balance(), book.atomsPerLot())
                    : Fees.payableLots(quote.balance(), taker.lotPrice, book.makerPpm());
                if (payableLots <= most) (most, reason) = (payableLots, IExchange.Removal.UNPAYABLE);
                if (most < lots) (lots, gone) = (most, true);
                else reason = IExchange.Removal.DUST;
            }
            // 2. Whether it stays: not if it was cut, and not as dust.
            if (lane.lots() - lots < book.minLots()) gone = true;
            // 3. Its account: the open total falls by what traded, and by the rest if the order goes.
            base = base.close(isAsk, (gone ? lane.lots() : lots) * book.atomsPerLot());
            if (lots != 0) {
                int256 baseAtoms = int256(lots * book.atomsPerLot());
                int256 notional = int256(lots * taker.lotPrice);
                int256 fee = Fees.feeUp(uint256(notional), book.makerPpm());
                if (isAsk) baseAtoms = -baseAtoms;
                else notional = -notional;
                base = base.add(baseAtoms);
                quote = quote.add(notional - fee).touched();
                ExchangeStorage.store(quoteSlot, LedgerWord.unwrap(quote));
                // Sums of at most 64 fills.
                taker.notionalAtoms += lots * taker.lotPrice;
                taker.makerFeeAtoms += fee;
                taker.lastTick = taker.makerTick;
                ++taker.sequence;
                log.filled(id, lots, lane.account(), taker.sequence, isAsk, gone);
            }
            ExchangeStorage.store(baseSlot, LedgerWord.unwrap(base));
            if (gone && lots != lane.lots()) log.removed(id, lane.lots() - lots, lane.account(), reason);
        }
    }

    /// @notice Lots of an order that would bring a balance of its account closer to zero: of an ask those the account has,
    ///         of a bid those it owes.
    function reducibleLots(BookWord book, uint256 marketId, uint256 accountId, bool isAsk)
        internal
        view
        returns (uint256)
    {
        uint256 slot = ExchangeStorage.ledgerSlot(accountId, MarketId.base(marketId));
        int256 balance = LedgerWord.wrap(ExchangeStorage.load(slot)).balance();
        return _wholeLots(isAsk ? balance : -balance, book.atomsPerLot());
    }

    /// @dev Whole lots in a balance; none in a negative one.
    function _wholeLots(int256 balanceAtoms, uint256 atomsPerLot) private pure returns (uint256) {
        // The cast is safe behind the test of the sign.
        return balanceAtoms <= 0 ? 0 : uint256(balanceAtoms) / atomsPerLot;
    }
}

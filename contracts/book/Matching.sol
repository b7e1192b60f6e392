// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {CashWord} from "../types/CashWord.sol";
import {Lane, LaneLib} from "../types/Lane.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderId, OrderIdLib} from "../types/OrderId.sol";
import {OrderTermsLib} from "../types/OrderTerms.sol";
import {PositionWordLib} from "../types/PositionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {LendingCall} from "../lending/LendingCall.sol";
import {Accounts} from "../vault/Accounts.sol";
import {ExecutionLoss} from "./ExecutionLoss.sol";
import {Fees} from "./Fees.sol";
import {FreeBand} from "./FreeBand.sol";
import {LevelQueue} from "./LevelQueue.sol";
import {PerpMaking} from "./PerpMaking.sol";
import {PlainFills} from "./PlainFills.sol";
import {RecordLog} from "./Records.sol";
import {SpotMaking} from "./SpotMaking.sol";
import {TickBitmap} from "./TickBitmap.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice The match loop: a taker meets makers in price-time order, and every maker is settled at once.
/// @dev A maker can not stop a taker: nothing in here calls out or reverts on a maker's account. An order that can not be
///      filled is removed and matching goes on; each order met, filled or removed, counts as one of the taker's fills.
library Matching {
    /// @notice The most maker orders that a post-only order clears away.
    uint256 internal constant MAX_CLEARED = 4;
    /// @notice The most checks of makers' margin that a taker order causes; before the next it stops.
    uint256 internal constant MAX_CHECKS = 8;

    using LendingCall for address;

    // Enums are handled as numbers: the compiler validates them again each time they are compared as such.
    uint256 private constant _OUTSIDE_BAND = uint256(IExchange.Removal.OUTSIDE_BAND);
    uint256 private constant _EXPIRED = uint256(IExchange.Removal.EXPIRED);
    uint256 private constant _SELF_TRADE = uint256(IExchange.Removal.SELF_TRADE);
    uint256 private constant _NOTHING_TO_REDUCE = uint256(IExchange.Removal.NOTHING_TO_REDUCE);
    uint256 private constant _BUDGET_SPENT = uint256(IExchange.Removal.BUDGET_SPENT);

    /// @notice Clear away, from the best of the other side, a few orders that can not trade: expired ones, such that the
    ///         reference price has left behind, reduce-only ones with nothing to reduce, and operators' whose loss would be
    ///         beyond the budget.
    function clear(WorkOrder memory order, RecordLog log) internal {
        for (uint256 i = 0; i < MAX_CLEARED && order.crosses() && !_canTrade(order); ++i) {
            order.fillsLeft = 1;
            run(order, log);
        }
    }

    /// @notice Match an order that crosses until it is filled, nothing crosses any more, or its fills are used up.
    function run(WorkOrder memory taker, RecordLog log) internal {
        // With no lots to trade, nobody is met: a maker that nothing is wanted of must not be taken for one that can not
        // trade.
        if (!_goesOn(taker, 1)) return;
        uint256 freeTick = FreeBand.lastTick(taker.book, !taker.isAsk);
        do {
            (uint256 slot, LevelWord level) = _arrive(taker, freeTick);
            // 1. Meet the orders of the level in turn.
            do {
                level = _meetHead(taker, level, log);
            } while (_goesOn(taker, level.live()));
            ExchangeStorage.store(slot, LevelWord.unwrap(level));
            if (level.live() != 0) return;
            // 2. The level is empty: go on to the next.
            uint256 next = TickBitmap.clearBest(taker.marketId, taker.makerTick, !taker.isAsk);
            taker.book = taker.book.withBest(!taker.isAsk, next);
            if (!_goesOn(taker, 1)) return;
        } while (taker.crosses());
    }

    /// @dev Take over what all orders of the best level have in common.
    /// @param freeTick See {FreeBand.lastTick}.
    function _arrive(WorkOrder memory taker, uint256 freeTick) private view returns (uint256 slot, LevelWord level) {
        bool isAsk = !taker.isAsk;
        uint256 tick = taker.book.best(isAsk);
        uint256 limit = taker.book.bandLimit(isAsk);
        taker.makerTick = tick;
        unchecked {
            // 24 bits times 32 bits.
            taker.lotPrice = (isAsk ? tick >= limit : tick <= limit) ? tick * taker.book.tickValue() : 0;
            taker.isBeyond = isAsk ? tick < freeTick : tick > freeTick;
            taker.isPlain = taker.isPerp && taker.lotPrice != 0 && !taker.isBeyond;
            // Below 2^65 in magnitude.
            if (taker.isPerp) {
                taker.priceUnits = taker.fundingTicks - int256(tick << PositionWordLib.FRACTION_BITS);
            }
        }
        slot = ExchangeStorage.levelSlot(taker.marketId, tick);
        level = LevelWord.wrap(ExchangeStorage.load(slot));
        _enter(taker, level);
    }

    /// @dev Whether there are lots to trade, fills to use and orders to meet.
    function _goesOn(WorkOrder memory taker, uint256 orders) private pure returns (bool) {
        unchecked {
            // 40, 7 and 16 bits: their product is zero if one of them is.
            return taker.lotsLeft * taker.fillsLeft * orders != 0;
        }
    }

    /// @dev Whether the first order on the other side of the book could trade with someone.
    function _canTrade(WorkOrder memory order) private returns (bool) {
        bool isAsk = !order.isAsk;
        uint256 tick = order.book.best(isAsk);
        if (order.book.isOutside(isAsk, tick)) return false;
        LevelWord level = LevelWord.wrap(ExchangeStorage.load(ExchangeStorage.levelSlot(order.marketId, tick)));
        uint256 place = level.headPlace();
        uint256 pair = ExchangeStorage.load(ExchangeStorage.laneSlot(order.marketId, tick, level.headChunk(), place));
        Lane lane = LaneLib.unpack(pair, place);
        if (lane.hasExpired(block.timestamp)) return false;
        // The own stays. Of others, what {run} will meet for {clear} is removed, and nothing trades.
        if (_sharesOwner(order, lane)) return true;
        uint256 slot = ExchangeStorage.openSlot(lane.account(), order.marketId);
        if (LedgerWord.wrap(ExchangeStorage.load(slot)).isFrozen()) return false;
        (uint256 wanted,) = _wanted(order, lane);
        if (wanted == 0 || !lane.isByOperator()) return wanted != 0;
        unchecked {
            // 24 bits times 32 bits.
            order.lotPrice = tick * order.book.tickValue();
        }
        return _cash(lane.account()).canLose(_makerLoss(order, wanted), block.timestamp);
    }

    /// @dev Note where the head chunk of a level is.
    function _enter(WorkOrder memory taker, LevelWord level) private pure {
        (uint256 marketId, uint256 tick) = (taker.marketId, taker.makerTick);
        taker.laneSlot = ExchangeStorage.laneSlot(marketId, tick, level.headChunk(), 0);
        taker.firstId = OrderId.unwrap(OrderIdLib.create(marketId, tick, level.headChunk(), 0, level.headGeneration()));
    }

    /// @dev Trade with the oldest order of a level, or remove it, or stop before it.
    function _meetHead(WorkOrder memory taker, LevelWord level, RecordLog log) private returns (LevelWord) {
        // What can be filled the short way, is.
        if (taker.isPlain) {
            uint256 had = taker.lotsLeft;
            level = PlainFills.run(taker, level, log);
            if (taker.lotsLeft != had) return _pass(taker, level);
        }
        uint256 place = level.headPlace();
        uint256 slot = LaneLib.slotOf(taker.laneSlot, place);
        uint256 pair = ExchangeStorage.load(slot);
        Lane lane = LaneLib.unpack(pair, place);
        OrderId id = OrderIdLib.withPlace(taker.firstId, place);
        uint256 lots;
        bool gone;
        uint256 reason;
        if (lane.isSpecial(taker.account)) {
            (lots, gone) = _meetSpecial(taker, id, lane, log);
        } else {
            (lots, gone, reason) = taker.isPerp ? PerpMaking.settle(taker, lane) : SpotMaking.settle(taker, lane);
            // Most are filled whole: without a call for these it costs 140 gas less.
            if (lots == lane.lots()) log.filled(id, lots, lane.account(), taker.sequence, !taker.isAsk, true);
            else _record(taker, id, lane, lots, gone, reason, log);
        }
        unchecked {
            // At least one fill is left, and no more lots go than are left.
            --taker.fillsLeft;
            taker.lotsLeft -= lots;
        }
        if (!gone) {
            // It was left as it is, and no fills are left.
            if (lots == 0) return level;
            ExchangeStorage.store(slot, lane.withLots(lane.lots() - lots).pack(pair, place));
            return level.shrink(lots);
        }
        return _pass(taker, level.removeFromHead(place, lane.lots()));
    }

    /// @dev Pass the head chunk of a level if it has no live order left.
    function _pass(WorkOrder memory taker, LevelWord level) private returns (LevelWord) {
        if (level.headLive() != 0) return level;
        level = LevelQueue.settle(taker.marketId, taker.makerTick, level);
        if (level.live() != 0) _enter(taker, level);
        return level;
    }

    /// @dev Meet an order that is not plain, or may be the taker's own.
    /// @return lots Lots that go from both orders.
    /// @return gone Whether the order leaves the book.
    function _meetSpecial(WorkOrder memory taker, OrderId id, Lane lane, RecordLog log)
        private
        returns (uint256 lots, bool gone)
    {
        if (taker.lotPrice == 0) return _remove(taker, id, lane, _OUTSIDE_BAND, log);
        if (lane.hasExpired(block.timestamp)) return _remove(taker, id, lane, _EXPIRED, log);
        if (_sharesOwner(taker, lane)) return _preventSelfTrade(taker, id, lane, log);
        uint256 accountId = lane.account();
        (uint256 wanted, bool isCut) = _wanted(taker, lane);
        if (wanted == 0) return _remove(taker, id, lane, _NOTHING_TO_REDUCE, log);
        uint256 loss = lane.isByOperator() ? _makerLoss(taker, wanted) : 0;
        if (loss != 0 && !_cash(accountId).canLose(loss, block.timestamp)) {
            return _remove(taker, id, lane, _BUDGET_SPENT, log);
        }
        uint256 reason;
        Lane part = isCut ? lane.withLots(wanted) : lane;
        (lots, gone, reason) = taker.isPerp ? PerpMaking.settle(taker, part) : SpotMaking.settle(taker, part);
        if (lots == 0 && !gone) return (0, false);
        _record(taker, id, part, lots, gone, reason, log);
        // Fewer lots than wanted lose less.
        if (loss != 0) _bookLoss(accountId, lots == wanted ? loss : _makerLoss(taker, lots));
        if (isCut) {
            // Less could be reduced than would have traded: that part is gone, and the rest goes, too.
            _remove(taker, id, lane.withLots(lane.lots() - wanted), _NOTHING_TO_REDUCE, log);
        }
    }

    /// @dev How much of a stranger's order is to trade.
    /// @return lots At most what the taker wants, and of a reduce-only order what there is to reduce.
    /// @return isCut Whether that is less than both orders have.
    function _wanted(WorkOrder memory taker, Lane lane) private returns (uint256 lots, bool isCut) {
        lots = lane.lots() < taker.lotsLeft ? lane.lots() : taker.lotsLeft;
        if (!lane.isReduceOnly()) return (lots, false);
        uint256 reducible = reducibleLots(taker, lane.account(), lane.isAsk());
        return reducible < lots ? (reducible, true) : (lots, false);
    }

    /// @dev Take an order out of its account's open total.
    /// @return lots None, as nothing trades.
    /// @return gone True.
    function _remove(WorkOrder memory taker, OrderId id, Lane lane, uint256 reason, RecordLog log)
        private
        returns (uint256 lots, bool gone)
    {
        _close(taker, lane, lane.lots());
        log.removed(id, lane.lots(), lane.account(), reason);
        return (0, true);
    }

    /// @dev Lower the open total of an order's account by some of its lots.
    function _close(WorkOrder memory taker, Lane lane, uint256 lots) private {
        uint256 slot = ExchangeStorage.openSlot(lane.account(), taker.marketId);
        LedgerWord word = LedgerWord.wrap(ExchangeStorage.load(slot));
        unchecked {
            // Lots are below 2^40 and their atoms below 2^64.
            word = word.close(lane.isAsk(), lots * taker.book.openPerLot(taker.isPerp));
        }
        ExchangeStorage.store(slot, LedgerWord.unwrap(word));
    }

    /// @dev Use up the budget for losses of operators' executions by what a maker has just lost.
    function _bookLoss(uint256 accountId, uint256 lossAtoms) private {
        if (lossAtoms == 0) return;
        CashWord cash = _cash(accountId).withLoss(lossAtoms, block.timestamp);
        ExchangeStorage.store(ExchangeStorage.ledgerSlot(accountId, 0), CashWord.unwrap(cash));
    }

    /// @dev What the maker loses against the reference price if `lots` trade at the present level [quote atoms].
    function _makerLoss(WorkOrder memory taker, uint256 lots) private pure returns (uint256) {
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
    function _sharesOwner(WorkOrder memory taker, Lane lane) private view returns (bool) {
        if (!lane.hasOwnerHash(taker.account)) return false;
        return Accounts.load(lane.account()).owner() == taker.account.owner();
    }

    /// @dev Keep two orders of one owner from trading, as the taker's terms say.
    function _preventSelfTrade(WorkOrder memory taker, OrderId id, Lane lane, RecordLog log)
        private
        returns (uint256 lots, bool gone)
    {
        uint256 mode = taker.terms.selfTrade();
        // What an operator may do for one account ends before the orders of another.
        if (taker.account.byOperator() && lane.account() != taker.accountId) mode = OrderTermsLib.CANCEL_TAKER;
        if (mode == OrderTermsLib.CANCEL_MAKER) return _remove(taker, id, lane, _SELF_TRADE, log);
        if (mode == OrderTermsLib.CANCEL_TAKER) {
            taker.fillsLeft = 1;
            return (0, false);
        }
        unchecked {
            lots = lane.lots() < taker.lotsLeft ? lane.lots() : taker.lotsLeft;
            taker.lots -= lots;
            uint256 left = lane.lots() - lots;
            gone = left < taker.book.minLots();
            if (gone) {
                _remove(taker, id, lane, _SELF_TRADE, log);
            } else {
                _close(taker, lane, lots);
                log.reduced(id, left, lots);
            }
        }
    }

    /// @dev Record what has become of a maker order.
    function _record(
        WorkOrder memory taker,
        OrderId id,
        Lane lane,
        uint256 lots,
        bool gone,
        uint256 reason,
        RecordLog log
    ) private pure {
        if (lots != 0) log.filled(id, lots, lane.account(), taker.sequence, lane.isAsk(), gone);
        if (!gone) return;
        unchecked {
            uint256 left = lane.lots() - lots;
            if (left != 0) log.removed(id, left, lane.account(), reason);
        }
    }

    /// @notice Lots of an order that would bring a balance of its account closer to zero: of an ask those the account has,
    ///         of a bid those it owes.
    function reducibleLots(WorkOrder memory order, uint256 accountId, bool isAsk) internal returns (uint256) {
        uint256 assetId = MarketId.base(order.marketId);
        LedgerWord word = LedgerWord.wrap(ExchangeStorage.load(ExchangeStorage.openSlot(accountId, order.marketId)));
        if (order.isPerp) {
            int256 size = PositionWordLib.fromLedger(word).size();
            return SpotMaking.wholeLots(isAsk ? size : -size, 1);
        }
        int256 balance = word.balance();
        if (!word.isCustody()) balance = order.lendingModule.balanceOf(accountId, assetId);
        return SpotMaking.wholeLots(isAsk ? balance : -balance, order.book.atomsPerLot());
    }
}

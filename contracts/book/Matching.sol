// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {BookWord} from "../types/BookWord.sol";
import {CashWord} from "../types/CashWord.sol";
import {Lane, LaneLib} from "../types/Lane.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderId, OrderIdLib} from "../types/OrderId.sol";
import {OrderChange} from "../types/OrderChange.sol";
import {OrderTerms, OrderTermsLib} from "../types/OrderTerms.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {LendingCall} from "../lending/LendingCall.sol";
import {RiskCheck} from "../risk/RiskCheck.sol";
import {Accounts} from "../vault/Accounts.sol";
import {ExecutionLoss} from "./ExecutionLoss.sol";
import {Fees} from "./Fees.sol";
import {FreeBand} from "./FreeBand.sol";
import {LevelQueue} from "./LevelQueue.sol";
import {RecordLog} from "./Records.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice The match loop: a taker meets makers in price-time order, and every maker is settled at once.
/// @dev A maker can not stop a taker: nothing in here calls out or reverts on a maker's account. An order that can not be
///      filled is removed and matching goes on; each order met, filled or removed, counts as one of the taker's fills.
library Matching {
    /// @notice The most maker orders that a post-only order clears away.
    uint256 internal constant MAX_CLEARED = 4;
    /// @notice The most checks of makers' margin that a taker order causes; before the next it stops.
    uint256 internal constant MAX_CHECKS = 8;

    using LendingCall for address;
    using RiskCheck for address;

    // Enums are handled as numbers: the compiler validates them again each time they are compared as such.
    uint256 private constant _UNPAYABLE = uint256(IExchange.Removal.UNPAYABLE);
    uint256 private constant _OUTSIDE_BAND = uint256(IExchange.Removal.OUTSIDE_BAND);
    uint256 private constant _DUST = uint256(IExchange.Removal.DUST);
    uint256 private constant _EXPIRED = uint256(IExchange.Removal.EXPIRED);
    uint256 private constant _SELF_TRADE = uint256(IExchange.Removal.SELF_TRADE);
    uint256 private constant _NOTHING_TO_REDUCE = uint256(IExchange.Removal.NOTHING_TO_REDUCE);
    uint256 private constant _BUDGET_SPENT = uint256(IExchange.Removal.BUDGET_SPENT);
    uint256 private constant _BELOW_MARGIN = uint256(IExchange.Removal.BELOW_MARGIN);

    /// @notice An order on its way through the book.
    struct Order {
        uint256 accountId;
        /// @dev Word of its account at the start of the transaction, and whether an operator acts.
        AccountWord account;
        uint256 marketId;
        /// @dev The market's word; its best ticks are kept up to date here and stored once at the end.
        BookWord book;
        bool isAsk;
        /// @dev Worst tick it may trade at.
        uint256 tick;
        /// @dev Size it was asked for, less what there is not to reduce and what self-trade prevention takes.
        uint256 lots;
        OrderTerms terms;
        uint256 lotsLeft;
        /// @dev Maker orders it may still meet.
        uint256 fillsLeft;
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
        /// @dev Price of a lot there [quote atoms]; 0 if the reference price has left it behind by more than the band.
        uint256 lotPrice;
        /// @dev Slot of the first pair of lanes of the chunk it meets now.
        uint256 laneSlot;
        /// @dev Id of the order at place 0 of that chunk.
        uint256 firstId;
        /// @dev Whether fills there are so far from the mark that a maker's margin is checked.
        bool isBeyond;
        /// @dev Such checks it may still cause.
        uint256 checksLeft;
        /// @dev The risk engine, for them.
        address riskEngine;
        /// @dev Code for balances that are lent or owed.
        address lendingModule;
        /// @dev What the orders of the transaction have changed of base assets, and how many of them.
        OrderChange[] changes;
        uint256 changeCount;
        /// @dev What they have added to the quote balance [quote atoms].
        int256 quoteChange;
    }

    /// @notice Memory for an {Order}. The compiler would zero its 25 words, for 460 gas, before they are written:
    ///         {OrderBook.begin}, {OrderBook.read}, {OrderBook.place} and {run} write each field before it is read.
    /// @return pointer Of an {Order}.
    function allocate() internal pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
            mstore(0x40, add(pointer, 0x320))
        }
    }

    /// @notice Whether an order reaches the best of the other side.
    function crosses(Order memory order) internal pure returns (bool) {
        return order.book.crosses(order.isAsk, order.tick);
    }

    /// @notice Clear away, from the best of the other side, a few orders that can not trade: expired ones, such that the
    ///         reference price has left behind, reduce-only ones with nothing to reduce, and operators' whose loss would be
    ///         beyond the budget.
    function clear(Order memory order, RecordLog log) internal {
        for (uint256 i = 0; i < MAX_CLEARED && crosses(order) && !_canTrade(order); ++i) {
            order.fillsLeft = 1;
            run(order, log);
        }
    }

    /// @notice Match an order that crosses until it is filled, nothing crosses any more, or its fills are used up.
    function run(Order memory taker, RecordLog log) internal {
        // With no lots to trade, nobody is met: a maker that nothing is wanted of must not be taken for one that can not
        // trade.
        if (!_goesOn(taker, 1)) return;
        bool isAsk = !taker.isAsk;
        uint256 freeTick = FreeBand.lastTick(taker.book, isAsk);
        do {
            uint256 tick = taker.book.best(isAsk);
            uint256 slot = ExchangeStorage.levelSlot(taker.marketId, tick);
            LevelWord level = LevelWord.wrap(ExchangeStorage.load(slot));
            uint256 limit = taker.book.bandLimit(isAsk);
            taker.makerTick = tick;
            taker.lotPrice = 0;
            taker.isBeyond = isAsk ? tick < freeTick : tick > freeTick;
            unchecked {
                // 24 bits times 32 bits.
                if (isAsk ? tick >= limit : tick <= limit) taker.lotPrice = tick * taker.book.tickValue();
            }
            _enter(taker, level);
            // 1. Meet the orders of the level in turn.
            do {
                level = _meetHead(taker, level, log);
            } while (_goesOn(taker, level.live()));
            ExchangeStorage.store(slot, LevelWord.unwrap(level));
            if (level.live() != 0) return;
            // 2. The level is empty: go on to the next.
            taker.book = taker.book.withBest(isAsk, TickBitmap.clearBest(taker.marketId, tick, isAsk));
            if (!_goesOn(taker, 1)) return;
        } while (crosses(taker));
    }

    /// @dev Whether there are lots to trade, fills to use and orders to meet.
    function _goesOn(Order memory taker, uint256 orders) private pure returns (bool) {
        unchecked {
            // 40, 7 and 16 bits: their product is zero if one of them is.
            return taker.lotsLeft * taker.fillsLeft * orders != 0;
        }
    }

    /// @dev Whether the first order on the other side of the book could trade with someone.
    function _canTrade(Order memory order) private returns (bool) {
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
        (uint256 wanted,) = _wanted(order, lane);
        if (wanted == 0 || !lane.isByOperator()) return wanted != 0;
        unchecked {
            // 24 bits times 32 bits.
            order.lotPrice = tick * order.book.tickValue();
        }
        return _cash(lane.account()).canLose(_makerLoss(order, wanted), block.timestamp);
    }

    /// @dev Note where the head chunk of a level is.
    function _enter(Order memory taker, LevelWord level) private pure {
        (uint256 marketId, uint256 tick) = (taker.marketId, taker.makerTick);
        taker.laneSlot = ExchangeStorage.laneSlot(marketId, tick, level.headChunk(), 0);
        taker.firstId = OrderId.unwrap(OrderIdLib.create(marketId, tick, level.headChunk(), 0, level.headGeneration()));
    }

    /// @dev Trade with the oldest order of a level, or remove it, or stop before it.
    function _meetHead(Order memory taker, LevelWord level, RecordLog log) private returns (LevelWord) {
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
            (lots, gone, reason) = _settleMaker(taker, lane);
            _record(taker, id, lane, lots, gone, reason, log);
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
        level = level.removeFromHead(place, lane.lots());
        if (level.headLive() != 0) return level;
        level = LevelQueue.settle(taker.marketId, taker.makerTick, level);
        if (level.live() != 0) _enter(taker, level);
        return level;
    }

    /// @dev Meet an order that is not plain, or may be the taker's own.
    /// @return lots Lots that go from both orders.
    /// @return gone Whether the order leaves the book.
    function _meetSpecial(Order memory taker, OrderId id, Lane lane, RecordLog log)
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
        (lots, gone, reason) = _settleMaker(taker, part);
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
    function _wanted(Order memory taker, Lane lane) private returns (uint256 lots, bool isCut) {
        lots = lane.lots() < taker.lotsLeft ? lane.lots() : taker.lotsLeft;
        if (!lane.isReduceOnly()) return (lots, false);
        uint256 reducible = reducibleLots(taker, lane.account(), lane.isAsk());
        return reducible < lots ? (reducible, true) : (lots, false);
    }

    /// @dev Take an order out of its account's open total.
    /// @return lots None, as nothing trades.
    /// @return gone True.
    function _remove(Order memory taker, OrderId id, Lane lane, uint256 reason, RecordLog log)
        private
        returns (uint256 lots, bool gone)
    {
        _close(taker, lane, lane.lots());
        log.removed(id, lane.lots(), lane.account(), reason);
        return (0, true);
    }

    /// @dev Lower the open total of an order's account by some of its lots.
    function _close(Order memory taker, Lane lane, uint256 lots) private {
        uint256 slot = ExchangeStorage.ledgerSlot(lane.account(), MarketId.base(taker.marketId));
        LedgerWord base = LedgerWord.wrap(ExchangeStorage.load(slot));
        unchecked {
            // Lots are below 2^40 and their atoms below 2^64.
            base = base.close(lane.isAsk(), lots * taker.book.atomsPerLot());
        }
        ExchangeStorage.store(slot, LedgerWord.unwrap(base));
    }

    /// @dev Use up the budget for losses of operators' executions by what a maker has just lost.
    function _bookLoss(uint256 accountId, uint256 lossAtoms) private {
        if (lossAtoms == 0) return;
        CashWord cash = _cash(accountId).withLoss(lossAtoms, block.timestamp);
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
        if (!lane.hasOwnerHash(taker.account)) return false;
        return Accounts.load(lane.account()).owner() == taker.account.owner();
    }

    /// @dev Keep two orders of one owner from trading, as the taker's terms say.
    function _preventSelfTrade(Order memory taker, OrderId id, Lane lane, RecordLog log)
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

    /// @dev Decide how much of a maker order trades and whether it stays, and write its account's words once.
    /// @return lots Lots that trade.
    /// @return gone Whether the order leaves the book.
    /// @return reason Why, if it leaves with lots that did not trade: a number of {IExchange.Removal}.
    function _settleMaker(Order memory taker, Lane lane) private returns (uint256 lots, bool gone, uint256 reason) {
        BookWord book = taker.book;
        bool isAsk = !taker.isAsk;
        uint256 quoteSlot = ExchangeStorage.ledgerSlot(lane.account(), 0);
        uint256 baseSlot = quoteSlot | MarketId.base(taker.marketId);
        LedgerWord quote = LedgerWord.wrap(ExchangeStorage.load(quoteSlot));
        LedgerWord base = LedgerWord.wrap(ExchangeStorage.load(baseSlot));
        unchecked {
            // Lots are below 2^40, their price below 2^56 and their atoms below 2^64: nothing in here overflows.
            reason = _DUST;
            bool isChecked = taker.isBeyond;
            // 1. What trades: nothing outside the band, and no more than the maker's account can pay.
            if (taker.lotPrice == 0) {
                (gone, reason) = (true, _OUTSIDE_BAND);
            } else {
                lots = lane.lots() < taker.lotsLeft ? lane.lots() : taker.lotsLeft;
                LedgerWord paying = isAsk ? base : quote;
                uint256 payableLots = isAsk
                    ? _wholeLots(paying.balance(), book.atomsPerLot())
                    : Fees.payableLots(paying.balance(), taker.lotPrice, book.makerPpm());
                if (payableLots < lots || paying.isLent()) {
                    uint256 ownLots;
                    (payableLots, ownLots) = _reachOf(taker, lane.account(), isAsk);
                    if (payableLots < lots) (lots, gone, reason) = (payableLots, true, _UNPAYABLE);
                    // Whoever needed no margin when he ordered has reserved none.
                    isChecked = isChecked || (ownLots < lots && paying.balance() >= 0);
                }
            }
            // 2. Whether it stays: not if it was cut, and not as dust; nor if its account would lack margin.
            if (lane.lots() - lots < book.minLots()) gone = true;
            if (isChecked && lots != 0) {
                if (taker.checksLeft == 0) {
                    // The taker stops before what he could not have checked.
                    taker.fillsLeft = 1;
                    return (0, false, 0);
                }
                --taker.checksLeft;
                if (!_keepsMargin(taker, lane, lots, gone ? lane.lots() : lots)) {
                    (lots, gone, reason) = (0, true, _BELOW_MARGIN);
                }
            }
            // 3. Its account: the open total falls by what traded, and by the rest if the order goes.
            base = base.close(isAsk, (gone ? lane.lots() : lots) * book.atomsPerLot());
            if (lots != 0) {
                int256 baseAtoms = int256(lots * book.atomsPerLot());
                uint256 notional = lots * taker.lotPrice;
                int256 fee = Fees.feeUp(notional, book.makerPpm());
                int256 quoteAtoms = int256(notional);
                if (isAsk) baseAtoms = -baseAtoms;
                else quoteAtoms = -quoteAtoms;
                quoteAtoms -= fee;
                LedgerWord newBase = base.add(baseAtoms);
                LedgerWord newQuote = quote.add(quoteAtoms);
                if (base.stayCustody(quote, newBase, newQuote)) {
                    base = newBase;
                    ExchangeStorage.store(quoteSlot, LedgerWord.unwrap(newQuote.touched()));
                } else {
                    base = _moveThroughPools(taker, baseSlot, base, baseAtoms, quoteAtoms);
                }
                // Sums of at most 64 fills.
                taker.notionalAtoms += notional;
                taker.makerFeeAtoms += fee;
                taker.lastTick = taker.makerTick;
                ++taker.sequence;
            }
            ExchangeStorage.store(baseSlot, LedgerWord.unwrap(base));
        }
    }

    /// @dev Settle a maker of whom something is lent or owed, before the fill or after it.
    /// @param slot Of the base word, from which the account is told.
    /// @return The base word after it.
    function _moveThroughPools(Order memory taker, uint256 slot, LedgerWord base, int256 baseAtoms, int256 quoteAtoms)
        private
        returns (LedgerWord)
    {
        ExchangeStorage.store(slot, LedgerWord.unwrap(base));
        uint256 accountId = ExchangeStorage.accountOf(slot);
        taker.lendingModule.moveBalance(accountId, MarketId.base(taker.marketId), baseAtoms);
        taker.lendingModule.moveBalance(accountId, 0, quoteAtoms);
        return LedgerWord.wrap(ExchangeStorage.load(slot));
    }

    /// @dev How many lots a maker can pay for by all he has, in custody or lent, and can borrow; and without borrowing.
    function _reachOf(Order memory taker, uint256 accountId, bool isAsk)
        private
        returns (uint256 payableLots, uint256 ownLots)
    {
        (uint256 most, uint256 has) = taker.lendingModule.reachOf(accountId, isAsk ? MarketId.base(taker.marketId) : 0);
        (payableLots, ownLots) = (_lotsOf(taker, isAsk, most), _lotsOf(taker, isAsk, has));
    }

    /// @dev Lots that some atoms, below 2^97, are or pay for.
    function _lotsOf(Order memory taker, bool isAsk, uint256 atoms) private pure returns (uint256) {
        if (isAsk) return atoms / taker.book.atomsPerLot();
        return Fees.payableLots(int256(atoms), taker.lotPrice, taker.book.makerPpm());
    }

    /// @dev Whether a maker keeps his margin when `lots` trade at the present level and `closed` lots are no longer open.
    function _keepsMargin(Order memory taker, Lane lane, uint256 lots, uint256 closed) private returns (bool) {
        unchecked {
            // 40 bits times 64 bits, and 40 times 56.
            int256 closing = -int256(closed * taker.book.atomsPerLot());
            int256 atoms = int256(lots * taker.book.atomsPerLot());
            uint256 notional = lots * taker.lotPrice;
            int256 fee = Fees.feeUp(notional, taker.book.makerPpm());
            bool isAsk = !taker.isAsk;
            return taker.riskEngine
                .makerFits(
                    lane.account(),
                    MarketId.base(taker.marketId),
                    isAsk ? -atoms : atoms,
                    isAsk ? int256(0) : closing,
                    isAsk ? closing : int256(0),
                    isAsk ? int256(notional) - fee : -int256(notional) - fee
                );
        }
    }

    /// @dev Record what has become of a maker order.
    function _record(Order memory taker, OrderId id, Lane lane, uint256 lots, bool gone, uint256 reason, RecordLog log)
        private
        pure
    {
        if (lots != 0) log.filled(id, lots, lane.account(), taker.sequence, lane.isAsk(), gone);
        if (!gone) return;
        unchecked {
            uint256 left = lane.lots() - lots;
            if (left != 0) log.removed(id, left, lane.account(), reason);
        }
    }

    /// @notice Lots of an order that would bring a balance of its account closer to zero: of an ask those the account has,
    ///         of a bid those it owes.
    function reducibleLots(Order memory order, uint256 accountId, bool isAsk) internal returns (uint256) {
        uint256 assetId = MarketId.base(order.marketId);
        LedgerWord word = LedgerWord.wrap(ExchangeStorage.load(ExchangeStorage.ledgerSlot(accountId, assetId)));
        int256 balance = word.balance();
        if (!word.isCustody()) balance = order.lendingModule.balanceOf(accountId, assetId);
        return _wholeLots(isAsk ? balance : -balance, order.book.atomsPerLot());
    }

    /// @dev Whole lots in a balance; none in a negative one.
    function _wholeLots(int256 balanceAtoms, uint256 atomsPerLot) private pure returns (uint256) {
        // The cast is safe behind the test of the sign.
        return balanceAtoms <= 0 ? 0 : uint256(balanceAtoms) / atomsPerLot;
    }
}

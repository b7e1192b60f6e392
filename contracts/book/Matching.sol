// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {BookWord} from "../types/BookWord.sol";
import {Lane, LaneLib} from "../types/Lane.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderId} from "../types/OrderId.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Fees} from "./Fees.sol";
import {LevelQueue} from "./LevelQueue.sol";
import {RecordLog} from "./Records.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice The match loop: a taker meets makers in price-time order, and every maker is settled at once.
/// @dev A maker can not stop a taker: nothing in here calls out or reverts on a maker's account. An order that can not be
///      filled is removed and matching goes on; each order met, filled or removed, counts as one of the taker's fills.
library Matching {
    /// @notice An order on its way through the book.
    struct Order {
        uint256 accountId;
        uint256 marketId;
        /// @dev The market's word; its best ticks are kept up to date here and stored once at the end.
        BookWord book;
        bool isAsk;
        /// @dev Worst tick it may trade at.
        uint256 tick;
        uint256 lotsLeft;
        /// @dev Whether what is left of it may rest.
        bool rests;
        /// @dev Maker orders it may still meet.
        uint256 fillsLeft;
        uint256 filledLots;
        /// @dev Sum of its fills [quote atoms].
        uint256 notionalAtoms;
        /// @dev Sum of the makers' fees, negative if they got rebates [quote atoms].
        int256 makerFeeAtoms;
        /// @dev What its fills move in its account's quote balance, fee included [quote atoms].
        int256 quoteAtoms;
        /// @dev Tick of the last fill, 0 before the first.
        uint256 lastTick;
        /// @dev Number of fills in the market so far.
        uint256 sequence;
    }

    /// @notice Whether an order reaches the best of the other side.
    function crosses(Order memory order) internal pure returns (bool) {
        return order.book.crosses(order.isAsk, order.tick);
    }

    /// @notice Match an order that crosses until it is filled, nothing crosses any more, or its fills are used up.
    function run(Order memory taker, RecordLog log) internal {
        if (taker.fillsLeft == 0) return;
        do {
            uint256 tick = taker.book.best(!taker.isAsk);
            uint256 slot = ExchangeStorage.levelSlot(taker.marketId, tick);
            LevelWord level = LevelWord.wrap(ExchangeStorage.load(slot));
            // 1. Meet the orders of the level in turn.
            do {
                level = _meetHead(taker, log, tick, level);
            } while (taker.lotsLeft != 0 && taker.fillsLeft != 0 && level.live() != 0);
            ExchangeStorage.store(slot, LevelWord.unwrap(level));
            if (level.live() != 0) return;
            // 2. The level is empty: go on to the next.
            uint256 next = TickBitmap.clearBest(taker.marketId, tick, !taker.isAsk);
            taker.book = taker.book.withBest(!taker.isAsk, next);
        } while (taker.lotsLeft != 0 && taker.fillsLeft != 0 && crosses(taker));
    }

    /// @dev Trade with the oldest order of a level, or remove it.
    function _meetHead(Order memory taker, RecordLog log, uint256 tick, LevelWord level) private returns (LevelWord) {
        uint256 place = LibBit.ffs(level.headLive());
        uint256 laneSlot = ExchangeStorage.laneSlot(taker.marketId, tick, level.headChunk(), place);
        uint256 pair = ExchangeStorage.load(laneSlot);
        Lane lane = LaneLib.unpack(pair, place);

        (uint256 lots, bool gone, IExchange.Removal reason) = _settleMaker(taker, lane, tick);
        _record(taker, log, LevelQueue.headId(taker.marketId, tick, level, place), lane, lots, gone, reason);
        unchecked {
            // At least one fill is left, and no more lots trade than are left.
            --taker.fillsLeft;
            taker.lotsLeft -= lots;
        }
        if (gone) return LevelQueue.settle(taker.marketId, tick, level.removeFromHead(place, lane.lots()));
        ExchangeStorage.store(laneSlot, lane.withLots(lane.lots() - lots).pack(pair, place));
        return level.shrink(lots);
    }

    /// @dev Decide how much of a maker order trades and whether it stays, and write its account's words once.
    /// @return lots Lots that trade.
    /// @return gone Whether the order leaves the book.
    /// @return reason Why, if it leaves with lots that did not trade.
    function _settleMaker(Order memory taker, Lane lane, uint256 tick)
        private
        returns (uint256 lots, bool gone, IExchange.Removal reason)
    {
        BookWord book = taker.book;
        bool isAsk = !taker.isAsk;
        uint256 atomsPerLot = book.atomsPerLot();
        uint256 baseSlot = ExchangeStorage.ledgerSlot(lane.account(), MarketId.base(taker.marketId));
        uint256 quoteSlot = ExchangeStorage.ledgerSlot(lane.account(), 0);
        LedgerWord base = LedgerWord.wrap(ExchangeStorage.load(baseSlot));
        LedgerWord quote = LedgerWord.wrap(ExchangeStorage.load(quoteSlot));
        unchecked {
            // Lots are below 2^40, their price below 2^56 and their atoms below 2^64: nothing in here overflows.
            uint256 lotPrice = tick * book.tickValue();
            // 1. What trades: nothing outside the band, and no more than the maker's account can pay.
            uint256 limit = book.bandLimit(isAsk);
            uint256 wanted = lane.lots() < taker.lotsLeft ? lane.lots() : taker.lotsLeft;
            if (isAsk ? tick < limit : tick > limit) {
                reason = IExchange.Removal.OUTSIDE_BAND;
            } else {
                lots = isAsk
                    ? _wholeLots(base.balance(), atomsPerLot)
                    : Fees.payableLots(quote.balance(), lotPrice, book.makerPpm());
                reason = lots < wanted ? IExchange.Removal.UNPAYABLE : IExchange.Removal.DUST;
                lots = lots < wanted ? lots : wanted;
            }
            // 2. Whether it stays: not if it was cut, and not as dust.
            gone = lots < wanted || lane.lots() - lots < book.minLots();

            // 3. Its account: the open total falls by what traded, and by the rest if the order goes.
            base = base.close(isAsk, (gone ? lane.lots() : lots) * atomsPerLot);
            if (lots != 0) {
                int256 baseAtoms = int256(lots * atomsPerLot);
                int256 notional = int256(lots * lotPrice);
                int256 fee = Fees.feeUp(uint256(notional), book.makerPpm());
                base = base.add(isAsk ? -baseAtoms : baseAtoms);
                quote = quote.add((isAsk ? notional : -notional) - fee);
                ExchangeStorage.store(quoteSlot, LedgerWord.unwrap(quote));
                _count(taker, tick, uint256(notional), fee);
            }
            ExchangeStorage.store(baseSlot, LedgerWord.unwrap(base));
        }
    }

    /// @dev Add a fill to the taker's sums.
    function _count(Order memory taker, uint256 tick, uint256 notional, int256 fee) private pure {
        unchecked {
            // Sums of at most 64 fills of less than 2^96 each.
            taker.notionalAtoms += notional;
            taker.makerFeeAtoms += fee;
            ++taker.sequence;
        }
        taker.lastTick = tick;
    }

    function _record(
        Order memory taker,
        RecordLog log,
        OrderId id,
        Lane lane,
        uint256 lots,
        bool gone,
        IExchange.Removal reason
    ) private pure {
        if (lots != 0) log.filled(id, lots, lane.account(), taker.sequence, !taker.isAsk, gone);
        if (gone && lots != lane.lots()) log.removed(id, lane.lots() - lots, lane.account(), reason);
    }

    /// @dev Whole lots in a balance; none in a negative one.
    function _wholeLots(int256 balanceAtoms, uint256 atomsPerLot) private pure returns (uint256) {
        // The cast is safe behind the test of the sign.
        return balanceAtoms <= 0 ? 0 : uint256(balanceAtoms) / atomsPerLot;
    }
}

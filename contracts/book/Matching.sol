// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {BookWord} from "../types/BookWord.sol";
import {Lane, LaneLib} from "../types/Lane.sol";
import {LedgerWord} from "../types/LedgerWord.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {OrderId, OrderIdLib} from "../types/OrderId.sol";
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

    /// @notice Whether an order reaches the best of the other side.
    function crosses(Order memory order) internal pure returns (bool) {
        return order.book.crosses(order.isAsk, order.tick);
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

    /// @dev Trade with the oldest order of a level, or remove it.
    function _meetHead(Order memory taker, LevelWord level, RecordLog log) private returns (LevelWord) {
        uint256 place = LibBit.ffs(level.headLive());
        uint256 slot = taker.laneSlot + (place >> 1);
        uint256 pair = ExchangeStorage.load(slot);
        Lane lane = LaneLib.unpack(pair, place);
        (uint256 lots, bool gone, IExchange.Removal reason) = _settleMaker(taker, lane);
        _record(taker, OrderIdLib.withPlace(taker.firstId, place), lane, lots, gone, reason, log);
        unchecked {
            // At least one fill is left, and no more lots trade than are left.
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

    /// @dev Decide how much of a maker order trades and whether it stays, and write its account's words once.
    /// @return lots Lots that trade.
    /// @return gone Whether the order leaves the book.
    /// @return reason Why, if it leaves with lots that did not trade.
    function _settleMaker(Order memory taker, Lane lane)
        private
        returns (uint256 lots, bool gone, IExchange.Removal reason)
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
            reason = IExchange.Removal.DUST;
            if (taker.isOutside) {
                (gone, reason) = (true, IExchange.Removal.OUTSIDE_BAND);
            } else {
                lots = lane.lots() < taker.lotsLeft ? lane.lots() : taker.lotsLeft;
                uint256 payableLots = isAsk
                    ? _wholeLots(base.balance(), book.atomsPerLot())
                    : Fees.payableLots(quote.balance(), taker.lotPrice, book.makerPpm());
                if (payableLots < lots) (lots, gone, reason) = (payableLots, true, IExchange.Removal.UNPAYABLE);
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
            }
            ExchangeStorage.store(baseSlot, LedgerWord.unwrap(base));
        }
    }

    function _record(
        Order memory taker,
        OrderId id,
        Lane lane,
        uint256 lots,
        bool gone,
        IExchange.Removal reason,
        RecordLog log
    ) private pure {
        if (lots != 0) {
            log.filled(id, lots, lane.account(), taker.sequence, !taker.isAsk, gone);
        }
        if (gone && lots != lane.lots()) log.removed(id, lane.lots() - lots, lane.account(), reason);
    }

    /// @dev Whole lots in a balance; none in a negative one.
    function _wholeLots(int256 balanceAtoms, uint256 atomsPerLot) private pure returns (uint256) {
        // The cast is safe behind the test of the sign.
        return balanceAtoms <= 0 ? 0 : uint256(balanceAtoms) / atomsPerLot;
    }
}

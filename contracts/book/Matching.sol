// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FixedPointMathLib} from "solady/src/utils/FixedPointMathLib.sol";
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
import {Records} from "./Records.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice The match loop: a taker meets makers in price-time order, and every maker is settled at once.
/// @dev A maker can not stop a taker: nothing in here calls out or reverts on a maker's account. An order that can not be
///      filled is removed and matching goes on; each order met, filled or removed, counts as one of the taker's fills.
library Matching {
    using Records for Records.Log;

    /// @notice A taker order under way.
    struct Take {
        uint256 marketId;
        /// @dev The market's terms; its best ticks are those before the take.
        BookWord book;
        /// @dev Whether the makers are asks, so the taker buys.
        bool makersAsk;
        /// @dev Worst tick of the taker.
        uint256 limitTick;
        /// @dev Best tick of the makers' side, kept up to date.
        uint256 best;
        uint256 lotsLeft;
        uint256 fillsLeft;
        /// @dev Sum of the fills [quote atoms].
        uint256 notionalAtoms;
        /// @dev Sum of the makers' fees, negative if they got rebates [quote atoms].
        int256 makerFeeAtoms;
        /// @dev Tick of the last fill, 0 before the first.
        uint256 lastTick;
        /// @dev Number of fills in the market so far.
        uint256 sequence;
    }

    /// @notice Whether the taker's limit reaches the best maker.
    function crosses(Take memory take) internal pure returns (bool) {
        // A side without orders has a best tick beyond every limit: above all ticks for asks, 0 for bids.
        return take.makersAsk ? take.best <= take.limitTick : take.best >= take.limitTick;
    }

    /// @notice Match until the taker is filled, nothing crosses any more, or his fills are used up.
    function run(Take memory take, Records.Log memory log) internal {
        while (take.lotsLeft != 0 && take.fillsLeft != 0 && crosses(take)) {
            uint256 tick = take.best;
            uint256 slot = ExchangeStorage.levelSlot(take.marketId, tick);
            LevelWord level = LevelWord.wrap(ExchangeStorage.load(slot));
            // 1. Meet the orders of the level in turn.
            do {
                level = _meetHead(take, log, tick, level);
            } while (take.lotsLeft != 0 && take.fillsLeft != 0 && level.live() != 0);
            ExchangeStorage.store(slot, LevelWord.unwrap(level));
            if (level.live() != 0) break;
            // 2. The level is empty: go on to the next.
            take.best = TickBitmap.clearBest(take.marketId, tick, take.makersAsk);
        }
    }

    /// @dev Trade with the oldest order of a level, or remove it.
    function _meetHead(Take memory take, Records.Log memory log, uint256 tick, LevelWord level)
        private
        returns (LevelWord)
    {
        uint256 place = LibBit.ffs(level.headLive());
        uint256 laneSlot = ExchangeStorage.laneSlot(take.marketId, tick, level.headChunk(), place);
        uint256 pair = ExchangeStorage.load(laneSlot);
        Lane lane = LaneLib.unpack(pair, place);

        (uint256 lots, bool gone, IExchange.Removal reason) = _settleMaker(take, lane, tick);
        _record(take, log, LevelQueue.headId(take.marketId, tick, level, place), lane, lots, gone, reason);
        unchecked {
            // At least one fill is left, and no more lots trade than are left.
            --take.fillsLeft;
            take.lotsLeft -= lots;
        }
        if (gone) return LevelQueue.settle(take.marketId, tick, level.removeFromHead(place, lane.lots()));
        ExchangeStorage.store(laneSlot, lane.withLots(lane.lots() - lots).pack(pair, place));
        return level.shrink(lots);
    }

    /// @dev Decide how much of a maker order trades and whether it stays, and write its account's words once.
    /// @return lots Lots that trade.
    /// @return gone Whether the order leaves the book.
    /// @return reason Why, if it leaves with lots that did not trade.
    function _settleMaker(Take memory take, Lane lane, uint256 tick)
        private
        returns (uint256 lots, bool gone, IExchange.Removal reason)
    {
        BookWord book = take.book;
        bool isAsk = take.makersAsk;
        uint256 atomsPerLot = book.atomsPerLot();
        uint256 baseSlot = ExchangeStorage.ledgerSlot(lane.account(), MarketId.base(take.marketId));
        uint256 quoteSlot = ExchangeStorage.ledgerSlot(lane.account(), 0);
        LedgerWord base = LedgerWord.wrap(ExchangeStorage.load(baseSlot));
        LedgerWord quote = LedgerWord.wrap(ExchangeStorage.load(quoteSlot));
        unchecked {
            // Lots are below 2^40, their price below 2^56 and their atoms below 2^64: nothing in here overflows.
            uint256 lotPrice = tick * book.tickValue();
            // 1. What it can trade: nothing outside the band, and no more than its account can pay.
            uint256 limit = book.bandLimit(isAsk);
            uint256 payableLots = isAsk
                ? _wholeLots(base.balance(), atomsPerLot)
                : Fees.payableLots(quote.balance(), lotPrice, book.makerPpm());
            lots = FixedPointMathLib.min(lane.lots(), take.lotsLeft);
            if (isAsk ? tick < limit : tick > limit) {
                (lots, gone, reason) = (0, true, IExchange.Removal.OUTSIDE_BAND);
            } else if (payableLots < lots) {
                (lots, gone, reason) = (payableLots, true, IExchange.Removal.UNPAYABLE);
            } else {
                // 2. What is left must not be dust.
                (gone, reason) = (lane.lots() - lots < book.minLots(), IExchange.Removal.DUST);
            }

            // 3. Its account: the open total falls by what traded, and by the rest if the order goes.
            base = base.close(isAsk, (gone ? lane.lots() : lots) * atomsPerLot);
            if (lots != 0) {
                int256 baseAtoms = int256(lots * atomsPerLot);
                int256 notional = int256(lots * lotPrice);
                int256 fee = Fees.feeUp(uint256(notional), book.makerPpm());
                base = base.add(isAsk ? -baseAtoms : baseAtoms);
                quote = quote.add((isAsk ? notional : -notional) - fee);
                ExchangeStorage.store(quoteSlot, LedgerWord.unwrap(quote));
                _count(take, tick, uint256(notional), fee);
            }
            ExchangeStorage.store(baseSlot, LedgerWord.unwrap(base));
        }
    }

    /// @dev Add a fill to the taker's sums.
    function _count(Take memory take, uint256 tick, uint256 notional, int256 fee) private pure {
        unchecked {
            // Sums of at most 64 fills of less than 2^96 each.
            take.notionalAtoms += notional;
            take.makerFeeAtoms += fee;
            ++take.sequence;
        }
        take.lastTick = tick;
    }

    function _record(
        Take memory take,
        Records.Log memory log,
        OrderId id,
        Lane lane,
        uint256 lots,
        bool gone,
        IExchange.Removal reason
    ) private pure {
        if (lots != 0) log.filled(id, lots, lane.account(), take.sequence, take.makersAsk, gone);
        if (gone && lots != lane.lots()) log.removed(id, lane.lots() - lots, lane.account(), reason);
    }

    /// @dev Whole lots in a balance; none in a negative one.
    function _wholeLots(int256 balanceAtoms, uint256 atomsPerLot) private pure returns (uint256) {
        // The cast is safe behind the test of the sign.
        return balanceAtoms <= 0 ? 0 : uint256(balanceAtoms) / atomsPerLot;
    }
}

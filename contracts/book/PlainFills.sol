// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {Lane, LaneLib} from "../types/Lane.sol";
import {LevelWord, LevelWordLib} from "../types/LevelWord.sol";
import {OrderId} from "../types/OrderId.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {PerpMaking} from "./PerpMaking.sol";
import {RecordLog, Records} from "./Records.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice The short way through the match loop, for what most makers of a perp are: plain orders that are filled whole, near the
///         mark, of accounts that stay within their caps.
/// @dev For them it does what {PerpMaking.settle} does, without asking what they are not, and with all that the makers of a chunk
///      change in local variables. It ends before the first order that needs another look. Why: docs/layout.md, the short way.
library PlainFills {
    /// @notice Fill orders from the head of a level until one is not plain, its chunk is empty, or the taker has enough.
    /// @param taker At a level where plain orders simply trade, see {WorkOrder.isPlain}.
    /// @param level With live orders in its head chunk.
    /// @return The level without the orders that were filled; the same if there were none.
    function run(WorkOrder memory taker, LevelWord level, RecordLog log) internal returns (LevelWord) {
        uint256 left = taker.lotsLeft;
        uint256 fills = taker.fillsLeft;
        uint256 end = log.reserve(LevelWordLib.POOL_LANES);
        uint256 record = Records.wholeFill(OrderId.wrap(uint128(taker.firstId)), !taker.isAsk, taker.sequence);
        unchecked {
            do {
                uint256 place = level.headPlace();
                Lane lane = LaneLib.unpack(ExchangeStorage.load(LaneLib.slotOf(taker.laneSlot, place)), place);
                if (lane.lots() > left || lane.isSpecial(taker.account)) break;
                if (!_settle(taker, lane, left)) break;
                // No more lots than are left, and at least one fill.
                left -= lane.lots();
                --fills;
                (end, record) = Records.writeWholeFill(end, record, place, lane.lots(), lane.account());
                level = level.removeFromHead(place, lane.lots());
                // 40, 7 and 8 bits: their product is zero if one of them is.
            } while (left * fills * level.headLive() != 0);
        }
        if (left != taker.lotsLeft) {
            log.endAt(end);
            _note(taker, left, fills);
        }
        return level;
    }

    /// @dev Settle the account of a maker that is filled whole.
    /// @param left Lots that the taker wants [lots].
    /// @return done Whether it is one that simply trades; if not, nothing has changed.
    function _settle(WorkOrder memory taker, Lane lane, uint256 left) private returns (bool done) {
        uint256 slot = ExchangeStorage.openSlot(lane.account(), taker.marketId);
        PositionWord position = PositionWord.wrap(ExchangeStorage.load(slot));
        int256 size = position.size();
        int256 lots = int256(lane.lots());
        unchecked {
            // Lots are below 2^40 and sizes below 2^36; a price less funding is below 2^65.
            int256 signed = taker.isAsk ? lots : -lots;
            int256 later = size + signed;
            // What the maker's cap leaves, and what may be opened if all fills so far have opened something.
            int256 room = int256(taker.positionCap) - (taker.isAsk ? later : -later);
            int256 openable = taker.openable + int256(left) - lots;
            // One of them is negative, or the order is dead.
            if (room | openable | position.frozenSign() < 0) return false;
            int256 units = signed * taker.priceUnits;
            if (taker.book.makerPpm() != 0) units -= PerpMaking.chargeUp(taker, uint256(lots));
            taker.othersChange += int256(SignedMath.abs(later)) - int256(SignedMath.abs(size));
            position = position.close(!taker.isAsk, uint256(lots)).traded(size, later, units, taker.fundingTicks);
        }
        ExchangeStorage.store(slot, PositionWord.unwrap(position));
        return true;
    }

    /// @dev Note what some fills at the present level have changed for the taker.
    function _note(WorkOrder memory taker, uint256 left, uint256 fills) private pure {
        unchecked {
            // Lots are below 2^40 and their price below 2^56.
            taker.notionalAtoms += (taker.lotsLeft - left) * taker.lotPrice;
            taker.sequence += taker.fillsLeft - fills;
        }
        (taker.lotsLeft, taker.fillsLeft, taker.lastTick) = (left, fills, taker.makerTick);
    }
}

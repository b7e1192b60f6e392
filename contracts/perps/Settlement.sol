// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {PerpPoolWord, PerpPoolWordLib} from "../types/PerpPoolWord.sol";
import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";

/// @notice What a position has made or lost, and what of it becomes cash. *Units* are tick-lots·2^-24.
/// @dev Every rounding is against the account, so what is over stays with the market. Units are below 2^95 in magnitude,
///      atoms below 2^128, tick values below 2^32.
library Settlement {
    /// @notice What a settlement moves.
    struct Payment {
        /// @dev Added to the quote balance; negative: taken from it [quote atoms].
        int256 atoms;
        /// @dev Added to the cash of the position [units].
        int256 units;
        /// @dev Of a profit, what went against the shortfall [quote atoms].
        uint256 cancelledAtoms;
        /// @dev Pool of the market after it.
        PerpPoolWord pool;
    }

    /// @notice What a position has made, negative if it has lost, and not settled [units].
    /// @param mark [ticks·2^-24]
    /// @param fundingTicks Funding index now [ticks·2^-24].
    function unitsOf(PositionWord position, uint256 mark, int256 fundingTicks) internal pure returns (int256) {
        unchecked {
            // Marks are below 2^48, a funding index below 2^64 and a size below 2^36. Cash counts modulo 2^96, and so does
            // what it adds up to: the cast keeps 96 bits and extends the sign.
            return int96(position.size() * (int256(mark) - fundingTicks) + position.cash());
        }
    }

    /// @notice The payment of a loss.
    /// @param units Negative [units].
    /// @param available The most that is paid [quote atoms].
    /// @dev All of the loss, rounded up, clears it; less is taken off it rounded down.
    function ofLoss(int256 units, uint256 tickValue, uint256 available, PerpPoolWord pool)
        internal
        pure
        returns (Payment memory payment)
    {
        unchecked {
            // Units are far from the smallest number there is, and what is paid from 2^128.
            uint256 owed = atomsUp(uint256(-units), tickValue);
            uint256 paid = Math.min(owed, available);
            payment.atoms = -int256(paid);
            payment.units = paid == owed ? -units : int256(unitsDown(paid, tickValue));
            payment.pool = PerpPoolWordLib.create(pool.cash() + paid, pool.shortfall());
        }
    }

    /// @notice The payment of a profit.
    /// @param units Positive [units].
    /// @dev As much of it, rounded down, as the pool and the shortfall are together. Of that the pool pays its share of both,
    ///      rounded down; the rest is cancelled with as much of the shortfall. Drawing does not change that share, to rounding.
    function ofProfit(int256 units, uint256 tickValue, PerpPoolWord pool)
        internal
        pure
        returns (Payment memory payment)
    {
        unchecked {
            // Pool and shortfall are below 2^80, and neither gives more than it has: what is cancelled is the shortfall's
            // share, rounded up.
            uint256 both = pool.cash() + pool.shortfall();
            uint256 made = atomsDown(uint256(units), tickValue);
            uint256 settled = Math.min(made, both);
            uint256 paid = pool.shortfall() == 0 ? settled : settled * pool.cash() / both;
            payment.atoms = int256(paid);
            payment.cancelledAtoms = settled - paid;
            payment.units = settled == made ? -units : -int256(unitsUp(settled, tickValue));
            payment.pool = PerpPoolWordLib.create(pool.cash() - paid, pool.shortfall() - payment.cancelledAtoms);
        }
    }

    /// @notice Units in quote atoms, rounded down.
    function atomsDown(uint256 units, uint256 tickValue) internal pure returns (uint256) {
        unchecked {
            // 95 bits times 32 bits.
            return (units * tickValue) >> PositionWordLib.FRACTION_BITS;
        }
    }

    /// @notice Units in quote atoms, rounded up.
    function atomsUp(uint256 units, uint256 tickValue) internal pure returns (uint256) {
        unchecked {
            // 95 bits times 32 bits.
            return
                (units * tickValue + (uint256(1) << PositionWordLib.FRACTION_BITS) - 1) >> PositionWordLib.FRACTION_BITS;
        }
    }

    /// @notice Quote atoms in units, rounded down.
    function unitsDown(uint256 atoms, uint256 tickValue) internal pure returns (uint256) {
        unchecked {
            // 128 bits times 24 bits; the tick value of a listed market is not zero.
            return (atoms << PositionWordLib.FRACTION_BITS) / tickValue;
        }
    }

    /// @notice Quote atoms in units, rounded up.
    function unitsUp(uint256 atoms, uint256 tickValue) internal pure returns (uint256) {
        unchecked {
            // As in {unitsDown}.
            return ((atoms << PositionWordLib.FRACTION_BITS) + tickValue - 1) / tickValue;
        }
    }
}

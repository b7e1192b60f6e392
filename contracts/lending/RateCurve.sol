// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Compounding} from "./Compounding.sol";

/// @notice What borrowing costs: a curve through the rate at the target utilisation, which drifts with demand.
/// @dev e = distance of the utilisation from its target, as a share of the way to 100 % above it and to 0 below it. The
///      rate is the rate at target times 1 + 3e above, times 1 − 3/4·e below: four times at 100 %, a quarter at 0. The
///      rate at target grows by a factor (1 + speed·e) a second above, and shrinks by it below, within bounds.
library RateCurve {
    /// @notice Utilisation at which the rate stays [1e-18].
    uint256 internal constant TARGET = 0.9e18;
    /// @notice Rate at target of a new pool: 4 % a year [1e-18 a second].
    uint256 internal constant START = uint256(0.04e18) / 365 days;
    /// @notice The lowest rate at target: 0.1 % a year [1e-18 a second].
    uint256 internal constant LOWEST = uint256(0.001e18) / 365 days;
    /// @notice The highest rate at target: 200 % a year [1e-18 a second].
    uint256 internal constant HIGHEST = uint256(2e18) / 365 days;

    /// @dev By how much the rate at target drifts at the ends of the curve: 50 a year [Q96 a second].
    uint256 private constant _SPEED = 50 * Compounding.ONE / 365 days;
    uint256 private constant _ONE = 1e18;

    /// @notice Borrow rate at a utilisation, rounded down [1e-16 a second].
    /// @param rateAtTarget At most {HIGHEST} [1e-18 a second].
    /// @param utilisation At most 1e18 [1e-18].
    function rate(uint256 rateAtTarget, uint256 utilisation) internal pure returns (uint256) {
        (uint256 distance, bool isAbove) = _distance(utilisation);
        unchecked {
            // At most 2^36 times 2^62.
            uint256 multiple = isAbove ? _ONE + 3 * distance : _ONE - distance * 3 / 4;
            return rateAtTarget * multiple / (_ONE * 100);
        }
    }

    /// @notice Rate at target after a time at a utilisation, rounded down and kept within its bounds [1e-18 a second].
    function drifted(uint256 rateAtTarget, uint256 utilisation, uint256 time) internal pure returns (uint256 moved) {
        (uint256 distance, bool isAbove) = _distance(utilisation);
        uint256 factor = Compounding.growthUp(_SPEED * distance / _ONE, time);
        unchecked {
            // At most 2^36 times 2^127.
            moved = isAbove ? rateAtTarget * factor / Compounding.ONE : rateAtTarget * Compounding.ONE / factor;
        }
        if (moved < LOWEST) return LOWEST;
        if (moved > HIGHEST) return HIGHEST;
    }

    /// @dev How far a utilisation is from the target, on its side [1e-18].
    function _distance(uint256 utilisation) private pure returns (uint256 distance, bool isAbove) {
        unchecked {
            // Neither subtraction passes zero; products are below 2^120.
            isAbove = utilisation >= TARGET;
            distance =
                isAbove ? (utilisation - TARGET) * _ONE / (_ONE - TARGET) : (TARGET - utilisation) * _ONE / TARGET;
        }
    }
}

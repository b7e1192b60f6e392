// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Compounding} from "../lending/Compounding.sol";

/// @notice The slow price: an exponential average over an hour, with limited drift.
/// @dev What counts for the time between two reports is the price before it, so no report moves the slow price at once.
library SlowPrice {
    /// @notice Time constant [seconds].
    uint256 internal constant HOUR = 1 hours;
    /// @notice The most it moves in an hour [percent].
    uint256 internal constant DRIFT_PERCENT = 6;

    /// @dev One over the time constant [Q96 a second].
    uint256 private constant _RATE = Compounding.ONE / HOUR;

    /// @notice The slow price after a price has held for a time, rounded towards that price by at most one.
    /// @param slow The slow price before, below 2^64 [1e-18 dollars an atom].
    /// @param price The price that held, below 2^64 [1e-18 dollars an atom].
    /// @param age How long, below 2^32 [seconds].
    /// @dev The distance shrinks by a factor 1 + 1/3,600 a second. Invariant under how often it is sampled, to rounding.
    function at(uint256 slow, uint256 price, uint256 age) internal pure returns (uint256) {
        unchecked {
            // Prices are below 2^64, and a factor is below 2^128.
            uint256 factor = Compounding.growthUp(_RATE, age);
            uint256 limit = slow * DRIFT_PERCENT * age / (100 * HOUR);
            if (price >= slow) {
                uint256 moved = price - slow - (price - slow) * Compounding.ONE / factor;
                return slow + (moved < limit ? moved : limit);
            }
            uint256 fallen = slow - price - (slow - price) * Compounding.ONE / factor;
            return slow - (fallen < limit ? fallen : limit);
        }
    }
}

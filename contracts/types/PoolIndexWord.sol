// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What a share of an asset's lending pool is worth, and how that grows; zero for a pool that is not open.
/// @dev | bits | field |
///      | 0–75 | supply index: atoms of a supply share, in 1e-18 |
///      | 76–151 | borrow index: atoms of a borrow share, in 1e-18 |
///      | 152–183 | time of both, seconds |
///      | 184–215 | borrow rate since then, in 1e-16 a second |
///      | 216–255 | rate at target, in 1e-18 a second |
type PoolIndexWord is uint256;

using PoolIndexWordLib for PoolIndexWord global;

/// @notice Fields of a {PoolIndexWord}.
library PoolIndexWordLib {
    /// @notice Scale of the indices.
    uint256 internal constant ONE = 1e18;
    /// @notice The highest index: 75,557 times what a share was worth first. There it stays.
    uint256 internal constant MAX_INDEX = (1 << 76) - 1;

    uint256 private constant _BORROW_OFFSET = 76;
    uint256 private constant _TIME_OFFSET = 152;
    uint256 private constant _RATE_OFFSET = 184;
    uint256 private constant _TARGET_OFFSET = 216;

    /// @notice Pack fields, each within its width.
    function create(uint256 supply, uint256 borrow, uint256 time_, uint256 rate_, uint256 rateAtTarget_)
        internal
        pure
        returns (PoolIndexWord)
    {
        uint256 indices = supply | (borrow << _BORROW_OFFSET) | (time_ << _TIME_OFFSET);
        return PoolIndexWord.wrap(indices | (rate_ << _RATE_OFFSET) | (rateAtTarget_ << _TARGET_OFFSET));
    }

    /// @notice Whether the pool is open.
    function isOpen(PoolIndexWord word) internal pure returns (bool) {
        return PoolIndexWord.unwrap(word) != 0;
    }

    /// @notice Atoms of a supply share [1e-18].
    function supplyIndex(PoolIndexWord word) internal pure returns (uint256) {
        return PoolIndexWord.unwrap(word) & MAX_INDEX;
    }

    /// @notice Atoms of a borrow share [1e-18].
    function borrowIndex(PoolIndexWord word) internal pure returns (uint256) {
        return (PoolIndexWord.unwrap(word) >> _BORROW_OFFSET) & MAX_INDEX;
    }

    /// @notice Time of the indices [seconds].
    function time(PoolIndexWord word) internal pure returns (uint256) {
        return (PoolIndexWord.unwrap(word) >> _TIME_OFFSET) & type(uint32).max;
    }

    /// @notice Borrow rate since then [1e-16 a second].
    function rate(PoolIndexWord word) internal pure returns (uint256) {
        return (PoolIndexWord.unwrap(word) >> _RATE_OFFSET) & type(uint32).max;
    }

    /// @notice Borrow rate that there would be at the target utilisation [1e-18 a second].
    function rateAtTarget(PoolIndexWord word) internal pure returns (uint256) {
        return PoolIndexWord.unwrap(word) >> _TARGET_OFFSET;
    }
}

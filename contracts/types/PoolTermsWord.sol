// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice How much may be lent to an asset's pool and borrowed from it; read only where debt grows or shrinks, or more
///         is lent.
/// @dev | bits | field |
///      | 0–79 | supply cap, in atoms |
///      | 80–159 | borrow cap, in atoms |
///      | 160–169 | ceiling: utilisation above which nothing more is borrowed, in thousandths |
///      | 170–179 | what may be borrowed at once, net of repayments, in thousandths of supply |
///      | 180–191 | spare |
///      | 192–223 | window: what was borrowed lately, in 2^-32 of supply |
///      | 224–255 | time of the window, seconds |
type PoolTermsWord is uint256;

using PoolTermsWordLib for PoolTermsWord global;

/// @notice Fields of a {PoolTermsWord}.
library PoolTermsWordLib {
    /// @notice Scale of the window: 2^32 is all of supply.
    uint256 internal constant WINDOW_ONE = 1 << 32;

    uint256 private constant _ATOMS_MASK = (1 << 80) - 1;
    uint256 private constant _BORROW_OFFSET = 80;
    uint256 private constant _CEILING_OFFSET = 160;
    uint256 private constant _HOURLY_OFFSET = 170;
    uint256 private constant _LEVEL_OFFSET = 192;
    uint256 private constant _TIME_OFFSET = 224;

    /// @notice Pack limits, each within its width, with an empty window.
    function create(uint256 supplyCap_, uint256 borrowCap_, uint256 ceilingPermille_, uint256 hourlyPermille_)
        internal
        pure
        returns (PoolTermsWord)
    {
        uint256 caps = supplyCap_ | (borrowCap_ << _BORROW_OFFSET);
        return PoolTermsWord.wrap(caps | (ceilingPermille_ << _CEILING_OFFSET) | (hourlyPermille_ << _HOURLY_OFFSET));
    }

    /// @notice The most that may be lent to the pool [atoms].
    function supplyCap(PoolTermsWord word) internal pure returns (uint256) {
        return PoolTermsWord.unwrap(word) & _ATOMS_MASK;
    }

    /// @notice The most that may be owed to the pool [atoms].
    function borrowCap(PoolTermsWord word) internal pure returns (uint256) {
        return (PoolTermsWord.unwrap(word) >> _BORROW_OFFSET) & _ATOMS_MASK;
    }

    /// @notice Utilisation above which nothing more is borrowed [thousandths].
    function ceilingPermille(PoolTermsWord word) internal pure returns (uint256) {
        return (PoolTermsWord.unwrap(word) >> _CEILING_OFFSET) & 0x3ff;
    }

    /// @notice What may be borrowed at once, net of repayments [thousandths of supply]. The window it fills empties evenly
    ///         over an hour, so at most twice that is borrowed in any hour.
    function hourlyPermille(PoolTermsWord word) internal pure returns (uint256) {
        return (PoolTermsWord.unwrap(word) >> _HOURLY_OFFSET) & 0x3ff;
    }

    /// @notice The most the window may hold [2^-32 of supply].
    function windowLimit(PoolTermsWord word) internal pure returns (uint256) {
        unchecked {
            // Ten bits.
            return word.hourlyPermille() * WINDOW_ONE / 1_000;
        }
    }

    /// @notice What the window holds at a time: it empties evenly, from the limit to nothing within an hour
    ///         [2^-32 of supply].
    function windowAt(PoolTermsWord word, uint256 time) internal pure returns (uint256) {
        uint256 level = (PoolTermsWord.unwrap(word) >> _LEVEL_OFFSET) & type(uint32).max;
        if (level == 0) return 0;
        unchecked {
            // The window is never of a later time than now, both of 32 bits.
            uint256 left = (time - (PoolTermsWord.unwrap(word) >> _TIME_OFFSET)) * word.windowLimit() / 1 hours;
            return left < level ? level - left : 0;
        }
    }

    /// @notice The word with another window, at most 2^32 − 1, as of a time below 2^32.
    function withWindow(PoolTermsWord word, uint256 level, uint256 time) internal pure returns (PoolTermsWord) {
        uint256 kept = PoolTermsWord.unwrap(word) & ((uint256(1) << _LEVEL_OFFSET) - 1);
        return PoolTermsWord.wrap(kept | (level << _LEVEL_OFFSET) | (time << _TIME_OFFSET));
    }
}

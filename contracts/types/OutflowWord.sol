// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice How much of an asset has left the exchange lately, net of what came in.
/// @dev | bits | field |
///      | 0–31 | time of the level, seconds |
///      | 32–51 | limit: share of what is held that may leave in a day, in ppm |
///      | 52–159 | spare |
///      | 160–255 | level: net outflow at that time, signed, in atoms; it returns to zero at the pace of the limit |
type OutflowWord is uint256;

using OutflowWordLib for OutflowWord global;

/// @notice Fields of an {OutflowWord}.
library OutflowWordLib {
    uint256 private constant _PPM = 1e6;
    uint256 private constant _LIMIT_OFFSET = 32;
    uint256 private constant _LIMIT_MASK = (1 << 20) - 1;
    uint256 private constant _LEVEL_OFFSET = 160;

    /// @notice The word of a new asset.
    function create(uint256 limitPpm_, uint256 time_) internal pure returns (OutflowWord) {
        return OutflowWord.wrap((limitPpm_ << _LIMIT_OFFSET) | time_);
    }

    /// @notice Share of what is held that may leave in a day [ppm].
    function limitPpm(OutflowWord word) internal pure returns (uint256) {
        return (OutflowWord.unwrap(word) >> _LIMIT_OFFSET) & _LIMIT_MASK;
    }

    /// @notice Net outflow when it was last written [atoms].
    function level(OutflowWord word) internal pure returns (int256) {
        // An arithmetic shift keeps the sign of the topmost field.
        return int256(OutflowWord.unwrap(word)) >> _LEVEL_OFFSET;
    }

    /// @notice Time it was last written [seconds].
    function time(OutflowWord word) internal pure returns (uint256) {
        return OutflowWord.unwrap(word) & type(uint32).max;
    }

    /// @notice The most that may have left, net, of what was held before that: rounded down [atoms].
    /// @param heldAtoms What the exchange holds now, below 2^80 [atoms].
    /// @param level_ Net outflow now; negative if more came in. What came in lately lifts the limit by nothing, so that
    ///        no deposit of a moment does [atoms].
    function limitAtoms(OutflowWord word, uint256 heldAtoms, int256 level_) internal pure returns (uint256) {
        int256 before = int256(heldAtoms) + level_;
        // The cast is safe behind the test of the sign.
        return before > 0 ? uint256(before) * word.limitPpm() / _PPM : 0;
    }

    /// @notice Net outflow at a later time: in a day it has moved towards zero by the limit's share of what is held,
    ///         rounded down [atoms].
    /// @param heldAtoms What the exchange holds then, without what comes in just now, below 2^80 [atoms].
    function levelAt(OutflowWord word, uint256 time_, uint256 heldAtoms) internal pure returns (int256) {
        int256 out = word.level();
        // Below 2^80 · 2^20 · 2^32.
        int256 faded = int256(heldAtoms * word.limitPpm() * (time_ - word.time()) / (_PPM * 1 days));
        if (out > 0) return out > faded ? out - faded : int256(0);
        return -out > faded ? out + faded : int256(0);
    }

    /// @notice The word with another level at a time.
    function withLevel(OutflowWord word, int256 level_, uint256 time_) internal pure returns (OutflowWord) {
        uint256 kept = OutflowWord.unwrap(word) & (_LIMIT_MASK << _LIMIT_OFFSET);
        // Levels are within what the exchange holds, below 2^80, so the shift drops only copies of the sign.
        return OutflowWord.wrap(kept | time_ | (uint256(level_) << _LEVEL_OFFSET));
    }

    /// @notice The word with another limit [ppm].
    function withLimit(OutflowWord word, uint256 limitPpm_) internal pure returns (OutflowWord) {
        uint256 kept = OutflowWord.unwrap(word) & ~(_LIMIT_MASK << _LIMIT_OFFSET);
        return OutflowWord.wrap(kept | (limitPpm_ << _LIMIT_OFFSET));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice When an asset was listed, and when its risk parameters were changed last.
/// @dev | bits | field |
///      | 0–31 | time of listing, seconds |
///      | 32–63 | time of the last change, seconds; 0 before the first |
///      | 64–255 | spare |
type RampWord is uint256;

using RampWordLib for RampWord global;

/// @notice Fields of a {RampWord}.
library RampWordLib {
    /// @notice The word of a new asset.
    /// @param time Below 2^32 [seconds].
    function create(uint256 time) internal pure returns (RampWord) {
        return RampWord.wrap(time);
    }

    /// @notice Time of listing [seconds].
    function listedAt(RampWord word) internal pure returns (uint256) {
        return RampWord.unwrap(word) & type(uint32).max;
    }

    /// @notice Time of the last change; 0 before the first [seconds].
    function changedAt(RampWord word) internal pure returns (uint256) {
        return RampWord.unwrap(word) >> 32;
    }

    /// @notice The word after a change.
    /// @param time Below 2^32 [seconds].
    function withChange(RampWord word, uint256 time) internal pure returns (RampWord) {
        return RampWord.wrap(word.listedAt() | (time << 32));
    }
}

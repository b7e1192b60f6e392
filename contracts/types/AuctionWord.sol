// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice When an account was flagged, and since when the price of its slices falls.
/// @dev | bits | field |
///      | 0–31 | end of the window in which only its plan and its chosen liquidators act, seconds |
///      | 32–63 | start of the price clock, seconds |
///      | 64–95 | time of the flag, seconds |
///      | 96 | in deficit: funds have paid for it since it was flagged |
///      | 97 | touched: keeps a used word from ever being zero |
///      | 98–255 | spare |
type AuctionWord is uint256;

using AuctionWordLib for AuctionWord global;

/// @notice Fields of an {AuctionWord}.
library AuctionWordLib {
    uint256 private constant _TIME_MASK = type(uint32).max;
    uint256 private constant _CLOCK_OFFSET = 32;
    uint256 private constant _FLAGGED_OFFSET = 64;
    uint256 private constant _DEFICIT = 1 << 96;
    uint256 private constant _TOUCHED = 1 << 97;

    /// @notice The word of an account flagged now; the clock starts where the window ends.
    function create(uint256 time, uint256 windowEnd_) internal pure returns (AuctionWord) {
        // Times fit 32 bits until 2106.
        return AuctionWord.wrap(windowEnd_ | (windowEnd_ << _CLOCK_OFFSET) | (time << _FLAGGED_OFFSET) | _TOUCHED);
    }

    /// @notice End of the window [seconds].
    function windowEnd(AuctionWord word) internal pure returns (uint256) {
        return AuctionWord.unwrap(word) & _TIME_MASK;
    }

    /// @notice Start of the price clock [seconds].
    function clockStart(AuctionWord word) internal pure returns (uint256) {
        return (AuctionWord.unwrap(word) >> _CLOCK_OFFSET) & _TIME_MASK;
    }

    /// @notice Time of the flag [seconds].
    function flaggedAt(AuctionWord word) internal pure returns (uint256) {
        return (AuctionWord.unwrap(word) >> _FLAGGED_OFFSET) & _TIME_MASK;
    }

    /// @notice Whether funds have paid for the account since it was flagged.
    function isInDeficit(AuctionWord word) internal pure returns (bool) {
        return AuctionWord.unwrap(word) & _DEFICIT != 0;
    }

    /// @notice The word with its clock started at a time, or where the window ends if that is later.
    function restarted(AuctionWord word, uint256 time) internal pure returns (AuctionWord) {
        uint256 start = time > word.windowEnd() ? time : word.windowEnd();
        uint256 kept = AuctionWord.unwrap(word) & ~(_TIME_MASK << _CLOCK_OFFSET);
        return AuctionWord.wrap(kept | (start << _CLOCK_OFFSET));
    }

    /// @notice The word in deficit or not.
    function withDeficit(AuctionWord word, bool inDeficit) internal pure returns (AuctionWord) {
        uint256 kept = AuctionWord.unwrap(word) & ~_DEFICIT;
        return AuctionWord.wrap(inDeficit ? kept | _DEFICIT : kept);
    }
}

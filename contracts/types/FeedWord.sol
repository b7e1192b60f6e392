// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Where the price of an asset comes from, and a price that waits for its confirmation.
/// @dev | bits | field |
///      | 0–159 | feed address, zero for a quote asset without a feed |
///      | 160–223 | unconfirmed price of one atom in 1e-18 dollars, 0 if there is none |
///      | 224–255 | its time, seconds |
type FeedWord is uint256;

using FeedWordLib for FeedWord global;

/// @notice Fields of a {FeedWord}.
library FeedWordLib {
    /// @notice Feed address.
    function feed(FeedWord word) internal pure returns (address) {
        // The cast keeps the low 160 bits, which are the field.
        return address(uint160(FeedWord.unwrap(word)));
    }

    /// @notice Price that waits; 0 if there is none [1e-18 dollars an atom].
    function pendingPrice(FeedWord word) internal pure returns (uint256) {
        return (FeedWord.unwrap(word) >> 160) & type(uint64).max;
    }

    /// @notice Time of the price that waits [seconds].
    function pendingTime(FeedWord word) internal pure returns (uint256) {
        return FeedWord.unwrap(word) >> 224;
    }

    /// @notice The word with a price that waits, both below their widths; zero for none.
    function withPending(FeedWord word, uint256 price, uint256 time) internal pure returns (FeedWord) {
        return FeedWord.wrap(uint160(FeedWord.unwrap(word)) | (price << 160) | (time << 224));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What a perp's book has been compared to its index: two samples, and averages of what both ends of their
///         intervals had in common.
/// @dev | bits | field |
///      | 0–23, 24–47, 48–71 | older sample: premium, middle, book, each signed, in 1e-8 of the index |
///      | 72–95, 96–119, 120–143 | newer sample, the same |
///      | 144–167 | what the last counted interval had of book, signed, in 1e-8 of the index |
///      | 168–176 | span between the two samples, in seconds, at most 300 |
///      | 177–214 | average premium, signed, in 1e-12 of the index |
///      | 215–252 | average middle, signed, in 1e-12 of the index |
///      *Premium* is that of the impact prices, *middle* that of the middle of the best prices, *book* that of the median of
///      best bid, best ask and last trade.
type SampleWord is uint256;

using SampleWordLib for SampleWord global;

/// @notice Fields of a {SampleWord}.
library SampleWordLib {
    uint256 private constant _SAMPLE_BITS = 72;
    uint256 private constant _SAMPLE_MASK = (1 << 72) - 1;
    uint256 private constant _PART_BITS = 24;
    uint256 private constant _PART_MASK = (1 << 24) - 1;
    uint256 private constant _COUNTED_OFFSET = 144;
    uint256 private constant _SPAN_OFFSET = 168;
    uint256 private constant _PREMIUM_OFFSET = 177;
    uint256 private constant _MIDDLE_OFFSET = 215;
    uint256 private constant _AVERAGE_BITS = 38;
    uint256 private constant _AVERAGE_MASK = (1 << 38) - 1;

    /// @notice Pack the parts of a sample, each within 24 bits [1e-8 of the index].
    function pack(int256 premium, int256 middle, int256 book) internal pure returns (uint256) {
        // The masks keep the low 24 bits of two's complement.
        return (uint256(premium) & _PART_MASK) | ((uint256(middle) & _PART_MASK) << _PART_BITS)
            | ((uint256(book) & _PART_MASK) << (2 * _PART_BITS));
    }

    /// @notice A part of a sample, 0 premium, 1 middle, 2 book, of the older one or the newer [1e-8 of the index].
    function part(SampleWord word, uint256 index, bool isNewer) internal pure returns (int256) {
        uint256 offset = index * _PART_BITS + (isNewer ? _SAMPLE_BITS : 0);
        // The casts keep the 24 bits of the field and extend its sign.
        return int24(uint24(SampleWord.unwrap(word) >> offset));
    }

    /// @notice What the last counted interval had of book [1e-8 of the index].
    function bookCounted(SampleWord word) internal pure returns (int256) {
        return int24(uint24(SampleWord.unwrap(word) >> _COUNTED_OFFSET));
    }

    /// @notice Time between the two samples, at most 300 [seconds].
    function span(SampleWord word) internal pure returns (uint256) {
        return (SampleWord.unwrap(word) >> _SPAN_OFFSET) & 0x1ff;
    }

    /// @notice Average premium [1e-12 of the index].
    function premiumAverage(SampleWord word) internal pure returns (int256) {
        return _average(word, _PREMIUM_OFFSET);
    }

    /// @notice Average middle [1e-12 of the index].
    function middleAverage(SampleWord word) internal pure returns (int256) {
        return _average(word, _MIDDLE_OFFSET);
    }

    /// @notice The word with a further sample: the newer one becomes the older.
    /// @param packed See {pack}.
    /// @param span_ Time between them, at most 300 [seconds].
    function withSample(SampleWord word, uint256 packed, uint256 span_) internal pure returns (SampleWord) {
        uint256 kept = SampleWord.unwrap(word)
            & ~(_SAMPLE_MASK | (_SAMPLE_MASK << _SAMPLE_BITS) | (uint256(0x1ff) << _SPAN_OFFSET));
        uint256 older = (SampleWord.unwrap(word) >> _SAMPLE_BITS) & _SAMPLE_MASK;
        return SampleWord.wrap(kept | older | (packed << _SAMPLE_BITS) | (span_ << _SPAN_OFFSET));
    }

    /// @notice The word with another newer sample.
    /// @param packed See {pack}.
    function withNewer(SampleWord word, uint256 packed) internal pure returns (SampleWord) {
        uint256 kept = SampleWord.unwrap(word) & ~(_SAMPLE_MASK << _SAMPLE_BITS);
        return SampleWord.wrap(kept | (packed << _SAMPLE_BITS));
    }

    /// @notice The word with what an interval counts for, each within its width.
    function withAverages(SampleWord word, int256 premium, int256 middle, int256 book)
        internal
        pure
        returns (SampleWord)
    {
        uint256 kept =
            SampleWord.unwrap(word) & ((uint256(1) << _COUNTED_OFFSET) - 1 | (uint256(0x1ff) << _SPAN_OFFSET));
        // The masks keep the low bits of two's complement.
        uint256 averages = ((uint256(premium) & _AVERAGE_MASK) << _PREMIUM_OFFSET)
            | ((uint256(middle) & _AVERAGE_MASK) << _MIDDLE_OFFSET);
        return SampleWord.wrap(kept | averages | ((uint256(book) & _PART_MASK) << _COUNTED_OFFSET));
    }

    function _average(SampleWord word, uint256 offset) private pure returns (int256) {
        // The shifts move the field to the top and back, extending its sign.
        return int256(SampleWord.unwrap(word) << (256 - _AVERAGE_BITS - offset)) >> (256 - _AVERAGE_BITS);
    }
}

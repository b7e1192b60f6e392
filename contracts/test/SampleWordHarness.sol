// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Samples} from "../perps/Samples.sol";
import {SampleWord, SampleWordLib} from "../types/SampleWord.sol";

/// @notice {SampleWordLib} for tests, and {Samples} where it changes a word.
contract SampleWordHarness {
    /// @notice Parts of the older sample, then of the newer.
    function parts(uint256 word) external pure returns (int256[6] memory all) {
        for (uint256 i = 0; i < 3; ++i) {
            all[i] = SampleWord.wrap(word).part(i, false);
            all[i + 3] = SampleWord.wrap(word).part(i, true);
        }
    }

    /// @notice The other fields.
    function averages(uint256 word)
        external
        pure
        returns (int256 bookCounted, uint256 span, int256 premiumAverage, int256 middleAverage)
    {
        SampleWord samples = SampleWord.wrap(word);
        (bookCounted, span) = (samples.bookCounted(), samples.span());
        (premiumAverage, middleAverage) = (samples.premiumAverage(), samples.middleAverage());
    }

    /// @notice See {SampleWordLib.withSample}.
    function withSample(uint256 word, int24 premium, int24 middle, int24 book, uint16 span)
        external
        pure
        returns (uint256)
    {
        uint256 packed = SampleWordLib.pack(premium, middle, book);
        return SampleWord.unwrap(SampleWord.wrap(word).withSample(packed, span));
    }

    /// @notice See {SampleWordLib.withAverages}.
    function withAverages(uint256 word, int256 premium, int256 middle, int256 book) external pure returns (uint256) {
        return SampleWord.unwrap(SampleWord.wrap(word).withAverages(premium, middle, book));
    }

    /// @notice See {Samples.counted}.
    function counted(uint256 word) external pure returns (uint256) {
        return SampleWord.unwrap(Samples.counted(SampleWord.wrap(word)));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {MarkWord, MarkWordLib} from "../types/MarkWord.sol";

/// @notice {MarkWordLib} for tests.
contract MarkWordHarness {
    /// @notice See {MarkWordLib.create}.
    function create(uint32 tickValue, uint8 capCode, uint32 time) external pure returns (uint256) {
        return MarkWord.unwrap(MarkWordLib.create(tickValue, capCode, time));
    }

    /// @notice Fields that have a reader.
    function fields(uint256 word)
        external
        pure
        returns (
            uint256 mark,
            int256 funding,
            int256 rate,
            uint256 time,
            uint256 until,
            uint256 tickValue,
            uint256 positionCap,
            bool isListed
        )
    {
        MarkWord wrapped = MarkWord.wrap(word);
        (mark, funding, rate) = (wrapped.mark(), wrapped.funding(), wrapped.rate());
        (time, until, tickValue) = (wrapped.time(), wrapped.until(), wrapped.tickValue());
        (positionCap, isListed) = (wrapped.positionCap(), wrapped.isListed());
    }

    /// @notice See {MarkWordLib.fundingTicksAt}.
    function fundingTicksAt(uint256 word, uint32 time) external pure returns (int256) {
        return MarkWord.wrap(word).fundingTicksAt(time);
    }

    /// @notice See {MarkWordLib.accrued}.
    function accrued(uint256 word, uint32 time) external pure returns (uint256) {
        return MarkWord.unwrap(MarkWord.wrap(word).accrued(time));
    }

    /// @notice See {MarkWordLib.withMark}.
    function withMark(uint256 word, uint48 mark) external pure returns (uint256) {
        return MarkWord.unwrap(MarkWord.wrap(word).withMark(mark));
    }

    /// @notice See {MarkWordLib.withRate}.
    function withRate(uint256 word, int24 rate, uint32 until) external pure returns (uint256) {
        return MarkWord.unwrap(MarkWord.wrap(word).withRate(rate, until));
    }

    /// @notice See {MarkWordLib.withCapCode}.
    function withCapCode(uint256 word, uint8 capCode) external pure returns (uint256) {
        return MarkWord.unwrap(MarkWord.wrap(word).withCapCode(capCode));
    }

    /// @notice See {MarkWordLib.capCodeOf}.
    function capCodeOf(uint256 lots) external pure returns (uint256 capCode, bool isExact) {
        return MarkWordLib.capCodeOf(lots);
    }
}

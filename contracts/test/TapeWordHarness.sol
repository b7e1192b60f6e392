// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TapeWord, TapeWordLib} from "../types/TapeWord.sol";

/// @notice {TapeWordLib} for tests.
contract TapeWordHarness {
    /// @notice See {TapeWordLib.create}.
    function create(int16 takerPpm) external pure returns (uint256) {
        return TapeWord.unwrap(TapeWordLib.create(takerPpm));
    }

    /// @notice Fields that have a reader.
    function fields(uint256 word)
        external
        pure
        returns (bool isListed, uint256 fees, uint256 sequence, int256 takerPpm)
    {
        TapeWord tape = TapeWord.wrap(word);
        return (tape.isListed(), tape.fees(), tape.sequence(), tape.takerPpm());
    }

    /// @notice See {TapeWordLib.afterTrades}.
    function afterTrades(uint256 word, uint24 lastTick, uint256 feeAtoms, uint256 sequence)
        external
        pure
        returns (uint256)
    {
        return TapeWord.unwrap(TapeWord.wrap(word).afterTrades(lastTick, feeAtoms, sequence));
    }

    /// @notice See {TapeWordLib.withFees}.
    function withFees(uint256 word, uint256 feeAtoms) external pure returns (uint256) {
        return TapeWord.unwrap(TapeWord.wrap(word).withFees(feeAtoms));
    }

    /// @notice Fields of a perp, and the last tick.
    function perpFields(uint256 word)
        external
        pure
        returns (uint256 lastTick, uint256 openInterest, uint256 openInterestCap)
    {
        TapeWord tape = TapeWord.wrap(word);
        return (tape.lastTick(), tape.openInterest(), tape.openInterestCap());
    }

    /// @notice See {TapeWordLib.withOpenInterest}.
    function withOpenInterest(uint256 word, uint256 lots) external pure returns (uint256) {
        return TapeWord.unwrap(TapeWord.wrap(word).withOpenInterest(lots));
    }

    /// @notice See {TapeWordLib.withOpenInterestCap}.
    function withOpenInterestCap(uint256 word, uint256 lots) external pure returns (uint256) {
        return TapeWord.unwrap(TapeWord.wrap(word).withOpenInterestCap(lots));
    }
}

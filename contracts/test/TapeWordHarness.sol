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

    /// @notice See {TapeWordLib.withoutFees}.
    function withoutFees(uint256 word) external pure returns (uint256) {
        return TapeWord.unwrap(TapeWord.wrap(word).withoutFees());
    }
}

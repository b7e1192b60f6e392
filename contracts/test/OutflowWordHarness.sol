// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OutflowWord, OutflowWordLib} from "../types/OutflowWord.sol";

/// @notice {OutflowWordLib} for tests.
contract OutflowWordHarness {
    /// @notice See {OutflowWordLib.create}.
    function create(uint256 limitPpm, uint256 time) external pure returns (uint256) {
        return OutflowWord.unwrap(OutflowWordLib.create(limitPpm, time));
    }

    /// @notice All fields of an outflow word.
    function fields(uint256 word) external pure returns (uint256 time, uint256 limitPpm, int256 level) {
        OutflowWord outflow = OutflowWord.wrap(word);
        return (outflow.time(), outflow.limitPpm(), outflow.level());
    }

    /// @notice See {OutflowWordLib.limitAtoms}.
    function limitAtoms(uint256 word, uint256 heldAtoms, int256 level) external pure returns (uint256) {
        return OutflowWord.wrap(word).limitAtoms(heldAtoms, level);
    }

    /// @notice See {OutflowWordLib.levelAt}.
    function levelAt(uint256 word, uint256 time, uint256 heldAtoms) external pure returns (int256) {
        return OutflowWord.wrap(word).levelAt(time, heldAtoms);
    }

    /// @notice See {OutflowWordLib.withLevel}.
    function withLevel(uint256 word, int256 level, uint32 time) external pure returns (uint256) {
        return OutflowWord.unwrap(OutflowWord.wrap(word).withLevel(level, time));
    }

    /// @notice See {OutflowWordLib.withLimit}.
    function withLimit(uint256 word, uint256 limitPpm) external pure returns (uint256) {
        return OutflowWord.unwrap(OutflowWord.wrap(word).withLimit(limitPpm));
    }
}

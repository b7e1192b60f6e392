// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OutflowWord, OutflowWordLib} from "../types/OutflowWord.sol";

/// @notice {OutflowWordLib} for tests.
contract OutflowWordHarness {
    /// @notice See {OutflowWordLib.create}.
    function create(uint256 limitPpm) external pure returns (uint256) {
        return OutflowWord.unwrap(OutflowWordLib.create(limitPpm));
    }

    /// @notice All fields of an outflow word.
    function fields(uint256 word)
        external
        pure
        returns (uint256 day, uint256 limitPpm, int256 today, int256 yesterday)
    {
        OutflowWord outflow = OutflowWord.wrap(word);
        return (outflow.day(), outflow.limitPpm(), outflow.today(), outflow.yesterday());
    }

    /// @notice See {OutflowWordLib.at}.
    function at(uint256 word, uint256 time) external pure returns (uint256) {
        return OutflowWord.unwrap(OutflowWord.wrap(word).at(time));
    }

    /// @notice See {OutflowWordLib.level}.
    function level(uint256 word, uint256 time) external pure returns (int256) {
        return OutflowWord.wrap(word).level(time);
    }

    /// @notice See {OutflowWordLib.limitAtoms}.
    function limitAtoms(uint256 word, uint256 heldAtoms, int256 netAtoms) external pure returns (uint256) {
        return OutflowWord.wrap(word).limitAtoms(heldAtoms, netAtoms);
    }

    /// @notice See {OutflowWordLib.withOutflow}.
    function withOutflow(uint256 word, int256 todayAtoms, int256 yesterdayAtoms) external pure returns (uint256) {
        return OutflowWord.unwrap(OutflowWord.wrap(word).withOutflow(todayAtoms, yesterdayAtoms));
    }

    /// @notice See {OutflowWordLib.withLimit}.
    function withLimit(uint256 word, uint256 limitPpm) external pure returns (uint256) {
        return OutflowWord.unwrap(OutflowWord.wrap(word).withLimit(limitPpm));
    }
}

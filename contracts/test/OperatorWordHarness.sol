// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OperatorWord, OperatorWordLib} from "../types/OperatorWord.sol";

/// @notice {OperatorWordLib} for tests.
contract OperatorWordHarness {
    /// @notice See {OperatorWordLib.create}.
    function create(uint8 permissions, uint32 expiry) external pure returns (uint256) {
        return OperatorWord.unwrap(OperatorWordLib.create(permissions, expiry));
    }

    /// @notice All fields of an operator word.
    function fields(uint256 word) external pure returns (uint256 permissions, uint256 expiry) {
        OperatorWord operator = OperatorWord.wrap(word);
        return (operator.permissions(), operator.expiry());
    }

    /// @notice See {OperatorWordLib.allowsAny}.
    function allowsAny(uint256 word, uint8 permissions, uint256 time) external pure returns (bool) {
        return OperatorWord.wrap(word).allowsAny(permissions, time);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {CashWord} from "../types/CashWord.sol";

/// @notice {CashWordLib} for tests.
contract CashWordHarness {
    /// @notice What a cash word says at a time.
    function fields(uint256 word, uint32 time) external pure returns (uint256 lossAtoms, uint256 budgetAtoms) {
        CashWord cash = CashWord.wrap(word);
        return (cash.lossAt(time), cash.budget());
    }

    /// @notice See {CashWordLib.canLose}.
    function canLose(uint256 word, uint256 lossAtoms, uint32 time) external pure returns (bool) {
        return CashWord.wrap(word).canLose(lossAtoms, time);
    }

    /// @notice See {CashWordLib.withLoss}.
    function withLoss(uint256 word, uint256 lossAtoms, uint32 time) external pure returns (uint256) {
        return CashWord.unwrap(CashWord.wrap(word).withLoss(lossAtoms, time));
    }

    /// @notice See {CashWordLib.withBudget}.
    function withBudget(uint256 word, uint64 budgetAtoms) external pure returns (uint256) {
        return CashWord.unwrap(CashWord.wrap(word).withBudget(budgetAtoms));
    }
}

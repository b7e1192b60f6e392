// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {PlanStateWord, PlanStateWordLib} from "../types/PlanStateWord.sol";
import {PlanTermsWord, PlanTermsWordLib} from "../types/PlanTermsWord.sol";

/// @notice The words of risk plans, for tests.
contract PlanWordsHarness {
    /// @notice See {PlanTermsWordLib.create}.
    function createTerms(ILiquidation.PlanStep calldata step) external pure returns (uint256) {
        return PlanTermsWord.unwrap(PlanTermsWordLib.create(step));
    }

    /// @notice See {PlanTermsWordLib.none}.
    function noTerms() external pure returns (uint256) {
        return PlanTermsWord.unwrap(PlanTermsWordLib.none());
    }

    /// @notice All fields of a terms word, as those of a step without amounts.
    function terms(uint256 word) external pure returns (ILiquidation.PlanStep memory step) {
        PlanTermsWord wrapped = PlanTermsWord.wrap(word);
        (step.trigger, step.isBelow, step.action) = (wrapped.trigger(), wrapped.isBelow(), wrapped.action());
        // The fields have these widths.
        (step.threshold, step.targetId) = (int88(wrapped.threshold()), wrapped.target());
        (step.slippageBps, step.cooldownSeconds) = (uint16(wrapped.slippageBps()), uint24(wrapped.cooldown()));
        (step.tipPpm, step.sourceAccountId) = (uint16(wrapped.tipPpm()), wrapped.source());
    }

    /// @notice See {PlanStateWordLib.create}.
    function createState(uint256 left, uint256 minFill) external pure returns (uint256) {
        return PlanStateWord.unwrap(PlanStateWordLib.create(left, minFill));
    }

    /// @notice All fields of a state word, and the least that its step must do now.
    function state(uint256 word) external pure returns (uint256 left, uint256 minFill, uint256 readyAt, uint256 least) {
        PlanStateWord wrapped = PlanStateWord.wrap(word);
        return (wrapped.left(), wrapped.minFill(), wrapped.readyAt(), wrapped.least());
    }

    /// @notice See {PlanStateWordLib.executed}.
    function executed(uint256 word, uint256 done, uint256 readyAt) external pure returns (uint256) {
        return PlanStateWord.unwrap(PlanStateWord.wrap(word).executed(done, readyAt));
    }
}

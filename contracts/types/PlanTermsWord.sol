// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";

/// @notice A step of a risk plan as its owner has set it; zero for a step that never was.
/// @dev | bits | field |
///      | 0–1 | trigger: a number of {ILiquidation.Trigger} |
///      | 2 | fires at or below the threshold; else at or above it |
///      | 3–4 | action: a number of {ILiquidation.PlanAction} |
///      | 5–20 | target: market, or asset that is pulled |
///      | 21–34 | how much worse than the mark it may trade, in basis points |
///      | 35–58 | how long it waits after it has done something, seconds |
///      | 59–71 | tip, in ppm of what it trades or pulls |
///      | 72–103 | account that it pulls from |
///      | 104–191 | threshold, signed, in the unit of the trigger |
///      | 192 | touched: keeps a used word from ever being zero |
///      | 193–255 | spare |
type PlanTermsWord is uint256;

using PlanTermsWordLib for PlanTermsWord global;

/// @notice Fields of a {PlanTermsWord}.
library PlanTermsWordLib {
    uint256 private constant _BELOW_OFFSET = 2;
    uint256 private constant _ACTION_OFFSET = 3;
    uint256 private constant _TARGET_OFFSET = 5;
    uint256 private constant _SLIPPAGE_OFFSET = 21;
    uint256 private constant _COOLDOWN_OFFSET = 35;
    uint256 private constant _TIP_OFFSET = 59;
    uint256 private constant _SOURCE_OFFSET = 72;
    uint256 private constant _THRESHOLD_OFFSET = 104;
    uint256 private constant _TOUCHED = 1 << 192;

    /// @notice The terms of a step.
    /// @param step Slippage below 2^14 and tip below 2^13; all other fields have the widths of the word's.
    function create(ILiquidation.PlanStep calldata step) internal pure returns (PlanTermsWord) {
        uint256 kinds = uint256(step.trigger) | (LibBit.toUint(step.isBelow) << _BELOW_OFFSET)
            | (uint256(step.action) << _ACTION_OFFSET);
        uint256 limits = (uint256(step.targetId) << _TARGET_OFFSET) | (uint256(step.slippageBps) << _SLIPPAGE_OFFSET)
            | (uint256(step.cooldownSeconds) << _COOLDOWN_OFFSET);
        // The cast keeps the low 88 bits of two's complement.
        uint256 paid = (uint256(step.tipPpm) << _TIP_OFFSET) | (uint256(step.sourceAccountId) << _SOURCE_OFFSET)
            | (uint256(uint88(step.threshold)) << _THRESHOLD_OFFSET);
        return PlanTermsWord.wrap(kinds | limits | paid | _TOUCHED);
    }

    /// @notice The word of a step that is no more.
    function none() internal pure returns (PlanTermsWord) {
        return PlanTermsWord.wrap(_TOUCHED);
    }

    /// @notice What it looks at.
    function trigger(PlanTermsWord word) internal pure returns (ILiquidation.Trigger) {
        return ILiquidation.Trigger(PlanTermsWord.unwrap(word) & 3);
    }

    /// @notice Whether it fires at or below the threshold; else at or above it.
    function isBelow(PlanTermsWord word) internal pure returns (bool) {
        return (PlanTermsWord.unwrap(word) >> _BELOW_OFFSET) & 1 != 0;
    }

    /// @notice What it does.
    function action(PlanTermsWord word) internal pure returns (ILiquidation.PlanAction) {
        return ILiquidation.PlanAction((PlanTermsWord.unwrap(word) >> _ACTION_OFFSET) & 3);
    }

    /// @notice Market, or asset that it pulls.
    function target(PlanTermsWord word) internal pure returns (uint16) {
        // The cast keeps the bits of the field.
        return uint16(PlanTermsWord.unwrap(word) >> _TARGET_OFFSET);
    }

    /// @notice How much worse than the mark it may trade [basis points].
    function slippageBps(PlanTermsWord word) internal pure returns (uint256) {
        return (PlanTermsWord.unwrap(word) >> _SLIPPAGE_OFFSET) & 0x3fff;
    }

    /// @notice How long it waits after it has done something [seconds].
    function cooldown(PlanTermsWord word) internal pure returns (uint256) {
        return (PlanTermsWord.unwrap(word) >> _COOLDOWN_OFFSET) & 0xffffff;
    }

    /// @notice Tip for what it trades or pulls [ppm].
    function tipPpm(PlanTermsWord word) internal pure returns (uint256) {
        return (PlanTermsWord.unwrap(word) >> _TIP_OFFSET) & 0x1fff;
    }

    /// @notice Account that it pulls from.
    function source(PlanTermsWord word) internal pure returns (uint32) {
        // The cast keeps the bits of the field.
        return uint32(PlanTermsWord.unwrap(word) >> _SOURCE_OFFSET);
    }

    /// @notice Threshold, in the unit of the trigger.
    function threshold(PlanTermsWord word) internal pure returns (int256) {
        // The casts keep the 88 bits of the field and extend its sign.
        return int88(uint88(PlanTermsWord.unwrap(word) >> _THRESHOLD_OFFSET));
    }
}

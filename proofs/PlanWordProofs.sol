// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ILiquidation} from "../contracts/interfaces/ILiquidation.sol";
import {PlanStateWord, PlanStateWordLib} from "../contracts/types/PlanStateWord.sol";
import {PlanTermsWord, PlanTermsWordLib} from "../contracts/types/PlanTermsWord.sol";

/// @notice The words of a step of a plan have what its owner set, and no field of them changes another.
contract PlanWordProofs {
    /// @notice Terms have every field that they were created from but the amounts, and are never zero.
    function check_createTerms(ILiquidation.PlanStep calldata step) external pure {
        if (step.slippageBps >= 1 << 14 || step.tipPpm >= 1 << 13) return;
        PlanTermsWord word = PlanTermsWordLib.create(step);
        assert(word.trigger() == step.trigger && word.action() == step.action);
        assert(word.isBelow() == step.isBelow && word.threshold() == step.threshold);
        assert(word.target() == step.targetId && word.source() == step.sourceAccountId);
        assert(word.slippageBps() == step.slippageBps && word.tipPpm() == step.tipPpm);
        assert(word.cooldown() == step.cooldownSeconds);
        assert(PlanTermsWord.unwrap(word) != 0);
    }

    /// @notice A new step may do all at once, and must do no more than there is.
    function check_createState(uint80 left, uint80 minFill) external pure {
        PlanStateWord word = PlanStateWordLib.create(left, minFill);
        assert(word.left() == left && word.minFill() == minFill && word.readyAt() == 0);
        assert(word.least() >= 1 && (left == 0 || word.least() <= left));
        assert(minFill == 0 || word.least() <= minFill);
    }

    /// @notice What a step has done is not left any more; the least that it does at once stays.
    function check_executed(uint256 bits, uint80 done, uint32 readyAt) external pure {
        PlanStateWord word = PlanStateWord.wrap(bits);
        if (done > word.left()) return;
        PlanStateWord later = word.executed(done, readyAt);
        assert(later.left() == word.left() - done && later.readyAt() == readyAt);
        assert(later.minFill() == word.minFill());
        assert(PlanStateWord.unwrap(later) != 0);
    }
}

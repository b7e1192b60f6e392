// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {ILiquidationLens} from "../interfaces/ILiquidationLens.sol";
import {Plans} from "../liquidation/Plans.sol";
import {PlanStateWord} from "../types/PlanStateWord.sol";
import {PlanTermsWord} from "../types/PlanTermsWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice Risk plans, as their words have them.
library PlanReading {
    /// @dev Words of a step: its terms, and its state.
    uint256 private constant _HALVES = 2;

    /// @notice See {ILiquidationLens.plan}; the account is known.
    function plan(IExchange exchange, uint32 accountId) internal view returns (ILiquidationLens.Step[] memory steps) {
        uint256[] memory slots = new uint256[](_HALVES * Plans.MAX_STEPS);
        for (uint256 i = 0; i < slots.length; ++i) {
            slots[i] = ExchangeStorage.planSlot(accountId, i / _HALVES, i % _HALVES);
        }
        uint256[] memory words = exchange.readWords(slots);
        steps = new ILiquidationLens.Step[](Plans.MAX_STEPS);
        uint256 count;
        for (uint256 i = 0; i < Plans.MAX_STEPS; ++i) {
            PlanStateWord state = PlanStateWord.wrap(words[_HALVES * i + 1]);
            if (state.left() != 0) steps[count++] = _step(i, PlanTermsWord.wrap(words[_HALVES * i]), state);
        }
        assembly ("memory-safe") {
            // The count is at most the length; what is cut off stays unused.
            mstore(steps, count)
        }
    }

    /// @dev All fields have these widths; there are eight steps.
    function _step(uint256 index, PlanTermsWord word, PlanStateWord state)
        private
        pure
        returns (ILiquidationLens.Step memory step)
    {
        (step.index, step.readyAt) = (uint8(index), uint32(state.readyAt()));
        step.terms.trigger = word.trigger();
        step.terms.isBelow = word.isBelow();
        step.terms.threshold = int88(word.threshold());
        step.terms.action = word.action();
        step.terms.targetId = word.target();
        (step.terms.size, step.terms.minFill) = (uint80(state.left()), uint80(state.minFill()));
        step.terms.slippageBps = uint16(word.slippageBps());
        step.terms.cooldownSeconds = uint24(word.cooldown());
        step.terms.tipPpm = uint16(word.tipPpm());
        step.terms.sourceAccountId = word.source();
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {BookWord} from "../types/BookWord.sol";
import {MarketId} from "../types/MarketId.sol";
import {PlanStateWord, PlanStateWordLib} from "../types/PlanStateWord.sol";
import {PlanTermsWord, PlanTermsWordLib} from "../types/PlanTermsWord.sol";
import {TokenWord} from "../types/TokenWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Accounts} from "../vault/Accounts.sol";

/// @notice Risk plans in storage, and what a step must be like.
library Plans {
    /// @notice The most steps of a plan.
    uint256 internal constant MAX_STEPS = 8;
    /// @notice The lowest threshold of health: liquidation begins there, and a plan before it [1e-4 of R_maint].
    int256 internal constant MIN_HEALTH = 10_000;
    /// @notice The most that a step may trade worse than the mark [basis points].
    uint256 internal constant MAX_SLIPPAGE_BPS = 2_000;
    /// @notice The highest tip [ppm].
    uint256 internal constant MAX_TIP_PPM = 5_000;

    uint256 private constant _TERMS = 0;
    uint256 private constant _STATE = 1;

    /// @notice Replace the plan of an account.
    /// @dev Errors: TooManySteps, InvalidStep.
    function replace(uint256 accountId, ILiquidation.PlanStep[] calldata steps) internal {
        if (steps.length > MAX_STEPS) revert IExchangeErrors.TooManySteps(steps.length, MAX_STEPS);
        for (uint256 i = 0; i < MAX_STEPS; ++i) {
            if (i < steps.length) _set(accountId, i, steps[i]);
            else _clear(accountId, i);
        }
    }

    /// @notice A step of which something is left.
    /// @dev Errors: NoSuchStep.
    function load(uint32 accountId, uint256 step) internal view returns (PlanTermsWord terms, PlanStateWord state) {
        if (step < MAX_STEPS) {
            terms = PlanTermsWord.wrap(ExchangeStorage.load(ExchangeStorage.planSlot(accountId, step, _TERMS)));
            state = PlanStateWord.wrap(ExchangeStorage.load(ExchangeStorage.planSlot(accountId, step, _STATE)));
        }
        if (state.left() == 0) revert IExchangeErrors.NoSuchStep(accountId, step);
    }

    /// @notice Write what is left of a step.
    function store(uint256 accountId, uint256 step, PlanStateWord state) internal {
        ExchangeStorage.store(ExchangeStorage.planSlot(accountId, step, _STATE), PlanStateWord.unwrap(state));
    }

    /// @notice Whether a step may pull from an account for another: both have the same owner, and are not the same.
    function mayPull(uint256 accountId, uint256 sourceAccountId) internal view returns (bool) {
        if (accountId == sourceAccountId) return false;
        return Accounts.load(accountId).owner() == Accounts.load(sourceAccountId).owner();
    }

    function _set(uint256 accountId, uint256 index, ILiquidation.PlanStep calldata step) private {
        bytes32 field = _wrongField(accountId, step);
        if (field != 0) revert IExchangeErrors.InvalidStep(index, field);
        PlanTermsWord terms = PlanTermsWordLib.create(step);
        ExchangeStorage.store(ExchangeStorage.planSlot(accountId, index, _TERMS), PlanTermsWord.unwrap(terms));
        store(accountId, index, PlanStateWordLib.create(step.size, step.minFill));
    }

    /// @dev Words that were never used stay zero.
    function _clear(uint256 accountId, uint256 index) private {
        uint256 slot = ExchangeStorage.planSlot(accountId, index, _TERMS);
        if (ExchangeStorage.load(slot) == 0) return;
        ExchangeStorage.store(slot, PlanTermsWord.unwrap(PlanTermsWordLib.none()));
        store(accountId, index, PlanStateWordLib.create(0, 0));
    }

    /// @dev The first field of a step that can not be, or zero.
    function _wrongField(uint256 accountId, ILiquidation.PlanStep calldata step) private view returns (bytes32) {
        bytes32 field = _wrongTrigger(step);
        if (field != 0) return field;
        if (!_isTarget(step.action, step.targetId)) return "targetId";
        if (step.size == 0) return "size";
        if (step.minFill > step.size) return "minFill";
        bool pulls = step.action == ILiquidation.PlanAction.PULL;
        // What is pulled has no price to be worse than.
        if ((step.slippageBps == 0 && !pulls) || step.slippageBps > MAX_SLIPPAGE_BPS) return "slippageBps";
        if (step.tipPpm > MAX_TIP_PPM) return "tipPpm";
        if (pulls && !mayPull(accountId, step.sourceAccountId)) return "sourceAccountId";
        return 0;
    }

    /// @dev A step by its health only ever acts when there is too little of it, funding is of perps alone, and a dollar of the
    ///      exchange has no price.
    function _wrongTrigger(ILiquidation.PlanStep calldata step) private pure returns (bytes32) {
        if (step.trigger == ILiquidation.Trigger.HEALTH) {
            if (!step.isBelow) return "isBelow";
            if (step.threshold < MIN_HEALTH) return "threshold";
        } else if (step.trigger == ILiquidation.Trigger.PRICE) {
            if (step.action == ILiquidation.PlanAction.PULL && step.targetId == 0) return "trigger";
        } else if (step.trigger == ILiquidation.Trigger.FUNDING) {
            if (step.action != ILiquidation.PlanAction.REDUCE) return "trigger";
        }
        return 0;
    }

    /// @dev Whether a step can act there: in a market of the kind that its action needs, or on an asset.
    function _isTarget(ILiquidation.PlanAction action, uint256 targetId) private view returns (bool) {
        if (action == ILiquidation.PlanAction.PULL) {
            // Ids beyond a byte must not reach the key of a slot.
            if (targetId > type(uint8).max) return false;
            return TokenWord.wrap(ExchangeStorage.load(ExchangeStorage.tokenSlot(targetId))).isListed();
        }
        if (MarketId.isPerp(targetId) != (action == ILiquidation.PlanAction.REDUCE)) return false;
        return BookWord.wrap(ExchangeStorage.load(ExchangeStorage.bookSlot(targetId))).isListed();
    }
}

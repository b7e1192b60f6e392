// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidation} from "../interfaces/ILiquidation.sol";
import {IOrderModule} from "../interfaces/IOrderModule.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {OrderChange} from "../types/OrderChange.sol";
import {PlanStateWord} from "../types/PlanStateWord.sol";
import {PlanTermsWord} from "../types/PlanTermsWord.sol";
import {Atlas} from "../risk/Atlas.sol";
import {RiskCheck} from "../risk/RiskCheck.sol";
import {Valuation} from "../risk/Valuation.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Balances} from "../vault/Balances.sol";
import {Outflows} from "../vault/Outflows.sol";
import {Transfers} from "../vault/Transfers.sol";
import {PlanOrders} from "./PlanOrders.sol";
import {Plans} from "./Plans.sol";
import {PlanTriggers} from "./PlanTriggers.sol";

/// @notice Risk plans: what an account's owner wants done, by anyone, when its risk grows. The exchange delegates to it.
contract PlanModule is ReentrancyGuardTransient {
    /// @dev A step that is executed.
    struct Execution {
        uint32 accountId;
        uint8 step;
        PlanTermsWord terms;
        PlanStateWord state;
        /// @dev The most that it is to do now [lots or atoms].
        uint256 wanted;
        /// @dev Account that gets the tip; 0 for none.
        uint32 tipAccountId;
    }

    uint256 private constant _PPM = 1e6;

    IRiskEngine private immutable _riskEngine;
    address private immutable _orderModule;

    /// @param riskEngine The exchange's risk engine.
    /// @param orderModule Code of {IOrderModule.placeFor}.
    constructor(IRiskEngine riskEngine, address orderModule) {
        _riskEngine = riskEngine;
        _orderModule = orderModule;
    }

    /// @notice See {ILiquidation.setPlan}.
    function setPlan(uint32 accountId, ILiquidation.PlanStep[] calldata steps) external nonReentrant {
        Accounts.ofOwner(accountId, msg.sender);
        Plans.replace(accountId, steps);
        emit ILiquidation.PlanSet(accountId, steps);
    }

    /// @notice See {ILiquidation.executeStep}.
    function executeStep(uint32 accountId, uint8 step, uint80 amount, uint32 tipAccountId)
        external
        nonReentrant
        returns (uint256 done, uint256 tipAtoms)
    {
        if (Accounts.load(accountId).owner() == address(0)) {
            revert IExchangeErrors.UnknownAccount(accountId);
        }
        (PlanTermsWord terms, PlanStateWord state) = Plans.load(accountId, step);
        if (block.timestamp < state.readyAt()) revert IExchangeErrors.CoolingDown(step, state.readyAt());
        PlanTriggers.check(accountId, step, terms);
        _checkTipped(accountId, tipAccountId);
        Execution memory execution = Execution({
            accountId: accountId,
            step: step,
            terms: terms,
            state: state,
            wanted: Math.min(amount, state.left()),
            tipAccountId: tipAccountId
        });
        _checkDone(execution, execution.wanted);
        if (terms.action() == ILiquidation.PlanAction.PULL) (done, tipAtoms) = _pull(execution);
        else (done, tipAtoms) = _trade(execution);
        state = state.executed(done, block.timestamp + terms.cooldown());
        Plans.store(accountId, step, state);
        emit ILiquidation.StepExecuted(accountId, step, done, state.left(), tipAtoms);
    }

    /// @dev Trade in the step's market, pay the tip, and check what both together leave.
    function _trade(Execution memory execution) private returns (uint256 lots, uint256 tipAtoms) {
        uint32 accountId = execution.accountId;
        IExchange.OrderRequest memory order = PlanOrders.request(accountId, execution.terms, execution.wanted);
        bytes memory returned =
            Address.functionDelegateCall(_orderModule, abi.encodeCall(IOrderModule.placeFor, (accountId, order)));
        uint256 notionalAtoms;
        int256 quoteAtoms;
        OrderChange[] memory changes;
        (lots, notionalAtoms, quoteAtoms, changes) = abi.decode(returned, (uint256, uint256, int256, OrderChange[]));
        _checkDone(execution, lots);
        tipAtoms = _payTip(execution, notionalAtoms);
        uint256 actor = Accounts.load(accountId).actor();
        // A tip is part of what is there, below 2^79.
        RiskCheck.check(_riskEngine, accountId, actor, quoteAtoms - int256(tipAtoms), changes);
    }

    /// @dev Transfer from the step's source, which must be able to do without it. The account is worth no less afterwards, as
    ///      a tip is a part of what comes in.
    function _pull(Execution memory execution) private returns (uint256 atoms, uint256 tipAtoms) {
        (uint32 source, uint32 accountId) = (execution.terms.source(), execution.accountId);
        uint16 assetId = execution.terms.target();
        if (!Plans.mayPull(accountId, source)) revert IExchangeErrors.InvalidStep(execution.step, "sourceAccountId");
        atoms = Math.min(execution.wanted, _available(source, assetId));
        _checkDone(execution, atoms);
        int256 sourceBalance = Transfers.take(source, assetId, atoms);
        Accounts.use(accountId, assetId);
        int256 balance = Transfers.give(accountId, assetId, atoms);
        int256 moved = int256(atoms);
        Outflows.move(source, accountId, assetId, atoms, sourceBalance + moved, balance - moved);
        RiskCheck.checkOutgoing(_riskEngine, source, false);
        emit IExchange.Transferred(source, accountId, assetId, atoms, sourceBalance, balance);
        tipAtoms = _payTip(execution, _worth(assetId, atoms));
    }

    /// @dev Pay the tip for a notional out of what there is of quote, and never on credit.
    function _payTip(Execution memory execution, uint256 notionalAtoms) private returns (uint256 tipAtoms) {
        (uint32 accountId, uint32 tipAccountId) = (execution.accountId, execution.tipAccountId);
        if (tipAccountId == 0) return 0;
        tipAtoms = Math.min(notionalAtoms * execution.terms.tipPpm() / _PPM, _available(accountId, 0));
        if (tipAtoms == 0) return 0;
        // What is there is below 2^79.
        int256 moved = int256(tipAtoms);
        int256 balance = Balances.add(accountId, 0, -moved);
        int256 tipBalance = Balances.add(tipAccountId, 0, moved);
        Outflows.move(accountId, tipAccountId, 0, tipAtoms, balance + moved, tipBalance - moved);
        emit IExchange.Transferred(accountId, tipAccountId, 0, tipAtoms, balance, tipBalance);
    }

    /// @dev Check that an account can get the tip.
    function _checkTipped(uint32 accountId, uint32 tipAccountId) private view {
        if (tipAccountId == 0) return;
        AccountWord account = Accounts.load(tipAccountId);
        if (account.owner() == address(0)) revert IExchangeErrors.UnknownAccount(tipAccountId);
        if (tipAccountId == accountId) revert IExchangeErrors.SameAccount(accountId);
        if (!account.uses(0)) revert IExchangeErrors.AssetNotActivated(tipAccountId, 0);
    }

    /// @dev Check that a step does as much as it must at once, so that nobody lets it wait for nothing.
    function _checkDone(Execution memory execution, uint256 done) private pure {
        uint256 least = execution.state.least();
        if (done < least) revert IExchangeErrors.FillTooSmall(execution.step, done, least);
    }

    /// @dev What there is of a balance and can be taken from it at once [atoms].
    function _available(uint256 accountId, uint256 assetId) private view returns (uint256) {
        (uint256 most, uint256 has) = Balances.reach(accountId, assetId);
        return Math.min(most, has);
    }

    /// @dev Worth of atoms, rounded down [quote atoms].
    function _worth(uint256 assetId, uint256 atoms) private view returns (uint256) {
        if (assetId == 0) return atoms;
        // Neither atoms nor a price is negative.
        return uint256(Atlas.valueDown(int256(atoms), Valuation.underlying(assetId).price()));
    }
}

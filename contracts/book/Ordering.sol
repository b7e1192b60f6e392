// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IOrderModule} from "../interfaces/IOrderModule.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {AccountWord} from "../types/AccountWord.sol";
import {OperatorWordLib} from "../types/OperatorWord.sol";
import {OrderChange} from "../types/OrderChange.sol";
import {OrderTermsLib} from "../types/OrderTerms.sol";
import {FlatMargin} from "../risk/FlatMargin.sol";
import {RiskCheck} from "../risk/RiskCheck.sol";
import {Operators} from "../vault/Operators.sol";
import {OrderBook} from "./OrderBook.sol";
import {RecordLog, Records} from "./Records.sol";
import {Refusals} from "./Refusals.sol";
import {WorkOrder, WorkOrderLib} from "./WorkOrder.sol";

/// @notice What every entry point for orders does: authorise, place or cancel, check once. The exchange itself and the module of
///         orders run this code.
abstract contract Ordering is ReentrancyGuardTransient {
    /// @notice The risk engine that ends every action which may leave an account short.
    IRiskEngine public immutable riskEngine;
    /// @notice Code of the entry points for lending pools, and of balances that are lent or owed.
    address public immutable lendingModule;
    /// @notice Code of the errors of refused orders.
    address public immutable refusalModule;

    constructor(IRiskEngine riskEngine_, address lendingModule_, address refusalModule_) {
        riskEngine = riskEngine_;
        lendingModule = lendingModule_;
        refusalModule = refusalModule_;
    }

    /// @dev Place one order, with the check and the log. See {IExchange.place}.
    function _placeAlone(uint32 accountId, IExchange.OrderRequest calldata order, IExchange.OrderResult memory result)
        internal
    {
        WorkOrder memory work = _allocate()();
        _begin(work, accountId, OperatorWordLib.PLACE, 1);
        RecordLog log = Records.open(4);
        OrderBook.read(work, order);
        _place(work, log, result);
        _check(work);
        log.emitAll(accountId);
    }

    /// @dev {WorkOrderLib.allocate}, with the pointer it returns taken for what it points to.
    function _allocate() internal pure returns (function() pure returns (WorkOrder memory) typed) {
        function() pure returns (uint256) untyped = WorkOrderLib.allocate;
        assembly ("memory-safe") {
            // A pointer to memory is a number.
            typed := untyped
        }
    }

    /// @dev Authorise the caller to place orders, and make room for them.
    function _begin(WorkOrder memory work, uint32 accountId, uint256 permissions, uint256 places) internal view {
        (AccountWord account, bool isOperator) = Operators.authorise(accountId, msg.sender, permissions);
        OrderBook.begin(work, accountId, account, isOperator);
        _equip(work, places);
    }

    /// @dev Give matching the contracts it needs, and room for notes of what its orders change.
    function _equip(WorkOrder memory work, uint256 places) internal view {
        (work.riskEngine, work.lendingModule) = (address(riskEngine), lendingModule);
        (work.changes, work.changeCount, work.quoteChange) = (new OrderChange[](places), 0, 0);
    }

    /// @dev The check at the end of an action that places orders. Cancels alone always pass, also where no place came to
    ///      anything. An operator who may not borrow leaves an account that is covered.
    function _check(WorkOrder memory work) internal {
        if (work.changeCount == 0) return;
        // What passes is sure to pass the check.
        if (work.isPerp && FlatMargin.suffices(work)) return;
        RiskCheck.check(riskEngine, work.accountId, work.account.actor(), work.quoteChange, work.changes);
    }

    /// @dev Place an order; a refusal reverts.
    function _place(WorkOrder memory work, RecordLog log, IExchange.OrderResult memory result) internal {
        uint256 refusal = OrderBook.place(work, log, result);
        if (refusal != 0) Refusals.raise(refusalModule, refusal, work, result);
    }

    /// @dev Authorise the caller for what is in a batch.
    function _beginBatch(WorkOrder memory work, uint32 accountId, uint256 cancels, uint256 places, uint64 deadline)
        internal
        view
    {
        if (block.timestamp > deadline) revert IExchangeErrors.DeadlinePassed(deadline, block.timestamp);
        uint256 permissions = places == 0 ? 0 : OperatorWordLib.PLACE;
        // An empty batch needs a permission, too.
        if (cancels != 0 || places == 0) permissions |= OperatorWordLib.CANCEL;
        _begin(work, accountId, permissions, places);
    }

    /// @dev Place an order of a batch; if it is refused it is skipped.
    function _placeOne(
        WorkOrder memory work,
        uint256 index,
        bool allOrNone,
        RecordLog log,
        IExchange.OrderResult memory result
    ) internal {
        uint256 refusal;
        if (work.terms.timeInForce() != OrderTermsLib.FILL_OR_KILL || allOrNone) {
            refusal = OrderBook.place(work, log, result);
        } else {
            refusal = _tryPlaceWhole(work, log, result);
        }
        if (refusal == 0) return;
        if (allOrNone) Refusals.raise(refusalModule, refusal, work, result);
        result.refusal = IExchange.Refusal(refusal);
        log.skipped(index, refusal);
    }

    /// @dev Place a fill-or-kill order in a call of its own, so that a refusal undoes what it filled.
    function _tryPlaceWhole(WorkOrder memory work, RecordLog log, IExchange.OrderResult memory result)
        private
        returns (uint256 refusal)
    {
        // The fields of an order have the widths of its arguments.
        bytes memory call = abi.encodeCall(
            IOrderModule.placeWhole, (uint32(work.accountId), OrderBook.request(work), work.account.byOperator())
        );
        (bool ok, bytes memory answer) = _orderModule().delegatecall(call);
        if (ok) {
            refusal = _takeOver(work, log, result, answer);
        } else {
            // Anything else, running out of gas for instance, is no property of the order.
            if (bytes4(answer) != IExchangeErrors.NotFilledWhole.selector) LowLevelCall.bubbleRevert(answer);
            refusal = uint256(IExchange.Refusal.NOT_FILLED_WHOLE);
        }
        work.book = OrderBook.load(work.marketId);
    }

    /// @dev Take over what {placeWhole} answers.
    function _takeOver(WorkOrder memory work, RecordLog log, IExchange.OrderResult memory result, bytes memory answer)
        private
        pure
        returns (uint256 refusal)
    {
        uint256 filledLots;
        int256 quoteAtoms;
        bytes memory records;
        (refusal, filledLots, quoteAtoms, work.units, records) =
            abi.decode(answer, (uint256, uint256, int256, int256, bytes));
        log.extend(records);
        // The lots of an order are below 2^40.
        result.filledLots = uint40(filledLots);
        unchecked {
            // Notionals are below 2^95.
            work.quoteChange += quoteAtoms;
        }
        if (filledLots != 0) OrderBook.note(work, result);
    }

    /// @dev The module of orders, which has {IOrderModule.placeWhole}.
    function _orderModule() internal view virtual returns (address);
}

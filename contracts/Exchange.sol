// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Cancelling} from "./book/Cancelling.sol";
import {Matching} from "./book/Matching.sol";
import {OrderBook} from "./book/OrderBook.sol";
import {RecordLog, Records} from "./book/Records.sol";
import {Refusals} from "./book/Refusals.sol";
import {IExchange} from "./interfaces/IExchange.sol";
import {IRiskEngine} from "./interfaces/IRiskEngine.sol";
import {AccountWord} from "./types/AccountWord.sol";
import {OrderId} from "./types/OrderId.sol";
import {RegistryWord, RegistryWordLib} from "./types/RegistryWord.sol";
import {ExchangeStorage} from "./ExchangeStorage.sol";
import {RiskCheck} from "./risk/RiskCheck.sol";
import {Accounts} from "./vault/Accounts.sol";

/// @title World Markets exchange
/// @notice The one address of the exchange. Orders are executed here; the vault, listing and prices in modules that run
///         over the same state.
contract Exchange is IExchange, AccessManaged, ReentrancyGuardTransient {
    /// @notice The risk engine every action ends with.
    IRiskEngine public immutable riskEngine;
    /// @notice Code of the vault's entry points.
    address public immutable vaultModule;
    /// @notice Code of the entry points for listing, prices and fees.
    address public immutable listingModule;

    /// @param authority_ OpenZeppelin AccessManager that says who may list.
    /// @param treasury Owner of the treasury account.
    /// @param insurancePpm Share of fees for the insurance fund [ppm], at most 1e6.
    constructor(
        address authority_,
        IRiskEngine riskEngine_,
        address vaultModule_,
        address listingModule_,
        address treasury,
        uint256 insurancePpm
    ) AccessManaged(authority_) {
        if (insurancePpm > 1e6) revert InvalidParameter("insurancePpm", insurancePpm);
        if (treasury == address(0)) revert ZeroAddress();
        // A call of an address without code succeeds, whatever it was meant to check.
        _checkCode("riskEngine", address(riskEngine_));
        _checkCode("vaultModule", vaultModule_);
        _checkCode("listingModule", listingModule_);
        riskEngine = riskEngine_;
        vaultModule = vaultModule_;
        listingModule = listingModule_;
        RegistryWord registry = RegistryWordLib.create(insurancePpm);
        ExchangeStorage.store(ExchangeStorage.registrySlot(), RegistryWord.unwrap(registry));
        emit AccountCreated(Accounts.create(address(this)), address(this));
        emit AccountCreated(Accounts.create(treasury), treasury);
    }

    /// @inheritdoc IExchange
    function place(uint32 accountId, OrderRequest calldata order)
        external
        nonReentrantView
        returns (OrderResult memory result)
    {
        AccountWord account = Accounts.ofOwner(accountId, msg.sender);
        RecordLog log = Records.open(4);
        Matching.Order memory work;
        Refusal refusal = OrderBook.place(accountId, account, order, work, log, result);
        if (refusal != Refusal.NONE) Refusals.raise(refusal, result, accountId, order);
        RiskCheck.check(riskEngine, accountId);
        log.emitAll(accountId);
    }

    /// @inheritdoc IExchange
    function cancel(uint32 accountId, uint128 orderId) external nonReentrantView returns (uint40 lots) {
        Accounts.ofOwner(accountId, msg.sender);
        RecordLog log = Records.open(1);
        // The lots of an order are below 2^40.
        lots = uint40(Cancelling.cancel(accountId, OrderId.wrap(orderId), log));
        if (lots == 0) revert StaleOrder(orderId);
        log.emitAll(accountId);
    }

    /// @inheritdoc IExchange
    function cancelMany(uint32 accountId, uint128[] calldata orderIds)
        external
        nonReentrantView
        returns (uint40[] memory lots)
    {
        Accounts.ofOwner(accountId, msg.sender);
        RecordLog log = Records.open(orderIds.length);
        lots = _cancelEach(accountId, orderIds, false, log);
        log.emitAll(accountId);
    }

    /// @inheritdoc IExchange
    function reduce(uint32 accountId, uint128 orderId, uint40 newLots) external nonReentrantView {
        Accounts.ofOwner(accountId, msg.sender);
        RecordLog log = Records.open(1);
        Cancelling.reduce(accountId, OrderId.wrap(orderId), newLots, log);
        log.emitAll(accountId);
    }

    /// @inheritdoc IExchange
    function batch(
        uint32 accountId,
        uint128[] calldata cancels,
        OrderRequest[] calldata places,
        uint64 deadline,
        bool allOrNone
    ) external nonReentrantView returns (uint40[] memory lots, OrderResult[] memory results) {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline, block.timestamp);
        AccountWord account = Accounts.ofOwner(accountId, msg.sender);
        RecordLog log = Records.open(cancels.length + places.length);
        lots = _cancelEach(accountId, cancels, allOrNone, log);
        results = _placeEach(accountId, account, places, allOrNone, log);
        // Cancels alone always pass.
        if (places.length != 0) RiskCheck.check(riskEngine, accountId);
        log.emitAll(accountId);
    }

    /// @notice One place of a batch that must be undone if it is refused: a fill-or-kill order.
    /// @return result What became of it.
    /// @return records Its part of the log.
    /// @dev Only the exchange itself calls it. Errors: NotTheExchange, NotFilledWhole; other refusals are returned.
    function placeWhole(uint32 accountId, OrderRequest calldata order)
        external
        returns (OrderResult memory result, bytes memory records)
    {
        if (msg.sender != address(this)) revert NotTheExchange(msg.sender);
        RecordLog log = Records.open(4);
        Matching.Order memory work;
        result.refusal = OrderBook.place(accountId, Accounts.load(accountId), order, work, log, result);
        if (result.refusal == Refusal.NOT_FILLED_WHOLE) revert NotFilledWhole(result.filledLots, order.lots);
        records = log.content();
    }

    /// @inheritdoc IExchange
    function createAccount() external returns (uint32) {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function deposit(uint32, uint16, uint256) external returns (uint256) {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function withdraw(uint32, uint16, uint256, address) external {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function transfer(uint32, uint32, uint16, uint256) external {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function poke(uint16[] calldata) external {
        _delegate(listingModule);
    }

    /// @inheritdoc IExchange
    function listAsset(address, uint64, address) external returns (uint16) {
        _delegate(listingModule);
    }

    /// @inheritdoc IExchange
    function listSpotMarket(uint16, SpotTerms calldata) external returns (uint16) {
        _delegate(listingModule);
    }

    /// @inheritdoc IExchange
    function collectFees(uint16) external {
        _delegate(listingModule);
    }

    /// @inheritdoc IExchange
    function readWords(uint256[] calldata slots) external view nonReentrantView returns (uint256[] memory words) {
        words = new uint256[](slots.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            words[i] = ExchangeStorage.load(slots[i]);
        }
    }

    /// @dev Cancel each order of an array. A duplicate finds nothing the second time, so only misses are compared.
    function _cancelEach(uint256 accountId, uint128[] calldata orderIds, bool allOrNone, RecordLog log)
        private
        returns (uint40[] memory lots)
    {
        lots = new uint40[](orderIds.length);
        for (uint256 i = 0; i < orderIds.length; ++i) {
            uint128 orderId = orderIds[i];
            uint256 cancelled = Cancelling.cancel(accountId, OrderId.wrap(orderId), log);
            if (cancelled != 0) {
                // The lots of an order are below 2^40.
                lots[i] = uint40(cancelled);
                continue;
            }
            for (uint256 j = 0; j < i; ++j) {
                if (orderIds[j] == orderId) revert DuplicateOrder(orderId);
            }
            if (allOrNone) revert StaleOrder(orderId);
            log.skipped(i, Refusal.NONE);
        }
    }

    /// @dev Place each order of an array; one that is refused is skipped.
    function _placeEach(
        uint32 accountId,
        AccountWord account,
        OrderRequest[] calldata orders,
        bool allOrNone,
        RecordLog log
    ) private returns (OrderResult[] memory results) {
        results = new OrderResult[](orders.length);
        Matching.Order memory work;
        for (uint256 i = 0; i < orders.length; ++i) {
            OrderRequest calldata order = orders[i];
            Refusal refusal;
            // What the order before has added up.
            (work.notionalAtoms, work.makerFeeAtoms) = (0, 0);
            if (!allOrNone && order.timeInForce == TimeInForce.FILL_OR_KILL) {
                results[i] = _tryPlaceWhole(accountId, order, log);
                refusal = results[i].refusal;
            } else {
                refusal = OrderBook.place(accountId, account, order, work, log, results[i]);
            }
            if (refusal == Refusal.NONE) continue;
            if (allOrNone) Refusals.raise(refusal, results[i], accountId, order);
            results[i].refusal = refusal;
            log.skipped(i, refusal);
        }
    }

    /// @dev Place a fill-or-kill order in a call of its own, so that a refusal undoes what it filled.
    function _tryPlaceWhole(uint32 accountId, OrderRequest calldata order, RecordLog log)
        private
        returns (OrderResult memory result)
    {
        try this.placeWhole(accountId, order) returns (OrderResult memory placed, bytes memory records) {
            log.extend(records);
            return placed;
        } catch (bytes memory reason) {
            // Anything else, running out of gas for instance, is no property of the order.
            if (bytes4(reason) != NotFilledWhole.selector) LowLevelCall.bubbleRevert(reason);
            result.refusal = Refusal.NOT_FILLED_WHOLE;
        }
    }

    function _checkCode(bytes32 name, address account) private view {
        if (account.code.length == 0) revert InvalidParameter(name, uint160(account));
    }

    /// @dev Run the current call in a module over this contract's state, and return what it returns.
    function _delegate(address module) private {
        assembly ("memory-safe") {
            // The call ends here either way, so all memory may be overwritten.
            calldatacopy(0, 0, calldatasize())
            let ok := delegatecall(gas(), module, 0, calldatasize(), 0, 0)
            returndatacopy(0, 0, returndatasize())
            if iszero(ok) { revert(0, returndatasize()) }
            return(0, returndatasize())
        }
    }
}

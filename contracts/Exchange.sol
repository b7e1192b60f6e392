// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Cancelling} from "./book/Cancelling.sol";
import {OrderBook} from "./book/OrderBook.sol";
import {Ordering} from "./book/Ordering.sol";
import {RecordLog, Records} from "./book/Records.sol";
import {WorkOrder} from "./book/WorkOrder.sol";
import {IExchange} from "./interfaces/IExchange.sol";
import {IRiskEngine} from "./interfaces/IRiskEngine.sol";
import {OperatorWordLib} from "./types/OperatorWord.sol";
import {OrderId} from "./types/OrderId.sol";
import {RegistryWord, RegistryWordLib} from "./types/RegistryWord.sol";
import {ExchangeStorage} from "./ExchangeStorage.sol";
import {Accounts} from "./vault/Accounts.sol";
import {Operators} from "./vault/Operators.sol";

/// @title World Markets exchange
/// @notice The one address of the exchange. Orders, cancels and batches are executed here; amendments, packed batches, perps, the
///         vault, operators, lending and prices in modules that run over the same state; all else is left to its extension.
///         {IWorldMarkets} is the interface of the whole.
contract Exchange is IExchange, AccessManaged, Ordering {
    /// @notice The contracts an exchange is made of.
    struct Parts {
        /// @dev The risk engine that ends every action which may leave an account short.
        IRiskEngine riskEngine;
        /// @dev Code of the entry points for accounts, deposits, withdrawals and transfers.
        address vaultModule;
        /// @dev Code of the entry points for operators and activation.
        address operatorModule;
        /// @dev Code of the entry points for lending pools, and of balances that are lent or owed.
        address lendingModule;
        /// @dev Code of the entry point for prices.
        address priceModule;
        /// @dev Code of the errors of refused orders.
        address refusalModule;
        /// @dev Code of the entry points for packed batches and amendments.
        address orderModule;
        /// @dev Code of the entry points for marks, funding and settlement of perps.
        address perpModule;
        /// @dev Code that answers all other entry points, those of {IGovernance} and {ILiquidation}.
        address extension;
        /// @dev Wrapped native token; zero where there is none.
        address wrappedNative;
    }

    /// @notice Code of the entry points for accounts, deposits, withdrawals and transfers.
    address public immutable vaultModule;
    /// @notice Code of the entry points for operators and activation.
    address public immutable operatorModule;
    /// @notice Code of the entry point for prices.
    address public immutable priceModule;
    /// @notice Code of the entry points for packed batches and amendments.
    address public immutable orderModule;
    /// @notice Code of the entry points for marks, funding and settlement of perps.
    address public immutable perpModule;
    /// @notice Code that answers all other entry points, those of {IGovernance} and {ILiquidation}.
    address public immutable extension;
    /// @notice Wrapped native token; zero where there is none.
    address public immutable wrappedNative;

    /// @param authority_ OpenZeppelin AccessManager that says who may list, pause and set limits.
    /// @param treasury Owner of the treasury account.
    /// @param insurancePpm Share of fees for the insurance fund [ppm], at most 1e6.
    constructor(address authority_, Parts memory parts, address treasury, uint256 insurancePpm)
        AccessManaged(authority_)
        Ordering(parts.riskEngine, parts.lendingModule, parts.refusalModule)
    {
        if (insurancePpm > 1e6) revert InvalidParameter("insurancePpm", insurancePpm);
        if (treasury == address(0)) revert ZeroAddress();
        // A call of an address without code succeeds, whatever it was meant to check.
        _checkCode("riskEngine", address(parts.riskEngine));
        _checkCode("vaultModule", parts.vaultModule);
        _checkCode("operatorModule", parts.operatorModule);
        _checkCode("lendingModule", parts.lendingModule);
        _checkCode("priceModule", parts.priceModule);
        _checkCode("refusalModule", parts.refusalModule);
        _checkCode("orderModule", parts.orderModule);
        _checkCode("perpModule", parts.perpModule);
        _checkCode("extension", parts.extension);
        vaultModule = parts.vaultModule;
        operatorModule = parts.operatorModule;
        priceModule = parts.priceModule;
        orderModule = parts.orderModule;
        perpModule = parts.perpModule;
        extension = parts.extension;
        wrappedNative = parts.wrappedNative;
        RegistryWord registry = RegistryWordLib.create(insurancePpm);
        ExchangeStorage.store(ExchangeStorage.registrySlot(), RegistryWord.unwrap(registry));
        emit AccountCreated(Accounts.create(address(this)), address(this));
        emit AccountCreated(Accounts.create(treasury), treasury);
        // Fees of liquidations come to the insurance fund in the quote asset.
        Accounts.useAny(Accounts.INSURANCE, 0);
    }

    /// @notice Takes native tokens from the wrapped token alone, which sends them when it is unwrapped.
    receive() external payable {
        if (msg.sender != wrappedNative) revert InvalidSender(msg.sender);
    }

    /// @notice Whatever has no code here: governance and liquidation. See {ExchangeExtension}.
    fallback() external payable {
        _delegate(extension);
    }

    /// @inheritdoc IExchange
    function place(uint32 accountId, OrderRequest calldata order)
        external
        nonReentrantView
        returns (OrderResult memory result)
    {
        _placeAlone(accountId, order, result);
    }

    /// @inheritdoc IExchange
    function cancel(uint32 accountId, uint128 orderId) external nonReentrantView returns (uint40 lots) {
        Operators.authorise(accountId, msg.sender, OperatorWordLib.CANCEL);
        RecordLog log = Records.open(1);
        // The lots of an order are below 2^40.
        lots = uint40(Cancelling.cancel(accountId, OrderId.wrap(orderId), log));
        if (lots == 0) revert StaleOrder(orderId);
        log.emitAll(accountId);
    }

    /// @inheritdoc IExchange
    function cancelMany(uint32, uint128[] calldata) external returns (uint40[] memory) {
        _delegate(orderModule);
    }

    /// @inheritdoc IExchange
    function reduce(uint32, uint128, uint40) external {
        _delegate(orderModule);
    }

    /// @inheritdoc IExchange
    function amend(uint32, uint128, OrderRequest calldata) external returns (OrderResult memory) {
        _delegate(orderModule);
    }

    /// @inheritdoc IExchange
    function batch(
        uint32 accountId,
        uint128[] calldata cancels,
        OrderRequest[] calldata places,
        bool allOrNone,
        uint64 deadline
    ) external nonReentrantView returns (uint40[] memory lots, OrderResult[] memory results) {
        WorkOrder memory work = _allocate()();
        _beginBatch(work, accountId, cancels.length, places.length, deadline);
        RecordLog log = Records.open(cancels.length + places.length);
        lots = _cancelEach(accountId, cancels, allOrNone, _CANCELLED, log);
        results = new OrderResult[](places.length);
        for (uint256 i = 0; i < places.length; ++i) {
            OrderBook.read(work, places[i]);
            _placeOne(work, i, allOrNone, log, results[i]);
        }
        _check(work);
        log.emitAll(accountId);
    }

    /// @inheritdoc IExchange
    function batchPacked(bytes calldata) external returns (uint40[] memory, OrderResult[] memory) {
        _delegate(orderModule);
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
    function depositWithPermit(uint32, uint16, uint256, uint256, uint8, bytes32, bytes32) external returns (uint256) {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function depositNative(uint32, uint16) external payable returns (uint256) {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function withdraw(uint32, uint16, uint256, address) external {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function withdrawNative(uint32, uint16, uint256, address payable) external {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function transfer(uint32, uint32, uint16, uint256) external {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function setOperator(uint32, address, uint8, uint32, uint64) external {
        _delegate(operatorModule);
    }

    /// @inheritdoc IExchange
    function revokeOperator(uint32, address) external {
        _delegate(operatorModule);
    }

    /// @inheritdoc IExchange
    function activateAsset(uint32, uint16) external {
        _delegate(operatorModule);
    }

    /// @inheritdoc IExchange
    function deactivateAsset(uint32, uint16) external {
        _delegate(operatorModule);
    }

    /// @inheritdoc IExchange
    function deactivateMarket(uint32, uint16) external {
        _delegate(operatorModule);
    }

    /// @inheritdoc IExchange
    function pokeMarkets(uint16[] calldata) external {
        _delegate(perpModule);
    }

    /// @inheritdoc IExchange
    function settle(uint32, uint16) external returns (int256) {
        _delegate(perpModule);
    }

    /// @inheritdoc IExchange
    function settleOnCredit(uint32, uint16) external returns (int256) {
        _delegate(perpModule);
    }

    /// @inheritdoc IExchange
    function openIsolated(uint32, uint256, OrderRequest calldata) external returns (uint32, OrderResult memory) {
        _delegate(perpModule);
    }

    /// @inheritdoc IExchange
    function poke(uint16[] calldata) external {
        _delegate(priceModule);
    }

    /// @inheritdoc IExchange
    function setLent(uint32, uint16, bool) external {
        _delegate(lendingModule);
    }

    /// @inheritdoc IExchange
    function borrow(uint32, uint16, uint256, address) external {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function repay(uint32, uint16, uint256) external returns (uint256) {
        _delegate(vaultModule);
    }

    /// @inheritdoc IExchange
    function accruePools(uint16[] calldata) external {
        _delegate(lendingModule);
    }

    /// @inheritdoc IExchange
    function collectReserve(uint16) external returns (uint256) {
        _delegate(lendingModule);
    }

    /// @inheritdoc IExchange
    function previewMargin(uint32, MarginChange[] calldata)
        external
        nonReentrantView
        returns (Margin memory, Margin memory)
    {
        _delegate(address(riskEngine));
    }

    /// @inheritdoc IExchange
    function readWords(uint256[] calldata) external view returns (uint256[] memory words) {
        _viewing(_delegate)(orderModule);
        // Never reached: the call ends with what the module returns.
        delete words;
    }

    /// @inheritdoc Ordering
    function _orderModule() internal view override returns (address) {
        return orderModule;
    }

    function _checkCode(bytes32 name, address account) private view {
        if (account.code.length == 0) revert InvalidParameter(name, uint160(account));
    }

    /// @dev {_delegate} where the module only reads.
    function _viewing(function(address) delegating) private pure returns (function(address) view viewing) {
        assembly ("memory-safe") {
            // The same function: what it may do is up to the module.
            viewing := delegating
        }
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

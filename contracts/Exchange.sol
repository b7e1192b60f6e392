// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {Cancelling} from "./book/Cancelling.sol";
import {OrderBook} from "./book/OrderBook.sol";
import {Ordering} from "./book/Ordering.sol";
import {RecordLog, Records} from "./book/Records.sol";
import {WorkOrder} from "./book/WorkOrder.sol";
import {IExchange} from "./interfaces/IExchange.sol";
import {IExchangeErrors} from "./interfaces/IExchangeErrors.sol";
import {IRiskEngine} from "./interfaces/IRiskEngine.sol";
import {OperatorWordLib} from "./types/OperatorWord.sol";
import {OrderId} from "./types/OrderId.sol";
import {RegistryWord, RegistryWordLib} from "./types/RegistryWord.sol";
import {ExchangeStorage} from "./ExchangeStorage.sol";
import {Accounts} from "./vault/Accounts.sol";
import {Operators} from "./vault/Operators.sol";

/// @title World Markets exchange
/// @notice The one address of the exchange. Orders, cancels and batches are executed here; all else in modules that run over the
///         same state. {IWorldMarkets} is the interface of the whole.
/// @dev An entry point of a module has no code here but its selector: a function that only delegates would check the calldata that
///      its module checks again, in some 60 bytes of code each, and delay the dispatch of those that are called most.
contract Exchange is AccessManaged, Ordering {
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
        /// @dev Code of the entry points that only cancel, and are called less often than {cancel}.
        address cancelModule;
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
    /// @notice Code of the entry points that only cancel, and are called less often than {cancel}.
    address public immutable cancelModule;
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
        if (insurancePpm > 1e6) revert IExchangeErrors.InvalidParameter("insurancePpm", insurancePpm);
        if (treasury == address(0)) revert IExchangeErrors.ZeroAddress();
        // A call of an address without code succeeds, whatever it was meant to check.
        _checkCode("riskEngine", address(parts.riskEngine));
        _checkCode("vaultModule", parts.vaultModule);
        _checkCode("operatorModule", parts.operatorModule);
        _checkCode("lendingModule", parts.lendingModule);
        _checkCode("priceModule", parts.priceModule);
        _checkCode("refusalModule", parts.refusalModule);
        _checkCode("orderModule", parts.orderModule);
        _checkCode("cancelModule", parts.cancelModule);
        _checkCode("perpModule", parts.perpModule);
        _checkCode("extension", parts.extension);
        vaultModule = parts.vaultModule;
        operatorModule = parts.operatorModule;
        priceModule = parts.priceModule;
        orderModule = parts.orderModule;
        cancelModule = parts.cancelModule;
        perpModule = parts.perpModule;
        extension = parts.extension;
        wrappedNative = parts.wrappedNative;
        RegistryWord registry = RegistryWordLib.create(insurancePpm);
        ExchangeStorage.store(ExchangeStorage.registrySlot(), RegistryWord.unwrap(registry));
        emit IExchange.AccountCreated(Accounts.create(address(this)), address(this));
        emit IExchange.AccountCreated(Accounts.create(treasury), treasury);
        // Fees of liquidations come to the insurance fund in the quote asset.
        Accounts.useAny(Accounts.INSURANCE, 0);
    }

    /// @notice Takes native tokens from the wrapped token alone, which sends them when it is unwrapped.
    receive() external payable {
        if (msg.sender != wrappedNative) revert IExchangeErrors.InvalidSender(msg.sender);
    }

    /// @notice Whatever has no code here, left to the module that has. What of {IExchange} it is, is in {_moduleOf}; governance
    ///         and liquidation are in {ExchangeExtension}.
    fallback() external payable {
        _delegate(_moduleOf(msg.sig));
    }

    /// @notice See {IExchange.place}.
    function place(uint32 accountId, IExchange.OrderRequest calldata order)
        external
        nonReentrantView
        returns (IExchange.OrderResult memory result)
    {
        _placeAlone(accountId, order, result);
    }

    /// @notice See {IExchange.cancel}.
    function cancel(uint32 accountId, uint128 orderId) external nonReentrantView returns (uint40 lots) {
        Operators.authorise(accountId, msg.sender, OperatorWordLib.CANCEL);
        RecordLog log = Records.open(1);
        // The lots of an order are below 2^40.
        lots = uint40(Cancelling.cancel(accountId, OrderId.wrap(orderId), log));
        if (lots == 0) revert IExchangeErrors.StaleOrder(orderId);
        log.emitAll(accountId);
    }

    /// @notice See {IExchange.batch}.
    function batch(
        uint32 accountId,
        uint128[] calldata cancels,
        IExchange.OrderRequest[] calldata places,
        bool allOrNone,
        uint64 deadline
    ) external nonReentrantView returns (uint40[] memory lots, IExchange.OrderResult[] memory results) {
        WorkOrder memory work = _allocate()();
        _beginBatch(work, accountId, cancels.length, places.length, deadline);
        RecordLog log = Records.open(cancels.length + places.length);
        lots = Cancelling.removeEach(accountId, cancels, allOrNone, Cancelling.BY_OWNER, log);
        results = new IExchange.OrderResult[](places.length);
        for (uint256 i = 0; i < places.length; ++i) {
            OrderBook.read(work, places[i]);
            _placeOne(work, i, allOrNone, log, results[i]);
        }
        _check(work);
        log.emitAll(accountId);
    }

    /// @notice See {IExchange.previewMargin}.
    function previewMargin(uint32, IExchange.MarginChange[] calldata)
        external
        nonReentrantView
        returns (IExchange.Margin memory, IExchange.Margin memory)
    {
        _delegate(address(riskEngine));
    }

    /// @notice See {IExchange.readWords}.
    function readWords(uint256[] calldata slots) external view nonReentrantView returns (uint256[] memory words) {
        words = new uint256[](slots.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            words[i] = ExchangeStorage.load(slots[i]);
        }
    }

    /// @inheritdoc Ordering
    function _orderModule() internal view override returns (address) {
        return orderModule;
    }

    function _checkCode(bytes32 name, address account) private view {
        if (account.code.length == 0) revert IExchangeErrors.InvalidParameter(name, uint160(account));
    }

    /// @dev The module that has the code of an entry point. Those called most come first: a comparison costs 14 gas.
    function _moduleOf(bytes4 selector) private view returns (address) {
        // Differences are below 2^32: a product of up to eight is zero only if one of them is.
        unchecked {
            uint256 left = _differ(selector, IExchange.batchPacked.selector);
            if (left * _differ(selector, IExchange.amend.selector) == 0) return orderModule;
            left = _differ(selector, IExchange.deposit.selector) * _differ(selector, IExchange.withdraw.selector);
            left *= _differ(selector, IExchange.borrow.selector) * _differ(selector, IExchange.repay.selector);
            left *= _differ(selector, IExchange.transfer.selector) * _differ(selector, IExchange.createAccount.selector);
            if (left == 0) return vaultModule;
            if (selector == IExchange.poke.selector) return priceModule;
            left = _differ(selector, IExchange.pokeMarkets.selector) * _differ(selector, IExchange.settle.selector);
            left *= _differ(selector, IExchange.settleOnCredit.selector);
            if (left * _differ(selector, IExchange.openIsolated.selector) == 0) return perpModule;
            left = _differ(selector, IExchange.setLent.selector) * _differ(selector, IExchange.accruePools.selector);
            if (left * _differ(selector, IExchange.collectReserve.selector) == 0) return lendingModule;
            left = _differ(selector, IExchange.cancelMany.selector) * _differ(selector, IExchange.reduce.selector);
            if (left == 0) return cancelModule;
            left = _differ(selector, IExchange.setOperator.selector);
            left *= _differ(selector, IExchange.revokeOperator.selector);
            left *= _differ(selector, IExchange.activateAsset.selector);
            left *= _differ(selector, IExchange.deactivateAsset.selector);
            if (left * _differ(selector, IExchange.deactivateMarket.selector) == 0) return operatorModule;
            left = _differ(selector, IExchange.depositWithPermit.selector);
            left *= _differ(selector, IExchange.depositNative.selector);
            return left * _differ(selector, IExchange.withdrawNative.selector) == 0 ? vaultModule : extension;
        }
    }

    function _differ(bytes4 selector, bytes4 other) private pure returns (uint256) {
        return uint32(selector ^ other);
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

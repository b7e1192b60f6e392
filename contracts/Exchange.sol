// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Amending} from "./book/Amending.sol";
import {Cancelling} from "./book/Cancelling.sol";
import {Matching} from "./book/Matching.sol";
import {OrderBook} from "./book/OrderBook.sol";
import {PackedBatch} from "./book/PackedBatch.sol";
import {RecordLog, Records} from "./book/Records.sol";
import {Refusals} from "./book/Refusals.sol";
import {IExchange} from "./interfaces/IExchange.sol";
import {IRiskEngine} from "./interfaces/IRiskEngine.sol";
import {AccountWord} from "./types/AccountWord.sol";
import {OperatorWordLib} from "./types/OperatorWord.sol";
import {OrderChange} from "./types/OrderChange.sol";
import {OrderId} from "./types/OrderId.sol";
import {OrderTermsLib} from "./types/OrderTerms.sol";
import {RegistryWord, RegistryWordLib} from "./types/RegistryWord.sol";
import {ExchangeStorage} from "./ExchangeStorage.sol";
import {RiskCheck} from "./risk/RiskCheck.sol";
import {Accounts} from "./vault/Accounts.sol";
import {Operators} from "./vault/Operators.sol";

/// @title World Markets exchange
/// @notice The one address of the exchange. Orders are executed here; the vault, operators, lending, listing, prices, risk
///         parameters and guards in modules that run over the same state.
contract Exchange is IExchange, AccessManaged, ReentrancyGuardTransient {
    using Matching for Matching.Order;

    /// @notice The contracts an exchange is made of.
    struct Parts {
        /// @dev The risk engine that ends every action which may leave an account short.
        IRiskEngine riskEngine;
        /// @dev Code of the entry points for accounts, deposits, withdrawals and transfers.
        address vaultModule;
        /// @dev Code of the entry points for operators and activation.
        address operatorModule;
        /// @dev Code of the entry points for listing and fees.
        address listingModule;
        /// @dev Code of the entry points for pauses and outflow limits.
        address guardModule;
        /// @dev Code of the entry points for lending pools, and of balances that are lent or owed.
        address lendingModule;
        /// @dev Code of the entry point for prices.
        address priceModule;
        /// @dev Code of the entry points for the parameters of pools and risk.
        address riskParameterModule;
        /// @dev Code of the errors of refused orders.
        address refusalModule;
        /// @dev Wrapped native token; zero where there is none.
        address wrappedNative;
    }

    /// @notice The risk engine that ends every action which may leave an account short.
    IRiskEngine public immutable riskEngine;
    /// @notice Code of the entry points for accounts, deposits, withdrawals and transfers.
    address public immutable vaultModule;
    /// @notice Code of the entry points for operators and activation.
    address public immutable operatorModule;
    /// @notice Code of the entry points for listing and fees.
    address public immutable listingModule;
    /// @notice Code of the entry points for pauses and outflow limits.
    address public immutable guardModule;
    /// @notice Code of the entry points for lending pools, and of balances that are lent or owed.
    address public immutable lendingModule;
    /// @notice Code of the entry point for prices.
    address public immutable priceModule;
    /// @notice Code of the entry points for the parameters of pools and risk.
    address public immutable riskParameterModule;
    /// @notice Code of the errors of refused orders.
    address public immutable refusalModule;
    /// @notice Wrapped native token; zero where there is none.
    address public immutable wrappedNative;

    /// @param authority_ OpenZeppelin AccessManager that says who may list, pause and set limits.
    /// @param treasury Owner of the treasury account.
    /// @param insurancePpm Share of fees for the insurance fund [ppm], at most 1e6.
    constructor(address authority_, Parts memory parts, address treasury, uint256 insurancePpm)
        AccessManaged(authority_)
    {
        if (insurancePpm > 1e6) revert InvalidParameter("insurancePpm", insurancePpm);
        if (treasury == address(0)) revert ZeroAddress();
        // A call of an address without code succeeds, whatever it was meant to check.
        _checkCode("riskEngine", address(parts.riskEngine));
        _checkCode("vaultModule", parts.vaultModule);
        _checkCode("operatorModule", parts.operatorModule);
        _checkCode("listingModule", parts.listingModule);
        _checkCode("guardModule", parts.guardModule);
        _checkCode("lendingModule", parts.lendingModule);
        _checkCode("priceModule", parts.priceModule);
        _checkCode("riskParameterModule", parts.riskParameterModule);
        _checkCode("refusalModule", parts.refusalModule);
        riskEngine = parts.riskEngine;
        vaultModule = parts.vaultModule;
        operatorModule = parts.operatorModule;
        listingModule = parts.listingModule;
        guardModule = parts.guardModule;
        lendingModule = parts.lendingModule;
        priceModule = parts.priceModule;
        riskParameterModule = parts.riskParameterModule;
        refusalModule = parts.refusalModule;
        wrappedNative = parts.wrappedNative;
        RegistryWord registry = RegistryWordLib.create(insurancePpm);
        ExchangeStorage.store(ExchangeStorage.registrySlot(), RegistryWord.unwrap(registry));
        emit AccountCreated(Accounts.create(address(this)), address(this));
        emit AccountCreated(Accounts.create(treasury), treasury);
    }

    /// @notice Takes native tokens from the wrapped token alone, which sends them when it is unwrapped.
    receive() external payable {
        if (msg.sender != wrappedNative) revert InvalidSender(msg.sender);
    }

    /// @inheritdoc IExchange
    function place(uint32 accountId, OrderRequest calldata order)
        external
        nonReentrantView
        returns (OrderResult memory result)
    {
        Matching.Order memory work = _allocate()();
        _begin(work, accountId, OperatorWordLib.PLACE, 1);
        RecordLog log = Records.open(4);
        OrderBook.read(work, order);
        _place(work, log, result);
        _check(work);
        log.emitAll(accountId);
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
    function cancelMany(uint32 accountId, uint128[] calldata orderIds)
        external
        nonReentrantView
        returns (uint40[] memory lots)
    {
        Operators.authorise(accountId, msg.sender, OperatorWordLib.CANCEL);
        RecordLog log = Records.open(orderIds.length);
        lots = _cancelEach(accountId, orderIds, false, log);
        log.emitAll(accountId);
    }

    /// @inheritdoc IExchange
    function reduce(uint32 accountId, uint128 orderId, uint40 newLots) external nonReentrantView {
        Operators.authorise(accountId, msg.sender, OperatorWordLib.CANCEL);
        RecordLog log = Records.open(1);
        Cancelling.reduce(accountId, OrderId.wrap(orderId), newLots, log);
        log.emitAll(accountId);
    }

    /// @inheritdoc IExchange
    function amend(uint32 accountId, uint128 orderId, OrderRequest calldata order)
        external
        nonReentrantView
        returns (OrderResult memory result)
    {
        Matching.Order memory work = _allocate()();
        _begin(work, accountId, OperatorWordLib.PLACE | OperatorWordLib.CANCEL, 1);
        RecordLog log = Records.open(4);
        OrderBook.read(work, order);
        if (!Amending.inPlace(work, OrderId.wrap(orderId), log, result)) {
            Cancelling.cancel(accountId, OrderId.wrap(orderId), log);
            // The cancel may have moved a best tick.
            work.book = OrderBook.load(work.marketId);
            _place(work, log, result);
            _check(work);
        }
        log.emitAll(accountId);
    }

    /// @inheritdoc IExchange
    function batch(
        uint32 accountId,
        uint128[] calldata cancels,
        OrderRequest[] calldata places,
        bool allOrNone,
        uint64 deadline
    ) external nonReentrantView returns (uint40[] memory lots, OrderResult[] memory results) {
        Matching.Order memory work = _allocate()();
        _beginBatch(work, accountId, cancels.length, places.length, deadline);
        RecordLog log = Records.open(cancels.length + places.length);
        lots = _cancelEach(accountId, cancels, allOrNone, log);
        results = new OrderResult[](places.length);
        for (uint256 i = 0; i < places.length; ++i) {
            OrderBook.read(work, places[i]);
            _placeOne(work, i, allOrNone, log, results[i]);
        }
        _check(work);
        log.emitAll(accountId);
    }

    /// @inheritdoc IExchange
    function batchPacked(bytes calldata packed)
        external
        nonReentrantView
        returns (uint40[] memory lots, OrderResult[] memory results)
    {
        PackedBatch.Header memory header = PackedBatch.header(packed);
        Matching.Order memory work = _allocate()();
        _beginBatch(work, header.accountId, header.cancels, header.places, header.deadline);
        RecordLog log = Records.open(header.cancels + header.places);
        lots = new uint40[](header.cancels);
        for (uint256 i = 0; i < header.cancels; ++i) {
            uint128 orderId = PackedBatch.cancelAt(packed, i);
            // The lots of an order are below 2^40.
            uint40 cancelled = uint40(Cancelling.cancel(header.accountId, OrderId.wrap(orderId), log));
            if (cancelled != 0) {
                lots[i] = cancelled;
                continue;
            }
            for (uint256 j = 0; j < i; ++j) {
                if (PackedBatch.cancelAt(packed, j) == orderId) revert DuplicateOrder(orderId);
            }
            _skipCancel(orderId, i, header.allOrNone, log);
        }
        results = new OrderResult[](header.places);
        uint256 offset = PackedBatch.HEADER_SIZE + header.cancels * PackedBatch.CANCEL_SIZE;
        for (uint256 i = 0; i < header.places; ++i) {
            offset = PackedBatch.readPlace(packed, offset, work);
            _placeOne(work, i, header.allOrNone, log, results[i]);
        }
        PackedBatch.checkEnd(packed, offset);
        _check(work);
        log.emitAll(header.accountId);
    }

    /// @notice One place of a batch that must be undone if it is refused: a fill-or-kill order.
    /// @param byOperator Whether an operator places it.
    /// @return refusal A number of {Refusal}.
    /// @return filledLots What traded [lots].
    /// @return quoteAtoms What it added to the account's quote balance [quote atoms].
    /// @return records Its part of the log.
    /// @dev Only the exchange itself calls it. Errors: NotTheExchange, NotFilledWhole; other refusals are returned.
    function placeWhole(uint32 accountId, OrderRequest calldata order, bool byOperator)
        external
        returns (uint256 refusal, uint256 filledLots, int256 quoteAtoms, bytes memory records)
    {
        if (msg.sender != address(this)) revert NotTheExchange(msg.sender);
        RecordLog log = Records.open(4);
        Matching.Order memory work = _allocate()();
        OrderBook.begin(work, accountId, Accounts.load(accountId), byOperator);
        _equip(work, 1);
        OrderBook.read(work, order);
        OrderResult memory result;
        refusal = OrderBook.place(work, log, result);
        if (refusal == uint256(Refusal.NOT_FILLED_WHOLE)) revert NotFilledWhole(result.filledLots, order.lots);
        return (refusal, result.filledLots, work.quoteChange, log.content());
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
    function setPoolTerms(uint16, PoolTerms calldata) external {
        _delegate(riskParameterModule);
    }

    /// @inheritdoc IExchange
    function setAssetRisk(uint16, AssetRiskTerms calldata) external {
        _delegate(riskParameterModule);
    }

    /// @inheritdoc IExchange
    function setMarketRisk(MarketRiskTerms calldata) external {
        _delegate(riskParameterModule);
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
    function pauseMarkets(uint16[] calldata, uint16) external {
        _delegate(guardModule);
    }

    /// @inheritdoc IExchange
    function resumeMarkets(uint16[] calldata) external {
        _delegate(guardModule);
    }

    /// @inheritdoc IExchange
    function setOutflowLimit(uint16, uint32) external {
        _delegate(guardModule);
    }

    /// @inheritdoc IExchange
    function readWords(uint256[] calldata slots) external view nonReentrantView returns (uint256[] memory words) {
        words = new uint256[](slots.length);
        for (uint256 i = 0; i < slots.length; ++i) {
            words[i] = ExchangeStorage.load(slots[i]);
        }
    }

    /// @dev {Matching.allocate}, with the pointer it returns taken for what it points to.
    function _allocate() private pure returns (function() pure returns (Matching.Order memory) typed) {
        function() pure returns (uint256) untyped = Matching.allocate;
        assembly ("memory-safe") {
            // A pointer to memory is a number.
            typed := untyped
        }
    }

    /// @dev Authorise the caller to place orders, and make room for them.
    function _begin(Matching.Order memory work, uint32 accountId, uint256 permissions, uint256 places) private view {
        (AccountWord account, bool isOperator) = Operators.authorise(accountId, msg.sender, permissions);
        OrderBook.begin(work, accountId, account, isOperator);
        _equip(work, places);
    }

    /// @dev Give matching the contracts it needs, and room for notes of what its orders change.
    function _equip(Matching.Order memory work, uint256 places) private view {
        (work.riskEngine, work.lendingModule) = (address(riskEngine), lendingModule);
        (work.changes, work.changeCount, work.quoteChange) = (new OrderChange[](places), 0, 0);
    }

    /// @dev The check at the end of an action that places orders. Cancels alone always pass, also where no place came to
    ///      anything. An operator who may not borrow leaves an account that needs no margin.
    function _check(Matching.Order memory work) private {
        if (work.changeCount == 0) return;
        if (work.account.mustStayPaid()) {
            RiskCheck.checkPaid(riskEngine, work.accountId);
        } else {
            RiskCheck.check(riskEngine, work.accountId, work.quoteChange, work.changes);
        }
    }

    /// @dev Authorise the caller for what is in a batch.
    function _beginBatch(Matching.Order memory work, uint32 accountId, uint256 cancels, uint256 places, uint64 deadline)
        private
        view
    {
        if (block.timestamp > deadline) revert DeadlinePassed(deadline, block.timestamp);
        uint256 permissions = places == 0 ? 0 : OperatorWordLib.PLACE;
        // An empty batch needs a permission, too.
        if (cancels != 0 || places == 0) permissions |= OperatorWordLib.CANCEL;
        _begin(work, accountId, permissions, places);
    }

    /// @dev Place an order; a refusal reverts.
    function _place(Matching.Order memory work, RecordLog log, OrderResult memory result) private {
        uint256 refusal = OrderBook.place(work, log, result);
        if (refusal != 0) Refusals.raise(refusalModule, refusal, work, result);
    }

    /// @dev Place an order of a batch; if it is refused it is skipped.
    function _placeOne(
        Matching.Order memory work,
        uint256 index,
        bool allOrNone,
        RecordLog log,
        OrderResult memory result
    ) private {
        uint256 refusal;
        if (work.terms.timeInForce() != OrderTermsLib.FILL_OR_KILL || allOrNone) {
            refusal = OrderBook.place(work, log, result);
        } else {
            refusal = _tryPlaceWhole(work, log, result);
        }
        if (refusal == 0) return;
        if (allOrNone) Refusals.raise(refusalModule, refusal, work, result);
        result.refusal = Refusal(refusal);
        log.skipped(index, refusal);
    }

    /// @dev Place a fill-or-kill order in a call of its own, so that a refusal undoes what it filled.
    function _tryPlaceWhole(Matching.Order memory work, RecordLog log, OrderResult memory result)
        private
        returns (uint256 refusal)
    {
        try this.placeWhole(uint32(work.accountId), OrderBook.request(work), work.account.byOperator()) returns (
            uint256 why, uint256 filledLots, int256 quoteAtoms, bytes memory records
        ) {
            log.extend(records);
            // The lots of an order are below 2^40.
            (refusal, result.filledLots) = (why, uint40(filledLots));
            unchecked {
                // Notionals are below 2^95.
                work.quoteChange += quoteAtoms;
            }
            if (filledLots != 0) OrderBook.note(work, result);
        } catch (bytes memory reason) {
            // Anything else, running out of gas for instance, is no property of the order.
            if (bytes4(reason) != NotFilledWhole.selector) LowLevelCall.bubbleRevert(reason);
            refusal = uint256(Refusal.NOT_FILLED_WHOLE);
        }
        work.book = OrderBook.load(work.marketId);
    }

    /// @dev Cancel each order of an array. A duplicate finds nothing the second time, so only misses are compared.
    function _cancelEach(uint256 accountId, uint128[] calldata orderIds, bool allOrNone, RecordLog log)
        private
        returns (uint40[] memory lots)
    {
        lots = new uint40[](orderIds.length);
        for (uint256 i = 0; i < orderIds.length; ++i) {
            uint128 orderId = orderIds[i];
            // The lots of an order are below 2^40.
            uint40 cancelled = uint40(Cancelling.cancel(accountId, OrderId.wrap(orderId), log));
            if (cancelled != 0) {
                lots[i] = cancelled;
                continue;
            }
            for (uint256 j = 0; j < i; ++j) {
                if (orderIds[j] == orderId) revert DuplicateOrder(orderId);
            }
            _skipCancel(orderId, i, allOrNone, log);
        }
    }

    /// @dev An order of a batch was not found.
    function _skipCancel(uint128 orderId, uint256 index, bool allOrNone, RecordLog log) private pure {
        if (allOrNone) revert StaleOrder(orderId);
        log.skipped(index, 0);
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

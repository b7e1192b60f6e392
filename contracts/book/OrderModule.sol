// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {OperatorWordLib} from "../types/OperatorWord.sol";
import {OrderId} from "../types/OrderId.sol";
import {OrderTermsLib} from "../types/OrderTerms.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Amending} from "./Amending.sol";
import {Cancelling} from "./Cancelling.sol";
import {OrderBook} from "./OrderBook.sol";
import {Ordering} from "./Ordering.sol";
import {PackedBatch} from "./PackedBatch.sol";
import {RecordLog, Records} from "./Records.sol";
import {Refusals} from "./Refusals.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice Batches and amendments. The exchange delegates to it, so that the code of single orders and cancels fits beside its
///         other entry points.
contract OrderModule is Ordering {
    /// @dev Where this code is, for {placeWhole} in a call of its own.
    address private immutable _self;

    /// @param riskEngine_ The exchange's risk engine.
    /// @param lendingModule_ The exchange's lending module.
    /// @param refusalModule_ The exchange's refusal module.
    constructor(IRiskEngine riskEngine_, address lendingModule_, address refusalModule_)
        Ordering(riskEngine_, lendingModule_, refusalModule_)
    {
        _self = address(this);
    }

    /// @notice See {IExchange.place}; for other modules.
    function place(uint32 accountId, IExchange.OrderRequest calldata order)
        external
        nonReentrantView
        returns (IExchange.OrderResult memory result)
    {
        _placeAlone(accountId, order, result);
    }

    /// @notice See {IExchange.amend}.
    function amend(uint32 accountId, uint128 orderId, IExchange.OrderRequest calldata order)
        external
        nonReentrantView
        returns (IExchange.OrderResult memory result)
    {
        WorkOrder memory work = _allocate()();
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
        lots = _cancelEach(accountId, cancels, allOrNone, log);
        results = new IExchange.OrderResult[](places.length);
        for (uint256 i = 0; i < places.length; ++i) {
            OrderBook.read(work, places[i]);
            _placeOne(work, i, allOrNone, log, results[i]);
        }
        _check(work);
        log.emitAll(accountId);
    }

    /// @notice See {IExchange.batchPacked}.
    function batchPacked(bytes calldata packed)
        external
        nonReentrantView
        returns (uint40[] memory lots, IExchange.OrderResult[] memory results)
    {
        PackedBatch.Header memory header = PackedBatch.header(packed);
        WorkOrder memory work = _allocate()();
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
                if (PackedBatch.cancelAt(packed, j) == orderId) revert IExchangeErrors.DuplicateOrder(orderId);
            }
            _skipCancel(orderId, i, header.allOrNone, log);
        }
        results = new IExchange.OrderResult[](header.places);
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
    /// @return refusal A number of {IExchange.Refusal}.
    /// @return filledLots What traded [lots].
    /// @return quoteAtoms What it added to the account's quote balance [quote atoms].
    /// @return units What it added to the cash of a position [tick-lots·2^-24].
    /// @return records Its part of the log.
    /// @dev Delegated to by {batch} alone; called directly it changes nothing but this contract. Errors: NotFilledWhole; other
    ///      refusals are returned.
    function placeWhole(uint32 accountId, IExchange.OrderRequest calldata order, bool byOperator)
        external
        returns (uint256 refusal, uint256 filledLots, int256 quoteAtoms, int256 units, bytes memory records)
    {
        RecordLog log = Records.open(4);
        WorkOrder memory work = _allocate()();
        OrderBook.begin(work, accountId, Accounts.load(accountId), byOperator);
        _equip(work, 1);
        OrderBook.read(work, order);
        IExchange.OrderResult memory result;
        refusal = OrderBook.place(work, log, result);
        if (refusal == uint256(IExchange.Refusal.NOT_FILLED_WHOLE)) {
            revert IExchangeErrors.NotFilledWhole(result.filledLots, order.lots);
        }
        return (refusal, result.filledLots, work.quoteChange, work.units, log.content());
    }

    /// @dev Authorise the caller for what is in a batch.
    function _beginBatch(WorkOrder memory work, uint32 accountId, uint256 cancels, uint256 places, uint64 deadline)
        private
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
    ) private {
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
            this.placeWhole, (uint32(work.accountId), OrderBook.request(work), work.account.byOperator())
        );
        (bool ok, bytes memory answer) = _self.delegatecall(call);
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
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {IOrderModule} from "../interfaces/IOrderModule.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {OperatorWordLib} from "../types/OperatorWord.sol";
import {OrderChange} from "../types/OrderChange.sol";
import {OrderId} from "../types/OrderId.sol";
import {Accounts} from "../vault/Accounts.sol";
import {Amending} from "./Amending.sol";
import {Cancelling} from "./Cancelling.sol";
import {OrderBook} from "./OrderBook.sol";
import {Ordering} from "./Ordering.sol";
import {PackedBatch} from "./PackedBatch.sol";
import {RecordLog, Records} from "./Records.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice Packed batches and amendments. The exchange delegates to it, so that its own code has room for the entry points that are
///         called most.
contract OrderModule is IOrderModule, Ordering {
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
            Cancelling.skip(orderId, i, header.allOrNone, log);
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

    /// @inheritdoc IOrderModule
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

    /// @inheritdoc IOrderModule
    function placeFor(uint32 accountId, IExchange.OrderRequest calldata order)
        external
        returns (uint256 filledLots, uint256 notionalAtoms, int256 quoteAtoms, OrderChange[] memory changes)
    {
        WorkOrder memory work = _allocate()();
        OrderBook.begin(work, accountId, Accounts.load(accountId), false);
        _equip(work, 1);
        RecordLog log = Records.open(4);
        OrderBook.read(work, order);
        IExchange.OrderResult memory result;
        _place(work, log, result);
        log.emitAll(accountId);
        filledLots = result.filledLots;
        if (filledLots != 0) (notionalAtoms, quoteAtoms) = (work.notionalAtoms, work.quoteChange);
        changes = work.changes;
    }

    /// @inheritdoc Ordering
    function _orderModule() internal view override returns (address) {
        return _self;
    }
}

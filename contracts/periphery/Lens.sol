// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILens} from "../interfaces/ILens.sol";
import {OrderTerms} from "../types/OrderTerms.sol";
import {RegistryWord} from "../types/RegistryWord.sol";
import {AccountReading} from "./AccountReading.sol";
import {DepthReading} from "./DepthReading.sol";
import {ListingReading} from "./ListingReading.sol";
import {OrderPacking} from "./OrderPacking.sol";
import {OrderReading} from "./OrderReading.sol";
import {PoolReading} from "./PoolReading.sol";
import {QueueReading} from "./QueueReading.sol";
import {RecordDecoding} from "./RecordDecoding.sol";
import {RiskReading} from "./RiskReading.sol";
import {WordReader} from "./WordReader.sol";

/// @title Lens
/// @notice Reads an exchange for those who have nothing but eth_call. It has no state and no rights.
contract Lens is ILens {
    using AccountReading for IExchange;
    using DepthReading for IExchange;
    using ListingReading for IExchange;
    using OrderReading for IExchange;
    using PoolReading for IExchange;
    using QueueReading for IExchange;
    using RiskReading for IExchange;
    using WordReader for IExchange;
    using WordReader for uint256;

    /// @notice The most items of one call.
    uint256 public constant MAX_ITEMS = 1_000;

    /// @inheritdoc ILens
    IExchange public immutable exchange;

    /// @param exchange_ The exchange to read.
    constructor(IExchange exchange_) {
        if (address(exchange_).code.length == 0) {
            revert IExchangeErrors.InvalidParameter("exchange", uint160(address(exchange_)));
        }
        exchange = exchange_;
    }

    /// @inheritdoc ILens
    function depth(uint16 marketId, IExchange.Side side, uint24 fromTick, uint256 limit)
        external
        view
        returns (Level[] memory levels, uint24 nextTick)
    {
        return exchange.depth(marketId, side, fromTick, limit.cap(MAX_ITEMS));
    }

    /// @inheritdoc ILens
    function queue(uint16 marketId, uint24 tick, uint256 cursor, uint256 limit)
        external
        view
        returns (Order[] memory orders_, uint256 nextCursor)
    {
        return exchange.queue(marketId, tick, cursor, limit.cap(MAX_ITEMS));
    }

    /// @inheritdoc ILens
    function orders(uint128[] calldata ids) external view returns (Order[] memory) {
        if (ids.length > MAX_ITEMS) revert TooManyItems(ids.length, MAX_ITEMS);
        return exchange.orders(ids);
    }

    /// @inheritdoc ILens
    function accounts(uint32 fromId, uint256 limit)
        external
        view
        returns (AccountSummary[] memory page, uint32 nextId)
    {
        return exchange.accounts(fromId, limit.cap(MAX_ITEMS));
    }

    /// @inheritdoc ILens
    function account(uint32 accountId) external view returns (Account memory) {
        return exchange.account(accountId);
    }

    /// @inheritdoc ILens
    function operator(uint32 accountId, address operator_)
        external
        view
        returns (uint8 permissions, uint32 expiry, bool isInForce)
    {
        return exchange.operator(accountId, operator_);
    }

    /// @inheritdoc ILens
    function markets(uint16 fromId, uint256 limit) external view returns (Market[] memory page, uint16 nextId) {
        return exchange.markets(fromId, limit.cap(MAX_ITEMS));
    }

    /// @inheritdoc ILens
    function assets(uint16 fromId, uint256 limit) external view returns (Asset[] memory page, uint16 nextId) {
        return exchange.assets(fromId, limit.cap(MAX_ITEMS));
    }

    /// @inheritdoc ILens
    function pools(uint16 fromId, uint256 limit) external view returns (Pool[] memory page, uint16 nextId) {
        return exchange.pools(fromId, limit.cap(MAX_ITEMS));
    }

    /// @inheritdoc ILens
    function risks(uint16 fromId, uint256 limit) external view returns (Risk[] memory page, uint16 nextId) {
        return exchange.risks(fromId, limit.cap(MAX_ITEMS));
    }

    /// @inheritdoc ILens
    function marketRisk() external view returns (MarketRisk memory) {
        return exchange.marketRisk();
    }

    /// @inheritdoc ILens
    function registry() external view returns (uint32 accountCount, uint16 assetCount, uint32 insurancePpm) {
        RegistryWord word = exchange.readRegistry();
        // The fields have at most these widths.
        return (uint32(word.accounts()), uint16(word.assets()), uint32(word.insurancePpm()));
    }

    /// @inheritdoc ILens
    function decodeRecords(uint256 header, bytes calldata records)
        external
        pure
        returns (uint32 accountId, Record[] memory decoded)
    {
        return RecordDecoding.decode(header, records, MAX_ITEMS);
    }

    /// @inheritdoc ILens
    function packTerms(Terms calldata terms) external pure returns (OrderTerms) {
        return OrderPacking.pack(terms);
    }

    /// @inheritdoc ILens
    function unpackTerms(OrderTerms packed) external pure returns (Terms memory) {
        return OrderPacking.unpack(packed);
    }

    /// @inheritdoc ILens
    function packBatch(
        uint32 accountId,
        uint128[] calldata cancels,
        IExchange.OrderRequest[] calldata places,
        bool allOrNone,
        uint32 deadline
    ) external pure returns (bytes memory) {
        return OrderPacking.packBatch(accountId, cancels, places, allOrNone, deadline);
    }
}

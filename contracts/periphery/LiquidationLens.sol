// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "../interfaces/IExchange.sol";
import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ILiquidationLens} from "../interfaces/ILiquidationLens.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {AccountReading} from "./AccountReading.sol";
import {DeficitReading} from "./DeficitReading.sol";
import {PlanReading} from "./PlanReading.sol";
import {ProtectionReading} from "./ProtectionReading.sol";
import {StandingReading} from "./StandingReading.sol";
import {WordReader} from "./WordReader.sol";

/// @title Lens of liquidation
/// @notice Reads accounts in trouble for those who have nothing but eth_call. It has no state and no rights.
contract LiquidationLens is ILiquidationLens {
    using AccountReading for IExchange;
    using DeficitReading for IExchange;
    using PlanReading for IExchange;
    using ProtectionReading for IExchange;
    using StandingReading for IExchange;
    using WordReader for IExchange;
    using WordReader for uint256;

    /// @notice The most items of one call.
    uint256 public constant MAX_ITEMS = 1_000;

    /// @inheritdoc ILiquidationLens
    IExchange public immutable exchange;

    /// @param exchange_ The exchange to read.
    constructor(IExchange exchange_) {
        if (address(exchange_).code.length == 0) {
            revert IExchangeErrors.InvalidParameter("exchange", uint160(address(exchange_)));
        }
        exchange = exchange_;
    }

    /// @inheritdoc ILiquidationLens
    function state() external view returns (State memory) {
        return exchange.state();
    }

    /// @inheritdoc ILiquidationLens
    function assets(uint16 fromId, uint256 limit) external view returns (AssetState[] memory page, uint16 nextId) {
        return exchange.assets(fromId, limit.cap(MAX_ITEMS));
    }

    /// @inheritdoc ILiquidationLens
    function standing(uint32 accountId) external view returns (Standing memory) {
        return exchange.standing(accountId);
    }

    /// @inheritdoc ILiquidationLens
    function standings(uint32[] calldata accountIds) external view returns (Standing[] memory found) {
        found = new Standing[](accountIds.length);
        for (uint256 i = 0; i < accountIds.length; ++i) {
            found[i] = exchange.standing(accountIds[i]);
        }
    }

    /// @inheritdoc ILiquidationLens
    function accounts(uint32 fromId, uint256 limit, Level level)
        external
        view
        returns (Standing[] memory page, uint32 nextId)
    {
        return exchange.accounts(fromId, limit.cap(MAX_ITEMS), level);
    }

    /// @inheritdoc ILiquidationLens
    function standingsLimit() external pure returns (uint256) {
        return StandingReading.MAX_WEIGHT;
    }

    /// @inheritdoc ILiquidationLens
    function protection(uint32 accountId) external view returns (Protection memory) {
        exchange.load(accountId);
        return exchange.protection(accountId);
    }

    /// @inheritdoc ILiquidationLens
    function line(uint32 accountId, uint32 lenderAccountId) external view returns (Line memory) {
        exchange.load(accountId);
        return exchange.line(accountId, lenderAccountId);
    }

    /// @inheritdoc ILiquidationLens
    function plan(uint32 accountId) external view returns (Step[] memory) {
        exchange.load(accountId);
        return exchange.plan(accountId);
    }

    /// @inheritdoc ILiquidationLens
    function isLiquidator(uint32 accountId, address liquidator) external view returns (bool) {
        exchange.load(accountId);
        return exchange.readWord(ExchangeStorage.liquidatorSlot(accountId, liquidator)) & 1 != 0;
    }
}

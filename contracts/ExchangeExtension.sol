// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "./interfaces/IExchange.sol";
import {IExchangeErrors} from "./interfaces/IExchangeErrors.sol";
import {IGovernance} from "./interfaces/IGovernance.sol";
import {ILiquidation} from "./interfaces/ILiquidation.sol";

/// @title Extension of the exchange
/// @notice The entry points that are called seldom: governance and liquidation, each left to a module over the exchange's state. The
///         exchange delegates to it whatever it knows no module for, so these have no part in the size and the dispatch of its own.
contract ExchangeExtension is IGovernance, ILiquidation {
    /// @notice The modules behind it.
    struct Parts {
        /// @dev Code of the entry points for listing and fees.
        address listingModule;
        /// @dev Code of the entry points for pauses and outflow limits.
        address guardModule;
        /// @dev Code of the entry points for the parameters of pools and risk.
        address riskParameterModule;
        /// @dev Code of the entry points for listing perps and their caps.
        address perpListingModule;
        /// @dev Code that takes dead orders out of the book.
        address cancelModule;
        /// @dev Code of the entry points for flags and slices.
        address liquidationModule;
        /// @dev Code of the entry points for bonds, standby lines, claims and chosen liquidators.
        address protectionModule;
        /// @dev Code of the entry points for risk plans.
        address planModule;
    }

    /// @notice Code of the entry points for listing and fees.
    address public immutable listingModule;
    /// @notice Code of the entry points for pauses and outflow limits.
    address public immutable guardModule;
    /// @notice Code of the entry points for the parameters of pools and risk.
    address public immutable riskParameterModule;
    /// @notice Code of the entry points for listing perps and their caps.
    address public immutable perpListingModule;
    /// @notice Code of the entry points for flags and slices.
    address public immutable liquidationModule;
    /// @notice Code of the entry points for bonds, standby lines, claims and chosen liquidators.
    address public immutable protectionModule;
    /// @notice Code of the entry points for risk plans.
    address public immutable planModule;
    /// @dev Code that takes dead orders out of the book.
    address private immutable _cancelModule;

    constructor(Parts memory parts) {
        _checkCode("listingModule", parts.listingModule);
        _checkCode("guardModule", parts.guardModule);
        _checkCode("riskParameterModule", parts.riskParameterModule);
        _checkCode("perpListingModule", parts.perpListingModule);
        _checkCode("cancelModule", parts.cancelModule);
        _checkCode("liquidationModule", parts.liquidationModule);
        _checkCode("protectionModule", parts.protectionModule);
        _checkCode("planModule", parts.planModule);
        listingModule = parts.listingModule;
        guardModule = parts.guardModule;
        riskParameterModule = parts.riskParameterModule;
        perpListingModule = parts.perpListingModule;
        liquidationModule = parts.liquidationModule;
        protectionModule = parts.protectionModule;
        planModule = parts.planModule;
        _cancelModule = parts.cancelModule;
    }

    /// @inheritdoc IGovernance
    function listAsset(address, uint64, address) external returns (uint16) {
        _delegate(listingModule);
    }

    /// @inheritdoc IGovernance
    function listSpotMarket(uint16, IExchange.SpotTerms calldata) external returns (uint16) {
        _delegate(listingModule);
    }

    /// @inheritdoc IGovernance
    function listPerpMarket(uint16, IExchange.PerpTerms calldata) external returns (uint16) {
        _delegate(perpListingModule);
    }

    /// @inheritdoc IGovernance
    function setPerpLimits(uint16, uint40, uint40) external {
        _delegate(perpListingModule);
    }

    /// @inheritdoc IGovernance
    function setPoolTerms(uint16, IExchange.PoolTerms calldata) external {
        _delegate(riskParameterModule);
    }

    /// @inheritdoc IGovernance
    function setAssetRisk(uint16, IExchange.AssetRiskTerms calldata) external {
        _delegate(riskParameterModule);
    }

    /// @inheritdoc IGovernance
    function setMarketRisk(IExchange.MarketRiskTerms calldata) external {
        _delegate(riskParameterModule);
    }

    /// @inheritdoc IGovernance
    function collectFees(uint16) external {
        _delegate(listingModule);
    }

    /// @inheritdoc IGovernance
    function pauseMarkets(uint16[] calldata, uint16) external {
        _delegate(guardModule);
    }

    /// @inheritdoc IGovernance
    function resumeMarkets(uint16[] calldata) external {
        _delegate(guardModule);
    }

    /// @inheritdoc IGovernance
    function setOutflowLimit(uint16, uint32) external {
        _delegate(guardModule);
    }

    /// @inheritdoc ILiquidation
    function flagAccount(uint32) external {
        _delegate(liquidationModule);
    }

    /// @inheritdoc ILiquidation
    function reviewAccount(uint32) external returns (bool, bool) {
        _delegate(liquidationModule);
    }

    /// @inheritdoc ILiquidation
    function forceCancel(uint32, uint128[] calldata) external returns (uint40[] memory) {
        _delegate(_cancelModule);
    }

    /// @inheritdoc ILiquidation
    function takeSlice(uint32, uint32, uint32, int256) external returns (SliceResult memory) {
        _delegate(liquidationModule);
    }

    /// @inheritdoc ILiquidation
    function repayClaims(uint32) external returns (uint256) {
        _delegate(protectionModule);
    }

    /// @inheritdoc ILiquidation
    function lockBond(uint32, uint256) external {
        _delegate(protectionModule);
    }

    /// @inheritdoc ILiquidation
    function releaseBond(uint32, uint256) external {
        _delegate(protectionModule);
    }

    /// @inheritdoc ILiquidation
    function offerLine(uint32, uint32, uint256, uint256, uint32) external {
        _delegate(protectionModule);
    }

    /// @inheritdoc ILiquidation
    function acceptLine(uint32, uint32, uint256) external {
        _delegate(protectionModule);
    }

    /// @inheritdoc ILiquidation
    function giveNotice(uint32, uint32) external {
        _delegate(protectionModule);
    }

    /// @inheritdoc ILiquidation
    function closeLine(uint32, uint32) external {
        _delegate(protectionModule);
    }

    /// @inheritdoc ILiquidation
    function drawLine(uint32, uint32) external returns (uint256) {
        _delegate(protectionModule);
    }

    /// @inheritdoc ILiquidation
    function setLiquidator(uint32, address, bool) external {
        _delegate(protectionModule);
    }

    /// @inheritdoc ILiquidation
    function setPlan(uint32, PlanStep[] calldata) external {
        _delegate(planModule);
    }

    /// @inheritdoc ILiquidation
    function executeStep(uint32, uint8, uint80, uint32) external returns (uint256, uint256) {
        _delegate(planModule);
    }

    /// @inheritdoc ILiquidation
    function setBackstop(uint32) external {
        _delegate(protectionModule);
    }

    function _checkCode(bytes32 name, address account) private view {
        if (account.code.length == 0) revert IExchangeErrors.InvalidParameter(name, uint160(account));
    }

    /// @dev Run the current call in a module over the calling contract's state, and return what it returns.
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

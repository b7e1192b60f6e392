// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchange} from "./IExchange.sol";

/// @title Listing, parameters and guards of the exchange
/// @notice Entry points of those who look after the exchange, at the exchange's own address.
interface IGovernance {
    /// @notice List an asset under the next id; the first is the quote asset.
    /// @param token An ERC-20 whose balances only transfers change, and that calls back no one it should not.
    /// @param unitsPerAtom Token units in an atom.
    /// @param feed Source of its reference price; zero for the quote asset, which is one dollar inside the exchange.
    /// @return assetId Its id.
    /// @dev Only the listing role. Errors: AccessManagedUnauthorized, InvalidParameter.
    function listAsset(address token, uint64 unitsPerAtom, address feed) external returns (uint16 assetId);

    /// @notice List the spot market of an asset against the quote asset.
    /// @param baseAssetId Base asset.
    /// @param terms Its terms.
    /// @return marketId Its id.
    /// @dev Only the listing role. Errors: AccessManagedUnauthorized, UnlistedAsset, MarketAlreadyListed,
    ///      InvalidParameter.
    function listSpotMarket(uint16 baseAssetId, IExchange.SpotTerms calldata terms) external returns (uint16 marketId);

    /// @notice List the perp of an asset.
    /// @param baseAssetId Underlying asset.
    /// @param terms Its terms.
    /// @return marketId Its id.
    /// @dev Only the listing role. Errors: AccessManagedUnauthorized, UnlistedAsset, MarketAlreadyListed, InvalidParameter.
    function listPerpMarket(uint16 baseAssetId, IExchange.PerpTerms calldata terms) external returns (uint16 marketId);

    /// @notice Set how much of a perp may be open. What is open beyond that stays; nobody opens more.
    /// @param openInterestCapLots Of all together, below 2^39 [lots].
    /// @param positionCapLots Of an account: from 8 to 15 times a power of two up to 2^31 [lots].
    /// @dev Only the listing role. Errors: AccessManagedUnauthorized, UnknownMarket, InvalidParameter.
    function setPerpLimits(uint16 marketId, uint40 openInterestCapLots, uint40 positionCapLots) external;

    /// @notice Open the lending pool of an asset, or change its terms.
    /// @dev Only the listing role. Errors: AccessManagedUnauthorized, UnlistedAsset, InvalidParameter.
    function setPoolTerms(uint16 assetId, IExchange.PoolTerms calldata terms) external;

    /// @notice Set the risk parameters of an asset. A new one supports no debt: its parameters take all of its worth
    ///         until its listing is old enough. No parameter but the depth is raised by more than a tenth and two units at
    ///         once, nor β lowered by more, nor any changed twice within a day: who meets the initial requirement before a
    ///         change is not below maintenance by the change alone, as long as its cost of getting out is not far above its
    ///         shock. The first setting is free.
    /// @dev Only the listing role. Errors: AccessManagedUnauthorized, UnlistedAsset, InvalidParameter, ChangedTooSoon,
    ///      RampExceeded.
    function setAssetRisk(uint16 assetId, IExchange.AssetRiskTerms calldata terms) external;

    /// @notice Set the risk parameters of all assets together, within the same bounds as those of one.
    /// @dev Only the listing role. Errors: AccessManagedUnauthorized, InvalidParameter, ChangedTooSoon, RampExceeded.
    function setMarketRisk(IExchange.MarketRiskTerms calldata terms) external;

    /// @notice Split the fees a market has collected between the insurance fund (rounded up) and the treasury. Anyone
    ///         may call it.
    /// @dev Errors: UnknownMarket.
    function collectFees(uint16 marketId) external;

    /// @notice Pause new risk in markets: only reduce-only orders are accepted. Cancels, deposits and withdrawals go on.
    /// @param hoursLong How long, from 1 to 72; the pause ends with the full hour after that.
    /// @dev Only the guardian role. A market can not be paused again before a week after its last pause ended. Errors:
    ///      AccessManagedUnauthorized, InvalidParameter, UnknownMarket, PausedTooSoon.
    function pauseMarkets(uint16[] calldata marketIds, uint16 hoursLong) external;

    /// @notice End the pause of markets now.
    /// @dev Only the guardian role. Errors: AccessManagedUnauthorized, UnknownMarket.
    function resumeMarkets(uint16[] calldata marketIds) external;

    /// @notice Set how much of an asset may leave in a day, net of what comes in.
    /// @param limitPpm Share of what is held [ppm], at most 1e6, which is no limit.
    /// @dev Only the listing role, which a timelock holds. Errors: AccessManagedUnauthorized, UnlistedAsset,
    ///      InvalidParameter.
    function setOutflowLimit(uint16 assetId, uint32 limitPpm) external;
}

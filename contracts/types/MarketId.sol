// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Identity of a market: kind in the high byte, base asset in the low byte.
/// @dev An asset has at most one market of a kind, so the id needs no counter, and its base asset no look-up.
library MarketId {
    /// @notice Kind of a spot market; 3 is a loan market.
    uint256 internal constant SPOT = 1;
    /// @notice Kind of a perp.
    uint256 internal constant PERP = 2;

    /// @notice The spot market of an asset against the quote asset.
    function spot(uint256 baseAsset) internal pure returns (uint256) {
        return (SPOT << 8) | baseAsset;
    }

    /// @notice The perp of an asset.
    function perp(uint256 baseAsset) internal pure returns (uint256) {
        return (PERP << 8) | baseAsset;
    }

    /// @notice Whether a market is a perp.
    function isPerp(uint256 marketId) internal pure returns (bool) {
        return marketId >> 8 == PERP;
    }

    /// @notice Base asset of a market.
    function base(uint256 marketId) internal pure returns (uint256) {
        return marketId & 0xff;
    }
}

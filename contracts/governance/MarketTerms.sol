// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {Assets} from "../vault/Assets.sol";

/// @notice What the terms of every new market must be like.
library MarketTerms {
    /// @notice The smallest lot, so that rounding of shares never costs one [atoms].
    uint256 internal constant MIN_ATOMS_PER_LOT = 1_000;
    /// @notice The widest band [basis points].
    uint256 internal constant MAX_BAND_BPS = (1 << 12) - 1;

    /// @notice The id of a new market.
    /// @dev Errors: MarketAlreadyListed.
    function newMarket(uint256 id) internal view returns (uint16 marketId) {
        // Kind and asset are a byte each.
        marketId = uint16(id);
        if (ExchangeStorage.load(ExchangeStorage.configSlot(id)) != 0) {
            revert IExchangeErrors.MarketAlreadyListed(marketId);
        }
    }

    /// @notice Check that an asset can be the base of a market.
    /// @dev Errors: UnlistedAsset, InvalidParameter.
    function checkBase(uint16 baseAssetId) internal view {
        Assets.tokenOf(baseAssetId);
        if (baseAssetId == 0) revert IExchangeErrors.InvalidParameter("baseAssetId", 0);
    }

    /// @notice Check price of a lot at tick 1 [quote atoms], size of a lot [atoms] and smallest order [lots].
    /// @dev Errors: InvalidParameter.
    function checkSizes(uint256 tickValue, uint256 atomsPerLot, uint256 minLots) internal pure {
        if (tickValue == 0) revert IExchangeErrors.InvalidParameter("tickValue", 0);
        if (atomsPerLot < MIN_ATOMS_PER_LOT) revert IExchangeErrors.InvalidParameter("atomsPerLot", atomsPerLot);
        if (minLots == 0) revert IExchangeErrors.InvalidParameter("minLots", 0);
    }

    /// @notice Check a band: neither nothing nor more than fits [basis points].
    /// @dev Errors: InvalidParameter.
    function checkBand(bytes32 name, uint256 bandBps) internal pure {
        if (bandBps == 0 || bandBps > MAX_BAND_BPS) revert IExchangeErrors.InvalidParameter(name, bandBps);
    }

    /// @notice Check that the fees of a trade are never negative in sum [ppm].
    /// @dev Errors: InvalidParameter.
    function checkFees(int16 takerPpm, int16 makerPpm) internal pure {
        // The cast keeps the bits for the error.
        if (int256(makerPpm) + int256(takerPpm) < 0) {
            revert IExchangeErrors.InvalidParameter("makerPpm", uint16(makerPpm));
        }
    }
}

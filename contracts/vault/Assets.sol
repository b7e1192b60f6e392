// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {TokenWord} from "../types/TokenWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice Look-up of listed assets.
library Assets {
    /// @notice The token word of a listed asset.
    /// @dev Errors: UnlistedAsset.
    function tokenOf(uint16 assetId) internal view returns (TokenWord word) {
        // Ids beyond a byte must not reach the key of a slot.
        if (assetId <= type(uint8).max) {
            word = TokenWord.wrap(ExchangeStorage.load(ExchangeStorage.tokenSlot(assetId)));
        }
        if (!word.isListed()) revert IExchangeErrors.UnlistedAsset(assetId);
    }
}

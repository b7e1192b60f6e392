// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IPriceFeed} from "../interfaces/IPriceFeed.sol";

/// @notice Reference prices posted by a price role.
contract PostedPriceFeed is IPriceFeed, AccessManaged {
    struct PostedPrice {
        uint224 price;
        uint32 time;
    }

    /// @notice Prices were posted [1e-18 dollars a whole token].
    event PricesPosted(uint16[] assetIds, uint224[] prices);

    /// @notice The arrays of a post differ in length.
    error LengthMismatch(uint256 assetIds, uint256 prices);

    uint16 private constant _FULL_CONFIDENCE = 10_000;

    mapping(uint16 assetId => PostedPrice) private _posted;

    /// @param authority_ Says who has the price role.
    constructor(address authority_) AccessManaged(authority_) {}

    /// @notice Post prices, made now.
    /// @param prices Dollars for one whole token each [1e-18 dollars].
    /// @dev Only the price role. Errors: AccessManagedUnauthorized, LengthMismatch.
    function post(uint16[] calldata assetIds, uint224[] calldata prices) external restricted {
        if (assetIds.length != prices.length) revert LengthMismatch(assetIds.length, prices.length);
        for (uint256 i = 0; i < assetIds.length; ++i) {
            // Seconds fit 32 bits until 2106.
            _posted[assetIds[i]] = PostedPrice({price: prices[i], time: uint32(block.timestamp)});
        }
        emit PricesPosted(assetIds, prices);
    }

    /// @inheritdoc IPriceFeed
    /// @dev One role posts, so there is nothing to compare a price with: the confidence is always full.
    function latestPrice(uint16 assetId) external view returns (uint256 price, uint32 time, uint16 confidenceBps) {
        PostedPrice memory posted = _posted[assetId];
        return (posted.price, posted.time, _FULL_CONFIDENCE);
    }
}

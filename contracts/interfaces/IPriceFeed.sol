// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Source of reference prices
/// @notice What the exchange reads when somebody pokes an asset. Adapters of other feeds implement it too.
interface IPriceFeed {
    /// @notice The newest price of an asset.
    /// @param assetId Asset of the exchange.
    /// @return price Dollars for one whole token [1e-18 dollars]; 0 if there is none yet.
    /// @return time When the price was made [seconds].
    /// @return confidenceBps How sure the feed is of the price [bps]: 10,000 is fully, 0 not at all.
    /// @dev A feed that cannot tell because its source is broken reverts, with an error of its own.
    function latestPrice(uint16 assetId) external view returns (uint256 price, uint32 time, uint16 confidenceBps);
}

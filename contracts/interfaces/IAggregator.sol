// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title Aggregator of prices
/// @notice The part of Chainlink's AggregatorV3Interface that is read. RedStone's push feeds have it, too.
/// @dev Source: https://docs.chain.link/data-feeds/api-reference.
interface IAggregator {
    /// @notice Decimals of the answers.
    function decimals() external view returns (uint8);

    /// @notice The newest round.
    /// @return roundId Number of the round.
    /// @return answer Price in dollars with `decimals` decimals.
    /// @return startedAt When the round began [seconds].
    /// @return updatedAt When the answer was made [seconds]; 0 if there is none yet.
    /// @return answeredInRound Round in which the answer was made; an earlier one if this round has none of its own.
    function latestRoundData()
        external
        view
        returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound);
}

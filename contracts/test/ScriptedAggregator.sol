// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IAggregator} from "../interfaces/IAggregator.sol";

/// @notice An aggregator that answers whatever it was told to, or misbehaves.
contract ScriptedAggregator is IAggregator {
    /// @notice What it returns for its decimals.
    uint256 public scriptedDecimals;
    /// @notice Number of the newest round.
    uint80 public roundId = 1;
    /// @notice The newest answer.
    int256 public answer;
    /// @notice When it was made [seconds].
    uint256 public updatedAt;
    /// @notice Round in which it was made.
    uint80 public answeredInRound = 1;
    /// @notice How many bytes of a round it returns; 0 to revert instead.
    uint256 public roundSize = 160;

    /// @notice The aggregator was told to revert.
    error AggregatorDown();

    /// @param decimals_ Decimals of the answers.
    constructor(uint8 decimals_) {
        scriptedDecimals = decimals_;
    }

    /// @notice Answer this from now on.
    function set(int256 answer_, uint256 updatedAt_) external {
        (answer, updatedAt) = (answer_, updatedAt_);
    }

    /// @notice Number the newest round, and the one that answered, so from now on.
    function setRounds(uint80 roundId_, uint80 answeredInRound_) external {
        (roundId, answeredInRound) = (roundId_, answeredInRound_);
    }

    /// @notice Have these decimals from now on, even if they are no 8 bits.
    function setDecimals(uint256 decimals_) external {
        scriptedDecimals = decimals_;
    }

    /// @notice Return so many bytes of each round from now on, or revert if 0.
    function setRoundSize(uint256 roundSize_) external {
        roundSize = roundSize_;
    }

    /// @inheritdoc IAggregator
    function decimals() external view returns (uint8) {
        uint256 answered = scriptedDecimals;
        assembly ("memory-safe") {
            // The word as it is; the first word of memory is scratch space.
            mstore(0, answered)
            return(0, 32)
        }
    }

    /// @inheritdoc IAggregator
    function latestRoundData() external view returns (uint80, int256, uint256, uint256, uint80) {
        uint256 size = roundSize;
        if (size == 0) revert AggregatorDown();
        bytes memory round = abi.encode(roundId, answer, updatedAt, updatedAt, answeredInRound);
        assembly ("memory-safe") {
            // At most the bytes of the round just encoded.
            return(add(round, 32), size)
        }
    }
}

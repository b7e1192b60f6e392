// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IPriceFeed} from "../interfaces/IPriceFeed.sol";

/// @notice A price feed that answers whatever it was told to, or misbehaves.
contract ScriptedPriceFeed is IPriceFeed {
    /// @notice The answer [1e-18 dollars a whole token].
    uint256 public price;
    /// @notice Time of the answer [seconds].
    uint32 public time;
    /// @notice Confidence of the answer [bps].
    uint16 public confidenceBps = 10_000;
    /// @notice Whether it reverts instead.
    bool public reverts;
    /// @notice Whom it calls before it answers, zero for no one.
    address public target;
    /// @notice What it calls with.
    bytes public callData;

    /// @notice The feed was told to revert.
    error FeedDown();
    /// @notice What the feed called back went through.
    error FeedCallbackSucceeded(bytes returned);

    /// @notice Answer this from now on.
    function set(uint256 price_, uint32 time_) external {
        (price, time) = (price_, time_);
    }

    /// @notice Answer with this confidence from now on [bps].
    function setConfidence(uint16 confidenceBps_) external {
        confidenceBps = confidenceBps_;
    }

    /// @notice Revert from now on, or no longer.
    function setReverts(bool reverts_) external {
        reverts = reverts_;
    }

    /// @notice Call somebody before each answer.
    function arm(address target_, bytes calldata callData_) external {
        (target, callData) = (target_, callData_);
    }

    /// @inheritdoc IPriceFeed
    function latestPrice(uint16) external view returns (uint256, uint32, uint16) {
        if (reverts) revert FeedDown();
        if (target != address(0)) {
            (bool ok, bytes memory answer) = target.staticcall(callData);
            if (ok) revert FeedCallbackSucceeded(answer);
        }
        return (price, time, confidenceBps);
    }
}

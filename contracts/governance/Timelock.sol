// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";

/// @notice Administers roles, lists and sets limits, each only after a delay in which everyone sees what is to come.
contract Timelock is TimelockController {
    /// @param minDelay Shortest delay [seconds].
    /// @param proposers Who may propose, and cancel.
    /// @param executors Who may execute what is due; the zero address stands for anyone.
    /// @dev Nobody administers it but itself.
    constructor(uint256 minDelay, address[] memory proposers, address[] memory executors)
        TimelockController(minDelay, proposers, executors, address(0))
    {}
}

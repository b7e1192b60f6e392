// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @title The risk engine
/// @notice The one check an action must pass at its end. The exchange delegates to it, so it reads the exchange's words.
interface IRiskEngine {
    /// @notice Passes if the account can meet all its resting orders; reverts otherwise.
    /// @param accountId Account to check, after the action.
    /// @dev Errors: InsufficientBalance with the first asset that falls short.
    function check(uint32 accountId) external view;
}

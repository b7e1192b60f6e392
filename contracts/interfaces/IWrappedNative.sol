// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice An ERC-20 that stands one to one for the native token.
interface IWrappedNative is IERC20 {
    /// @notice Wrap the native tokens sent along.
    function deposit() external payable;

    /// @notice Unwrap, and receive native tokens.
    /// @param units Token units, as many as native ones.
    function withdraw(uint256 units) external;
}

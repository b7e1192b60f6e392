// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {WETH} from "solady/src/tokens/WETH.sol";

/// @notice Wrapped native token for local networks, where the chain brings none.
contract WrappedNative is WETH {}

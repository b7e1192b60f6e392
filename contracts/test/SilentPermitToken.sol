// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TestToken} from "./TestToken.sol";

/// @notice A token without permits that answers every unknown call, like the oldest wrapped native tokens.
contract SilentPermitToken is TestToken {
    /// @param decimals_ Decimals of the token.
    constructor(uint8 decimals_) TestToken(decimals_) {}

    fallback() external {}
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TestToken} from "./TestToken.sol";

/// @notice A token that, once told to refuse, answers false instead of reverting.
contract FalseReturningToken is TestToken {
    /// @notice Whether transfers are refused.
    bool public refuses;

    /// @param decimals_ Decimals of the token.
    constructor(uint8 decimals_) TestToken(decimals_) {}

    /// @notice Refuse all transfers from now on, or none.
    function setRefuses(bool refuses_) external {
        refuses = refuses_;
    }

    function transfer(address to, uint256 tokenUnits) public override returns (bool) {
        return refuses ? false : super.transfer(to, tokenUnits);
    }

    function transferFrom(address from, address to, uint256 tokenUnits) public override returns (bool) {
        return refuses ? false : super.transferFrom(from, to, tokenUnits);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {TestToken} from "./TestToken.sol";

/// @notice A token whose allowances can be signed (EIP-2612).
contract PermitToken is TestToken, ERC20Permit {
    /// @param decimals_ Decimals of the token.
    constructor(uint8 decimals_) TestToken(decimals_) ERC20Permit("Test token") {}

    function decimals() public view override(TestToken, ERC20) returns (uint8) {
        return super.decimals();
    }
}

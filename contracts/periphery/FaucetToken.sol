// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice A worthless token for local networks and testnets, from which anyone may draw.
contract FaucetToken is ERC20 {
    uint8 private immutable _tokenDecimals;

    /// @param decimals_ Decimals of the token.
    constructor(string memory name_, string memory symbol_, uint8 decimals_) ERC20(name_, symbol_) {
        _tokenDecimals = decimals_;
    }

    /// @notice Make tokens for the caller.
    /// @param tokenUnits Token units.
    function draw(uint256 tokenUnits) external {
        _mint(msg.sender, tokenUnits);
    }

    /// @inheritdoc ERC20
    function decimals() public view override returns (uint8) {
        return _tokenDecimals;
    }
}

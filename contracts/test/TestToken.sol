// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @notice Common part of the token doubles: anyone may draw, decimals are chosen at creation.
abstract contract TestToken is ERC20 {
    uint8 internal immutable _tokenDecimals;

    /// @param decimals_ Decimals of the token.
    constructor(uint8 decimals_) ERC20("Test token", "TEST") {
        _tokenDecimals = decimals_;
    }

    /// @notice Make tokens for the caller.
    /// @param tokenUnits Token units.
    function draw(uint256 tokenUnits) external {
        _mint(msg.sender, tokenUnits);
    }

    /// @inheritdoc ERC20
    function decimals() public view virtual override returns (uint8) {
        return _tokenDecimals;
    }
}

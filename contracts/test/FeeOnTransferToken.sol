// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TestToken} from "./TestToken.sol";

/// @notice A token that burns a fixed fee out of every transfer.
contract FeeOnTransferToken is TestToken {
    /// @notice What each transfer burns, if it is that large [token units].
    uint256 public immutable feeUnits;

    /// @param feeUnits_ Fee of a transfer [token units].
    constructor(uint8 decimals_, uint256 feeUnits_) TestToken(decimals_) {
        feeUnits = feeUnits_;
    }

    function _update(address from, address to, uint256 tokenUnits) internal override {
        super._update(from, to, tokenUnits);
        if (from == address(0) || to == address(0)) return;
        _burn(to, tokenUnits < feeUnits ? tokenUnits : feeUnits);
    }
}

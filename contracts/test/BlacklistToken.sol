// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TestToken} from "./TestToken.sol";

/// @notice A token whose issuer can bar holders from sending and receiving.
contract BlacklistToken is TestToken {
    /// @notice Whether a holder is barred.
    mapping(address holder => bool) public isBarred;

    /// @notice A transfer from or to a barred holder.
    error Barred(address holder);

    /// @param decimals_ Decimals of the token.
    constructor(uint8 decimals_) TestToken(decimals_) {}

    /// @notice Bar a holder, or let him move again.
    function setBarred(address holder, bool barred) external {
        isBarred[holder] = barred;
    }

    function _update(address from, address to, uint256 tokenUnits) internal override {
        if (isBarred[from]) revert Barred(from);
        if (isBarred[to]) revert Barred(to);
        super._update(from, to, tokenUnits);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {LendingModule} from "./LendingModule.sol";

/// @notice Calls of the lending module over the words of the calling contract, for balances that are lent or owed.
library LendingCall {
    /// @notice {LendingModule.moveBalance}; its errors come through as they are.
    function moveBalance(address module, uint256 accountId, uint256 assetId, int256 atoms) internal {
        bytes memory call = abi.encodeCall(LendingModule.moveBalance, (accountId, assetId, atoms));
        if (!LowLevelCall.delegatecallNoReturn(module, call)) LowLevelCall.bubbleRevert();
    }

    /// @notice {LendingModule.reachOf}.
    function reachOf(address module, uint256 accountId, uint256 assetId) internal returns (uint256 most, uint256 has) {
        return _read(module, abi.encodeCall(LendingModule.reachOf, (accountId, assetId)));
    }

    /// @notice {LendingModule.balanceOf}.
    function balanceOf(address module, uint256 accountId, uint256 assetId) internal returns (int256) {
        (uint256 atoms,) = _read(module, abi.encodeCall(LendingModule.balanceOf, (accountId, assetId)));
        // A signed word.
        return int256(atoms);
    }

    function _read(address module, bytes memory call) private returns (uint256, uint256) {
        (bool ok, bytes32 first, bytes32 second) = LowLevelCall.delegatecallReturn64Bytes(module, call);
        if (!ok) LowLevelCall.bubbleRevert();
        return (uint256(first), uint256(second));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {LendingModule} from "./LendingModule.sol";

/// @notice Calls of the lending module over the words of the calling contract, for balances that are lent or owed.
library LendingCall {
    /// @notice {LendingModule.moveBalance}; its errors come through as they are.
    function moveBalance(address module, uint256 accountId, uint256 assetId, int256 atoms) internal {
        _call(module, LendingModule.moveBalance.selector, accountId, assetId, atoms);
    }

    /// @notice {LendingModule.reachOf}.
    function reachOf(address module, uint256 accountId, uint256 assetId) internal returns (uint256 most, uint256 has) {
        return _call(module, LendingModule.reachOf.selector, accountId, assetId, 0);
    }

    /// @notice {LendingModule.balanceOf}.
    function balanceOf(address module, uint256 accountId, uint256 assetId) internal returns (int256) {
        (uint256 atoms,) = _call(module, LendingModule.balanceOf.selector, accountId, assetId, 0);
        // A signed word.
        return int256(atoms);
    }

    /// @dev An argument more than a function takes is ignored, and a word more than it answers is of no meaning.
    function _call(address module, bytes4 selector, uint256 accountId, uint256 assetId, int256 atoms)
        private
        returns (uint256 first, uint256 second)
    {
        bool ok;
        assembly ("memory-safe") {
            // Selector and arguments behind all memory in use, the answer in scratch space.
            let call_ := mload(0x40)
            mstore(call_, selector)
            mstore(add(call_, 0x04), accountId)
            mstore(add(call_, 0x24), assetId)
            mstore(add(call_, 0x44), atoms)
            ok := delegatecall(gas(), module, call_, 0x64, 0x00, 0x40)
            first := mload(0x00)
            second := mload(0x20)
        }
        if (!ok) LowLevelCall.bubbleRevert();
    }
}

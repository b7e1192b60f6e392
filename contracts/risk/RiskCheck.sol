// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {OrderChange} from "../types/OrderChange.sol";

/// @notice The call that ends every action which could leave an account short.
library RiskCheck {
    /// @notice Run {IRiskEngine.checkOutgoing} over the words of the calling contract; its errors come through as they are.
    function checkOutgoing(IRiskEngine riskEngine, uint32 accountId) internal {
        if (!_run(address(riskEngine), IRiskEngine.checkOutgoing.selector, accountId)) LowLevelCall.bubbleRevert();
    }

    /// @notice Run {IRiskEngine.checkPaid}.
    function checkPaid(IRiskEngine riskEngine, uint256 accountId) internal {
        if (!_run(address(riskEngine), IRiskEngine.checkPaid.selector, accountId)) LowLevelCall.bubbleRevert();
    }

    /// @notice Run the check of an action that raises debt; no lowering of risk excuses it.
    function checkDebt(IRiskEngine riskEngine, uint256 accountId) internal {
        bytes memory call = abi.encodeWithSignature("check(uint32,uint256)", accountId, 1);
        if (!LowLevelCall.delegatecallNoReturn(address(riskEngine), call)) LowLevelCall.bubbleRevert();
    }

    /// @notice Run {IRiskEngine.check}, and where it refuses {IRiskEngine.checkDeRisking}.
    /// @param quoteAtoms What the action has added to the quote balance [quote atoms].
    /// @param changes What its orders have changed.
    function check(IRiskEngine riskEngine, uint256 accountId, int256 quoteAtoms, OrderChange[] memory changes)
        internal
    {
        if (_run(address(riskEngine), IRiskEngine.check.selector, accountId)) return;
        // Account ids come from 32-bit arguments.
        bytes memory call = abi.encodeCall(IRiskEngine.checkDeRisking, (uint32(accountId), quoteAtoms, changes));
        if (!LowLevelCall.delegatecallNoReturn(address(riskEngine), call)) LowLevelCall.bubbleRevert();
    }

    /// @notice {IRiskEngine.makerFits}.
    function makerFits(
        address riskEngine,
        uint256 accountId,
        uint256 assetId,
        int256 atoms,
        int256 bids,
        int256 asks,
        int256 quoteAtoms
    ) internal returns (bool) {
        bytes memory call = abi.encodeCall(IRiskEngine.makerFits, (accountId, assetId, atoms, bids, asks, quoteAtoms));
        (bool ok, bytes32 fits,) = LowLevelCall.delegatecallReturn64Bytes(riskEngine, call);
        if (!ok) LowLevelCall.bubbleRevert();
        return uint256(fits) == 1;
    }

    function _run(address riskEngine, bytes4 selector, uint256 accountId) private returns (bool ok) {
        uint256 shifted = uint32(selector);
        assembly ("memory-safe") {
            // Selector and argument in scratch space, the selector right-aligned in the first word.
            mstore(0x00, shifted)
            mstore(0x20, accountId)
            ok := delegatecall(gas(), riskEngine, 0x1c, 0x24, 0x00, 0x00)
        }
    }
}

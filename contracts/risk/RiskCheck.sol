// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {LibBit} from "solady/src/utils/LibBit.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";
import {AccountWordLib} from "../types/AccountWord.sol";
import {OrderChange} from "../types/OrderChange.sol";

/// @notice The call that ends every action which could leave an account short.
library RiskCheck {
    /// @notice Run {IRiskEngine.checkOutgoing} over the words of the calling contract; its errors come through as they are.
    function checkOutgoing(IRiskEngine riskEngine, uint32 accountId, bool mustBeCovered) internal {
        _run(riskEngine, IRiskEngine.checkOutgoing.selector, accountId, LibBit.toUint(mustBeCovered), true);
    }

    /// @notice Run {IRiskEngine.check} of an action that no lower risk excuses.
    function checkInitial(IRiskEngine riskEngine, uint32 accountId) internal {
        _run(riskEngine, IRiskEngine.check.selector, accountId, AccountWordLib.OWNER_OF_FROZEN, true);
    }

    /// @notice Run {IRiskEngine.checkAbsorbing}.
    function checkAbsorbing(IRiskEngine riskEngine, uint32 accountId) internal {
        _run(riskEngine, IRiskEngine.checkAbsorbing.selector, accountId, 0, true);
    }

    /// @notice Run {IRiskEngine.check}, and where it refuses {IRiskEngine.checkDeRisking}.
    /// @param actor Who acts for what kind of account, see {AccountWord.actor}.
    /// @param quoteAtoms What the action has added to the quote balance [quote atoms].
    /// @param changes What its orders have changed.
    function check(
        IRiskEngine riskEngine,
        uint256 accountId,
        uint256 actor,
        int256 quoteAtoms,
        OrderChange[] memory changes
    ) internal {
        if (_run(riskEngine, IRiskEngine.check.selector, accountId, actor, false)) return;
        bool mustBeCovered = AccountWordLib.mustStayPaid(actor);
        // Account ids come from 32-bit arguments.
        bytes memory call =
            abi.encodeCall(IRiskEngine.checkDeRisking, (uint32(accountId), mustBeCovered, quoteAtoms, changes));
        if (!LowLevelCall.delegatecallNoReturn(address(riskEngine), call)) LowLevelCall.bubbleRevert();
    }

    /// @notice {IRiskEngine.makerFits}.
    function makerFits(
        address riskEngine,
        uint256 accountId,
        uint256 marketId,
        int256 amount,
        int256 bids,
        int256 asks,
        int256 cash
    ) internal returns (bool) {
        bytes memory call = abi.encodeCall(IRiskEngine.makerFits, (accountId, marketId, amount, bids, asks, cash));
        (bool ok, bytes32 fits,) = LowLevelCall.delegatecallReturn64Bytes(riskEngine, call);
        if (!ok) LowLevelCall.bubbleRevert();
        return uint256(fits) == 1;
    }

    /// @param bubbles Whether an error comes through, instead of an answer.
    function _run(IRiskEngine riskEngine, bytes4 selector, uint256 accountId, uint256 argument, bool bubbles)
        private
        returns (bool ok)
    {
        assembly ("memory-safe") {
            // Selector and arguments behind all memory in use.
            let call_ := mload(0x40)
            mstore(call_, selector)
            mstore(add(call_, 0x04), accountId)
            mstore(add(call_, 0x24), argument)
            ok := delegatecall(gas(), riskEngine, call_, 0x44, 0x00, 0x00)
        }
        if (bubbles && !ok) LowLevelCall.bubbleRevert();
    }
}

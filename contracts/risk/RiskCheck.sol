// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {IRiskEngine} from "../interfaces/IRiskEngine.sol";

/// @notice The call that ends every action which could leave an account short.
library RiskCheck {
    /// @notice Run {IRiskEngine.check} over the words of the calling contract; its errors come through as they are.
    function check(IRiskEngine riskEngine, uint32 accountId) internal {
        uint256 selector = uint32(IRiskEngine.check.selector);
        bool ok;
        assembly ("memory-safe") {
            // Selector and argument in scratch space, the selector right-aligned in the first word.
            mstore(0x00, selector)
            mstore(0x20, accountId)
            ok := delegatecall(gas(), riskEngine, 0x1c, 0x24, 0x00, 0x00)
        }
        if (!ok) LowLevelCall.bubbleRevert();
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {RefusalModule} from "./RefusalModule.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice Turning the refusal of an order into an error.
library Refusals {
    /// @notice Revert with the error of a refusal, a number of {IExchange.Refusal}, see {RefusalModule.raise}.
    function raise(address module, uint256 refusal, WorkOrder memory order, IExchange.OrderResult memory result)
        internal
    {
        // The fields of a {RefusalModule.Refused} in their order, a word each, and within their widths: markets and account ids
        // come from 16-bit and 32-bit arguments, ticks are below 2^24 and lots below 2^40.
        bytes memory call = abi.encodeWithSelector(
            RefusalModule.raise.selector,
            refusal,
            order.accountId,
            order.marketId,
            order.book,
            order.isAsk,
            order.tick,
            order.lots,
            order.fillsLeft,
            result.filledLots,
            order.terms
        );
        LowLevelCall.delegatecallNoReturn(module, call);
        LowLevelCall.bubbleRevert();
    }
}

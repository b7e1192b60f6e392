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
        // Markets and account ids come from 16-bit and 32-bit arguments, ticks are below 2^24 and lots below 2^40.
        RefusalModule.Refused memory refused = RefusalModule.Refused({
            refusal: refusal,
            accountId: uint32(order.accountId),
            marketId: uint16(order.marketId),
            book: order.book,
            isAsk: order.isAsk,
            tick: uint24(order.tick),
            lots: uint40(order.lots),
            fillsLeft: uint8(order.fillsLeft),
            filledLots: result.filledLots,
            terms: order.terms
        });
        LowLevelCall.delegatecallNoReturn(module, abi.encodeCall(RefusalModule.raise, (refused)));
        LowLevelCall.bubbleRevert();
    }
}

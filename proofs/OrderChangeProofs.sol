// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderChange, OrderChangeLib} from "../contracts/types/OrderChange.sol";

/// @notice An {OrderChange} gives back each field it was made of, and none at all is no note of an order.
contract OrderChangeProofs {
    /// @notice Fields within their widths.
    function check_create(uint16 market, uint40 filled, uint40 resting, bool isAsk, bool isReduceOnly) external pure {
        OrderChange word = OrderChangeLib.create(market, filled, resting, isAsk, isReduceOnly);
        assert(word.marketId() == market);
        assert(word.filledLots() == filled);
        assert(word.restingLots() == resting);
        assert(word.isAsk() == isAsk);
        assert(word.isReduceOnly() == isReduceOnly);
        assert(OrderChange.unwrap(word) != 0 || market == 0);
    }
}

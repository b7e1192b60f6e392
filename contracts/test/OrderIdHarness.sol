// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderId, OrderIdLib} from "../types/OrderId.sol";

/// @notice {OrderIdLib} for tests.
contract OrderIdHarness {
    /// @notice See {OrderIdLib.create}.
    function create(uint16 market, uint24 tick, uint32 chunk, uint8 place, uint48 generation)
        external
        pure
        returns (uint128)
    {
        return OrderId.unwrap(OrderIdLib.create(market, tick, chunk, place, generation));
    }

    /// @notice All fields of an id.
    function fields(uint128 id)
        external
        pure
        returns (uint256 market, uint256 tick, uint256 chunk, uint256 place, uint256 generation)
    {
        OrderId wrapped = OrderId.wrap(id);
        return (wrapped.market(), wrapped.tick(), wrapped.chunk(), wrapped.place(), wrapped.generation());
    }
}

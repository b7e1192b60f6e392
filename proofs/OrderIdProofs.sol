// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderId, OrderIdLib} from "../contracts/types/OrderId.sol";

/// @notice What holds for every {OrderId}.
contract OrderIdProofs {
    /// @notice An id has the fields it was created from, so two places never share one.
    function check_create_fields(uint16 market, uint24 tick, uint32 chunk, uint8 place, uint48 generation)
        external
        pure
    {
        OrderId id = OrderIdLib.create(market, tick, chunk, place, generation);
        assert(id.market() == market);
        assert(id.tick() == tick);
        assert(id.chunk() == chunk);
        assert(id.place() == place);
        assert(id.generation() == generation);
    }

    /// @notice The fields of any 128 bits make up these bits again, so an id from outside names one place in one way.
    function check_fields_create(uint128 bits) external pure {
        OrderId id = OrderId.wrap(bits);
        OrderId made = OrderIdLib.create(id.market(), id.tick(), id.chunk(), id.place(), id.generation());
        assert(OrderId.unwrap(made) == bits);
    }

    /// @notice The shortcut of the match loop gives the ids that {OrderIdLib.create} gives.
    function check_withPlace(uint16 market, uint24 tick, uint32 chunk, uint8 place, uint48 generation) external pure {
        OrderId first = OrderIdLib.create(market, tick, chunk, 0, generation);
        OrderId id = OrderIdLib.withPlace(OrderId.unwrap(first), place);
        OrderId same = OrderIdLib.create(market, tick, chunk, place, generation);
        assert(OrderId.unwrap(id) == OrderId.unwrap(same));
    }
}

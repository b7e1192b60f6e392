// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Where a resting order is, and in which life of that place: never valid twice.
/// @dev | bits | field |
///      | 0–47 | generation of the chunk |
///      | 48–55 | place in the chunk, 0–7 |
///      | 56–87 | chunk; 0 is the level's own |
///      | 88–111 | tick |
///      | 112–127 | market |
type OrderId is uint128;

using OrderIdLib for OrderId global;

/// @notice Fields of an {OrderId}.
library OrderIdLib {
    /// @notice The id of the order at a place. The fields fit their widths: they were read from storage words.
    function create(uint256 market_, uint256 tick_, uint256 chunk_, uint256 place_, uint256 generation_)
        internal
        pure
        returns (OrderId)
    {
        uint256 id = (market_ << 112) | (tick_ << 88) | (chunk_ << 56) | (place_ << 48) | generation_;
        return OrderId.wrap(uint128(id));
    }

    /// @notice The id of the order at `place_`, from that of the one at place 0 of its chunk.
    function withPlace(uint256 firstId, uint256 place_) internal pure returns (OrderId) {
        return OrderId.wrap(uint128(firstId | (place_ << 48)));
    }

    /// @notice Market.
    function market(OrderId id) internal pure returns (uint256) {
        return uint256(OrderId.unwrap(id)) >> 112;
    }

    /// @notice Tick of the level.
    function tick(OrderId id) internal pure returns (uint256) {
        return (OrderId.unwrap(id) >> 88) & 0xffffff;
    }

    /// @notice Chunk of the queue.
    function chunk(OrderId id) internal pure returns (uint256) {
        return (OrderId.unwrap(id) >> 56) & 0xffffffff;
    }

    /// @notice Place in the chunk; ids from outside may name places above 7, which hold no order.
    function place(OrderId id) internal pure returns (uint256) {
        return (OrderId.unwrap(id) >> 48) & 0xff;
    }

    /// @notice Generation of the chunk.
    function generation(OrderId id) internal pure returns (uint256) {
        return OrderId.unwrap(id) & 0xffffffffffff;
    }
}

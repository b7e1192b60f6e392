// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Lane, LaneLib} from "../contracts/types/Lane.sol";

/// @notice What holds for every {Lane} and every pair of lanes.
contract LaneProofs {
    /// @notice A lane packed into a pair is read back whole, and its neighbour stays as it was.
    function check_pack(uint128 bits, uint256 pair, uint8 place) external pure {
        uint256 packed = Lane.wrap(bits).pack(pair, place);
        uint256 neighbour = uint256(place) ^ 1;
        assert(Lane.unwrap(LaneLib.unpack(packed, place)) == bits);
        assert(Lane.unwrap(LaneLib.unpack(packed, neighbour)) == Lane.unwrap(LaneLib.unpack(pair, neighbour)));
    }

    /// @notice Even places are the low half of a pair, odd ones the high half.
    function check_unpack(uint128 low, uint128 high, uint8 place) external pure {
        uint256 pair = (uint256(high) << 128) | low;
        assert(Lane.unwrap(LaneLib.unpack(pair, place)) == (place % 2 == 0 ? low : high));
    }

    /// @notice Other lots leave every other bit of a lane alone.
    function check_withLots(uint128 bits, uint40 lots) external pure {
        Lane lane = Lane.wrap(bits);
        Lane changed = lane.withLots(lots);
        assert(changed.lots() == lots);
        assert(Lane.unwrap(changed.withLots(lane.lots())) == bits);
    }
}

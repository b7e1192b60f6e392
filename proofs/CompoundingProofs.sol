// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Compounding} from "../contracts/lending/Compounding.sol";

/// @notice Where growth is exact.
contract CompoundingProofs {
    /// @notice Without time nothing grows, and in a second everything grows by the rate.
    function check_growthUp(uint120 rate) external pure {
        assert(Compounding.growthUp(rate, 0) == Compounding.ONE);
        assert(Compounding.growthUp(rate, 1) == Compounding.ONE + rate);
    }
}

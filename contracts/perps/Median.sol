// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice The middle one of three values.
library Median {
    /// @notice The middle one of three values.
    function ofThree(uint256 first, uint256 second, uint256 third) internal pure returns (uint256) {
        return Math.max(Math.min(first, second), Math.min(Math.max(first, second), third));
    }
}

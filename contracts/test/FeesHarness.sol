// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Fees} from "../book/Fees.sol";

/// @notice {Fees} for tests.
contract FeesHarness {
    /// @notice See {Fees.feeUp}.
    function feeUp(uint256 notionalAtoms, int16 ppm) external pure returns (int256 feeAtoms) {
        return Fees.feeUp(notionalAtoms, ppm);
    }

    /// @notice See {Fees.payableLots}.
    function payableLots(int256 cashAtoms, uint256 lotPriceAtoms, int16 ppm) external pure returns (uint256) {
        return Fees.payableLots(cashAtoms, lotPriceAtoms, ppm);
    }
}

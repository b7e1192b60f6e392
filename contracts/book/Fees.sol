// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Fees in parts per million of notional, rounded against whoever pays or receives them.
library Fees {
    uint256 private constant _PPM = 1e6;

    /// @notice Fee on a notional: a charge is rounded up, a rebate (negative) down in size.
    /// @param notionalAtoms Below 2^96 [quote atoms].
    /// @param ppm Between −32,768 and 32,767.
    /// @return feeAtoms [quote atoms]
    function feeUp(uint256 notionalAtoms, int256 ppm) internal pure returns (int256 feeAtoms) {
        if (ppm == 0) return 0;
        unchecked {
            // Products are below 2^96 · 2^16, so nothing overflows and the casts keep value and sign.
            if (ppm > 0) return int256((notionalAtoms * uint256(ppm) + _PPM - 1) / _PPM);
            return -int256(notionalAtoms * uint256(-ppm) / _PPM);
        }
    }

    /// @notice The most lots whose price and fee a buyer can pay, exactly: the largest L with
    ///         L · lotPrice + feeUp(L · lotPrice) ≤ cash.
    /// @param cashAtoms What the buyer has [quote atoms].
    /// @param lotPriceAtoms Price of a lot, not zero [quote atoms].
    /// @dev Source: as L · lotPrice and cash are integers, the rounding of the fee does not change the comparison.
    function payableLots(int256 cashAtoms, uint256 lotPriceAtoms, int256 ppm) internal pure returns (uint256) {
        if (cashAtoms <= 0) return 0;
        unchecked {
            // A rebate is below 1e6 ppm, so the sum is positive; balances are below 2^95 and lot prices below 2^56.
            return uint256(cashAtoms) * _PPM / (lotPriceAtoms * uint256(int256(_PPM) + ppm));
        }
    }
}

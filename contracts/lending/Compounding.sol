// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Growth by a constant rate a second.
library Compounding {
    /// @notice One, in Q96.
    uint256 internal constant ONE = 1 << 96;

    /// @dev The most a factor may be: 2^31, so that no square overflows.
    uint256 private constant _MAX = 1 << 127;

    /// @notice (1 + rate)^time, each product rounded up; it stays at 2^31 once it is there [Q96].
    /// @param ratePerSecond Below 2^127 [Q96 a second].
    /// @param time Whole seconds [seconds].
    /// @dev Source: exponentiation by squaring. The factor of a sum of times is the product of their factors, to rounding.
    function growthUp(uint256 ratePerSecond, uint256 time) internal pure returns (uint256 factor) {
        if (time == 0) return ONE;
        unchecked {
            // A rate is below 2^127, and all else at most that: no product overflows.
            uint256 square = ONE + ratePerSecond;
            for (; time & 1 == 0; time >>= 1) {
                square = (square * square + ONE - 1) >> 96;
                if (square > _MAX) square = _MAX;
            }
            factor = square > _MAX ? _MAX : square;
            while ((time >>= 1) != 0) {
                square = (square * square + ONE - 1) >> 96;
                if (square > _MAX) square = _MAX;
                if (time & 1 == 0) continue;
                factor = (factor * square + ONE - 1) >> 96;
                if (factor > _MAX) factor = _MAX;
            }
        }
    }
}

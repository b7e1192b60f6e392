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
        factor = ONE;
        if (time == 0) return factor;
        uint256 square;
        unchecked {
            // A rate is below 2^127.
            square = ONE + ratePerSecond;
        }
        while (true) {
            if (time & 1 != 0) factor = _multiplyUp(factor, square);
            time >>= 1;
            if (time == 0) return factor;
            square = _multiplyUp(square, square);
        }
    }

    function _multiplyUp(uint256 a, uint256 b) private pure returns (uint256 product) {
        unchecked {
            // Both are at most 2^127.
            product = (a * b + ONE - 1) >> 96;
        }
        if (product > _MAX) product = _MAX;
    }
}

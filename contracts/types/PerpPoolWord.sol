// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What the losers of a perp have paid and its winners have not drawn yet, and what nobody paid.
/// @dev | bits | field |
///      | 0–79 | cash, in quote atoms |
///      | 80–159 | shortfall, in quote atoms |
///      | 160 | touched: keeps the word of a listed market from ever being zero |
///      | 161–255 | spare |
type PerpPoolWord is uint256;

using PerpPoolWordLib for PerpPoolWord global;

/// @notice Fields of a {PerpPoolWord}.
library PerpPoolWordLib {
    /// @notice The most that the word holds of either [quote atoms].
    uint256 internal constant MAX = (1 << 80) - 1;
    uint256 private constant _SHORTFALL_OFFSET = 80;
    uint256 private constant _TOUCHED = 1 << 160;

    /// @notice Pack both, each below 2^80 [quote atoms].
    function create(uint256 cash_, uint256 shortfall_) internal pure returns (PerpPoolWord) {
        return PerpPoolWord.wrap(cash_ | (shortfall_ << _SHORTFALL_OFFSET) | _TOUCHED);
    }

    /// @notice Whether the market is a listed perp.
    function isListed(PerpPoolWord word) internal pure returns (bool) {
        return PerpPoolWord.unwrap(word) != 0;
    }

    /// @notice What is there to be drawn [quote atoms].
    function cash(PerpPoolWord word) internal pure returns (uint256) {
        return PerpPoolWord.unwrap(word) & MAX;
    }

    /// @notice Part of recognised deficits that nobody paid [quote atoms].
    function shortfall(PerpPoolWord word) internal pure returns (uint256) {
        return (PerpPoolWord.unwrap(word) >> _SHORTFALL_OFFSET) & MAX;
    }
}

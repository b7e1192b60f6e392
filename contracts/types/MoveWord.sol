// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice The lowest and the highest price of an asset in this minute and in the one before.
/// @dev | bits | field |
///      | 0–31 | minute: seconds since 1970 / 60 |
///      | 32–87 | lowest price in that minute, in 1e-18 dollars an atom; 0 for none |
///      | 88–143 | highest price in that minute |
///      | 144–199 | lowest price in the minute before |
///      | 200–255 | highest price in the minute before |
type MoveWord is uint256;

using MoveWordLib for MoveWord global;

/// @notice Fields of a {MoveWord}. Prices are at most 2^55.
library MoveWordLib {
    uint256 private constant _MINUTE_MASK = type(uint32).max;
    uint256 private constant _PRICE_MASK = (1 << 56) - 1;
    uint256 private constant _LOW_OFFSET = 32;
    uint256 private constant _HIGH_OFFSET = 88;
    uint256 private constant _LOW_BEFORE_OFFSET = 144;
    uint256 private constant _HIGH_BEFORE_OFFSET = 200;

    /// @notice The word as it is at a time: what is a minute older has moved on.
    function at(MoveWord word, uint256 time) internal pure returns (MoveWord) {
        // Minutes fit 32 bits.
        uint256 minute = time / 1 minutes;
        uint256 last = MoveWord.unwrap(word) & _MINUTE_MASK;
        if (minute == last) return word;
        if (minute != last + 1) return MoveWord.wrap(minute);
        uint256 before = (MoveWord.unwrap(word) >> _LOW_OFFSET) & ((1 << 112) - 1);
        return MoveWord.wrap(minute | (before << _LOW_BEFORE_OFFSET));
    }

    /// @notice The lowest and the highest price of both minutes; 0 if there was none [1e-18 dollars an atom].
    function range(MoveWord word) internal pure returns (uint256 low, uint256 high) {
        low = _field(word, _LOW_OFFSET);
        high = _field(word, _HIGH_OFFSET);
        uint256 lowBefore = _field(word, _LOW_BEFORE_OFFSET);
        uint256 highBefore = _field(word, _HIGH_BEFORE_OFFSET);
        if (low == 0 || (lowBefore != 0 && lowBefore < low)) low = lowBefore;
        if (highBefore > high) high = highBefore;
    }

    /// @notice The word, as it is now, with a price of this minute [1e-18 dollars an atom].
    function withPrice(MoveWord word, uint256 price) internal pure returns (MoveWord) {
        uint256 low = _field(word, _LOW_OFFSET);
        uint256 high = _field(word, _HIGH_OFFSET);
        if (low == 0 || price < low) low = price;
        if (price > high) high = price;
        uint256 kept = MoveWord.unwrap(word) & ~((_PRICE_MASK << _LOW_OFFSET) | (_PRICE_MASK << _HIGH_OFFSET));
        return MoveWord.wrap(kept | (low << _LOW_OFFSET) | (high << _HIGH_OFFSET));
    }

    function _field(MoveWord word, uint256 offset) private pure returns (uint256) {
        return (MoveWord.unwrap(word) >> offset) & _PRICE_MASK;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Price and risk of an asset.
/// @dev | bits | field |
///      | 0–63 | price of one atom in 1e-18 dollars, 0 before the first price |
///      | 64–127 | slow price, same unit |
///      | 128–139 | confidence |
///      | 140–171 | time of the price, seconds |
///      | 172–249 | risk parameters: β 12, ι 14, b 12, gs 12, gp 12, depth 16 |
///      | 250–255 | spare |
///      Slow price, confidence and risk parameters are written once margin is lent against them.
type UnderlyingWord is uint256;

using UnderlyingWordLib for UnderlyingWord global;

/// @notice Fields of an {UnderlyingWord}.
library UnderlyingWordLib {
    uint256 private constant _PRICE_MASK = (1 << 64) - 1;
    uint256 private constant _TIME_OFFSET = 140;
    uint256 private constant _TIME_MASK = (1 << 32) - 1;

    /// @notice Price of one atom [1e-18 dollars].
    function price(UnderlyingWord word) internal pure returns (uint256) {
        return UnderlyingWord.unwrap(word) & _PRICE_MASK;
    }

    /// @notice Time of the price [seconds].
    function time(UnderlyingWord word) internal pure returns (uint256) {
        return (UnderlyingWord.unwrap(word) >> _TIME_OFFSET) & _TIME_MASK;
    }

    /// @notice The word with another price.
    function withPrice(UnderlyingWord word, uint64 price_, uint32 time_) internal pure returns (UnderlyingWord) {
        uint256 kept = UnderlyingWord.unwrap(word) & ~(_PRICE_MASK | (_TIME_MASK << _TIME_OFFSET));
        return UnderlyingWord.wrap(kept | price_ | (uint256(time_) << _TIME_OFFSET));
    }
}

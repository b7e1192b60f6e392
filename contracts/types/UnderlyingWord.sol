// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Price and risk of an asset: all that the risk engine reads of it.
/// @dev | bits | field |
///      | 0–63 | price of one atom in 1e-18 dollars, 0 before the first price |
///      | 64–127 | slow price, same unit |
///      | 128–141 | confidence of the price in basis points, 10,000 is full |
///      | 142–173 | time of the price, seconds |
///      | 174–251 | risk parameters, see {AssetRisk} |
///      | 252 | unconfirmed: a price beyond the jump bound waits for a second report |
///      | 253 | lendable: the asset's lending pool is open, so that it may be owed |
///      | 254–255 | spare |
type UnderlyingWord is uint256;

using UnderlyingWordLib for UnderlyingWord global;

/// @notice Fields of an {UnderlyingWord}.
library UnderlyingWordLib {
    uint256 private constant _PRICE_MASK = (1 << 64) - 1;
    uint256 private constant _SLOW_OFFSET = 64;
    uint256 private constant _CONFIDENCE_OFFSET = 128;
    uint256 private constant _CONFIDENCE_MASK = (1 << 14) - 1;
    uint256 private constant _TIME_OFFSET = 142;
    uint256 private constant _TIME_MASK = (1 << 32) - 1;
    uint256 private constant _RISK_OFFSET = 174;
    uint256 private constant _RISK_MASK = (1 << 78) - 1;
    uint256 private constant _UNCONFIRMED = 1 << 252;
    uint256 private constant _LENDABLE = 1 << 253;

    /// @notice Price of one atom [1e-18 dollars].
    function price(UnderlyingWord word) internal pure returns (uint256) {
        return UnderlyingWord.unwrap(word) & _PRICE_MASK;
    }

    /// @notice Slow price of one atom [1e-18 dollars].
    function slowPrice(UnderlyingWord word) internal pure returns (uint256) {
        return (UnderlyingWord.unwrap(word) >> _SLOW_OFFSET) & _PRICE_MASK;
    }

    /// @notice Confidence of the price [basis points].
    function confidenceBps(UnderlyingWord word) internal pure returns (uint256) {
        return (UnderlyingWord.unwrap(word) >> _CONFIDENCE_OFFSET) & _CONFIDENCE_MASK;
    }

    /// @notice Time of the price [seconds].
    function time(UnderlyingWord word) internal pure returns (uint256) {
        return (UnderlyingWord.unwrap(word) >> _TIME_OFFSET) & _TIME_MASK;
    }

    /// @notice Packed risk parameters, see {AssetRisk}.
    function risk(UnderlyingWord word) internal pure returns (uint256) {
        return (UnderlyingWord.unwrap(word) >> _RISK_OFFSET) & _RISK_MASK;
    }

    /// @notice Whether a price waits for its confirmation.
    function isUnconfirmed(UnderlyingWord word) internal pure returns (bool) {
        return UnderlyingWord.unwrap(word) & _UNCONFIRMED != 0;
    }

    /// @notice Whether the asset's lending pool is open, as its {PoolIndexWord} says, too.
    function isLendable(UnderlyingWord word) internal pure returns (bool) {
        return UnderlyingWord.unwrap(word) & _LENDABLE != 0;
    }

    /// @notice The word with another price, which waits for nothing.
    /// @param price_ Below 2^64, and so the slow price [1e-18 dollars an atom].
    /// @param time_ Below 2^32 [seconds].
    /// @param confidenceBps_ At most 10,000.
    function withPrice(UnderlyingWord word, uint256 price_, uint256 slowPrice_, uint256 time_, uint256 confidenceBps_)
        internal
        pure
        returns (UnderlyingWord)
    {
        uint256 kept = UnderlyingWord.unwrap(word) & ((_RISK_MASK << _RISK_OFFSET) | _LENDABLE);
        uint256 prices = price_ | (slowPrice_ << _SLOW_OFFSET);
        return UnderlyingWord.wrap(kept | prices | (confidenceBps_ << _CONFIDENCE_OFFSET) | (time_ << _TIME_OFFSET));
    }

    /// @notice The word while a price waits for its confirmation.
    function unconfirmed(UnderlyingWord word) internal pure returns (UnderlyingWord) {
        return UnderlyingWord.wrap(UnderlyingWord.unwrap(word) | _UNCONFIRMED);
    }

    /// @notice The word once the asset's lending pool is open; it stays open.
    function lendable(UnderlyingWord word) internal pure returns (UnderlyingWord) {
        return UnderlyingWord.wrap(UnderlyingWord.unwrap(word) | _LENDABLE);
    }

    /// @notice The word with other risk parameters, packed.
    function withRisk(UnderlyingWord word, uint256 risk_) internal pure returns (UnderlyingWord) {
        uint256 kept = UnderlyingWord.unwrap(word) & ~(_RISK_MASK << _RISK_OFFSET);
        return UnderlyingWord.wrap(kept | (risk_ << _RISK_OFFSET));
    }
}

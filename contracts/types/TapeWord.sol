// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What trades change in a market, and the one term only they need.
/// @dev | bits | field |
///      | 0–23 | tick of the last trade, 0 before the first |
///      | 24–63 | open interest of a perp, in lots |
///      | 64–79 | spare |
///      | 80–159 | fees collected and not yet split, in quote atoms |
///      | 160–199 | sequence: number of fills so far |
///      | 200–215 | taker fee, signed, in ppm of notional |
///      | 216 | touched: keeps the word of a listed market from ever being zero |
///      | 217–255 | open interest cap of a perp, in lots |
type TapeWord is uint256;

using TapeWordLib for TapeWord global;

/// @notice Fields of a {TapeWord}.
library TapeWordLib {
    uint256 private constant _TICK_MASK = (1 << 24) - 1;
    uint256 private constant _FEES_OFFSET = 80;
    uint256 private constant _FEES_MASK = (1 << 80) - 1;
    uint256 private constant _SEQUENCE_OFFSET = 160;
    uint256 private constant _SEQUENCE_MASK = (1 << 40) - 1;
    uint256 private constant _TAKER_OFFSET = 200;
    uint256 private constant _TOUCHED = 1 << 216;
    uint256 private constant _INTEREST_OFFSET = 24;
    uint256 private constant _INTEREST_MASK = (1 << 40) - 1;
    uint256 private constant _CAP_OFFSET = 217;

    /// @notice The tape of a market without trades.
    function create(int16 takerPpm_) internal pure returns (TapeWord) {
        // The cast of the signed fee keeps its 16 bits.
        return TapeWord.wrap((uint256(uint16(takerPpm_)) << _TAKER_OFFSET) | _TOUCHED);
    }

    /// @notice Whether the market is listed.
    function isListed(TapeWord word) internal pure returns (bool) {
        return TapeWord.unwrap(word) != 0;
    }

    /// @notice Tick of the last trade, 0 before the first.
    function lastTick(TapeWord word) internal pure returns (uint256) {
        return TapeWord.unwrap(word) & _TICK_MASK;
    }

    /// @notice Fees not yet split [quote atoms].
    function fees(TapeWord word) internal pure returns (uint256) {
        return (TapeWord.unwrap(word) >> _FEES_OFFSET) & _FEES_MASK;
    }

    /// @notice Number of fills so far.
    function sequence(TapeWord word) internal pure returns (uint256) {
        return (TapeWord.unwrap(word) >> _SEQUENCE_OFFSET) & _SEQUENCE_MASK;
    }

    /// @notice Taker fee [ppm of notional].
    function takerPpm(TapeWord word) internal pure returns (int256) {
        // The casts keep the 16 bits of the field and extend its sign.
        return int16(uint16(TapeWord.unwrap(word) >> _TAKER_OFFSET));
    }

    /// @notice Open interest of a perp: all its long positions together [lots].
    function openInterest(TapeWord word) internal pure returns (uint256) {
        return (TapeWord.unwrap(word) >> _INTEREST_OFFSET) & _INTEREST_MASK;
    }

    /// @notice The most open interest of a perp [lots].
    function openInterestCap(TapeWord word) internal pure returns (uint256) {
        return TapeWord.unwrap(word) >> _CAP_OFFSET;
    }

    /// @notice The word with another open interest, below 2^40 [lots].
    function withOpenInterest(TapeWord word, uint256 lots) internal pure returns (TapeWord) {
        uint256 kept = TapeWord.unwrap(word) & ~(_INTEREST_MASK << _INTEREST_OFFSET);
        return TapeWord.wrap(kept | (lots << _INTEREST_OFFSET));
    }

    /// @notice The word with another open interest cap, below 2^39 [lots].
    function withOpenInterestCap(TapeWord word, uint256 lots) internal pure returns (TapeWord) {
        uint256 kept = TapeWord.unwrap(word) & ((uint256(1) << _CAP_OFFSET) - 1);
        return TapeWord.wrap(kept | (lots << _CAP_OFFSET));
    }

    /// @notice The word after trades: last tick, fees and number of fills.
    /// @param feeAtoms Fees of the trades, net of rebates [quote atoms].
    /// @dev Fees never exceed what the exchange holds of the quote asset, which is below 2^79 atoms. The sequence may
    ///      wrap after 2^40 fills without harm: nothing but logs reads it.
    function afterTrades(TapeWord word, uint256 lastTick_, uint256 feeAtoms, uint256 sequence_)
        internal
        pure
        returns (TapeWord)
    {
        unchecked {
            uint256 kept = TapeWord.unwrap(word) & ~(_TICK_MASK | (_SEQUENCE_MASK << _SEQUENCE_OFFSET));
            uint256 moved = lastTick_ | ((sequence_ & _SEQUENCE_MASK) << _SEQUENCE_OFFSET);
            return TapeWord.wrap((kept | moved) + (feeAtoms << _FEES_OFFSET));
        }
    }

    /// @notice The word with other fees not yet split, below 2^80 [quote atoms].
    function withFees(TapeWord word, uint256 feeAtoms) internal pure returns (TapeWord) {
        return TapeWord.wrap((TapeWord.unwrap(word) & ~(_FEES_MASK << _FEES_OFFSET)) | (feeAtoms << _FEES_OFFSET));
    }
}

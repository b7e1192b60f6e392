// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice Who has an active standby line for an account, and what was drawn of all of them.
/// @dev | bits | field |
///      | 0–127 | accounts of up to four lenders, 32 bits each, the eldest lowest, without gaps; 0 for none |
///      | 128–207 | drawn and not repaid, in quote atoms |
///      | 208 | touched: keeps a used word from ever being zero |
///      | 209–255 | spare |
type LinesWord is uint256;

using LinesWordLib for LinesWord global;

/// @notice Fields of a {LinesWord}.
library LinesWordLib {
    /// @notice The most lines of an account.
    uint256 internal constant MAX_LINES = 4;

    uint256 private constant _ID_BITS = 32;
    uint256 private constant _ID_MASK = type(uint32).max;
    uint256 private constant _IDS_MASK = (1 << 128) - 1;
    uint256 private constant _DRAWN_OFFSET = 128;
    uint256 private constant _DRAWN_MASK = (1 << 80) - 1;
    uint256 private constant _TOUCHED = 1 << 208;

    /// @notice Account of a lender; 0 if there are not so many.
    function lender(LinesWord word, uint256 place) internal pure returns (uint256) {
        return (LinesWord.unwrap(word) >> (place * _ID_BITS)) & _ID_MASK;
    }

    /// @notice Whether there is room for one more.
    function isFull(LinesWord word) internal pure returns (bool) {
        return word.lender(MAX_LINES - 1) != 0;
    }

    /// @notice Drawn of all lines and not repaid [quote atoms].
    function drawn(LinesWord word) internal pure returns (uint256) {
        return (LinesWord.unwrap(word) >> _DRAWN_OFFSET) & _DRAWN_MASK;
    }

    /// @notice The word with one more lender; there is room.
    function withLender(LinesWord word, uint256 lenderId) internal pure returns (LinesWord) {
        uint256 place;
        while (word.lender(place) != 0) ++place;
        return LinesWord.wrap(LinesWord.unwrap(word) | (lenderId << (place * _ID_BITS)) | _TOUCHED);
    }

    /// @notice The word without a lender; those behind him move up.
    function withoutLender(LinesWord word, uint256 lenderId) internal pure returns (LinesWord) {
        for (uint256 place = 0; place < MAX_LINES; ++place) {
            if (word.lender(place) != lenderId) continue;
            uint256 ids = LinesWord.unwrap(word) & _IDS_MASK;
            uint256 kept = ids & ((uint256(1) << (place * _ID_BITS)) - 1);
            uint256 behind = (ids >> ((place + 1) * _ID_BITS)) << (place * _ID_BITS);
            return LinesWord.wrap((LinesWord.unwrap(word) & ~_IDS_MASK) | kept | behind);
        }
        return word;
    }

    /// @notice The word with another drawn amount, below 2^80 [quote atoms].
    function withDrawn(LinesWord word, uint256 drawn_) internal pure returns (LinesWord) {
        uint256 kept = LinesWord.unwrap(word) & ~(_DRAWN_MASK << _DRAWN_OFFSET);
        return LinesWord.wrap(kept | (drawn_ << _DRAWN_OFFSET) | _TOUCHED);
    }
}

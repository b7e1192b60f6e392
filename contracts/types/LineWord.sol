// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice A standby line of a lender's account for another.
/// @dev | bits | field |
///      | 0–79 | locked: undrawn, in quote atoms |
///      | 80–159 | drawn and not repaid; while it is only offered, its fee; in quote atoms |
///      | 160–191 | expiry, the last second at which it may be accepted or drawn |
///      | 192–223 | time from which it may be closed, 0 before notice, seconds |
///      | 224–225 | state: 0 none, 1 offered, 2 active |
///      | 226 | touched: keeps a used word from ever being zero |
///      | 227–255 | spare |
type LineWord is uint256;

using LineWordLib for LineWord global;

/// @notice Fields of a {LineWord}.
library LineWordLib {
    uint256 private constant _ATOMS_MASK = (1 << 80) - 1;
    uint256 private constant _DRAWN_OFFSET = 80;
    uint256 private constant _EXPIRY_OFFSET = 160;
    uint256 private constant _CLOSES_OFFSET = 192;
    uint256 private constant _TIME_MASK = type(uint32).max;
    uint256 private constant _STATE_MASK = 3 << 224;
    uint256 private constant _OFFERED = 1 << 224;
    uint256 private constant _ACTIVE = 2 << 224;
    uint256 private constant _TOUCHED = 1 << 226;

    /// @notice The word of a line that is offered, amounts below 2^80 [quote atoms].
    function offered(uint256 locked_, uint256 fee_, uint256 expiry_) internal pure returns (LineWord) {
        return LineWord.wrap(locked_ | (fee_ << _DRAWN_OFFSET) | (expiry_ << _EXPIRY_OFFSET) | _OFFERED | _TOUCHED);
    }

    /// @notice The word of a line that is no more.
    function none() internal pure returns (LineWord) {
        return LineWord.wrap(_TOUCHED);
    }

    /// @notice The word of an offered line once it is accepted: nothing is drawn.
    function accepted(LineWord word) internal pure returns (LineWord) {
        uint256 kept = LineWord.unwrap(word) & ~((_ATOMS_MASK << _DRAWN_OFFSET) | _STATE_MASK);
        return LineWord.wrap(kept | _ACTIVE);
    }

    /// @notice Undrawn [quote atoms].
    function locked(LineWord word) internal pure returns (uint256) {
        return LineWord.unwrap(word) & _ATOMS_MASK;
    }

    /// @notice Drawn and not repaid; of an offer its fee [quote atoms].
    function drawn(LineWord word) internal pure returns (uint256) {
        return (LineWord.unwrap(word) >> _DRAWN_OFFSET) & _ATOMS_MASK;
    }

    /// @notice The last second at which it may be accepted or drawn.
    function expiry(LineWord word) internal pure returns (uint256) {
        return (LineWord.unwrap(word) >> _EXPIRY_OFFSET) & _TIME_MASK;
    }

    /// @notice Time from which it may be closed; 0 before notice [seconds].
    function closesAt(LineWord word) internal pure returns (uint256) {
        return (LineWord.unwrap(word) >> _CLOSES_OFFSET) & _TIME_MASK;
    }

    /// @notice Whether there is no line.
    function isNone(LineWord word) internal pure returns (bool) {
        return LineWord.unwrap(word) & _STATE_MASK == 0;
    }

    /// @notice Whether it waits to be accepted.
    function isOffered(LineWord word) internal pure returns (bool) {
        return LineWord.unwrap(word) & _STATE_MASK == _OFFERED;
    }

    /// @notice Whether it was accepted.
    function isActive(LineWord word) internal pure returns (bool) {
        return LineWord.unwrap(word) & _STATE_MASK == _ACTIVE;
    }

    /// @notice What can be drawn of it at a time [quote atoms].
    function available(LineWord word, uint256 time) internal pure returns (uint256) {
        return word.isActive() && time <= word.expiry() ? word.locked() : 0;
    }

    /// @notice The word with other amounts, below 2^80 [quote atoms].
    function withAmounts(LineWord word, uint256 locked_, uint256 drawn_) internal pure returns (LineWord) {
        uint256 kept = LineWord.unwrap(word) & ~(_ATOMS_MASK | (_ATOMS_MASK << _DRAWN_OFFSET));
        return LineWord.wrap(kept | locked_ | (drawn_ << _DRAWN_OFFSET));
    }

    /// @notice The word with notice given [seconds].
    function withNotice(LineWord word, uint256 closesAt_) internal pure returns (LineWord) {
        uint256 kept = LineWord.unwrap(word) & ~(_TIME_MASK << _CLOSES_OFFSET);
        return LineWord.wrap(kept | (closesAt_ << _CLOSES_OFFSET));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice What liquidation counts of all accounts together, and where the backstop is.
/// @dev | bits | field |
///      | 0–31 | flagged accounts |
///      | 32–63 | flagged accounts for which funds have paid |
///      | 64–143 | bonds, in quote atoms |
///      | 144–222 | locked in standby lines, offered and active, in quote atoms |
///      | 223 | touched: keeps a used word from ever being zero |
///      | 224–255 | account whose quote balance is the backstop, 0 for none |
type LiquidationWord is uint256;

using LiquidationWordLib for LiquidationWord global;

/// @notice Fields of a {LiquidationWord}. Sums are below 2^79, as all atoms of an asset are.
library LiquidationWordLib {
    uint256 private constant _COUNT_MASK = type(uint32).max;
    uint256 private constant _ATOMS_MASK = (1 << 80) - 1;
    uint256 private constant _DEFICIT_OFFSET = 32;
    uint256 private constant _BONDS_OFFSET = 64;
    uint256 private constant _LINES_OFFSET = 144;
    uint256 private constant _LINES_MASK = (1 << 79) - 1;
    uint256 private constant _TOUCHED = 1 << 223;
    uint256 private constant _BACKSTOP_OFFSET = 224;

    /// @notice Flagged accounts.
    function flagged(LiquidationWord word) internal pure returns (uint256) {
        return LiquidationWord.unwrap(word) & _COUNT_MASK;
    }

    /// @notice Flagged accounts for which funds have paid.
    function inDeficit(LiquidationWord word) internal pure returns (uint256) {
        return (LiquidationWord.unwrap(word) >> _DEFICIT_OFFSET) & _COUNT_MASK;
    }

    /// @notice All bonds [quote atoms].
    function bonds(LiquidationWord word) internal pure returns (uint256) {
        return (LiquidationWord.unwrap(word) >> _BONDS_OFFSET) & _ATOMS_MASK;
    }

    /// @notice All that is locked in standby lines [quote atoms].
    function lines(LiquidationWord word) internal pure returns (uint256) {
        return (LiquidationWord.unwrap(word) >> _LINES_OFFSET) & _LINES_MASK;
    }

    /// @notice Account of the backstop; 0 for none.
    function backstop(LiquidationWord word) internal pure returns (uint256) {
        return LiquidationWord.unwrap(word) >> _BACKSTOP_OFFSET;
    }

    /// @notice The word with one flagged account more or fewer; there are fewer than accounts.
    function withFlagged(LiquidationWord word, bool more) internal pure returns (LiquidationWord) {
        return _plus(word, more ? int256(1) : -1, 0);
    }

    /// @notice The word with one account in deficit more or fewer.
    function withDeficit(LiquidationWord word, bool more) internal pure returns (LiquidationWord) {
        return _plus(word, more ? int256(1) : -1, _DEFICIT_OFFSET);
    }

    /// @notice The word with bonds changed [quote atoms].
    function withBonds(LiquidationWord word, int256 atoms) internal pure returns (LiquidationWord) {
        return _plus(word, atoms, _BONDS_OFFSET);
    }

    /// @notice The word with what is locked in lines changed [quote atoms].
    function withLines(LiquidationWord word, int256 atoms) internal pure returns (LiquidationWord) {
        return _plus(word, atoms, _LINES_OFFSET);
    }

    /// @notice The word with a backstop.
    function withBackstop(LiquidationWord word, uint256 accountId) internal pure returns (LiquidationWord) {
        return LiquidationWord.wrap(LiquidationWord.unwrap(word) | (accountId << _BACKSTOP_OFFSET));
    }

    /// @dev The word with a field changed, marked as touched. Nothing is taken that was not added before, so no field carries.
    function _plus(LiquidationWord word, int256 amount, uint256 offset) private pure returns (LiquidationWord) {
        unchecked {
            return LiquidationWord.wrap((LiquidationWord.unwrap(word) | _TOUCHED) + (uint256(amount) << offset));
        }
    }
}

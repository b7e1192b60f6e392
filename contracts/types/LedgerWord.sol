// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";

/// @notice What an account has of an asset, and what its open orders would move.
/// @dev | bits | field |
///      | 0–75 | open bids: atoms that resting spot bids would bring in |
///      | 76–151 | open asks: atoms that resting spot asks would take out |
///      | 152–159 | flags: bit 0 lent, bit 1 frozen (open orders are dead), bit 2 touched (keeps a used word from ever being zero) |
///      | 160–255 | balance, signed: custody in atoms; supply shares of the pool if it is lent; borrow shares if negative |
///      The totals of a spot market are kept in the word of its base asset alone; in their place the word of the quote
///      asset, which is no market's base, has what a {CashWord} has.
type LedgerWord is uint256;

using LedgerWordLib for LedgerWord global;

/// @notice Fields of a {LedgerWord}.
/// @dev Additions to one field do not carry into the next as long as each field stays within its width: balances are
///      at most {LedgerWordLib.MAX_HELD_ATOMS} because the exchange never holds more of an asset, open totals are
///      checked when an order is placed, and nothing is subtracted that was not added before (BOOK-4).
library LedgerWordLib {
    /// @notice The most atoms of one asset that the exchange holds, of all accounts together.
    uint256 internal constant MAX_HELD_ATOMS = (1 << 79) - 1;

    uint256 private constant _ASKS_OFFSET = 76;
    uint256 private constant _BALANCE_OFFSET = 160;
    uint256 private constant _OPEN_MASK = (1 << 76) - 1;
    uint256 private constant _LENT = 1 << 152;
    uint256 private constant _FROZEN = 1 << 153;
    uint256 private constant _SIGN = 1 << 255;
    uint256 private constant _TOUCHED = 1 << 154;

    /// @notice Signed balance, of {isCustody} in atoms, else in shares.
    function balance(LedgerWord word) internal pure returns (int256) {
        // An arithmetic shift keeps the sign of the topmost field.
        return int256(LedgerWord.unwrap(word)) >> _BALANCE_OFFSET;
    }

    /// @notice Whether what is positive is lent.
    function isLent(LedgerWord word) internal pure returns (bool) {
        return LedgerWord.unwrap(word) & _LENT != 0;
    }

    /// @notice Whether its open orders are dead: their account was flagged.
    function isFrozen(LedgerWord word) internal pure returns (bool) {
        return LedgerWord.unwrap(word) & _FROZEN != 0;
    }

    /// @notice Whether what is positive is lent, or open orders are dead.
    function isLentOrFrozen(LedgerWord word) internal pure returns (bool) {
        return LedgerWord.unwrap(word) & (_LENT | _FROZEN) != 0;
    }

    /// @notice The word, of which open orders are dead or not, marked as touched.
    function withFrozen(LedgerWord word, bool frozen) internal pure returns (LedgerWord) {
        uint256 kept = LedgerWord.unwrap(word.touched()) & ~_FROZEN;
        return LedgerWord.wrap(frozen ? kept | _FROZEN : kept);
    }

    /// @notice Whether the balance is in atoms: neither lent nor owed.
    function isCustody(LedgerWord word) internal pure returns (bool) {
        return LedgerWord.unwrap(word) & (_LENT | _SIGN) == 0;
    }

    /// @notice Whether the balance is in atoms and still is after some are added, so that no pool is touched.
    function isCustodyAfter(LedgerWord word, int256 atoms) internal pure returns (bool) {
        return (LedgerWord.unwrap(word) | LedgerWord.unwrap(word.add(atoms))) & (_LENT | _SIGN) == 0;
    }

    /// @notice Whether two balances are in atoms, neither lent nor owed, and still are after a trade.
    function stayCustody(LedgerWord one, LedgerWord other, LedgerWord newOne, LedgerWord newOther)
        internal
        pure
        returns (bool)
    {
        uint256 all = LedgerWord.unwrap(one) | LedgerWord.unwrap(other) | LedgerWord.unwrap(newOne);
        return (all | LedgerWord.unwrap(newOther)) & (_LENT | _SIGN) == 0;
    }

    /// @notice The word lent or not.
    function withLent(LedgerWord word, bool lent) internal pure returns (LedgerWord) {
        uint256 kept = LedgerWord.unwrap(word) & ~_LENT;
        return LedgerWord.wrap(lent ? kept | _LENT : kept);
    }

    /// @notice Total of resting bids [atoms].
    function openBids(LedgerWord word) internal pure returns (uint256) {
        return LedgerWord.unwrap(word) & _OPEN_MASK;
    }

    /// @notice Total of resting asks [atoms].
    function openAsks(LedgerWord word) internal pure returns (uint256) {
        return (LedgerWord.unwrap(word) >> _ASKS_OFFSET) & _OPEN_MASK;
    }

    /// @notice Whether neither a balance nor an open order is left.
    function isEmpty(LedgerWord word) internal pure returns (bool) {
        return LedgerWord.unwrap(word) & ~(uint256(0xff) << 152) == 0;
    }

    /// @notice Whether there is neither a debt nor an open order.
    function isBare(LedgerWord word, uint256 assetId) internal pure returns (bool) {
        if (word.balance() < 0) return false;
        // The quote asset's word has no open orders.
        return assetId == 0 || word.openBids() | word.openAsks() == 0;
    }

    /// @notice The word marked as touched.
    function touched(LedgerWord word) internal pure returns (LedgerWord) {
        return LedgerWord.wrap(LedgerWord.unwrap(word) | _TOUCHED);
    }

    /// @notice The word with `atoms` added to the balance; the result may be negative.
    function add(LedgerWord word, int256 atoms) internal pure returns (LedgerWord) {
        unchecked {
            // The balance is the topmost field: two's complement addition there touches no other.
            return LedgerWord.wrap(LedgerWord.unwrap(word) + (uint256(atoms) << _BALANCE_OFFSET));
        }
    }

    /// @notice The word with `atoms` more in the open total of one side.
    /// @param fits False if the total does not fit in 76 bits; the word is then meaningless.
    function open(LedgerWord word, bool isAsk, uint256 atoms) internal pure returns (LedgerWord result, bool fits) {
        unchecked {
            // An order's atoms are below 2^104.
            fits = (isAsk ? word.openAsks() : word.openBids()) + atoms <= _OPEN_MASK;
            result = LedgerWord.wrap(LedgerWord.unwrap(word) + _inOpen(isAsk, atoms));
        }
    }

    /// @notice The word with `atoms` less in the open total of one side.
    function close(LedgerWord word, bool isAsk, uint256 atoms) internal pure returns (LedgerWord) {
        unchecked {
            return LedgerWord.wrap(LedgerWord.unwrap(word) - _inOpen(isAsk, atoms));
        }
    }

    function _inOpen(bool isAsk, uint256 atoms) private pure returns (uint256) {
        unchecked {
            // A shift by zero or the offset, without a branch.
            return atoms << (LibBit.toUint(isAsk) * _ASKS_OFFSET);
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {LedgerWord} from "./LedgerWord.sol";

/// @notice What an account has of a perp, and what its open orders would move.
/// @dev | bits | field |
///      | 0–39 | open bids, in lots |
///      | 40–75 | size, signed, in lots |
///      | 76–115 | open asks, in lots |
///      | 116–149 | entry: average funding index of the open lots when they were opened, or when the position was settled
///                  last, in 2^-10 ticks, modulo 2^34; for reading alone |
///      | 150–151 | spare |
///      | 152–159 | flags, as in a {LedgerWord} |
///      | 160–255 | cash, signed, in tick-lots·2^-24 |
///      A tick-lot is a lot at tick 1. Every trade is booked at its price less the market's funding index F, so that
///      size · (mark − F) + cash is what a position would receive: funding needs no word of its own. Cash counts modulo 2^96:
///      what a position is worth is right as long as that fits. Open totals and the topmost field are where a {LedgerWord} has
///      them, so that closing an order is the same for both.
type PositionWord is uint256;

using PositionWordLib for PositionWord global;

/// @notice Fields of a {PositionWord}.
library PositionWordLib {
    /// @notice Fraction of a tick that cash, marks and funding count in [bits].
    uint256 internal constant FRACTION_BITS = 24;

    uint256 private constant _OPEN_MASK = (1 << 40) - 1;
    uint256 private constant _SIZE_OFFSET = 40;
    uint256 private constant _SIZE_MASK = (1 << 36) - 1;
    uint256 private constant _ASKS_OFFSET = 76;
    uint256 private constant _ENTRY_OFFSET = 116;
    uint256 private constant _ENTRY_MASK = (1 << 34) - 1;
    /// @dev From 2^-24 ticks to the 2^-10 of an entry.
    uint256 private constant _ENTRY_SHIFT = 14;
    uint256 private constant _CASH_OFFSET = 160;
    uint256 private constant _FROZEN = 1 << 153;
    uint256 private constant _TOUCHED = 1 << 154;

    /// @notice A word of a position, read where a market's open totals are.
    function fromLedger(LedgerWord word) internal pure returns (PositionWord) {
        return PositionWord.wrap(LedgerWord.unwrap(word));
    }

    /// @notice The word as one whose totals are closed like a ledger's.
    function toLedger(PositionWord word) internal pure returns (LedgerWord) {
        return LedgerWord.wrap(PositionWord.unwrap(word));
    }

    /// @notice Signed size [lots].
    function size(PositionWord word) internal pure returns (int256) {
        // The shifts move the field to the top and back, extending its sign.
        return int256(PositionWord.unwrap(word) << (256 - 36 - _SIZE_OFFSET)) >> (256 - 36);
    }

    /// @notice Signed cash [tick-lots·2^-24].
    function cash(PositionWord word) internal pure returns (int256) {
        // An arithmetic shift keeps the sign of the topmost field.
        return int256(PositionWord.unwrap(word)) >> _CASH_OFFSET;
    }

    /// @notice Total of resting bids [lots].
    function openBids(PositionWord word) internal pure returns (uint256) {
        return PositionWord.unwrap(word) & _OPEN_MASK;
    }

    /// @notice Total of resting asks [lots].
    function openAsks(PositionWord word) internal pure returns (uint256) {
        return (PositionWord.unwrap(word) >> _ASKS_OFFSET) & _OPEN_MASK;
    }

    /// @notice Average funding index of the open lots at their entry, modulo 2^34 [2^-10 ticks].
    function entry(PositionWord word) internal pure returns (uint256) {
        return (PositionWord.unwrap(word) >> _ENTRY_OFFSET) & _ENTRY_MASK;
    }

    /// @notice What a position would receive at a mark, kept modulo 2^96 as its cash is [tick-lots·2^-24].
    /// @param size_ [lots]
    /// @param cash_ [tick-lots·2^-24]
    /// @param markTicks [ticks·2^-24]
    /// @param fundingTicks The funding index [ticks·2^-24].
    function unitsAt(int256 size_, int256 cash_, uint256 markTicks, int256 fundingTicks)
        internal
        pure
        returns (int256)
    {
        unchecked {
            // A preview's 97 bits times 65 bits at most; the cast keeps the low 96 bits and extends their sign.
            return int96(size_ * (int256(markTicks) - fundingTicks) + cash_);
        }
    }

    /// @notice Units of cash in quote atoms, rounded down [quote atoms].
    /// @param tickValue Price of one lot at tick 1, below 2^32 [quote atoms].
    function atomsDown(int256 units, uint256 tickValue) internal pure returns (int256) {
        unchecked {
            // Units are below 2^160; an arithmetic shift rounds down.
            return (units * int256(tickValue)) >> FRACTION_BITS;
        }
    }

    /// @notice Whether there is neither a position, nor cash, nor an open order.
    function isEmpty(PositionWord word) internal pure returns (bool) {
        uint256 ignored = (uint256(0xff) << 152) | (_ENTRY_MASK << _ENTRY_OFFSET);
        return PositionWord.unwrap(word) & ~ignored == 0;
    }

    /// @notice Whether its open orders are dead: their account was flagged.
    function isFrozen(PositionWord word) internal pure returns (bool) {
        return PositionWord.unwrap(word) & _FROZEN != 0;
    }

    /// @notice A negative number if its open orders are dead; of no other meaning.
    function frozenSign(PositionWord word) internal pure returns (int256) {
        // The flag becomes the sign.
        return int256(PositionWord.unwrap(word) << (255 - 153));
    }

    /// @notice The word marked as touched.
    function touched(PositionWord word) internal pure returns (PositionWord) {
        return PositionWord.wrap(PositionWord.unwrap(word) | _TOUCHED);
    }

    /// @notice The word with `lots` more in the open total of one side.
    /// @param fits False if the total does not fit in 40 bits; the word is then meaningless.
    function open(PositionWord word, bool isAsk, uint256 lots) internal pure returns (PositionWord result, bool fits) {
        unchecked {
            // An order's lots are below 2^40.
            uint256 offset = LibBit.toUint(isAsk) * _ASKS_OFFSET;
            fits = ((PositionWord.unwrap(word) >> offset) & _OPEN_MASK) + lots <= _OPEN_MASK;
            result = PositionWord.wrap(PositionWord.unwrap(word) + (lots << offset));
        }
    }

    /// @notice The word with `lots` less in the open total of one side, as a {LedgerWord} is closed.
    function close(PositionWord word, bool isAsk, uint256 lots) internal pure returns (PositionWord) {
        unchecked {
            // Nothing is subtracted that was not added before. Shifts of zero or the offset, without a branch.
            return PositionWord.wrap(PositionWord.unwrap(word) - (lots << (LibBit.toUint(isAsk) * _ASKS_OFFSET)));
        }
    }

    /// @notice The word after a trade, marked as touched.
    /// @param before Its size [lots].
    /// @param later Size after the trade: within the position cap, so within 36 bits [lots].
    /// @param units Change of cash, fee included [tick-lots·2^-24].
    /// @param fundingTicks The funding index [ticks·2^-24].
    function traded(PositionWord word, int256 before, int256 later, int256 units, int256 fundingTicks)
        internal
        pure
        returns (PositionWord)
    {
        uint256 kept = PositionWord.unwrap(word) & ~(_SIZE_MASK << _SIZE_OFFSET);
        // The mask keeps the low 36 bits of two's complement.
        kept |= ((uint256(later) & _SIZE_MASK) << _SIZE_OFFSET) | _TOUCHED;
        uint256 entry_ = word.entry();
        // Lots that close leave the average as it is, and so do all while the index has not moved.
        if (entry_ != entryOf(fundingTicks) && !_reduces(before, later)) {
            kept &= ~(_ENTRY_MASK << _ENTRY_OFFSET);
            kept |= _averaged(entry_, before, later, fundingTicks) << _ENTRY_OFFSET;
        }
        unchecked {
            // Cash is the topmost field: two's complement addition there touches no other.
            return PositionWord.wrap(kept + (uint256(units) << _CASH_OFFSET));
        }
    }

    /// @notice The word with a change of cash, and another entry.
    /// @param units [tick-lots·2^-24]
    /// @param newEntry Modulo 2^34 [2^-10 ticks].
    function settled(PositionWord word, int256 units, uint256 newEntry) internal pure returns (PositionWord) {
        uint256 kept = PositionWord.unwrap(word) & ~(_ENTRY_MASK << _ENTRY_OFFSET);
        unchecked {
            // Cash is the topmost field: two's complement addition there touches no other.
            return PositionWord.wrap((kept | (newEntry << _ENTRY_OFFSET)) + (uint256(units) << _CASH_OFFSET));
        }
    }

    /// @notice A funding index as an entry, rounded down, modulo 2^34 [2^-10 ticks].
    /// @param fundingTicks [ticks·2^-24]
    function entryOf(int256 fundingTicks) internal pure returns (uint256) {
        // The mask keeps the low bits of two's complement.
        return uint256(fundingTicks >> _ENTRY_SHIFT) & _ENTRY_MASK;
    }

    /// @notice What the funding index has moved since an entry [2^-10 ticks].
    /// @param fundingTicks The funding index now [ticks·2^-24].
    function movedSince(uint256 entry_, int256 fundingTicks) internal pure returns (int256) {
        unchecked {
            // The difference is kept modulo 2^34: the shifts move it to the top and back, extending its sign.
            return int256((entryOf(fundingTicks) - entry_) << (256 - 34)) >> (256 - 34);
        }
    }

    /// @dev Whether a position comes closer to zero without passing it.
    function _reduces(int256 before, int256 later) private pure returns (bool) {
        return before < 0 ? later < 0 && later >= before : later > 0 && later <= before;
    }

    /// @dev The average entry after lots were added, or that of now for a position begun anew.
    function _averaged(uint256 entry_, int256 before, int256 later, int256 fundingTicks)
        private
        pure
        returns (uint256)
    {
        uint256 now_ = entryOf(fundingTicks);
        // Signs differ, or there was none or is none left.
        if ((before ^ later) < 0 || before == 0 || later == 0) return now_;
        unchecked {
            // 34 bits times 36 bits; of the same sign, the quotient of sizes is at most one.
            return (now_ - uint256(movedSince(entry_, fundingTicks) * before / later)) & _ENTRY_MASK;
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";

/// @notice All that the value of a position takes from its market; zero for a market that is no perp.
/// @dev | bits | field |
///      | 0–47 | mark, in ticks·2^-24; 0 before the first price |
///      | 48–127 | funding index F, signed, in ticks·2^-40: what a lot has paid since the listing |
///      | 128–151 | funding rate, signed, in 1e-8 of the mark for 8 hours |
///      | 152–183 | time up to which F is counted, seconds |
///      | 184–215 | time until which the rate holds, seconds: 300 after the newest sample |
///      | 216–247 | tick value: price of one lot at tick 1, in quote atoms |
///      | 248–255 | position cap of an account: a code c for (8 + c mod 8) · 2^(c / 8) lots |
type MarkWord is uint256;

using MarkWordLib for MarkWord global;

/// @notice Fields of a {MarkWord}.
library MarkWordLib {
    /// @notice Seconds for which a funding rate is given.
    uint256 internal constant RATE_SECONDS = 8 hours;
    /// @notice One, in the unit of rates and samples.
    uint256 internal constant RATE_ONE = 1e8;

    uint256 private constant _MARK_MASK = (1 << 48) - 1;
    uint256 private constant _FUNDING_OFFSET = 48;
    uint256 private constant _FUNDING_MASK = (1 << 80) - 1;
    uint256 private constant _RATE_OFFSET = 128;
    uint256 private constant _RATE_MASK = (1 << 24) - 1;
    uint256 private constant _TIME_OFFSET = 152;
    uint256 private constant _UNTIL_OFFSET = 184;
    uint256 private constant _TICK_VALUE_OFFSET = 216;
    uint256 private constant _CAP_OFFSET = 248;
    /// @dev From ticks·2^-40 to ticks·2^-24, or back.
    uint256 private constant _FUNDING_SHIFT = 16;

    /// @notice The word of a new market.
    /// @param capCode Code of the position cap, below 256.
    function create(uint256 tickValue_, uint256 capCode, uint256 time_) internal pure returns (MarkWord) {
        return MarkWord.wrap((tickValue_ << _TICK_VALUE_OFFSET) | (capCode << _CAP_OFFSET) | (time_ << _TIME_OFFSET));
    }

    /// @notice Whether the market is a listed perp: its tick value is not zero.
    function isListed(MarkWord word) internal pure returns (bool) {
        return MarkWord.unwrap(word) != 0;
    }

    /// @notice Mark [ticks·2^-24].
    function mark(MarkWord word) internal pure returns (uint256) {
        return MarkWord.unwrap(word) & _MARK_MASK;
    }

    /// @notice Funding index as of {time} [ticks·2^-40].
    function funding(MarkWord word) internal pure returns (int256) {
        // The shifts move the field to the top and back, extending its sign.
        return int256(MarkWord.unwrap(word) << (256 - 80 - _FUNDING_OFFSET)) >> (256 - 80);
    }

    /// @notice Funding rate [1e-8 of the mark for 8 hours].
    function rate(MarkWord word) internal pure returns (int256) {
        // The casts keep the 24 bits of the field and extend its sign.
        return int24(uint24(MarkWord.unwrap(word) >> _RATE_OFFSET));
    }

    /// @notice Time up to which the funding index is counted [seconds].
    function time(MarkWord word) internal pure returns (uint256) {
        return (MarkWord.unwrap(word) >> _TIME_OFFSET) & type(uint32).max;
    }

    /// @notice Time until which the rate holds; 0 before the first sample [seconds].
    function until(MarkWord word) internal pure returns (uint256) {
        return (MarkWord.unwrap(word) >> _UNTIL_OFFSET) & type(uint32).max;
    }

    /// @notice Price of one lot at tick 1 [quote atoms].
    function tickValue(MarkWord word) internal pure returns (uint256) {
        return (MarkWord.unwrap(word) >> _TICK_VALUE_OFFSET) & type(uint32).max;
    }

    /// @notice The largest position of an account [lots].
    function positionCap(MarkWord word) internal pure returns (uint256) {
        return capOf(MarkWord.unwrap(word) >> _CAP_OFFSET);
    }

    /// @notice Lots of a code.
    function capOf(uint256 capCode) internal pure returns (uint256) {
        unchecked {
            // At most 15 · 2^31.
            return (8 + (capCode & 7)) << (capCode >> 3);
        }
    }

    /// @notice The code of so many lots.
    /// @return capCode Below 256, meaningless if it is not exact.
    /// @return isExact Whether a code has exactly so many lots.
    function capCodeOf(uint256 lots) internal pure returns (uint256 capCode, bool isExact) {
        if (lots < 8 || lots > capOf(type(uint8).max)) return (0, false);
        unchecked {
            // From 8 lots up the highest bit is at least the third, and at most the 34th.
            uint256 shift = LibBit.fls(lots) - 3;
            capCode = (shift << 3) | ((lots >> shift) & 7);
        }
        isExact = capOf(capCode) == lots;
    }

    /// @notice Funding index now [ticks·2^-40].
    /// @dev It grows by mark · rate a second while the rate holds, rounded towards zero. Source: docs/perps.md, funding.
    function fundingAt(MarkWord word, uint256 now_) internal pure returns (int256) {
        uint256 end = word.until() < now_ ? word.until() : now_;
        uint256 start = word.time();
        if (end <= start) return word.funding();
        unchecked {
            // 48 + 16 bits times 24 bits times 32 bits.
            int256 grown = int256(word.mark() << _FUNDING_SHIFT) * word.rate() * int256(end - start);
            return word.funding() + grown / int256(RATE_SECONDS * RATE_ONE);
        }
    }

    /// @notice Funding index now, rounded down, as trades and positions count it [ticks·2^-24].
    function fundingTicksAt(MarkWord word, uint256 now_) internal pure returns (int256) {
        return word.fundingAt(now_) >> _FUNDING_SHIFT;
    }

    /// @notice The word with its funding index counted up to now.
    function accrued(MarkWord word, uint256 now_) internal pure returns (MarkWord) {
        uint256 kept =
            MarkWord.unwrap(word) & ~((_FUNDING_MASK << _FUNDING_OFFSET) | (uint256(type(uint32).max) << _TIME_OFFSET));
        // The mask keeps the low 80 bits of two's complement.
        uint256 grown = uint256(word.fundingAt(now_)) & _FUNDING_MASK;
        return MarkWord.wrap(kept | (grown << _FUNDING_OFFSET) | (now_ << _TIME_OFFSET));
    }

    /// @notice The word with another mark, below 2^48 [ticks·2^-24].
    function withMark(MarkWord word, uint256 mark_) internal pure returns (MarkWord) {
        return MarkWord.wrap((MarkWord.unwrap(word) & ~_MARK_MASK) | mark_);
    }

    /// @notice The word with another rate that holds until a time.
    /// @param rate_ Within 24 bits [1e-8 for 8 hours].
    /// @param until_ [seconds]
    function withRate(MarkWord word, int256 rate_, uint256 until_) internal pure returns (MarkWord) {
        uint256 kept =
            MarkWord.unwrap(word) & ~((_RATE_MASK << _RATE_OFFSET) | (uint256(type(uint32).max) << _UNTIL_OFFSET));
        // The mask keeps the low 24 bits of two's complement.
        return MarkWord.wrap(kept | ((uint256(rate_) & _RATE_MASK) << _RATE_OFFSET) | (until_ << _UNTIL_OFFSET));
    }

    /// @notice The word with another position cap.
    function withCapCode(MarkWord word, uint256 capCode) internal pure returns (MarkWord) {
        uint256 kept = MarkWord.unwrap(word) & ~(uint256(0xff) << _CAP_OFFSET);
        return MarkWord.wrap(kept | (capCode << _CAP_OFFSET));
    }
}

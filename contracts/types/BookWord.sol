// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice All that placing an order reads of a market; zero for a market that is not listed.
/// @dev | bits | field |
///      | 0–23 | best bid tick, 0 if there is none |
///      | 24–47 | best ask tick, {BookWordLib.NO_ASK} if there is none |
///      | 48–71 | highest tick a bid may have; 0 before the first price |
///      | 72–95 | lowest tick an ask may have; 0 before the first price |
///      | 96–119 | minimum size of an order, in lots |
///      | 120–151 | tick value: price of one lot at tick 1, in quote atoms |
///      | 152–215 | of a spot market: atoms a lot, of the base asset; of a perp the three fields of its flat margin: |
///      | 152–183 | last second at which it counts; 0 if it does not |
///      | 184–199 | its rate, in basis points |
///      | 200–215 | up to what worth of a position, in 10,000 dollars |
///      | 216–231 | maker fee, signed, in ppm of notional; negative is a rebate |
///      | 232–254 | hour since 1970 at which a pause of new risk ends |
///      | 255 | unconfirmed: the limits of the band reach to two prices, of which one waits for a second report |
///      The limits of the band are kept as ticks, written when a price is, so that no order computes them again; so is the flat
///      margin, see {FlatMargin}.
type BookWord is uint256;

using BookWordLib for BookWord global;

/// @notice Fields of a {BookWord}.
library BookWordLib {
    /// @notice Best bid of a book without bids: below every tick.
    uint256 internal constant NO_BID = 0;
    /// @notice Best ask of a book without asks: above every tick.
    uint256 internal constant NO_ASK = (1 << 24) - 1;

    uint256 private constant _TICK_MASK = (1 << 24) - 1;
    uint256 private constant _ASK_OFFSET = 24;
    uint256 private constant _HIGHEST_BID_OFFSET = 48;
    uint256 private constant _LOWEST_ASK_OFFSET = 72;
    uint256 private constant _MIN_LOTS_OFFSET = 96;
    uint256 private constant _TICK_VALUE_OFFSET = 120;
    uint256 private constant _TICK_VALUE_MASK = (1 << 32) - 1;
    uint256 private constant _LOT_OFFSET = 152;
    uint256 private constant _LOT_MASK = (1 << 64) - 1;
    uint256 private constant _FLAT_UNTIL_OFFSET = 152;
    uint256 private constant _FLAT_BPS_OFFSET = 184;
    uint256 private constant _FLAT_LIMIT_OFFSET = 200;
    uint256 private constant _MAKER_OFFSET = 216;
    uint256 private constant _PAUSE_OFFSET = 232;
    uint256 private constant _PAUSE_MASK = (1 << 23) - 1;
    uint256 private constant _UNCONFIRMED = 1 << 255;

    /// @notice An empty book without a price yet.
    /// @param atomsPerLot_ Zero of a perp.
    function create(uint24 minLots_, uint32 tickValue_, uint64 atomsPerLot_, int16 makerPpm_)
        internal
        pure
        returns (BookWord)
    {
        uint256 terms = (uint256(minLots_) << _MIN_LOTS_OFFSET) | (uint256(tickValue_) << _TICK_VALUE_OFFSET)
            | (uint256(atomsPerLot_) << _LOT_OFFSET);
        // The cast of the signed fee keeps its 16 bits.
        return BookWord.wrap((NO_ASK << _ASK_OFFSET) | terms | (uint256(uint16(makerPpm_)) << _MAKER_OFFSET));
    }

    /// @notice Whether the market is listed.
    function isListed(BookWord word) internal pure returns (bool) {
        return BookWord.unwrap(word) != 0;
    }

    /// @notice The best tick of one side, {NO_BID} or {NO_ASK} if there is none.
    function best(BookWord word, bool isAsk) internal pure returns (uint256) {
        return (BookWord.unwrap(word) >> (isAsk ? _ASK_OFFSET : 0)) & _TICK_MASK;
    }

    /// @notice The tick beyond which an order of one side loses money against the band: the highest of a bid, the
    ///         lowest of an ask; 0 before the first price.
    function bandLimit(BookWord word, bool isAsk) internal pure returns (uint256) {
        return (BookWord.unwrap(word) >> (isAsk ? _LOWEST_ASK_OFFSET : _HIGHEST_BID_OFFSET)) & _TICK_MASK;
    }

    /// @notice Whether a tick is beyond the limit of one side.
    function isOutside(BookWord word, bool isAsk, uint256 tick) internal pure returns (bool) {
        uint256 limit = word.bandLimit(isAsk);
        return isAsk ? tick < limit : tick > limit;
    }

    /// @notice Smallest order and smallest remainder [lots].
    function minLots(BookWord word) internal pure returns (uint256) {
        return (BookWord.unwrap(word) >> _MIN_LOTS_OFFSET) & _TICK_MASK;
    }

    /// @notice Price of one lot at tick 1 [quote atoms].
    function tickValue(BookWord word) internal pure returns (uint256) {
        return (BookWord.unwrap(word) >> _TICK_VALUE_OFFSET) & _TICK_VALUE_MASK;
    }

    /// @notice Size of a lot of a spot market [base atoms].
    function atomsPerLot(BookWord word) internal pure returns (uint256) {
        return (BookWord.unwrap(word) >> _LOT_OFFSET) & _LOT_MASK;
    }

    /// @notice What a lot counts in open totals: of a spot market its atoms, of a perp one.
    function openPerLot(BookWord word, bool isPerp) internal pure returns (uint256) {
        return isPerp ? 1 : word.atomsPerLot();
    }

    /// @notice Last second at which the flat margin of a perp counts; 0 if it does not [seconds].
    function flatUntil(BookWord word) internal pure returns (uint256) {
        return (BookWord.unwrap(word) >> _FLAT_UNTIL_OFFSET) & type(uint32).max;
    }

    /// @notice Rate of the flat margin of a perp [basis points].
    function flatBps(BookWord word) internal pure returns (uint256) {
        return (BookWord.unwrap(word) >> _FLAT_BPS_OFFSET) & type(uint16).max;
    }

    /// @notice Up to what worth of a position it counts [10,000 dollars].
    function flatLimit(BookWord word) internal pure returns (uint256) {
        return (BookWord.unwrap(word) >> _FLAT_LIMIT_OFFSET) & type(uint16).max;
    }

    /// @notice The word of a perp with another flat margin, each field within its width.
    function withFlatMargin(BookWord word, uint256 until, uint256 bps, uint256 limit) internal pure returns (BookWord) {
        uint256 kept = BookWord.unwrap(word) & ~(_LOT_MASK << _LOT_OFFSET);
        uint256 flat = (until << _FLAT_UNTIL_OFFSET) | (bps << _FLAT_BPS_OFFSET) | (limit << _FLAT_LIMIT_OFFSET);
        return BookWord.wrap(kept | flat);
    }

    /// @notice Maker fee [ppm of notional]; negative is a rebate.
    function makerPpm(BookWord word) internal pure returns (int256) {
        // The casts keep the 16 bits of the field and extend its sign.
        return int16(uint16(BookWord.unwrap(word) >> _MAKER_OFFSET));
    }

    /// @notice When the pause of new risk ends, or ended [seconds].
    function pausedUntil(BookWord word) internal pure returns (uint256) {
        unchecked {
            // 23 bits times an hour.
            return ((BookWord.unwrap(word) >> _PAUSE_OFFSET) & _PAUSE_MASK) * 1 hours;
        }
    }

    /// @notice Whether an order would trade: it reaches the best tick of the other side.
    /// @dev A side without orders is beyond every tick, so it needs no case of its own.
    function crosses(BookWord word, bool isAsk, uint256 tick) internal pure returns (bool) {
        return isAsk ? word.best(false) >= tick : word.best(true) <= tick;
    }

    /// @notice The word with another best tick on one side.
    function withBest(BookWord word, bool isAsk, uint256 tick) internal pure returns (BookWord) {
        uint256 offset = isAsk ? _ASK_OFFSET : 0;
        return BookWord.wrap((BookWord.unwrap(word) & ~(_TICK_MASK << offset)) | (tick << offset));
    }

    /// @notice The word with a pause that ends at an hour since 1970, below 2^23.
    function withPauseUntilHour(BookWord word, uint256 hour) internal pure returns (BookWord) {
        uint256 kept = BookWord.unwrap(word) & ~(_PAUSE_MASK << _PAUSE_OFFSET);
        return BookWord.wrap(kept | (hour << _PAUSE_OFFSET));
    }

    /// @notice Whether the limits of the band belong to two prices, so that their middle is not the mark.
    function isUnconfirmed(BookWord word) internal pure returns (bool) {
        return BookWord.unwrap(word) & _UNCONFIRMED != 0;
    }

    /// @notice The word with other limits of the band, both at most 2^24 − 1.
    /// @param unconfirmed Whether they belong to two prices.
    function withBand(BookWord word, uint256 highestBid, uint256 lowestAsk, bool unconfirmed)
        internal
        pure
        returns (BookWord)
    {
        uint256 kept = BookWord.unwrap(word)
            & ~((_TICK_MASK << _HIGHEST_BID_OFFSET) | (_TICK_MASK << _LOWEST_ASK_OFFSET) | _UNCONFIRMED);
        if (unconfirmed) kept |= _UNCONFIRMED;
        return BookWord.wrap(kept | (highestBid << _HIGHEST_BID_OFFSET) | (lowestAsk << _LOWEST_ASK_OFFSET));
    }
}

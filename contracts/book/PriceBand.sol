// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {BookWord, BookWordLib} from "../types/BookWord.sol";
import {ConfigWord} from "../types/ConfigWord.sol";
import {PositionWordLib} from "../types/PositionWord.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice How far from the reference price, or from the mark of a perp, an order may be on the side that loses money.
/// @dev A lot at the reference price is worth price [1e-18 dollars an atom] · atomsPerLot / 1e12 quote atoms [1e-6
///      dollars], and tickValue quote atoms a tick.
library PriceBand {
    /// @dev 1e12 from dollars to quote atoms, 1e4 from basis points.
    uint256 private constant _SCALE = 1e16;
    uint256 private constant _BPS = 1e4;

    /// @notice The book with the limits that belong to prices: the highest bid rounded down, the lowest ask up. A limit
    ///         beyond the ticks there are becomes the highest tick or, for asks, one that no ask reaches.
    /// @param low Price of an atom of the base asset that the lowest ask belongs to [1e-18 dollars].
    /// @param high Price that the highest bid belongs to: another only while one waits to be confirmed.
    function withBandAround(BookWord book, ConfigWord config, uint256 low, uint256 high)
        internal
        pure
        returns (BookWord)
    {
        uint256 highestBid;
        uint256 lowestAsk;
        unchecked {
            // Below 2^64 · 2^64 · 2^14; the tick value of a listed market is not zero and the band below 4,096.
            uint256 divisor = _SCALE * book.tickValue();
            highestBid = high * book.atomsPerLot() * (_BPS + config.bandBps()) / divisor;
            lowestAsk = (low * book.atomsPerLot() * (_BPS - config.bandBps()) + divisor - 1) / divisor;
        }
        return _withLimits(book, highestBid, lowestAsk, low != high);
    }

    /// @notice The book of a perp with the limits that belong to marks, rounded as those of prices.
    /// @param low Mark that the lowest ask belongs to, below 2^48 [ticks·2^-24].
    /// @param high Mark that the highest bid belongs to, below 2^48 [ticks·2^-24].
    /// @param unconfirmed Whether they belong to two prices, of which one waits.
    function withBandAroundMark(BookWord book, ConfigWord config, uint256 low, uint256 high, bool unconfirmed)
        internal
        pure
        returns (BookWord)
    {
        unchecked {
            // 48 bits times 14 bits; the band is below 4,096.
            uint256 divisor = _BPS << PositionWordLib.FRACTION_BITS;
            uint256 highestBid = high * (_BPS + config.bandBps()) / divisor;
            uint256 lowestAsk = (low * (_BPS - config.bandBps()) + divisor - 1) / divisor;
            return _withLimits(book, highestBid, lowestAsk, unconfirmed);
        }
    }

    /// @dev Limits beyond the ticks there are become the outermost ones.
    function _withLimits(BookWord book, uint256 highestBid, uint256 lowestAsk, bool unconfirmed)
        private
        pure
        returns (BookWord)
    {
        if (highestBid > TickBitmap.MAX_TICK) highestBid = TickBitmap.MAX_TICK;
        if (lowestAsk > BookWordLib.NO_ASK) lowestAsk = BookWordLib.NO_ASK;
        return book.withBand(highestBid, lowestAsk, unconfirmed);
    }
}

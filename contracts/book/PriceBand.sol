// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {BookWord, BookWordLib} from "../types/BookWord.sol";
import {ConfigWord} from "../types/ConfigWord.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice How far from the reference price an order may be on the side that loses money.
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
        if (highestBid > TickBitmap.MAX_TICK) highestBid = TickBitmap.MAX_TICK;
        if (lowestAsk > BookWordLib.NO_ASK) lowestAsk = BookWordLib.NO_ASK;
        return book.withBand(highestBid, lowestAsk, low != high);
    }
}

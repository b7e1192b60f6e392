// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {Atlas} from "../risk/Atlas.sol";
import {BookWord, BookWordLib} from "../types/BookWord.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice Which fills may cost a maker more than his resting order had reserved.
library FreeBand {
    uint256 private constant _BPS = 1e4;
    uint256 private constant _PPM = 1e6;

    /// @notice The last tick at which a fill is not further than the free band beyond the mark against a maker, maker fee
    ///         included: the lowest of an ask, the highest of a bid.
    /// @dev The mark is known to half a tick from the limits of the band, whose sum s is within one of twice the mark; the
    ///      end that finds more fills beyond is taken. Where the upper limit is cut at the highest tick, the mark is not
    ///      known from above, and every ask is beyond. Source: docs/atlas.md, free band.
    function lastTick(BookWord book, bool isAsk) internal pure returns (uint256) {
        // The mark is one of two prices, and not the middle: everything is beyond.
        if (book.isUnconfirmed()) return isAsk ? BookWordLib.NO_ASK : BookWordLib.NO_BID;
        unchecked {
            // Ticks are below 2^24, so products are below 2^60; a fee is below 2^15 ppm, and a sum of limits is not zero.
            uint256 highestBid = book.bandLimit(false);
            uint256 twiceMark = highestBid + book.bandLimit(true);
            int256 fee = book.makerPpm();
            if (isAsk) {
                if (highestBid >= TickBitmap.MAX_TICK) return BookWordLib.NO_ASK;
                uint256 received = 2 * uint256(int256(_PPM) - fee) * _BPS;
                return ((twiceMark + 1) * (_BPS - Atlas.FREE_BAND_BPS) * _PPM + received - 1) / received;
            }
            uint256 paid = 2 * uint256(int256(_PPM) + fee) * _BPS;
            return (twiceMark - 1) * (_BPS + Atlas.FREE_BAND_BPS) * _PPM / paid;
        }
    }
}

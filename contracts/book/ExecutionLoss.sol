// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {BookWord} from "../types/BookWord.sol";
import {TickBitmap} from "./TickBitmap.sol";

/// @notice What a trade loses against the reference price.
library ExecutionLoss {
    /// @notice Loss of trades of one side, rounded up by less than a tick a lot; zero for a gain.
    /// @param isAsk Whether the side that loses sells.
    /// @param notionalAtoms What the trades moved, below 2^96 [quote atoms].
    /// @param feeAtoms Fee of that side, negative for a rebate [quote atoms].
    /// @return lossAtoms [quote atoms]
    /// @dev The limits of the band are the reference price r times 1 ± band, rounded down and up to ticks, so their sum
    ///      s is within one of 2r: a lot's true price is above (s − 1) / 2 and below (s + 1) / 2 ticks. Where the upper
    ///      limit is cut at the highest tick, r is not known from above, and a sale counts as lost whole.
    function lossUp(BookWord book, bool isAsk, uint256 lots, uint256 notionalAtoms, int256 feeAtoms)
        internal
        pure
        returns (uint256 lossAtoms)
    {
        unchecked {
            // Lots are below 2^40, the sum of two ticks below 2^25 and the tick value below 2^32.
            uint256 highestBid = book.bandLimit(false);
            uint256 lowestAsk = book.bandLimit(true);
            // While a price waits the limits belong to two, and the one that loses more counts.
            uint256 twice = highestBid + lowestAsk;
            if (book.isUnconfirmed()) twice = 2 * (isAsk ? highestBid : lowestAsk);
            int256 unit = int256(lots * book.tickValue());
            int256 doubled = int256(2 * notionalAtoms) - unit * int256(twice);
            if (isAsk) {
                doubled = highestBid >= TickBitmap.MAX_TICK ? int256(2 * notionalAtoms) : unit - doubled;
            } else {
                doubled += unit;
            }
            doubled += 2 * feeAtoms;
            // The cast is safe behind the test of the sign.
            return doubled <= 0 ? 0 : (uint256(doubled) + 1) / 2;
        }
    }
}

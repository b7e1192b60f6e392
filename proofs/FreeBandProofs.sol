// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FreeBand} from "../contracts/book/FreeBand.sol";
import {TickBitmap} from "../contracts/book/TickBitmap.sol";
import {BookWord} from "../contracts/types/BookWord.sol";

/// @notice Where the mark is not known, {FreeBand} trusts nothing.
contract FreeBandProofs {
    /// @notice Every ask is beyond where the upper limit was cut, whatever the fee.
    function check_lastTick_cut(uint256 bits, uint256 tick) external pure {
        BookWord book = BookWord.wrap(bits);
        if (tick > TickBitmap.MAX_TICK || book.bandLimit(false) < TickBitmap.MAX_TICK) return;
        assert(tick < FreeBand.lastTick(book, true));
    }

    /// @notice Every order is beyond while a price waits to be confirmed, whatever limits and fee.
    function check_lastTick_unconfirmed(uint256 bits, uint256 tick) external pure {
        BookWord book = BookWord.wrap(bits);
        if (tick == 0 || tick > TickBitmap.MAX_TICK || !book.isUnconfirmed()) return;
        assert(tick < FreeBand.lastTick(book, true));
        assert(tick > FreeBand.lastTick(book, false));
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FreeBand} from "../contracts/book/FreeBand.sol";
import {TickBitmap} from "../contracts/book/TickBitmap.sol";
import {BookWord} from "../contracts/types/BookWord.sol";

/// @notice Where the mark is not known, {FreeBand} trusts nothing.
contract FreeBandProofs {
    /// @notice An ask is beyond wherever the upper limit was cut, whatever tick and fee.
    function check_isBeyond_cut(uint256 bits, uint24 tick) external pure {
        BookWord book = BookWord.wrap(bits);
        if (book.bandLimit(false) < TickBitmap.MAX_TICK) return;
        assert(FreeBand.isBeyond(book, true, tick));
    }
}

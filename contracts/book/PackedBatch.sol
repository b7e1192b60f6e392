// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {IExchangeErrors} from "../interfaces/IExchangeErrors.sol";
import {OrderTermsLib} from "../types/OrderTerms.sol";
import {OrderBook} from "./OrderBook.sol";
import {WorkOrder} from "./WorkOrder.sol";

/// @notice The packed form of a batch, for those who pay for each byte of calldata.
/// @dev Big-endian fields without padding; widths in bytes:
///      account 4, deadline 4, flags 1 (bit 0 all or none), number of cancels 1, number of places 1;
///      then for each cancel: order id 16;
///      then for each place: market 2, tick 3, lots 5, maxFills 1, flags 1 (bit 0 ask, bits 1–3 time in force, bits 4–5
///      self-trade prevention, bit 6 reduce-only, bit 7 more follows), and if more follows: expiry 4, client id 8.
library PackedBatch {
    /// @notice Bytes before the first cancel.
    uint256 internal constant HEADER_SIZE = 11;
    /// @notice Bytes of a cancel.
    uint256 internal constant CANCEL_SIZE = 16;
    /// @notice Bytes of a place without expiry and client id.
    uint256 internal constant PLACE_SIZE = 12;
    /// @notice Bytes of expiry and client id.
    uint256 internal constant MORE_SIZE = 12;

    uint256 private constant _MORE = 1 << 7;

    /// @notice What a batch begins with.
    struct Header {
        uint32 accountId;
        uint32 deadline;
        bool allOrNone;
        uint256 cancels;
        uint256 places;
    }

    /// @notice Read the header.
    /// @dev Errors: MalformedBatch if the batch is shorter than what it says it holds, InvalidParameter for other flags.
    function header(bytes calldata packed) internal pure returns (Header memory result) {
        uint256 word = _word(packed, 0, HEADER_SIZE);
        uint256 flags = (word >> 16) & 0xff;
        if (flags > 1) revert IExchangeErrors.InvalidParameter("flags", flags);
        // Each cast keeps the bytes of its field.
        result.accountId = uint32(word >> 56);
        result.deadline = uint32(word >> 24);
        result.allOrNone = flags == 1;
        result.cancels = (word >> 8) & 0xff;
        result.places = word & 0xff;
    }

    /// @notice The order id at an index of the cancels.
    function cancelAt(bytes calldata packed, uint256 index) internal pure returns (uint128) {
        // The word is 16 bytes.
        return uint128(_word(packed, HEADER_SIZE + index * CANCEL_SIZE, CANCEL_SIZE));
    }

    /// @notice Read the place that begins at an offset.
    /// @return next Offset of what follows it.
    function readPlace(bytes calldata packed, uint256 offset, WorkOrder memory order)
        internal
        view
        returns (uint256 next)
    {
        uint256 word = _word(packed, offset, PLACE_SIZE);
        next = offset + PLACE_SIZE;
        uint256 marketId = word >> 80;
        if (marketId != order.marketId) OrderBook.enter(order, marketId);
        order.tick = (word >> 56) & type(uint24).max;
        order.lots = (word >> 16) & type(uint40).max;
        order.fillsLeft = (word >> 8) & 0xff;
        order.isAsk = word & 1 == 1;
        uint256 more;
        if (word & _MORE != 0) {
            more = _word(packed, next, MORE_SIZE);
            next += MORE_SIZE;
        }
        order.terms = OrderTermsLib.create(
            (word >> 1) & 7, (word >> 4) & 3, (word >> 6) & 1 == 1, more >> 64, more & type(uint64).max
        );
    }

    /// @notice Check that nothing follows the last place.
    /// @dev Errors: MalformedBatch.
    function checkEnd(bytes calldata packed, uint256 offset) internal pure {
        if (packed.length != offset) revert IExchangeErrors.MalformedBatch(packed.length, offset);
    }

    /// @dev Some bytes, at most 32, as the low bytes of a word.
    function _word(bytes calldata packed, uint256 offset, uint256 size) private pure returns (uint256 word) {
        uint256 end = offset + size;
        if (packed.length < end) revert IExchangeErrors.MalformedBatch(packed.length, end);
        assembly ("memory-safe") {
            // Within calldata, as checked; what lies behind the field is shifted out.
            word := shr(shl(3, sub(32, size)), calldataload(add(packed.offset, offset)))
        }
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {AccountWord} from "./AccountWord.sol";

/// @notice A resting order: 128 bits, two to a storage word.
/// @dev | bits | field |
///      | 0–31 | account |
///      | 32–71 | lots left |
///      | 72–103 | expiry: last second at which it may trade, 0 for never |
///      | 104–111 | hash of the owner: the low byte of his address |
///      | 112 | ask |
///      | 113 | reduce-only |
///      | 114 | placed by an operator |
///      | 115 | spare |
///      | 116–127 | low bits of the client id |
///      Its tick is that of the level it stands in.
type Lane is uint256;

using LaneLib for Lane global;

/// @notice Fields of a {Lane}, and its half of a storage word.
library LaneLib {
    uint256 private constant _ACCOUNT_MASK = (1 << 32) - 1;
    uint256 private constant _LOTS_OFFSET = 32;
    uint256 private constant _LOTS_MASK = (1 << 40) - 1;
    uint256 private constant _EXPIRY_OFFSET = 72;
    uint256 private constant _EXPIRY_MASK = (1 << 32) - 1;
    uint256 private constant _OWNER_OFFSET = 104;
    uint256 private constant _FLAGS_OFFSET = 112;
    uint256 private constant _ASK = 1 << 112;
    uint256 private constant _REDUCE_ONLY = 1 << 113;
    uint256 private constant _OPERATOR_OFFSET = 114;
    uint256 private constant _BY_OPERATOR = 1 << 114;
    uint256 private constant _TAG_OFFSET = 116;
    uint256 private constant _LANE_MASK = (1 << 128) - 1;
    uint256 private constant _TERMS_MASK =
        (_EXPIRY_MASK << _EXPIRY_OFFSET) | _REDUCE_ONLY | (((1 << 12) - 1) << _TAG_OFFSET);
    /// @dev An order with any of these is met with more care than a plain one.
    uint256 private constant _SPECIAL = (_EXPIRY_MASK << _EXPIRY_OFFSET) | _REDUCE_ONLY | _BY_OPERATOR;

    /// @notice A new order.
    /// @param marks Owner hash, flags and terms, where a lane has them.
    function create(uint256 account_, bool isAsk_, uint256 lots_, uint256 marks) internal pure returns (Lane) {
        return Lane.wrap(account_ | (lots_ << _LOTS_OFFSET) | (LibBit.toUint(isAsk_) << _FLAGS_OFFSET) | marks);
    }

    /// @notice Owner hash and operator flag of whoever places orders for an account, where a lane has them.
    function placerMarks(AccountWord account_) internal pure returns (uint256) {
        // The owner's address is in the low bits of the word.
        uint256 hash = (AccountWord.unwrap(account_) & 0xff) << _OWNER_OFFSET;
        return hash | (account_.operatorBit() << _OPERATOR_OFFSET);
    }

    /// @notice Account that placed the order.
    function account(Lane lane) internal pure returns (uint256) {
        return Lane.unwrap(lane) & _ACCOUNT_MASK;
    }

    /// @notice Lots left.
    function lots(Lane lane) internal pure returns (uint256) {
        return (Lane.unwrap(lane) >> _LOTS_OFFSET) & _LOTS_MASK;
    }

    /// @notice Whether the order sells.
    function isAsk(Lane lane) internal pure returns (bool) {
        return Lane.unwrap(lane) & _ASK != 0;
    }

    /// @notice Last second at which the order may trade, 0 for never [seconds].
    function expiry(Lane lane) internal pure returns (uint256) {
        return (Lane.unwrap(lane) >> _EXPIRY_OFFSET) & _EXPIRY_MASK;
    }

    /// @notice Whether the order may no longer trade at a time.
    function hasExpired(Lane lane, uint256 time) internal pure returns (bool) {
        uint256 last = lane.expiry();
        return last != 0 && time > last;
    }

    /// @notice Whether the order may only bring what its account has of the base asset closer to zero.
    function isReduceOnly(Lane lane) internal pure returns (bool) {
        return Lane.unwrap(lane) & _REDUCE_ONLY != 0;
    }

    /// @notice Whether an operator placed the order.
    function isByOperator(Lane lane) internal pure returns (bool) {
        return Lane.unwrap(lane) & _BY_OPERATOR != 0;
    }

    /// @notice The flags: bit 0 ask, bit 1 reduce-only, bit 2 placed by an operator.
    function flags(Lane lane) internal pure returns (uint256) {
        return (Lane.unwrap(lane) >> _FLAGS_OFFSET) & 0xf;
    }

    /// @notice Whether an order must be looked at before it trades with one of an account: it expires, only reduces, was
    ///         placed by an operator, or may have the same owner.
    function isSpecial(Lane lane, AccountWord account_) internal pure returns (bool) {
        unchecked {
            // The difference of the hashes is below 256; less one, only zero reaches the bits above.
            uint256 difference = ((Lane.unwrap(lane) >> _OWNER_OFFSET) ^ AccountWord.unwrap(account_)) & 0xff;
            return (Lane.unwrap(lane) & _SPECIAL) | ((difference - 1) >> 8) != 0;
        }
    }

    /// @notice Whether the order has the owner hash of an account.
    function hasOwnerHash(Lane lane, AccountWord account_) internal pure returns (bool) {
        // Equal bits cancel out.
        return ((Lane.unwrap(lane) >> _OWNER_OFFSET) ^ AccountWord.unwrap(account_)) & 0xff == 0;
    }

    /// @notice The bits the order has of its terms: expiry, reduce-only, low bits of the client id.
    function termsBits(Lane lane) internal pure returns (uint256) {
        return Lane.unwrap(lane) & _TERMS_MASK;
    }

    /// @notice The order with other lots.
    function withLots(Lane lane, uint256 lots_) internal pure returns (Lane) {
        return Lane.wrap((Lane.unwrap(lane) & ~(_LOTS_MASK << _LOTS_OFFSET)) | (lots_ << _LOTS_OFFSET));
    }

    /// @notice Slot of the lane at `place` of a chunk whose first pair of lanes is at `firstSlot`.
    function slotOf(uint256 firstSlot, uint256 place) internal pure returns (uint256) {
        unchecked {
            // The pairs of a chunk are at consecutive slots.
            return firstSlot + (place >> 1);
        }
    }

    /// @notice The lane at `place` of the storage word that holds it.
    function unpack(uint256 pair, uint256 place) internal pure returns (Lane) {
        return Lane.wrap((pair >> _shift(place)) & _LANE_MASK);
    }

    /// @notice The storage word with the lane at `place` replaced.
    function pack(Lane lane, uint256 pair, uint256 place) internal pure returns (uint256) {
        uint256 shift = _shift(place);
        return (pair & ~(_LANE_MASK << shift)) | (Lane.unwrap(lane) << shift);
    }

    /// @dev Even places stand in the low half.
    function _shift(uint256 place) private pure returns (uint256) {
        return (place & 1) << 7;
    }
}

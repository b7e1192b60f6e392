// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";

/// @notice What an order has changed of its account's base asset, noted for the check at the end of the action.
/// @dev | bits | field |
///      | 0–15 | market |
///      | 16–55 | lots that traded |
///      | 56–95 | lots that rest |
///      | 96 | ask |
///      | 97 | reduce-only |
///      | 98–159 | spare |
///      | 160–255 | change of position cash, signed, fee included, in tick-lots·2^-24; of a perp alone |
type OrderChange is uint256;

using OrderChangeLib for OrderChange global;

/// @notice Fields of an {OrderChange}.
library OrderChangeLib {
    /// @notice Pack fields, each within its width.
    function create(uint256 marketId_, uint256 filledLots_, uint256 restingLots_, bool isAsk_, bool isReduceOnly_)
        internal
        pure
        returns (OrderChange)
    {
        uint256 flags = (LibBit.toUint(isAsk_) << 96) | (LibBit.toUint(isReduceOnly_) << 97);
        return OrderChange.wrap(marketId_ | (filledLots_ << 16) | (restingLots_ << 56) | flags);
    }

    /// @notice The word of an order of a perp with what it has changed of position cash.
    function withCash(OrderChange word, int256 units) internal pure returns (OrderChange) {
        unchecked {
            // The topmost field, which {create} leaves zero.
            return OrderChange.wrap(OrderChange.unwrap(word) + (uint256(units) << 160));
        }
    }

    /// @notice Change of position cash [tick-lots·2^-24].
    function cash(OrderChange word) internal pure returns (int256) {
        // An arithmetic shift keeps the sign of the topmost field.
        return int256(OrderChange.unwrap(word)) >> 160;
    }

    /// @notice Market.
    function marketId(OrderChange word) internal pure returns (uint256) {
        return OrderChange.unwrap(word) & 0xffff;
    }

    /// @notice Lots that traded.
    function filledLots(OrderChange word) internal pure returns (uint256) {
        return (OrderChange.unwrap(word) >> 16) & 0xffffffffff;
    }

    /// @notice Lots that rest.
    function restingLots(OrderChange word) internal pure returns (uint256) {
        return (OrderChange.unwrap(word) >> 56) & 0xffffffffff;
    }

    /// @notice Whether the order sells.
    function isAsk(OrderChange word) internal pure returns (bool) {
        return OrderChange.unwrap(word) & (1 << 96) != 0;
    }

    /// @notice Whether the order only reduces.
    function isReduceOnly(OrderChange word) internal pure returns (bool) {
        return OrderChange.unwrap(word) & (1 << 97) != 0;
    }
}

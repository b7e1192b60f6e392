// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

/// @notice How an order behaves, beyond its market, side, price and size. Zero is the plain order: good till cancelled,
///         cancelling own makers it meets, without expiry or client id.
/// @dev | bits | field |
///      | 0–2 | time in force: 0 good till cancelled, 1 post only, 2 post only and slide, 3 immediate or cancel,
///              4 fill or kill |
///      | 3–4 | self-trade prevention: 0 cancel maker, 1 cancel taker, 2 decrement both |
///      | 72–103 | expiry: last second at which it may trade, 0 for never |
///      | 113 | reduce-only |
///      | 116–179 | client id |
///      All other bits are zero. Expiry, reduce-only and the low 12 bits of the client id stand where a {Lane} has them.
type OrderTerms is uint256;

using OrderTermsLib for OrderTerms global;

/// @notice Fields of {OrderTerms}.
library OrderTermsLib {
    /// @notice Trade what crosses, rest what is left.
    uint256 internal constant GOOD_TILL_CANCELLED = 0;
    /// @notice Rest whole or not at all.
    uint256 internal constant POST_ONLY = 1;
    /// @notice Rest whole, one tick from the best of the other side if it would cross.
    uint256 internal constant POST_ONLY_SLIDE = 2;
    /// @notice Trade what crosses, drop what is left.
    uint256 internal constant IMMEDIATE_OR_CANCEL = 3;
    /// @notice Trade whole or not at all.
    uint256 internal constant FILL_OR_KILL = 4;

    /// @notice An own maker order is removed, and matching goes on.
    uint256 internal constant CANCEL_MAKER = 0;
    /// @notice Matching stops before an own maker order; what is left of the taker is dropped.
    uint256 internal constant CANCEL_TAKER = 1;
    /// @notice Both orders become smaller by the lots that would have traded.
    uint256 internal constant DECREMENT_BOTH = 2;

    uint256 private constant _TIME_IN_FORCE_MASK = 7;
    uint256 private constant _SELF_TRADE_OFFSET = 3;
    uint256 private constant _EXPIRY_OFFSET = 72;
    uint256 private constant _EXPIRY_MASK = (1 << 32) - 1;
    uint256 private constant _REDUCE_ONLY = 1 << 113;
    uint256 private constant _CLIENT_OFFSET = 116;
    uint256 private constant _CLIENT_MASK = (1 << 64) - 1;
    /// @dev What of the terms a resting order keeps: expiry, reduce-only, the low 12 bits of the client id.
    uint256 private constant _LANE_MASK =
        (_EXPIRY_MASK << _EXPIRY_OFFSET) | _REDUCE_ONLY | (((1 << 12) - 1) << _CLIENT_OFFSET);
    uint256 private constant _ALL =
        31 | (_EXPIRY_MASK << _EXPIRY_OFFSET) | _REDUCE_ONLY | (_CLIENT_MASK << _CLIENT_OFFSET);

    /// @notice Terms of their fields, each within its width.
    function create(uint256 timeInForce_, uint256 selfTrade_, bool isReduceOnly_, uint256 expiry_, uint256 clientId_)
        internal
        pure
        returns (OrderTerms)
    {
        uint256 word = timeInForce_ | (selfTrade_ << _SELF_TRADE_OFFSET) | (expiry_ << _EXPIRY_OFFSET)
            | (clientId_ << _CLIENT_OFFSET);
        return OrderTerms.wrap(isReduceOnly_ ? word | _REDUCE_ONLY : word);
    }

    /// @notice Whether nothing but a time in force is set.
    function isPlain(OrderTerms terms) internal pure returns (bool) {
        return OrderTerms.unwrap(terms) <= FILL_OR_KILL;
    }

    /// @notice Whether every field has a meaning and no other bit is set. An order that is to be filled whole can not be
    ///         made smaller by self-trade prevention.
    function isValid(OrderTerms terms) internal pure returns (bool) {
        if (OrderTerms.unwrap(terms) & ~_ALL != 0) return false;
        uint256 largestMode = terms.timeInForce() == FILL_OR_KILL ? CANCEL_TAKER : DECREMENT_BOTH;
        return terms.timeInForce() <= FILL_OR_KILL && terms.selfTrade() <= largestMode;
    }

    /// @notice Time in force.
    function timeInForce(OrderTerms terms) internal pure returns (uint256) {
        return OrderTerms.unwrap(terms) & _TIME_IN_FORCE_MASK;
    }

    /// @notice Whether what does not trade may rest.
    function mayRest(OrderTerms terms) internal pure returns (bool) {
        return terms.timeInForce() <= POST_ONLY_SLIDE;
    }

    /// @notice Whether the order must not trade when it is placed.
    function isPostOnly(OrderTerms terms) internal pure returns (bool) {
        unchecked {
            // One and two of the times in force; zero wraps around.
            return terms.timeInForce() - POST_ONLY <= POST_ONLY_SLIDE - POST_ONLY;
        }
    }

    /// @notice Self-trade prevention.
    function selfTrade(OrderTerms terms) internal pure returns (uint256) {
        return (OrderTerms.unwrap(terms) >> _SELF_TRADE_OFFSET) & 3;
    }

    /// @notice Last second at which the order may trade, 0 for never [seconds].
    function expiry(OrderTerms terms) internal pure returns (uint256) {
        return (OrderTerms.unwrap(terms) >> _EXPIRY_OFFSET) & _EXPIRY_MASK;
    }

    /// @notice Whether the order may only bring what its account has of the base asset closer to zero.
    function isReduceOnly(OrderTerms terms) internal pure returns (bool) {
        return OrderTerms.unwrap(terms) & _REDUCE_ONLY != 0;
    }

    /// @notice The trader's own number for the order.
    function clientId(OrderTerms terms) internal pure returns (uint256) {
        return (OrderTerms.unwrap(terms) >> _CLIENT_OFFSET) & _CLIENT_MASK;
    }

    /// @notice The bits a resting order keeps, where its lane has them.
    function laneBits(OrderTerms terms) internal pure returns (uint256) {
        return OrderTerms.unwrap(terms) & _LANE_MASK;
    }
}

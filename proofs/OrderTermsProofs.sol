// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccountWord, AccountWordLib} from "../contracts/types/AccountWord.sol";
import {AccountWord, AccountWordLib} from "../contracts/types/AccountWord.sol";
import {Lane, LaneLib} from "../contracts/types/Lane.sol";
import {OrderTerms, OrderTermsLib} from "../contracts/types/OrderTerms.sol";

/// @notice What holds for all {OrderTerms}, and what of them a {Lane} keeps.
contract OrderTermsProofs {
    /// @notice Terms have the fields they were created from, and are valid if each has a meaning.
    function check_create(uint8 timeInForce, uint8 selfTrade, bool isReduceOnly, uint32 expiry, uint64 clientId)
        external
        pure
    {
        if (timeInForce > 7 || selfTrade > 3) return;
        OrderTerms terms = OrderTermsLib.create(timeInForce, selfTrade, isReduceOnly, expiry, clientId);
        assert(terms.timeInForce() == timeInForce);
        assert(terms.selfTrade() == selfTrade);
        assert(terms.isReduceOnly() == isReduceOnly);
        assert(terms.expiry() == expiry);
        assert(terms.clientId() == clientId);
        // An order to be filled whole can not be decremented.
        assert(terms.isValid() == (timeInForce <= 4 && selfTrade <= 2 && (timeInForce != 4 || selfTrade != 2)));
    }

    /// @notice Valid terms are those of their fields: no other bit passes.
    function check_isValid(uint256 bits) external pure {
        OrderTerms terms = OrderTerms.wrap(bits);
        if (!terms.isValid()) return;
        OrderTerms same = OrderTermsLib.create(
            terms.timeInForce(), terms.selfTrade(), terms.isReduceOnly(), terms.expiry(), terms.clientId()
        );
        assert(OrderTerms.unwrap(same) == bits);
    }

    /// @notice Plain terms are valid and set nothing but the time in force.
    function check_isPlain(uint256 bits) external pure {
        OrderTerms terms = OrderTerms.wrap(bits);
        if (!terms.isPlain()) return;
        assert(terms.isValid());
        assert(OrderTerms.unwrap(terms) == terms.timeInForce());
    }

    /// @notice Of the five times in force, those of post-only are two, and those that rest three.
    function check_timeInForce(uint256 bits) external pure {
        OrderTerms terms = OrderTerms.wrap(bits);
        uint256 timeInForce = terms.timeInForce();
        assert(terms.isPostOnly() == (timeInForce == 1 || timeInForce == 2));
        assert(terms.mayRest() == (timeInForce <= 2));
    }

    /// @notice The lane of an order has what its terms say, and its account, side and lots.
    function check_lane(uint32 account, bool isAsk, uint40 lots, uint256 bits, address owner, bool byOperator)
        external
        pure
    {
        OrderTerms terms = OrderTerms.wrap(bits);
        AccountWord word = _account(owner, byOperator);
        Lane lane = LaneLib.create(account, isAsk, lots, LaneLib.placerMarks(word) | terms.laneBits());
        assert(lane.account() == account);
        assert(lane.isAsk() == isAsk);
        assert(lane.lots() == lots);
        assert(lane.expiry() == terms.expiry());
        assert(lane.isReduceOnly() == terms.isReduceOnly());
        assert(lane.isByOperator() == byOperator);
        assert(lane.termsBits() == terms.laneBits());
        assert(lane.hasOwnerHash(word));
        assert(Lane.unwrap(lane) <= type(uint128).max);
    }

    /// @notice Only a plain lane of somebody else is met without a second look, whoever acts for the taker.
    function check_isSpecial(uint256 bits, address owner, bool byOperator, address taker, bool takerByOperator)
        external
        pure
    {
        OrderTerms terms = OrderTerms.wrap(bits);
        Lane lane = LaneLib.create(0, false, 0, LaneLib.placerMarks(_account(owner, byOperator)) | terms.laneBits());
        AccountWord word = _account(taker, takerByOperator);
        bool mayShare = uint8(uint160(owner)) == uint8(uint160(taker));
        assert(lane.hasOwnerHash(word) == mayShare);
        assert(lane.isSpecial(word) == (mayShare || terms.expiry() != 0 || terms.isReduceOnly() || byOperator));
    }

    /// @notice A lane has expired after its last second, if it has one.
    function check_hasExpired(uint256 bits, uint64 time) external pure {
        OrderTerms terms = OrderTerms.wrap(bits);
        Lane lane = LaneLib.create(0, false, 0, terms.laneBits());
        assert(lane.hasExpired(time) == (terms.expiry() != 0 && time > terms.expiry()));
    }

    function _account(address owner, bool byOperator) private pure returns (AccountWord word) {
        word = AccountWordLib.create(owner);
        if (byOperator) word = word.actedForByOperator();
        assert(word.owner() == owner);
        assert(word.byOperator() == byOperator);
    }
}

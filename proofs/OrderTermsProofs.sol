// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

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
        assert(terms.isValid() == (timeInForce <= 4 && selfTrade <= 2));
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
        AccountWord placer = _placer(owner, byOperator);
        uint256 common = LaneLib.placerMarks(placer);
        Lane lane = LaneLib.create(account, isAsk, lots, common | terms.laneBits());
        assert(lane.account() == account);
        assert(lane.isAsk() == isAsk);
        assert(lane.lots() == lots);
        assert(lane.expiry() == terms.expiry());
        assert(lane.isReduceOnly() == terms.isReduceOnly());
        assert(lane.isByOperator() == byOperator);
        assert(lane.termsBits() == terms.laneBits());
        assert(lane.hasOwnerHash(placer));
        assert(lane.isSpecial(placer));
        // Seen by an account whose hash is another.
        AccountWord stranger = AccountWord.wrap(AccountWord.unwrap(placer) ^ 0xff);
        assert(lane.isSpecial(stranger) == (terms.expiry() != 0 || terms.isReduceOnly() || byOperator));
        assert(Lane.unwrap(lane) <= type(uint128).max);
    }

    /// @notice Lanes of two owners can be told apart unless the low bytes of their addresses agree.
    function check_hasOwnerHash(uint256 bits, address owner, address other, bool byOperator) external pure {
        uint256 marks = LaneLib.placerMarks(_placer(owner, byOperator)) | OrderTerms.wrap(bits).laneBits();
        Lane lane = LaneLib.create(0, false, 0, marks);
        bool mayShare = lane.hasOwnerHash(_placer(other, !byOperator));
        assert(mayShare == (uint8(uint160(owner)) == uint8(uint160(other))));
    }

    /// @dev The account word of whoever places orders.
    function _placer(address owner, bool byOperator) private pure returns (AccountWord) {
        AccountWord account = AccountWordLib.create(owner);
        return byOperator ? account.actedForByOperator() : account;
    }
}

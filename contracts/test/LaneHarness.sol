// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AccountWord, AccountWordLib} from "../types/AccountWord.sol";
import {Lane, LaneLib} from "../types/Lane.sol";

/// @notice {LaneLib} for tests.
contract LaneHarness {
    /// @notice See {LaneLib.create}.
    function create(uint32 account, bool isAsk, uint40 lots, uint256 marks) external pure returns (uint256) {
        return Lane.unwrap(LaneLib.create(account, isAsk, lots, marks));
    }

    /// @notice All fields of a lane.
    function fields(uint256 lane) external pure returns (uint256 account, uint256 lots, bool isAsk) {
        Lane wrapped = Lane.wrap(lane);
        return (wrapped.account(), wrapped.lots(), wrapped.isAsk());
    }

    /// @notice Fields of a lane that come from the terms and the placing of its order.
    function marksOf(uint256 lane)
        external
        pure
        returns (uint256 expiry, bool isReduceOnly, bool isByOperator, uint256 flags, bool isSpecial, uint256 terms)
    {
        Lane wrapped = Lane.wrap(lane);
        (expiry, isReduceOnly, isByOperator) = (wrapped.expiry(), wrapped.isReduceOnly(), wrapped.isByOperator());
        // Of an account whose hash is another.
        AccountWord stranger = AccountWord.wrap(~(lane >> 104) & 0xff);
        (flags, isSpecial, terms) = (wrapped.flags(), wrapped.isSpecial(stranger), wrapped.termsBits());
    }

    /// @notice See {LaneLib.placerMarks}.
    function placerMarks(address owner, bool byOperator) external pure returns (uint256) {
        AccountWord account = AccountWordLib.create(owner);
        return LaneLib.placerMarks(byOperator ? account.actedForByOperator() : account);
    }

    /// @notice See {LaneLib.hasOwnerHash}.
    function hasOwnerHash(uint256 lane, address owner) external pure returns (bool) {
        return Lane.wrap(lane).hasOwnerHash(AccountWordLib.create(owner));
    }

    /// @notice See {LaneLib.withLots}.
    function withLots(uint256 lane, uint40 lots) external pure returns (uint256) {
        return Lane.unwrap(Lane.wrap(lane).withLots(lots));
    }

    /// @notice See {LaneLib.unpack}.
    function unpack(uint256 pair, uint256 place) external pure returns (uint256) {
        return Lane.unwrap(LaneLib.unpack(pair, place));
    }

    /// @notice See {LaneLib.pack}.
    function pack(uint256 lane, uint256 pair, uint256 place) external pure returns (uint256) {
        return Lane.wrap(lane).pack(pair, place);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OrderTerms, OrderTermsLib} from "../types/OrderTerms.sol";

/// @notice {OrderTermsLib} for tests.
contract OrderTermsHarness {
    /// @notice See {OrderTermsLib.create}.
    function create(uint8 timeInForce, uint8 selfTrade, bool isReduceOnly, uint32 expiry, uint64 clientId)
        external
        pure
        returns (uint256)
    {
        return OrderTerms.unwrap(OrderTermsLib.create(timeInForce, selfTrade, isReduceOnly, expiry, clientId));
    }

    /// @notice All fields of terms.
    function fields(uint256 word)
        external
        pure
        returns (uint256 timeInForce, uint256 selfTrade, uint256 expiry, bool isReduceOnly, uint256 clientId)
    {
        OrderTerms terms = OrderTerms.wrap(word);
        return (terms.timeInForce(), terms.selfTrade(), terms.expiry(), terms.isReduceOnly(), terms.clientId());
    }

    /// @notice What terms are.
    function kinds(uint256 word) external pure returns (bool isPlain, bool isValid, bool mayRest, bool isPostOnly) {
        OrderTerms terms = OrderTerms.wrap(word);
        return (terms.isPlain(), terms.isValid(), terms.mayRest(), terms.isPostOnly());
    }

    /// @notice See {OrderTermsLib.laneBits}.
    function laneBits(uint256 word) external pure returns (uint256) {
        return OrderTerms.wrap(word).laneBits();
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {MoveWord} from "../contracts/types/MoveWord.sol";

/// @notice A {MoveWord} knows the prices of this minute and of the one before, and none of before.
contract MoveWordProofs {
    uint256 private constant _PRICE_MASK = (1 << 56) - 1;
    uint256 private constant _BOTH_MASK = (1 << 112) - 1;

    /// @notice A minute later this minute's prices are those before; two minutes later there are none.
    function check_at(uint256 bits, uint32 time) external pure {
        uint256 minute = uint256(time) / 1 minutes;
        uint256 last = bits & type(uint32).max;
        uint256 later = MoveWord.unwrap(MoveWord.wrap(bits).at(time));
        if (minute == last) assert(later == bits);
        if (minute == last) return;
        assert(later & type(uint32).max == minute);
        assert((later >> 32) & _BOTH_MASK == 0);
        assert(later >> 144 == (minute == last + 1 ? (bits >> 32) & _BOTH_MASK : 0));
    }

    /// @notice No price of either minute is outside of the range, and its ends are prices.
    function check_range(uint256 bits) external pure {
        (uint256 low, uint256 high) = MoveWord.wrap(bits).range();
        uint256 lowNow = (bits >> 32) & _PRICE_MASK;
        uint256 highNow = (bits >> 88) & _PRICE_MASK;
        uint256 lowBefore = (bits >> 144) & _PRICE_MASK;
        uint256 highBefore = bits >> 200;
        assert(lowNow == 0 || low <= lowNow);
        assert(lowBefore == 0 || low <= lowBefore);
        assert(low == lowNow || low == lowBefore);
        assert(high >= highNow && high >= highBefore && (high == highNow || high == highBefore));
    }

    /// @notice A price widens the range of this minute as far as to itself, and changes no other bit.
    function check_withPrice(uint256 bits, uint56 price) external pure {
        uint256 later = MoveWord.unwrap(MoveWord.wrap(bits).withPrice(price));
        uint256 low = (bits >> 32) & _PRICE_MASK;
        uint256 high = (bits >> 88) & _PRICE_MASK;
        assert((later >> 32) & _PRICE_MASK == (low == 0 || price < low ? price : low));
        assert((later >> 88) & _PRICE_MASK == (price > high ? price : high));
        assert(later & type(uint32).max == bits & type(uint32).max);
        assert(later >> 144 == bits >> 144);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {BookWord, BookWordLib} from "../types/BookWord.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {PositionWordLib} from "../types/PositionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {LevelWalk} from "./LevelWalk.sol";

/// @notice What a trade of a given size would cost on average: a price that no small order moves.
library ImpactPrice {
    /// @notice The most levels of a side that are looked at.
    uint256 internal constant MAX_LEVELS = 20;

    uint256 private constant _QUOTE_ATOMS_PER_DOLLAR = 1e6;

    /// @notice Size of a notional at a price, rounded up; at least 1 [lots].
    /// @param dollars Not zero, below 2^32 [dollars].
    /// @param index Price of a lot, at least 1 and below 2^104 [ticks·2^-24].
    /// @param tickValue At least 1, below 2^32 [quote atoms].
    function lotsOf(uint256 dollars, uint256 index, uint256 tickValue) internal pure returns (uint256) {
        unchecked {
            // Below 2^77, and below 2^136.
            uint256 notional = (dollars * _QUOTE_ATOMS_PER_DOLLAR) << PositionWordLib.FRACTION_BITS;
            return (notional - 1) / (index * tickValue) + 1;
        }
    }

    /// @notice Average price of the best lots of one side, rounded down [ticks·2^-24].
    /// @param lots How many, at least 1 [lots].
    /// @return isThere Whether the first levels have so many.
    /// @return average 0 if not.
    /// @dev What rests counts whether or not it could trade.
    function averageOf(uint256 marketId, BookWord book, bool isAsk, uint256 lots)
        internal
        view
        returns (bool isThere, uint256 average)
    {
        uint256 none = isAsk ? BookWordLib.NO_ASK : BookWordLib.NO_BID;
        uint256 tick = book.best(isAsk);
        uint256 left = lots;
        uint256 cost = 0;
        unchecked {
            // 20 levels of 56 bits at ticks of 24 bits.
            for (uint256 i = 0; i < MAX_LEVELS && tick != none; ++i) {
                uint256 level = ExchangeStorage.load(ExchangeStorage.levelSlot(marketId, tick));
                uint256 there = LevelWord.wrap(level).lots();
                if (there >= left) {
                    return (true, ((cost + left * tick) << PositionWordLib.FRACTION_BITS) / lots);
                }
                left -= there;
                cost += there * tick;
                tick = LevelWalk.worse(marketId, tick, isAsk);
            }
        }
    }
}

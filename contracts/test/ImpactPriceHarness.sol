// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TickBitmap} from "../book/TickBitmap.sol";
import {ImpactPrice} from "../perps/ImpactPrice.sol";
import {LevelWalk} from "../perps/LevelWalk.sol";
import {BookWord} from "../types/BookWord.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice {ImpactPrice} and {LevelWalk} over a storage of its own.
contract ImpactPriceHarness {
    /// @notice Levels with so many lots each, all of one side.
    function fill(uint256 marketId, uint256[] calldata ticks, uint256[] calldata lots) external {
        for (uint256 i = 0; i < ticks.length; ++i) {
            TickBitmap.set(marketId, ticks[i]);
            uint256 slot = ExchangeStorage.levelSlot(marketId, ticks[i]);
            ExchangeStorage.store(slot, LevelWord.unwrap(LevelWord.wrap(0).append(lots[i])));
        }
    }

    /// @notice See {LevelWalk.worse}.
    function worse(uint256 marketId, uint256 tick, bool isAsk) external view returns (uint256) {
        return LevelWalk.worse(marketId, tick, isAsk);
    }

    /// @notice See {ImpactPrice.averageOf}.
    function averageOf(uint256 marketId, uint256 bookWord, bool isAsk, uint256 lots)
        external
        view
        returns (bool isThere, uint256 average)
    {
        return ImpactPrice.averageOf(marketId, BookWord.wrap(bookWord), isAsk, lots);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {PositionWord, PositionWordLib} from "../types/PositionWord.sol";

/// @notice {PositionWordLib} for tests.
contract PositionWordHarness {
    /// @notice Fields that have a reader.
    function fields(uint256 word)
        external
        pure
        returns (uint256 openBids, int256 size, uint256 openAsks, uint256 entry, int256 cash, bool isEmpty)
    {
        PositionWord position = PositionWord.wrap(word);
        (openBids, size, openAsks) = (position.openBids(), position.size(), position.openAsks());
        (entry, cash, isEmpty) = (position.entry(), position.cash(), position.isEmpty());
    }

    /// @notice See {PositionWordLib.touched}.
    function touched(uint256 word) external pure returns (uint256) {
        return PositionWord.unwrap(PositionWord.wrap(word).touched());
    }

    /// @notice See {PositionWordLib.open}.
    function open(uint256 word, bool isAsk, uint256 lots) external pure returns (uint256 result, bool fits) {
        PositionWord opened;
        (opened, fits) = PositionWord.wrap(word).open(isAsk, lots);
        result = PositionWord.unwrap(opened);
    }

    /// @notice See {PositionWordLib.close}.
    function close(uint256 word, bool isAsk, uint256 lots) external pure returns (uint256) {
        return PositionWord.unwrap(PositionWord.wrap(word).close(isAsk, lots));
    }

    /// @notice See {PositionWordLib.traded}.
    function traded(uint256 word, int256 lots, int256 units, int256 fundingTicks) external pure returns (uint256) {
        int256 before = PositionWord.wrap(word).size();
        return PositionWord.unwrap(PositionWord.wrap(word).traded(before, before + lots, units, fundingTicks));
    }

    /// @notice See {PositionWordLib.settled}, with the entry of now.
    function settled(uint256 word, int256 units, int256 fundingTicks) external pure returns (uint256) {
        uint256 entry = PositionWordLib.entryOf(fundingTicks);
        return PositionWord.unwrap(PositionWord.wrap(word).settled(units, entry));
    }

    /// @notice See {PositionWordLib.movedSince}.
    function movedSince(uint256 entry, int256 fundingTicks) external pure returns (int256) {
        return PositionWordLib.movedSince(entry, fundingTicks);
    }
}

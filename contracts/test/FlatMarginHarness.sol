// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FlatMargin} from "../risk/FlatMargin.sol";
import {BookWord} from "../types/BookWord.sol";
import {MarkWord} from "../types/MarkWord.sol";
import {PositionWord} from "../types/PositionWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice {FlatMargin} for tests.
contract FlatMarginHarness {
    /// @notice See {FlatMargin.renewed}, of asset 1 with these words.
    function renewed(uint256 bookWord, uint256 underlyingWord, uint256 riskWord) external returns (uint256) {
        ExchangeStorage.store(ExchangeStorage.underlyingSlot(1), underlyingWord);
        ExchangeStorage.store(ExchangeStorage.riskSlot(), riskWord);
        return BookWord.unwrap(FlatMargin.renewed(BookWord.wrap(bookWord), 1));
    }

    /// @notice See {FlatMargin.covers}.
    function covers(int256 cashAtoms, uint256 bookWord, uint256 markWord, uint256 positionWord)
        external
        view
        returns (bool)
    {
        return FlatMargin.covers(
            cashAtoms, BookWord.wrap(bookWord), MarkWord.wrap(markWord), PositionWord.wrap(positionWord)
        );
    }
}

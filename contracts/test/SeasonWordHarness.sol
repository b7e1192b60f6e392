// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {SeasonWord, SeasonWordLib} from "../types/SeasonWord.sol";

/// @notice {SeasonWordLib} for tests.
contract SeasonWordHarness {
    /// @notice See {SeasonWordLib.at}.
    function at(uint256 word, uint256 time) external pure returns (uint256) {
        return SeasonWord.unwrap(SeasonWord.wrap(word).at(time));
    }

    /// @notice All fields of a season word.
    function fields(uint256 word)
        external
        pure
        returns (uint256 day, uint256 today, uint256 yesterday, uint256 seasoned)
    {
        SeasonWord season = SeasonWord.wrap(word);
        return (season.day(), season.today(), season.yesterday(), season.seasoned());
    }

    /// @notice See {SeasonWordLib.plus}.
    function plus(uint256 word, SeasonWordLib.Aged calldata aged) external pure returns (uint256) {
        return SeasonWord.unwrap(SeasonWord.wrap(word).plus(aged));
    }

    /// @notice See {SeasonWordLib.minus}.
    function minus(uint256 word, uint256 atoms, bool seasonedFirst)
        external
        pure
        returns (uint256 rest, SeasonWordLib.Aged memory taken)
    {
        SeasonWord left;
        (left, taken) = SeasonWord.wrap(word).minus(atoms, seasonedFirst);
        rest = SeasonWord.unwrap(left);
    }
}

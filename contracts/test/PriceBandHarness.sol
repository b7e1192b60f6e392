// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {PriceBand} from "../book/PriceBand.sol";
import {BookWord} from "../types/BookWord.sol";
import {ConfigWord, ConfigWordLib} from "../types/ConfigWord.sol";

/// @notice {PriceBand} for tests.
contract PriceBandHarness {
    /// @notice See {PriceBand.withBandAround}.
    /// @param bandBps Band of a spot market [basis points].
    function withBandAround(uint256 bookWord, uint16 bandBps, uint256 price) external pure returns (uint256) {
        return BookWord.unwrap(
            PriceBand.withBandAround(BookWord.wrap(bookWord), ConfigWordLib.create(1, 1, bandBps), price, price)
        );
    }

    /// @notice See {PriceBand.withBandAroundMark}.
    /// @param bandBps Band of a perp [basis points].
    function withBandAroundMark(uint256 bookWord, uint16 bandBps, uint256 low, uint256 high, bool unconfirmed)
        external
        pure
        returns (uint256)
    {
        ConfigWord config = ConfigWordLib.create(1, 2, bandBps);
        return BookWord.unwrap(PriceBand.withBandAroundMark(BookWord.wrap(bookWord), config, low, high, unconfirmed));
    }
}

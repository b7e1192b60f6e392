// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ConfigWord, ConfigWordLib} from "../types/ConfigWord.sol";
import {PerpPoolWord, PerpPoolWordLib} from "../types/PerpPoolWord.sol";

/// @notice {ConfigWordLib} and {PerpPoolWordLib} for tests.
contract PerpWordsHarness {
    /// @notice The config word of a new perp.
    /// @param terms Band of orders, lot, impact notional, band of the mark, funding cap, interest, clamp.
    function createConfig(uint16 base, uint256[7] calldata terms) external pure returns (uint256) {
        ConfigWord made = ConfigWordLib.create(base, 2, terms[0]).withPerp(terms[1], terms[2], terms[3]);
        return ConfigWord.unwrap(made.withFunding(terms[4], terms[5], terms[6]));
    }

    /// @notice Terms of a config word, in the order of {createConfig}.
    function config(uint256 word) external pure returns (bool isListed, uint256[7] memory terms) {
        ConfigWord wrapped = ConfigWord.wrap(word);
        isListed = wrapped.isListed();
        (terms[0], terms[1], terms[2]) = (wrapped.bandBps(), wrapped.atomsPerLot(), wrapped.impactDollars());
        (terms[3], terms[4]) = (wrapped.markBandBps(), wrapped.fundingCap());
        (terms[5], terms[6]) = (wrapped.interest(), wrapped.clamp());
    }

    /// @notice See {PerpPoolWordLib.create}.
    function createPool(uint256 cash, uint256 shortfall) external pure returns (uint256) {
        return PerpPoolWord.unwrap(PerpPoolWordLib.create(cash, shortfall));
    }

    /// @notice Fields of a pool word.
    function pool(uint256 word) external pure returns (bool isListed, uint256 cash, uint256 shortfall) {
        PerpPoolWord wrapped = PerpPoolWord.wrap(word);
        return (wrapped.isListed(), wrapped.cash(), wrapped.shortfall());
    }
}

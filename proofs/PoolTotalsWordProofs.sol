// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {PoolTotalsWord, PoolTotalsWordLib} from "../contracts/types/PoolTotalsWord.sol";

/// @notice A {PoolTotalsWord} gives back each field it was made of, and is never zero.
contract PoolTotalsWordProofs {
    /// @notice Fields within their widths.
    function check_create(uint80 supply, uint80 borrow, uint80 cash, uint16 reservePermille) external pure {
        if (reservePermille > 999) return;
        PoolTotalsWord word = PoolTotalsWordLib.create(supply, borrow, cash, reservePermille);
        assert(word.supplyShares() == supply);
        assert(word.borrowShares() == borrow);
        assert(word.cash() == cash);
        assert(word.reservePermille() == reservePermille);
        assert(PoolTotalsWord.unwrap(word) != 0);
    }
}

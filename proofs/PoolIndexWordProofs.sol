// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {PoolIndexWord, PoolIndexWordLib} from "../contracts/types/PoolIndexWord.sol";

/// @notice A {PoolIndexWord} gives back each field it was made of.
contract PoolIndexWordProofs {
    /// @notice Fields within their widths; a pool with an index is open.
    function check_create(uint80 supply, uint80 borrow, uint32 time, uint32 rate, uint40 rateAtTarget) external pure {
        if (supply > PoolIndexWordLib.MAX_INDEX || borrow > PoolIndexWordLib.MAX_INDEX) return;
        PoolIndexWord word = PoolIndexWordLib.create(supply, borrow, time, rate, rateAtTarget);
        assert(word.supplyIndex() == supply);
        assert(word.borrowIndex() == borrow);
        assert(word.time() == time);
        assert(word.rate() == rate);
        assert(word.rateAtTarget() == rateAtTarget);
        assert(word.isOpen() || supply == 0);
    }
}

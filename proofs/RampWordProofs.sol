// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {RampWord, RampWordLib} from "../contracts/types/RampWord.sol";

/// @notice A change leaves the time of listing of a {RampWord} alone.
contract RampWordProofs {
    /// @notice The word of a new asset, after none, one and two changes.
    function check_withChange(uint32 listed, uint32 first, uint32 second) external pure {
        RampWord word = RampWordLib.create(listed);
        assert(word.listedAt() == listed && word.changedAt() == 0);
        word = word.withChange(first);
        assert(word.listedAt() == listed && word.changedAt() == first);
        word = word.withChange(second);
        assert(word.listedAt() == listed && word.changedAt() == second);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {OperatorWord, OperatorWordLib} from "../contracts/types/OperatorWord.sol";

/// @notice What holds for every {OperatorWord}.
contract OperatorWordProofs {
    /// @notice A word has what it was created from, and is never zero.
    function check_create(uint8 permissions, uint32 expiry) external pure {
        OperatorWord word = OperatorWordLib.create(permissions, expiry);
        assert(word.permissions() == permissions);
        assert(word.expiry() == expiry);
        assert(OperatorWord.unwrap(word) != 0);
    }

    /// @notice Nothing is allowed that was not given, nor after the last second.
    function check_allowsAny(uint8 permissions, uint32 expiry, uint8 wanted, uint64 time) external pure {
        bool allowed = OperatorWordLib.create(permissions, expiry).allowsAny(wanted, time);
        assert(allowed == (permissions & wanted != 0 && time <= expiry));
    }

    /// @notice An address without a word is allowed nothing.
    function check_allowsAny_unknown(uint256 wanted, uint64 time) external pure {
        assert(!OperatorWord.wrap(0).allowsAny(wanted, time));
    }
}

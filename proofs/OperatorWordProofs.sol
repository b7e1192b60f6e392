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

    /// @notice Several permissions are allowed together only if each was given, and not after the last second.
    function check_allows(uint8 permissions, uint32 expiry, uint8 wanted, uint64 time) external pure {
        bool allowed = OperatorWordLib.create(permissions, expiry).allows(wanted, time);
        assert(allowed == (permissions & wanted == wanted && time <= expiry));
    }

    /// @notice One of several is allowed only if one was given, and not after the last second.
    function check_allowsAny(uint8 permissions, uint32 expiry, uint8 wanted, uint64 time) external pure {
        bool allowed = OperatorWordLib.create(permissions, expiry).allowsAny(wanted, time);
        assert(allowed == (permissions & wanted != 0 && time <= expiry));
    }

    /// @notice An address without a word is allowed nothing, not even nothing once the first second is over.
    function check_allows_unknown(uint256 wanted, uint64 time) external pure {
        OperatorWord word = OperatorWord.wrap(0);
        assert(!word.allowsAny(wanted, time));
        if (time != 0) assert(!word.allows(wanted, time));
    }
}

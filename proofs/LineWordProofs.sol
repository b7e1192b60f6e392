// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LineWord, LineWordLib} from "../contracts/types/LineWord.sol";

/// @notice No field of a {LineWord} changes another, and only an active line can be drawn, until it expires.
contract LineWordProofs {
    /// @notice An offer has what it was made of; nothing of it can be drawn.
    function check_offered(uint80 locked, uint80 fee, uint32 expiry, uint64 time) external pure {
        LineWord word = LineWordLib.offered(locked, fee, expiry);
        _checkFields(word, locked, fee, expiry, 0);
        assert(word.isOffered() && !word.isActive() && !word.isNone());
        assert(word.available(time) == 0);
    }

    /// @notice An offer that is accepted keeps what is locked until the same second, and nothing is drawn.
    function check_accepted(uint80 locked, uint80 fee, uint32 expiry, uint64 time) external pure {
        LineWord word = LineWordLib.offered(locked, fee, expiry).accepted();
        _checkFields(word, locked, 0, expiry, 0);
        assert(word.isActive() && !word.isOffered() && !word.isNone());
        assert(word.available(time) == (time <= expiry ? locked : 0));
    }

    /// @notice Other amounts leave times and state alone.
    function check_withAmounts(uint256 bits, uint80 locked, uint80 drawn) external pure {
        LineWord word = LineWord.wrap(bits);
        LineWord changed = word.withAmounts(locked, drawn);
        _checkFields(changed, locked, drawn, word.expiry(), word.closesAt());
        assert(LineWord.unwrap(changed) >> 160 == bits >> 160);
    }

    /// @notice Notice leaves amounts, expiry and state alone.
    function check_withNotice(uint256 bits, uint32 closesAt) external pure {
        LineWord word = LineWord.wrap(bits);
        LineWord changed = word.withNotice(closesAt);
        _checkFields(changed, word.locked(), word.drawn(), word.expiry(), closesAt);
        assert(LineWord.unwrap(changed) >> 224 == bits >> 224);
    }

    /// @notice A line that is no more is in no state and has nothing, but is not zero.
    function check_none() external pure {
        LineWord word = LineWordLib.none();
        _checkFields(word, 0, 0, 0, 0);
        assert(word.isNone());
        assert(LineWord.unwrap(word) != 0);
    }

    function _checkFields(LineWord word, uint256 locked, uint256 drawn, uint256 expiry, uint256 closesAt) private pure {
        assert(word.locked() == locked);
        assert(word.drawn() == drawn);
        assert(word.expiry() == expiry);
        assert(word.closesAt() == closesAt);
    }
}

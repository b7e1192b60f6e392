// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {AuctionWord, AuctionWordLib} from "../contracts/types/AuctionWord.sol";

/// @notice No field of an {AuctionWord} changes another, and no clock starts before its window ends.
contract AuctionWordProofs {
    /// @notice A flag has its times, its clock starts where the window ends, and it is not in deficit.
    function check_create(uint32 time, uint32 windowEnd) external pure {
        AuctionWord word = AuctionWordLib.create(time, windowEnd);
        _checkFields(word, windowEnd, windowEnd, time, false);
        assert(AuctionWord.unwrap(word) != 0);
    }

    /// @notice A clock starts anew now, or where the window ends if that is later; all else stays.
    function check_restarted(uint256 bits, uint32 time) external pure {
        AuctionWord word = AuctionWord.wrap(bits);
        uint256 start = time > word.windowEnd() ? time : word.windowEnd();
        _checkFields(word.restarted(time), word.windowEnd(), start, word.flaggedAt(), word.isInDeficit());
    }

    /// @notice Being in deficit changes no time.
    function check_withDeficit(uint256 bits, bool inDeficit) external pure {
        AuctionWord word = AuctionWord.wrap(bits);
        _checkFields(word.withDeficit(inDeficit), word.windowEnd(), word.clockStart(), word.flaggedAt(), inDeficit);
    }

    function _checkFields(AuctionWord word, uint256 windowEnd, uint256 clockStart, uint256 flaggedAt, bool inDeficit)
        private
        pure
    {
        assert(word.windowEnd() == windowEnd);
        assert(word.clockStart() == clockStart);
        assert(word.flaggedAt() == flaggedAt);
        assert(word.isInDeficit() == inDeficit);
    }
}

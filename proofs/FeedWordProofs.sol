// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {FeedWord} from "../contracts/types/FeedWord.sol";

/// @notice A price that waits leaves the feed of a {FeedWord} alone.
contract FeedWordProofs {
    /// @notice Another price that waits, or none.
    function check_withPending(uint256 bits, uint64 price, uint32 time) external pure {
        FeedWord word = FeedWord.wrap(bits);
        FeedWord changed = word.withPending(price, time);
        assert(changed.feed() == word.feed());
        assert(changed.pendingPrice() == price);
        assert(changed.pendingTime() == time);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {PoolTermsWord, PoolTermsWordLib} from "../contracts/types/PoolTermsWord.sol";

/// @notice The window of a {PoolTermsWord} changes no limit.
contract PoolTermsWordProofs {
    /// @notice Limits within their widths, and nothing in the window at any time.
    function check_create(uint80 supplyCap, uint80 borrowCap, uint16 ceiling, uint16 hourly, uint32 time)
        external
        pure
    {
        if (ceiling > 999 || hourly > 999) return;
        PoolTermsWord word = PoolTermsWordLib.create(supplyCap, borrowCap, ceiling, hourly);
        assert(word.supplyCap() == supplyCap);
        assert(word.borrowCap() == borrowCap);
        assert(word.ceilingPermille() == ceiling);
        assert(word.hourlyPermille() == hourly);
        assert(word.windowAt(time) == 0);
    }

    /// @notice Another window takes the place of the one before, level and time, and leaves the limits alone.
    function check_withWindow(uint256 bits, uint32 level, uint32 time) external pure {
        PoolTermsWord word = PoolTermsWord.wrap(bits);
        PoolTermsWord changed = word.withWindow(level, time);
        assert(PoolTermsWord.unwrap(changed) >> 192 == uint256(level) | (uint256(time) << 32));
        assert(changed.supplyCap() == word.supplyCap());
        assert(changed.borrowCap() == word.borrowCap());
        assert(changed.ceilingPermille() == word.ceilingPermille());
        assert(changed.hourlyPermille() == word.hourlyPermille());
    }
}

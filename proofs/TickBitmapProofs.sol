// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {TickBitmap} from "../contracts/book/TickBitmap.sol";

/// @notice What holds for every word of {TickBitmap}.
contract TickBitmapProofs {
    uint256 private constant _CHILDREN = 255;

    /// @notice A bit is among the children above one if it is set, above it, and not the sentinel.
    function check_childrenAbove(uint256 word, uint8 child, uint8 bit) external pure {
        if (child >= _CHILDREN) return;
        bool wanted = _has(word, bit) && bit > child && bit < _CHILDREN;
        assert(_has(TickBitmap.childrenAbove(word, child), bit) == wanted);
    }

    /// @notice A bit is among the children below one if it is set and below it.
    function check_childrenBelow(uint256 word, uint8 child, uint8 bit) external pure {
        if (child >= _CHILDREN) return;
        assert(_has(TickBitmap.childrenBelow(word, child), bit) == (_has(word, bit) && bit < child));
    }

    function _has(uint256 word, uint256 bit) private pure returns (bool) {
        return (word >> bit) & 1 == 1;
    }
}

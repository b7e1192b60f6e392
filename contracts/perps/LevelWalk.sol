// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {TickBitmap} from "../book/TickBitmap.sol";
import {BookWordLib} from "../types/BookWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice From level to level of one side of a book, changing nothing.
library LevelWalk {
    uint256 private constant _CHILDREN = 255;
    /// @dev All children of a word, without its sentinel.
    uint256 private constant _CHILD_MASK = (1 << 255) - 1;
    uint256 private constant _TOP_LAYER = 2;

    /// @notice The next worse tick with live orders: above `tick` for asks, below it for bids.
    /// @return next {BookWordLib.NO_ASK} or {BookWordLib.NO_BID} if there is none.
    function worse(uint256 marketId, uint256 tick, bool isAsk) internal view returns (uint256 next) {
        uint256 index = tick;
        for (uint256 layer = 0; layer <= _TOP_LAYER; ++layer) {
            uint256 child = index % _CHILDREN;
            index /= _CHILDREN;
            uint256 word = _children(marketId, layer, index);
            uint256 others = isAsk ? TickBitmap.childrenAbove(word, child) : TickBitmap.childrenBelow(word, child);
            if (others != 0) return _descend(marketId, layer, index, others, isAsk);
        }
        return isAsk ? BookWordLib.NO_ASK : BookWordLib.NO_BID;
    }

    /// @dev From some children of a word of `layer` down to the tick: the lowest for asks, the highest for bids.
    function _descend(uint256 marketId, uint256 layer, uint256 index, uint256 children, bool isAsk)
        private
        view
        returns (uint256)
    {
        unchecked {
            // Indices are below 255^3, and the layer is not zero where it is counted down.
            while (true) {
                index = index * _CHILDREN + (isAsk ? LibBit.ffs(children) : LibBit.fls(children));
                if (layer == 0) break;
                --layer;
                children = _children(marketId, layer, index);
            }
        }
        return index;
    }

    function _children(uint256 marketId, uint256 layer, uint256 index) private view returns (uint256) {
        return ExchangeStorage.load(ExchangeStorage.bitmapSlot(marketId, layer, index)) & _CHILD_MASK;
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {BookWordLib} from "../types/BookWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice Which ticks of a market have live orders: a tree of three layers of words with 255 children each.
/// @dev Bit 255 of every word used once stays set (a sentinel), so no word returns to zero and its reuse costs 5,000 gas
///      instead of 22,100. One tree serves both sides: a book is never crossed, so every set tick below the best bid
///      is a bid and every set tick above the best ask an ask.
library TickBitmap {
    /// @notice The highest tick: 255^3 − 1. Tick 0 is no price.
    uint256 internal constant MAX_TICK = 16_581_374;

    uint256 private constant _CHILDREN = 255;
    uint256 private constant _SENTINEL = 1 << 255;
    uint256 private constant _CHILD_MASK = _SENTINEL - 1;
    uint256 private constant _TOP_LAYER = 2;

    /// @notice Mark a tick as having live orders.
    function set(uint256 marketId, uint256 tick) internal {
        uint256 index = tick;
        for (uint256 layer = 0; layer <= _TOP_LAYER; ++layer) {
            uint256 child = index % _CHILDREN;
            index /= _CHILDREN;
            uint256 slot = ExchangeStorage.bitmapSlot(marketId, layer, index);
            uint256 word = ExchangeStorage.load(slot);
            ExchangeStorage.store(slot, word | (uint256(1) << child) | _SENTINEL);
            if (word & _CHILD_MASK != 0) return;
        }
    }

    /// @notice Mark a tick as having no live order.
    function clear(uint256 marketId, uint256 tick) internal {
        uint256 index = tick;
        for (uint256 layer = 0; layer <= _TOP_LAYER; ++layer) {
            uint256 child = index % _CHILDREN;
            index /= _CHILDREN;
            if (_clearChild(marketId, layer, index, child) & _CHILD_MASK != 0) return;
        }
    }

    /// @notice Mark the best tick of a side as having no live order, and find the next worse one: above `tick` for asks,
    ///         below it for bids.
    /// @return next {BookWordLib.NO_ASK} or {BookWordLib.NO_BID} if there is none.
    function clearBest(uint256 marketId, uint256 tick, bool isAsk) internal returns (uint256 next) {
        uint256 index = tick / _CHILDREN;
        uint256 child = tick % _CHILDREN;
        uint256 word = _clearChild(marketId, 0, index, child);
        uint256 others = _worse(word, child, isAsk);
        unchecked {
            // Indices are below 255^3.
            if (others != 0) return index * _CHILDREN + _best(others, isAsk);
        }
        return _clearBestAbove(marketId, index, word & _CHILD_MASK == 0, isAsk);
    }

    /// @notice Whether a tick has live orders.
    function isSet(uint256 marketId, uint256 tick) internal view returns (bool) {
        uint256 word = ExchangeStorage.load(ExchangeStorage.bitmapSlot(marketId, 0, tick / _CHILDREN));
        return (word >> (tick % _CHILDREN)) & 1 == 1;
    }

    /// @notice The set children of a word above one child.
    function childrenAbove(uint256 word, uint256 child) internal pure returns (uint256) {
        // Shifting by one more than the child clears all bits up to and with it.
        return word & _CHILD_MASK & ((type(uint256).max << child) << 1);
    }

    /// @notice The set children of a word below one child.
    function childrenBelow(uint256 word, uint256 child) internal pure returns (uint256) {
        return word & ~(type(uint256).max << child);
    }

    /// @dev The word of the lowest layer has no worse child: go up until there is one, and down again. Only a word that
    ///      has lost its last child is cleared in the layer above.
    function _clearBestAbove(uint256 marketId, uint256 index, bool isEmpty, bool isAsk) private returns (uint256) {
        for (uint256 layer = 1; layer <= _TOP_LAYER; ++layer) {
            uint256 child = index % _CHILDREN;
            index /= _CHILDREN;
            uint256 word = isEmpty
                ? _clearChild(marketId, layer, index, child)
                : ExchangeStorage.load(ExchangeStorage.bitmapSlot(marketId, layer, index));
            isEmpty = word & _CHILD_MASK == 0;
            uint256 others = _worse(word, child, isAsk);
            if (others != 0) return _descend(marketId, layer, index, others, isAsk);
        }
        return isAsk ? BookWordLib.NO_ASK : BookWordLib.NO_BID;
    }

    /// @dev Clear one child of a word.
    /// @return word The word without it.
    function _clearChild(uint256 marketId, uint256 layer, uint256 index, uint256 child) private returns (uint256 word) {
        uint256 slot = ExchangeStorage.bitmapSlot(marketId, layer, index);
        word = ExchangeStorage.load(slot) & ~(uint256(1) << child);
        ExchangeStorage.store(slot, word);
    }

    /// @dev From a word of `layer` down to the tick: the lowest child for asks, the highest for bids.
    function _descend(uint256 marketId, uint256 layer, uint256 index, uint256 word, bool isAsk)
        private
        view
        returns (uint256)
    {
        unchecked {
            // Indices are below 255^3, and the layer is not zero where it is counted down.
            while (true) {
                index = index * _CHILDREN + _best(word, isAsk);
                if (layer == 0) return index;
                --layer;
                word = ExchangeStorage.load(ExchangeStorage.bitmapSlot(marketId, layer, index)) & _CHILD_MASK;
            }
        }
        return index;
    }

    /// @dev The children that are worse than one: above it for asks, below for bids.
    function _worse(uint256 word, uint256 child, bool isAsk) private pure returns (uint256) {
        return isAsk ? childrenAbove(word, child) : childrenBelow(word, child);
    }

    /// @dev The best of some children: the lowest for asks, the highest for bids.
    function _best(uint256 children, bool isAsk) private pure returns (uint256) {
        return isAsk ? LibBit.ffs(children) : LibBit.fls(children);
    }
}

// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {TickBitmap} from "../book/TickBitmap.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {ILens} from "../interfaces/ILens.sol";
import {BookWord, BookWordLib} from "../types/BookWord.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {WordReader} from "./WordReader.sol";

/// @notice The levels of a book, found from outside by the words of its {TickBitmap}.
library DepthReading {
    using WordReader for IExchange;

    uint256 private constant _LAYERS = 3;
    uint256 private constant _CHILDREN = 255;

    /// @dev On the way from the best tick outwards: the word it is at in each layer of the tree, and the children of that
    ///      word it has not been to yet.
    struct Walk {
        IExchange exchange;
        uint256 marketId;
        bool isAsk;
        uint256[_LAYERS] index;
        uint256[_LAYERS] children;
    }

    /// @notice See {ILens.depth}; the limit is already cut.
    function depth(IExchange exchange, uint16 marketId, IExchange.Side side, uint24 fromTick, uint256 limit)
        internal
        view
        returns (ILens.Level[] memory levels, uint24 nextTick)
    {
        WordReader.checkTick(fromTick);
        BookWord book = exchange.readBook(marketId);
        bool isAsk = side == IExchange.Side.ASK;
        uint256 tick = book.best(isAsk);
        if (tick == (isAsk ? BookWordLib.NO_ASK : BookWordLib.NO_BID)) return (levels, 0);
        // One tree serves both sides, so no walk may begin before the best tick of its own.
        if (isAsk ? fromTick > tick : fromTick != 0 && fromTick < tick) tick = fromTick;

        uint256[] memory ticks = new uint256[](limit);
        uint256 count;
        Walk memory walk = _begin(exchange, marketId, isAsk, tick);
        for (tick = _next(walk); tick != 0 && count < limit; tick = _next(walk)) {
            ticks[count++] = tick;
        }
        // Ticks are below 2^24.
        return (_levels(exchange, marketId, WordReader.first(ticks, count)), uint24(tick));
    }

    /// @dev The levels at some ticks.
    function _levels(IExchange exchange, uint256 marketId, uint256[] memory ticks)
        private
        view
        returns (ILens.Level[] memory levels)
    {
        uint256[] memory slots = new uint256[](ticks.length);
        for (uint256 i = 0; i < ticks.length; ++i) {
            slots[i] = ExchangeStorage.levelSlot(marketId, ticks[i]);
        }
        uint256[] memory words = exchange.readWords(slots);
        levels = new ILens.Level[](ticks.length);
        for (uint256 i = 0; i < ticks.length; ++i) {
            LevelWord level = LevelWord.wrap(words[i]);
            // The fields have these widths.
            levels[i] = ILens.Level(uint24(ticks[i]), uint56(level.lots()), uint16(level.live()));
        }
    }

    /// @dev Begin at a tick: in the lowest layer with its own bit, above with those beyond it.
    function _begin(IExchange exchange, uint256 marketId, bool isAsk, uint256 tick)
        private
        view
        returns (Walk memory walk)
    {
        (walk.exchange, walk.marketId, walk.isAsk) = (exchange, marketId, isAsk);
        uint256[] memory slots = new uint256[](_LAYERS);
        uint256[_LAYERS] memory child;
        uint256 index = tick;
        for (uint256 layer = 0; layer < _LAYERS; ++layer) {
            child[layer] = index % _CHILDREN;
            index /= _CHILDREN;
            walk.index[layer] = index;
            slots[layer] = ExchangeStorage.bitmapSlot(marketId, layer, index);
        }
        uint256[] memory words = exchange.readWords(slots);
        for (uint256 layer = 0; layer < _LAYERS; ++layer) {
            uint256 word = words[layer];
            walk.children[layer] =
                isAsk ? TickBitmap.childrenAbove(word, child[layer]) : TickBitmap.childrenBelow(word, child[layer]);
        }
        walk.children[0] |= words[0] & (uint256(1) << child[0]);
    }

    /// @dev The next tick with orders, 0 after the last: up to the lowest layer with a child left, and down again.
    function _next(Walk memory walk) private view returns (uint256) {
        uint256 layer;
        while (layer < _LAYERS) {
            uint256 children = walk.children[layer];
            if (children == 0) {
                ++layer;
                continue;
            }
            uint256 child = walk.isAsk ? LibBit.ffs(children) : LibBit.fls(children);
            walk.children[layer] = children ^ (uint256(1) << child);
            uint256 index = walk.index[layer] * _CHILDREN + child;
            if (layer == 0) return index;
            --layer;
            walk.index[layer] = index;
            uint256 word = walk.exchange.readWord(ExchangeStorage.bitmapSlot(walk.marketId, layer, index));
            walk.children[layer] = TickBitmap.childrenBelow(word, _CHILDREN);
        }
        return 0;
    }
}

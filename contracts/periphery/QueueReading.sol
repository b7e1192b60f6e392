// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {LibBit} from "solady/src/utils/LibBit.sol";
import {IExchange} from "../interfaces/IExchange.sol";
import {ILens} from "../interfaces/ILens.sol";
import {ChunkHeader} from "../types/ChunkHeader.sol";
import {LaneLib} from "../types/Lane.sol";
import {LevelWord} from "../types/LevelWord.sol";
import {OrderId, OrderIdLib} from "../types/OrderId.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";
import {OrderReading} from "./OrderReading.sol";
import {WordReader} from "./WordReader.sol";

/// @notice The queue of a level, read from its head on.
/// @dev Generations grow from chunk to chunk, and places within one, so a generation and a place say where in time a page
///      begins, whatever has left the queue since. To get there at once, a cursor also names a chunk to go on from; if
///      that one has left, even if it has come back since, the walk begins at the head again. A walk is bounded, so it
///      may end before its page begins.
library QueueReading {
    using WordReader for IExchange;

    /// @notice The most chunks a page walks over.
    uint256 internal constant MAX_CHUNKS = 1_500;

    /// @dev Pairs of lanes in the largest chunk.
    uint256 private constant _PAIRS = 3;
    /// @dev Behind all places of a chunk.
    uint256 private constant _NO_PLACE = 8;

    /// @dev A walk over a queue.
    struct Walk {
        IExchange exchange;
        uint256 marketId;
        uint256 tick;
        LevelWord level;
        /// @dev The chunk it is at, with its header and what {OrderReading.lifeOf} says of it.
        uint256 chunk;
        ChunkHeader header;
        uint256 live;
        uint256 generation;
        /// @dev Where the page begins: orders of older generations, and of this one at lower places, come before it.
        uint256 fromGeneration;
        uint256 fromPlace;
        /// @dev Orders found: ids, and the words that hold their lanes.
        uint256[] ids;
        uint256[] pairs;
        uint256 count;
    }

    /// @notice See {ILens.queue}; the limit is already cut.
    function queue(IExchange exchange, uint16 marketId, uint24 tick, uint256 cursor, uint256 limit)
        internal
        view
        returns (ILens.Order[] memory orders, uint256 nextCursor)
    {
        WordReader.checkTick(tick);
        exchange.readBook(marketId);
        Walk memory walk;
        (walk.exchange, walk.marketId, walk.tick) = (exchange, marketId, tick);
        _begin(walk, cursor);
        if (walk.level.live() == 0) return (orders, 0);
        (walk.ids, walk.pairs) = (new uint256[](limit), new uint256[](limit));
        nextCursor = _run(walk);
        orders = new ILens.Order[](walk.count);
        for (uint256 i = 0; i < walk.count; ++i) {
            // Ids are 128 bits.
            OrderId id = OrderId.wrap(uint128(walk.ids[i]));
            orders[i] = OrderReading.describe(id, LaneLib.unpack(walk.pairs[i], id.place()));
        }
    }

    /// @dev Go to the chunk that the cursor names, if it is in the queue and not behind where the page begins, else to the
    ///      head.
    function _begin(Walk memory walk, uint256 cursor) private view {
        // Cursors have 88 bits.
        OrderId from = OrderId.wrap(uint128(cursor));
        (walk.fromGeneration, walk.fromPlace) = (from.generation(), from.place());
        uint256[] memory slots = new uint256[](2);
        slots[0] = ExchangeStorage.levelSlot(walk.marketId, walk.tick);
        slots[1] = ExchangeStorage.headerSlot(walk.marketId, walk.tick, from.chunk());
        uint256[] memory words = walk.exchange.readWords(slots);
        walk.level = LevelWord.wrap(words[0]);
        _enter(walk, from.chunk(), ChunkHeader.wrap(words[1]));
        // No chunk behind the head is of generation 0, which stands for one that is not in the queue.
        if (walk.generation == 0 || walk.generation > walk.fromGeneration) {
            uint256 head = walk.level.headChunk();
            uint256 slot = ExchangeStorage.headerSlot(walk.marketId, walk.tick, head);
            _enter(walk, head, ChunkHeader.wrap(walk.exchange.readWord(slot)));
        }
    }

    function _enter(Walk memory walk, uint256 chunk, ChunkHeader header) private pure {
        (walk.chunk, walk.header) = (chunk, header);
        (walk.live, walk.generation) = OrderReading.lifeOf(chunk, walk.tick, walk.level, header);
    }

    /// @dev Walk until the page is full or the queue ends.
    /// @return nextCursor The cursor of the next page, 0 if there is none.
    function _run(Walk memory walk) private view returns (uint256 nextCursor) {
        for (uint256 chunks = 1;; ++chunks) {
            (uint256 left, ChunkHeader nextHeader) = _collect(walk, _wanted(walk));
            if (left != 0) return _cursor(walk, walk.generation, LibBit.ffs(left));
            if (walk.chunk == walk.level.tailChunk()) return 0;
            if (chunks == MAX_CHUNKS) {
                // What is before the page stays before it.
                if (walk.generation < walk.fromGeneration) return _cursor(walk, walk.fromGeneration, walk.fromPlace);
                return _cursor(walk, walk.generation, _NO_PLACE);
            }
            _enter(walk, walk.header.next(), nextHeader);
        }
    }

    /// @dev The live bits of the chunk that belong to the page.
    function _wanted(Walk memory walk) private pure returns (uint256) {
        if (walk.generation < walk.fromGeneration) return 0;
        return walk.generation == walk.fromGeneration ? (walk.live >> walk.fromPlace) << walk.fromPlace : walk.live;
    }

    /// @dev Read some orders of the chunk, as far as there is room, and the header of the chunk after it.
    /// @return left What there was no room for.
    function _collect(Walk memory walk, uint256 live) private view returns (uint256 left, ChunkHeader nextHeader) {
        (uint256 marketId, uint256 tick, uint256 chunk) = (walk.marketId, walk.tick, walk.chunk);
        uint256[] memory slots = new uint256[](live == 0 ? 1 : 1 + _PAIRS);
        slots[0] = ExchangeStorage.headerSlot(marketId, tick, walk.header.next());
        for (uint256 i = 1; i < slots.length; ++i) {
            slots[i] = ExchangeStorage.laneSlot(marketId, tick, chunk, 2 * (i - 1));
        }
        uint256[] memory words = walk.exchange.readWords(slots);
        nextHeader = ChunkHeader.wrap(words[0]);
        // Each step clears the lowest bit.
        for (left = live; left != 0 && walk.count < walk.ids.length; left &= left - 1) {
            uint256 place = LibBit.ffs(left);
            walk.ids[walk.count] = OrderId.unwrap(OrderIdLib.create(marketId, tick, chunk, place, walk.generation));
            walk.pairs[walk.count++] = words[1 + place / 2];
        }
    }

    /// @dev A cursor is the id of an order without market and tick: generation and place at which the page begins, and a
    ///      chunk to go on from, which may be an older one.
    function _cursor(Walk memory walk, uint256 fromGeneration, uint256 fromPlace) private pure returns (uint256) {
        return OrderId.unwrap(OrderIdLib.create(0, 0, walk.chunk, fromPlace, fromGeneration));
    }
}

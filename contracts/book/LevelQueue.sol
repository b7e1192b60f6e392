// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;

import {ChunkHeader, ChunkHeaderLib} from "../types/ChunkHeader.sol";
import {Lane, LaneLib} from "../types/Lane.sol";
import {LevelWord, LevelWordLib} from "../types/LevelWord.sol";
import {OrderId, OrderIdLib} from "../types/OrderId.sol";
import {PoolWord} from "../types/PoolWord.sol";
import {ExchangeStorage} from "../ExchangeStorage.sol";

/// @notice The first-in-first-out queue of a price level, in chunks of a few lanes.
/// @dev Orders have no links. Chunks have, so that one without live orders leaves the queue at once, whoever emptied it:
///      what was cancelled is never walked over again. While a level has live orders its head chunk has one, and so has
///      every chunk in the middle; only the tail may be without.
library LevelQueue {
    /// @notice Put an order behind all others of its level.
    /// @param lots Lots of the lane.
    /// @return id Id of the order; 0 if the level has no room, and then nothing has changed.
    /// @return isFirst Whether it is the only one.
    function append(uint256 marketId, uint256 tick, Lane lane, uint256 lots)
        internal
        returns (OrderId id, bool isFirst)
    {
        uint256 levelSlot = ExchangeStorage.levelSlot(marketId, tick);
        LevelWord level = LevelWord.wrap(ExchangeStorage.load(levelSlot));
        isFirst = level.live() == 0;
        if (level.live() == LevelWordLib.MAX_LIVE) return (id, false);
        if (level.isTailFull()) level = _startChunk(marketId, tick, level);

        uint256 place = level.tailPlace();
        uint256 chunk = level.tailChunk();
        uint256 laneSlot = ExchangeStorage.laneSlot(marketId, tick, chunk, place);
        ExchangeStorage.store(laneSlot, lane.pack(ExchangeStorage.load(laneSlot), place));
        ExchangeStorage.store(levelSlot, LevelWord.unwrap(level.append(lots)));
        id = OrderIdLib.create(marketId, tick, chunk, place, level.generation());
    }

    /// @notice Find a live order by its id.
    /// @return lane The order; zero if the id is stale: never given out, or the order filled or removed.
    /// @return level Word of its level.
    /// @return header Header of its chunk, only if that is neither head nor tail.
    function find(OrderId id) internal view returns (Lane lane, LevelWord level, ChunkHeader header) {
        uint256 marketId = id.market();
        uint256 tick = id.tick();
        uint256 chunk = id.chunk();
        uint256 place = id.place();
        level = LevelWord.wrap(ExchangeStorage.load(ExchangeStorage.levelSlot(marketId, tick)));
        uint256 live;
        uint256 generation;
        if (chunk == level.headChunk()) {
            (live, generation) = (level.headLive(), level.headGeneration());
        } else if (chunk == level.tailChunk()) {
            (live, generation) = (level.tailLive(), level.generation());
        } else {
            // In the middle: never the own chunk, and no chunk that another level has.
            header = _header(marketId, tick, chunk);
            if (chunk != 0 && header.tick() == tick) (live, generation) = (header.live(), header.generation());
        }
        // Live bits are eight, so no place above 7 has one.
        if ((live >> place) & 1 == 0) return (lane, level, header);
        if (generation != id.generation()) return (lane, level, header);
        lane = LaneLib.unpack(ExchangeStorage.load(ExchangeStorage.laneSlot(marketId, tick, chunk, place)), place);
    }

    /// @notice Take a live order out of its queue.
    /// @param lots Lots of the order; level and header are what {find} returned for `id`.
    /// @return isEmpty Whether it was the last one of its level.
    function remove(OrderId id, uint256 lots, LevelWord level, ChunkHeader header) internal returns (bool isEmpty) {
        uint256 chunk = id.chunk();
        if (chunk == level.headChunk()) {
            level = level.removeFromHead(id.place(), lots);
        } else if (chunk == level.tailChunk()) {
            level = level.removeFromTail(id.place(), lots);
        } else {
            level = level.removeFromMiddle(lots);
            _removeFromMiddle(id, header);
        }
        if (level.headLive() == 0) level = settle(id.market(), id.tick(), level);
        ExchangeStorage.store(ExchangeStorage.levelSlot(id.market(), id.tick()), LevelWord.unwrap(level));
        return level.live() == 0;
    }

    /// @notice Make a live order smaller where it stands.
    /// @param lane The order; it and the level are what {find} returned for `id`.
    /// @param newLots Lots left, fewer than now and not zero.
    function shrink(OrderId id, Lane lane, LevelWord level, uint256 newLots) internal {
        uint256 slot = ExchangeStorage.laneSlot(id.market(), id.tick(), id.chunk(), id.place());
        ExchangeStorage.store(slot, lane.withLots(newLots).pack(ExchangeStorage.load(slot), id.place()));
        level = level.shrink(lane.lots() - newLots);
        ExchangeStorage.store(ExchangeStorage.levelSlot(id.market(), id.tick()), LevelWord.unwrap(level));
    }

    /// @notice Bring a level in order whose head chunk has lost its last live order: pass it, or start an emptied level
    ///         afresh. Chunks left behind go to the pool.
    /// @return The level as it is to be stored.
    function settle(uint256 marketId, uint256 tick, LevelWord level) internal returns (LevelWord) {
        uint256 head = level.headChunk();
        uint256 tail = level.tailChunk();
        if (level.live() == 0) {
            if (head != tail) _release(marketId, tick, head);
            if (tail != 0) _release(marketId, tick, tail);
            return level.emptied();
        }
        uint256 next = _header(marketId, tick, head).next();
        _release(marketId, tick, head);
        if (next == tail) return level.withHeadAtTail();
        ChunkHeader header = _header(marketId, tick, next);
        return level.withHead(next, header.live(), header.generation());
    }

    /// @dev The tail chunk is full. If all its orders are gone it is started again, unless it is the head too, which has
    ///      live orders; else a chunk of the pool is put behind it.
    function _startChunk(uint256 marketId, uint256 tick, LevelWord level) private returns (LevelWord started) {
        uint256 tail = level.tailChunk();
        bool isHead = tail == level.headChunk();
        if (!isHead && level.tailLive() == 0) {
            started = level.withNewTail(tail);
            uint256 previous = _header(marketId, tick, tail).previous();
            _setHeader(marketId, tick, tail, ChunkHeaderLib.create(previous, tick, started.generation()));
            return started;
        }
        uint256 chunk = _allocate(marketId);
        started = level.withNewTail(chunk);
        ChunkHeader old = _header(marketId, tick, tail);
        // The live bits of a head chunk stay in the level word.
        _setHeader(marketId, tick, tail, old.withNext(chunk).withLive(isHead ? 0 : level.tailLive()));
        _setHeader(marketId, tick, chunk, ChunkHeaderLib.create(tail, tick, started.generation()));
    }

    /// @dev Clear the live bit of an order in a chunk between head and tail, and unlink the chunk if it was the last.
    function _removeFromMiddle(OrderId id, ChunkHeader header) private {
        uint256 marketId = id.market();
        uint256 tick = id.tick();
        uint256 chunk = id.chunk();
        header = header.withLive(header.live() & ~(uint256(1) << id.place()));
        if (header.live() != 0) {
            _setHeader(marketId, tick, chunk, header);
            return;
        }
        uint256 previous = header.previous();
        uint256 next = header.next();
        _setHeader(marketId, tick, previous, _header(marketId, tick, previous).withNext(next));
        _setHeader(marketId, tick, next, _header(marketId, tick, next).withPrevious(previous));
        _release(marketId, tick, chunk);
    }

    /// @dev Take a chunk from the pool, or make one.
    function _allocate(uint256 marketId) private returns (uint256 chunk) {
        uint256 slot = ExchangeStorage.poolSlot(marketId);
        PoolWord pool = PoolWord.wrap(ExchangeStorage.load(slot));
        chunk = pool.free();
        if (chunk != 0) {
            pool = pool.withFree(_header(marketId, 0, chunk).next());
        } else {
            pool = pool.withOneMore();
            chunk = pool.made();
        }
        ExchangeStorage.store(slot, PoolWord.unwrap(pool));
    }

    /// @dev Give a chunk back to the pool; a level's own chunk stays where it is. No live bit is left in the header, so
    ///      no id finds an order in a free chunk.
    function _release(uint256 marketId, uint256 tick, uint256 chunk) private {
        if (chunk == 0) return;
        uint256 slot = ExchangeStorage.poolSlot(marketId);
        PoolWord pool = PoolWord.wrap(ExchangeStorage.load(slot));
        _setHeader(marketId, tick, chunk, _header(marketId, tick, chunk).withNext(pool.free()).withLive(0));
        ExchangeStorage.store(slot, PoolWord.unwrap(pool.withFree(chunk)));
    }

    function _header(uint256 marketId, uint256 tick, uint256 chunk) private view returns (ChunkHeader) {
        return ChunkHeader.wrap(ExchangeStorage.load(ExchangeStorage.headerSlot(marketId, tick, chunk)));
    }

    function _setHeader(uint256 marketId, uint256 tick, uint256 chunk, ChunkHeader header) private {
        ExchangeStorage.store(ExchangeStorage.headerSlot(marketId, tick, chunk), ChunkHeader.unwrap(header));
    }
}

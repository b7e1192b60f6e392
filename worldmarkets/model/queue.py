"""The first-in-first-out queue of a price level, in chunks of a few lanes.

Orders have no links; chunks have. The level's own chunk (id 0) comes first, further ones from the
market's pool. While a level has live orders its head chunk has one, and so has every chunk in the
middle; only the tail may be without. A chunk that runs empty leaves the queue at once. The live
bits and generations of head and tail are in the level word, those between in the chunk's header.
"""

from collections.abc import Iterator
from dataclasses import replace

from worldmarkets.model import slots
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    MAX_LIVE,
    ChunkHeader,
    Lane,
    LevelWord,
    OrderId,
    PoolWord,
    lane_of,
    lanes_in,
    pair_with,
)


class LevelQueue:
    """The orders at one tick of a market; every method leaves the stored words consistent."""

    def __init__(self, state: State, market_id: int, tick: int) -> None:
        self._state = state
        self._market_id = market_id
        self._tick = tick
        self._level = state.load(LevelWord, slots.level(market_id, tick))

    @property
    def level(self) -> LevelWord:
        """The level word as it is stored."""
        return self._level

    def append(self, lane: Lane) -> OrderId | None:
        """Put an order behind all others and return its id; None if the level is full."""
        if self._level.live == MAX_LIVE:
            return None
        if self._level.tail_place == lanes_in(self._level.tail_chunk):
            self._start_tail()
        level = self._level
        order_id = OrderId(
            level.generation, level.tail_place, level.tail_chunk, self._tick, self._market_id
        )
        self._store_lane(order_id, lane)
        self._set_live(level.tail_chunk, self._live(level.tail_chunk) | 1 << order_id.place)
        self._update(
            tail_place=level.tail_place + 1, live=level.live + 1, lots=level.lots + lane.lots
        )
        return order_id

    def find(self, order_id: OrderId) -> Lane | None:
        """Return a live order; None if the id is stale: never given out, filled or cancelled."""
        chunk = order_id.chunk
        ends = (self._level.head_chunk, self._level.tail_chunk)
        if chunk not in ends and (chunk == 0 or self._header(chunk).tick != self._tick):
            return None
        if self._generation(chunk) != order_id.generation:
            return None
        if not self._live(chunk) >> order_id.place & 1:
            return None
        return self._lane(order_id)

    def head(self) -> OrderId | None:
        """Return the id of the oldest live order."""
        return next(self.order_ids(), None)

    def order_ids(self) -> Iterator[OrderId]:
        """Yield the ids of all live orders, oldest first."""
        if not self._level.live:
            return
        chunk = self._level.head_chunk
        while True:
            for place in range(lanes_in(chunk)):
                if self._live(chunk) >> place & 1:
                    generation = self._generation(chunk)
                    yield OrderId(generation, place, chunk, self._tick, self._market_id)
            if chunk == self._level.tail_chunk:
                return
            chunk = self._header(chunk).next

    def remove(self, order_id: OrderId) -> None:
        """Take a live order out of the queue."""
        lane = self._lane(order_id)
        chunk = order_id.chunk
        live = self._live(chunk) & ~(1 << order_id.place)
        self._set_live(chunk, live)
        self._update(live=self._level.live - 1, lots=self._level.lots - lane.lots)
        if self._level.live == 0:
            self._restart()
        elif live == 0 and chunk == self._level.head_chunk:
            self._pass_head()
        elif live == 0 and chunk != self._level.tail_chunk:
            self._unlink(chunk)

    def shrink(self, order_id: OrderId, lots: int) -> None:
        """Leave `lots` of a live order, fewer than now and not zero, where it stands."""
        lane = self._lane(order_id)
        self._store_lane(order_id, replace(lane, lots=lots))
        self._update(lots=self._level.lots - lane.lots + lots)

    # ------------------------------------------------------------------ chunks

    def _start_tail(self) -> None:
        """Start a tail chunk: the old one again if all its orders are gone, else one of the pool.

        A tail that is the head too has live orders.
        """
        level = self._level
        tail = level.tail_chunk
        generation = level.generation + 1
        if tail != level.head_chunk and level.tail_live == 0:
            previous = self._header(tail).previous
            self._store_header(tail, ChunkHeader(0, previous, 0, self._tick, generation))
            self._update(tail_place=0, generation=generation)
            return
        chunk = self._allocate()
        live = 0 if tail == level.head_chunk else level.tail_live
        self._store_header(tail, replace(self._header(tail), next=chunk, live=live))
        self._store_header(chunk, ChunkHeader(0, tail, 0, self._tick, generation))
        self._update(tail_chunk=chunk, tail_live=0, tail_place=0, generation=generation)

    def _restart(self) -> None:
        """Empty the level: its own chunk at place 0, in a generation no id carries yet."""
        for chunk in dict.fromkeys((self._level.head_chunk, self._level.tail_chunk)):
            self._release(chunk)
        generation = self._level.generation + 1
        self._level = LevelWord()
        self._update(generation=generation, head_generation=generation)

    def _pass_head(self) -> None:
        """Leave an empty head chunk behind: the next one becomes the head."""
        head = self._level.head_chunk
        following = self._header(head).next
        live, generation = self._live(following), self._generation(following)
        self._release(head)
        self._update(head_chunk=following, head_live=live, head_generation=generation)
        if following == self._level.tail_chunk:
            self._update(tail_live=0)

    def _unlink(self, chunk: int) -> None:
        """Take a chunk between head and tail out of the queue."""
        header = self._header(chunk)
        previous, following = self._header(header.previous), self._header(header.next)
        self._store_header(header.previous, replace(previous, next=header.next))
        self._store_header(header.next, replace(following, previous=header.previous))
        self._release(chunk)

    def _allocate(self) -> int:
        """Take a chunk from the pool, or make one."""
        slot = slots.pool(self._market_id)
        pool = self._state.load(PoolWord, slot)
        if pool.free:
            self._state.store(slot, replace(pool, free=self._header(pool.free).next))
            return pool.free
        self._state.store(slot, replace(pool, made=pool.made + 1))
        return pool.made + 1

    def _release(self, chunk: int) -> None:
        """Give a chunk back to the pool; the level's own chunk stays where it is."""
        if chunk == 0:
            return
        slot = slots.pool(self._market_id)
        pool = self._state.load(PoolWord, slot)
        self._store_header(chunk, replace(self._header(chunk), next=pool.free, live=0))
        self._state.store(slot, replace(pool, free=chunk))

    # ------------------------------------------------------------------ words

    def _live(self, chunk: int) -> int:
        """Live bits of a chunk, wherever they are kept."""
        if chunk == self._level.head_chunk:
            return self._level.head_live
        if chunk == self._level.tail_chunk:
            return self._level.tail_live
        return self._header(chunk).live

    def _set_live(self, chunk: int, live: int) -> None:
        if chunk == self._level.head_chunk:
            self._update(head_live=live)
        elif chunk == self._level.tail_chunk:
            self._update(tail_live=live)
        else:
            self._store_header(chunk, replace(self._header(chunk), live=live))

    def _generation(self, chunk: int) -> int:
        """Return the generation of a chunk, wherever it is kept."""
        if chunk == self._level.head_chunk:
            return self._level.head_generation
        if chunk == self._level.tail_chunk:
            return self._level.generation
        return self._header(chunk).generation

    def _header(self, chunk: int) -> ChunkHeader:
        return self._state.load(ChunkHeader, slots.header(self._market_id, self._tick, chunk))

    def _store_header(self, chunk: int, header: ChunkHeader) -> None:
        self._state.store(slots.header(self._market_id, self._tick, chunk), header)

    def _lane(self, order_id: OrderId) -> Lane:
        return lane_of(self._state.load_raw(self._lane_slot(order_id)), order_id.place)

    def _store_lane(self, order_id: OrderId, lane: Lane) -> None:
        slot = self._lane_slot(order_id)
        pair = pair_with(self._state.load_raw(slot), order_id.place, lane)
        self._state.store_raw(slot, pair)

    def _lane_slot(self, order_id: OrderId) -> int:
        return slots.lanes(self._market_id, self._tick, order_id.chunk, order_id.place)

    def _update(self, **changes: int) -> None:
        self._level = replace(self._level, **changes)
        self._state.store(slots.level(self._market_id, self._tick), self._level)

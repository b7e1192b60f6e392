"""The queue of a level against a plain list, over several levels that share one pool."""

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.support.harness import Harness
from worldmarkets.model import slots
from worldmarkets.model.words import (
    MAX_LIVE,
    OWN_LANES,
    POOL_LANES,
    ChunkHeader,
    Lane,
    LevelWord,
    OrderId,
    PoolWord,
)

_MARKET = 257
_LEVELS = (1, 2, 255)
_HARNESS: list[Harness] = []


def harness() -> Harness:
    """One harness for all examples; each begins from a snapshot."""
    if not _HARNESS:
        _HARNESS.append(Harness("LevelQueueHarness"))
    return _HARNESS[0]


class LevelQueueMachine(RuleBasedStateMachine):
    """Appends, removals anywhere, shrinking and fills; ids that died stay dead."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = harness()
        self.snapshot = self.queue.backend.snapshot()
        self.levels: dict[int, list[tuple[int, int]]] = {tick: [] for tick in _LEVELS}
        self.dead: set[int] = set()
        self.used: set[int] = set()
        self.account = 0

    def teardown(self) -> None:
        self.queue.backend.revert(self.snapshot)

    @initialize(tick=st.sampled_from(_LEVELS), orders=st.integers(0, 20))
    def begin(self, tick: int, orders: int) -> None:
        for _ in range(orders):
            self._append(tick, 1)

    @rule(tick=st.sampled_from(_LEVELS), orders=st.integers(1, 12), lots=st.integers(1, 2**40 - 1))
    def append(self, tick: int, orders: int, lots: int) -> None:
        for _ in range(orders):
            self._append(tick, lots)

    @precondition(lambda self: any(self.levels.values()))
    @rule(data=st.data())
    def remove_some(self, data: st.DataObject) -> None:
        tick = data.draw(st.sampled_from([t for t in _LEVELS if self.levels[t]]))
        orders = self.levels[tick]
        first = data.draw(st.integers(0, len(orders) - 1))
        count = data.draw(st.integers(1, 9))
        step = data.draw(st.sampled_from((1, 2, 8)))
        for order_id, lots in orders[first::step][:count]:
            removed, is_empty = self.queue.call("remove", order_id)
            orders.remove((order_id, lots))
            self.dead.add(order_id)
            assert (removed, is_empty) == (lots, not orders)

    @precondition(lambda self: any(self.levels.values()))
    @rule(data=st.data(), count=st.integers(1, 10))
    def pop(self, data: st.DataObject, count: int) -> None:
        tick = data.draw(st.sampled_from([t for t in _LEVELS if self.levels[t]]))
        for _ in range(min(count, len(self.levels[tick]))):
            oldest = self.levels[tick].pop(0)
            assert self.queue.call("pop", _MARKET, tick) == oldest, "BOOK-2"
            self.dead.add(oldest[0])

    @precondition(lambda self: any(self.levels.values()))
    @rule(data=st.data())
    def shrink(self, data: st.DataObject) -> None:
        tick = data.draw(st.sampled_from([t for t in _LEVELS if self.levels[t]]))
        index = data.draw(st.integers(0, len(self.levels[tick]) - 1))
        order_id, lots = self.levels[tick][index]
        if lots > 1:
            left = data.draw(st.integers(1, lots - 1))
            self.queue.call("shrink", order_id, left)
            self.levels[tick][index] = (order_id, left)

    @precondition(lambda self: self.dead)
    @rule(data=st.data())
    def dead_ids_find_nothing(self, data: st.DataObject) -> None:
        dead = sorted(self.dead)
        assert not any(self.queue.read("find", dead)), "BOOK-3"
        assert self.queue.call("remove", data.draw(st.sampled_from(dead))) == (0, False)

    @invariant()
    def live_ids_find_their_lanes(self) -> None:
        orders = [order for level in self.levels.values() for order in level]
        lanes = self.queue.read("find", [order_id for order_id, _ in orders])
        assert [Lane.unpack(lane).lots for lane in lanes] == [lots for _, lots in orders]

    @invariant()
    def levels_count_their_orders(self) -> None:
        for tick, orders in self.levels.items():
            level = LevelWord.unpack(self._word(slots.level(_MARKET, tick)))
            assert (level.live, level.lots) == (len(orders), sum(lots for _, lots in orders))
            assert (level.head_live != 0) == bool(orders), "a head chunk without live orders"
            if not orders:
                assert (level.head_chunk, level.tail_chunk, level.tail_place) == (0, 0, 0)

    @invariant()
    def used_words_never_return_to_zero(self) -> None:
        for tick in _LEVELS:
            self.used |= {slots.level(_MARKET, tick), slots.header(_MARKET, tick, 0)}
        present = {
            slot
            for slot, word in zip(
                self.used, self.queue.read("readWords", list(self.used)), strict=True
            )
            if word
        }
        known: set[int] = getattr(self, "_present", set())
        assert known <= present, "R3"
        self._present = present

    def _append(self, tick: int, lots: int) -> None:
        self.account += 1
        order_id, is_first = self.queue.call("append", _MARKET, tick, self.account, False, lots)
        assert is_first == (not self.levels[tick])
        live = {key for orders in self.levels.values() for key, _ in orders}
        assert order_id not in live | self.dead, "an id was given out twice"
        place = OrderId.unpack(order_id)
        assert (place.market, place.tick) == (_MARKET, tick)
        self.levels[tick].append((order_id, lots))
        self.used |= {
            slots.lanes(_MARKET, tick, place.chunk, place.place),
            slots.header(_MARKET, tick, place.chunk) if place.chunk else slots.pool(_MARKET),
        }
        self.used.discard(slots.pool(_MARKET) if not place.chunk else -1)

    def _word(self, slot: int) -> int:
        return int(self.queue.read("readWords", [slot])[0])


TestLevelQueue = LevelQueueMachine.TestCase


@given(st.lists(st.integers(0, 39), unique=True, min_size=30, max_size=40))
@settings(max_examples=15)
def test_chunks_of_an_emptied_level_are_all_in_the_pool(order: list[int]) -> None:
    """Whatever the order of cancels: as many chunks are made as one fill of the level needs."""
    queue = harness()
    snapshot = queue.backend.snapshot()
    for _ in range(2):
        made = [queue.call("append", _MARKET, 7, 1, True, 1)[0] for _ in range(40)]
        for index in order + [index for index in range(40) if index not in order]:
            queue.call("remove", made[index])
        free, pool = [], PoolWord.unpack(queue.read("readWords", [slots.pool(_MARKET)])[0])
        chunk = pool.free
        while chunk:
            free.append(chunk)
            header = queue.read("readWords", [slots.header(_MARKET, 0, chunk)])[0]
            chunk = ChunkHeader.unpack(header).next
        assert pool.made == -(-(40 - OWN_LANES) // POOL_LANES)
        assert sorted(free) == list(range(1, pool.made + 1))
    queue.backend.revert(snapshot)


def test_append_to_a_full_level_changes_nothing() -> None:
    queue = harness()
    snapshot = queue.backend.snapshot()
    slot = slots.level(_MARKET, 9)
    for live, is_full in ((MAX_LIVE - 1, False), (MAX_LIVE, True)):
        full = LevelWord(live=live, head_live=1, tail_place=1, lots=live).pack()
        queue.call("store", slot, full)
        order_id, is_first = queue.call("append", _MARKET, 9, 1, True, 1)
        assert not is_first
        after = queue.read("readWords", [slot])[0]
        assert (order_id == 0, after == full) == (is_full, is_full)
    queue.backend.revert(snapshot)

"""The model's queue against a list, and its bitmap against a set."""

from random import Random

import pytest

from worldmarkets.model import bitmap, slots
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.state import State
from worldmarkets.model.words import MAX_LIVE, MAX_TICK, NO_ASK, NO_BID, Lane, LevelWord, PoolWord

MARKET, TICK = 257, 20_000


@pytest.mark.parametrize("seed", range(4))
def test_queue_random_actions_equal_a_list(seed: int) -> None:
    random, state = Random(f"queue {seed}"), State()
    queue = LevelQueue(state, MARKET, TICK)
    plain: list[tuple[int, int]] = []
    gone, given = [], set()
    most = 0
    for step in range(3_000):
        growing = (step // 300) % 2 == 0
        if random.random() < (0.65 if growing else 0.3):
            lots = random.randrange(1, 2**40)
            order_id = queue.append(Lane(3, lots))
            assert order_id not in given, "BOOK-3"
            given.add(order_id)
            plain.append((order_id, lots))
        elif plain:
            order_id, lots = plain.pop(random.choice([0, 0, -1, random.randrange(len(plain))]))
            assert queue.find(order_id) == Lane(3, lots)
            queue.remove(order_id)
            gone.append(order_id)
        most = max(most, len(plain))
        assert list(queue.order_ids()) == [order_id for order_id, _ in plain], "BOOK-2"
        assert queue.level.lots == sum(lots for _, lots in plain), "BOOK-1"
    assert all(queue.find(order_id) is None for order_id in gone), "BOOK-3"
    made = state.load(PoolWord, slots.pool(MARKET)).made
    assert 0 < made <= most
    assert made < len(gone) // 8, "chunks are used again"


def test_queue_shrink_keeps_the_turn() -> None:
    queue = LevelQueue(State(), MARKET, TICK)
    first, second = queue.append(Lane(3, 10)), queue.append(Lane(4, 10))
    queue.shrink(first, 4)
    assert list(queue.order_ids()) == [first, second]
    assert queue.find(first).lots == 4
    assert queue.level.lots == 14


def test_queue_full_level_takes_no_more() -> None:
    state = State()
    state.store(slots.level(MARKET, TICK), LevelWord(live=MAX_LIVE, head_live=1))
    assert LevelQueue(state, MARKET, TICK).append(Lane(3, 10)) is None


@pytest.mark.parametrize("seed", range(3))
def test_bitmap_random_ticks_equal_a_set(seed: int) -> None:
    random, state = Random(f"bitmap {seed}"), State()
    plain: set[int] = set()
    universe = [1, 254, 255, 256, 255**2 - 1, 255**2, 255**2 + 1, MAX_TICK - 1, MAX_TICK]
    universe += [random.randrange(1, MAX_TICK + 1) for _ in range(20)]
    for _ in range(500):
        tick = random.choice(universe)
        if tick in plain:
            plain.remove(tick)
            bitmap.clear_tick(state, MARKET, tick)
        else:
            plain.add(tick)
            bitmap.set_tick(state, MARKET, tick)
        probe = random.choice(universe)
        above = min((known for known in plain if known > probe), default=NO_ASK)
        below = max((known for known in plain if known < probe), default=NO_BID)
        assert bitmap.next_worse(state, MARKET, probe, is_ask=True) == above
        assert bitmap.next_worse(state, MARKET, probe, is_ask=False) == below
        assert bitmap.is_set(state, MARKET, probe) == (probe in plain)
    assert all(word >> 255 for word in state.words.values()), "no used word returns to zero"

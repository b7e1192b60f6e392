"""Impact prices: the best lots of a side, from at most 20 levels."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.harness import Harness
from worldmarkets.model.words import MAX_TICK, NO_ASK, NO_BID, BookWord

MARKET = 0x201
LEVELS = 20
TICKS = st.integers(1, MAX_TICK) | st.integers(1, 600)
BOOK = st.dictionaries(TICKS, st.integers(1, 100) | st.integers(1, 2**56 - 1), max_size=26)


@pytest.fixture(scope="module")
def harness() -> Harness:
    return Harness("ImpactPriceHarness")


def filled(harness: Harness, levels: dict[int, int]) -> None:
    harness.call("fill", MARKET, list(levels), list(levels.values()))


@given(BOOK, st.booleans(), st.integers(1, 2_000) | st.integers(1, 2**77))
@example(dict.fromkeys(range(1, 22), 1), True, 20)
@example(dict.fromkeys(range(1, 22), 1), True, 21)
@example(dict.fromkeys(range(1, 22), 1), False, 21)
@example({MAX_TICK - tick: 2**56 - 1 for tick in range(20)}, False, 20 * (2**56 - 1))
@example({}, True, 1)
@example({254: 1, 255: 1, 65_024: 1, 65_025: 1, MAX_TICK: 1}, True, 5)
def test_average_price_of_the_best_lots(
    harness: Harness, levels: dict[int, int], is_ask: bool, lots: int
) -> None:
    before = harness.backend.snapshot()
    filled(harness, levels)
    ticks = sorted(levels, reverse=not is_ask)
    none = NO_ASK if is_ask else NO_BID
    best = ticks[0] if ticks else none
    book = BookWord(best_ask=best) if is_ask else BookWord(best_bid=best)

    left, cost = lots, 0
    for tick in ticks[:LEVELS]:
        taken = min(left, levels[tick])
        left, cost = left - taken, cost + taken * tick
    expected = (False, 0) if left else (True, cost * 2**24 // lots)
    assert harness.read("averageOf", MARKET, book.pack(), is_ask, lots) == expected

    for tick, following in zip(ticks, [*ticks[1:], none], strict=False):
        assert harness.read("worse", MARKET, tick, is_ask) == following
    harness.backend.revert(before)

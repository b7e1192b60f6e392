"""A level that was emptied is never found again, from whichever tick one comes."""

import pytest

from tests.support.harness import Harness
from worldmarkets.model.words import MAX_TICK, NO_ASK, NO_BID

MARKET = 257
ASK, BID = True, False


@pytest.fixture
def bitmap() -> Harness:
    return Harness("TickBitmapHarness")


@pytest.mark.parametrize(
    ("gone", "is_ask", "better"),
    [
        # In a word, a second-layer word and the last word apart from the better tick.
        (300, ASK, 5),
        (70_000, ASK, 5),
        (MAX_TICK, ASK, 5),
        (5, BID, 300),
        (5, BID, 70_000),
        (1, BID, MAX_TICK),
    ],
)
def test_clear_best_of_the_last_tick_leaves_nothing_to_find(
    bitmap: Harness, gone: int, is_ask: bool, better: int
) -> None:
    nothing = NO_ASK if is_ask else NO_BID
    for tick in (gone, better):
        bitmap.call("set", MARKET, tick)
        assert bitmap.call("clearBest", MARKET, tick, is_ask) == nothing


def test_clear_best_keeps_the_word_of_ticks_left_in_it(bitmap: Harness) -> None:
    for tick in (300, 301):
        bitmap.call("set", MARKET, tick)
    assert bitmap.call("clearBest", MARKET, 300, ASK) == 301
    bitmap.call("set", MARKET, 5)
    assert bitmap.call("clearBest", MARKET, 5, ASK) == 301

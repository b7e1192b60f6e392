"""The bitmap tree against a plain set of ticks."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.backend import rolled_back
from tests.support.harness import Harness
from worldmarkets.model.words import MAX_TICK, NO_ASK, NO_BID

_MARKET = 257
_SENTINEL = 1 << 255
# Close together, at the edges of words of each layer, and anywhere.
_EDGES = [1, 2, 254, 255, 256, 509, 510, 65_024, 65_025, 65_026, MAX_TICK - 1, MAX_TICK]
TICKS = st.sampled_from(_EDGES) | st.integers(1, 600) | st.integers(1, MAX_TICK)


@pytest.fixture(scope="module")
def bitmap() -> Harness:
    return Harness("TickBitmapHarness")


def assert_words_keep_the_sentinel(bitmap: Harness, ticks: set[int]) -> None:
    """Every word on the way to a tick that was ever set: sentinel, and children as they are."""
    for layer, below in ((0, 1), (1, 255), (2, 255**2)):
        indices = sorted({tick // below // 255 for tick in ticks})
        for word in bitmap.read("readWords", _MARKET, layer, indices):
            assert word & _SENTINEL, "R3"


@given(st.lists(st.tuples(st.booleans(), TICKS), max_size=40))
def test_set_and_clear_do_what_a_set_does(bitmap: Harness, steps: list[tuple[bool, int]]) -> None:
    with rolled_back(bitmap.backend):
        present: set[int] = set()
        ever: set[int] = set()
        for adds, tick in steps:
            if adds:
                bitmap.call("set", _MARKET, tick)
                present.add(tick)
                ever.add(tick)
            elif tick in present:
                bitmap.call("clear", _MARKET, tick)
                present.discard(tick)
        for tick in ever:
            assert bitmap.read("isSet", _MARKET, tick) == (tick in present)
        words = bitmap.read("readWords", _MARKET, 2, [0])
        assert words[0] & ~_SENTINEL == sum({1 << tick // 255**2 for tick in present})
        assert_words_keep_the_sentinel(bitmap, ever)


@given(st.sets(TICKS, min_size=1, max_size=30), st.booleans())
@example({1, MAX_TICK}, True)
@example({1, MAX_TICK}, False)
@example({1, 255, 65_025}, True)
def test_clear_best_walks_all_ticks_in_order(
    bitmap: Harness, ticks: set[int], is_ask: bool
) -> None:
    with rolled_back(bitmap.backend):
        for tick in ticks:
            bitmap.call("set", _MARKET, tick)
        queue = sorted(ticks, reverse=not is_ask)
        best, walked = queue[0], []
        while best not in (NO_ASK, NO_BID):
            walked.append(best)
            best = bitmap.call("clearBest", _MARKET, best, is_ask)
        assert walked == queue
        assert best == (NO_ASK if is_ask else NO_BID)
        assert_words_keep_the_sentinel(bitmap, ticks)


@given(
    st.sets(TICKS, min_size=1, max_size=20),
    st.sets(TICKS, min_size=1, max_size=20),
    st.booleans(),
)
def test_clear_best_of_one_side_never_finds_the_other(
    bitmap: Harness, first: set[int], second: set[int], is_ask: bool
) -> None:
    """One tree serves both: bids are below all asks."""
    bids = {tick for tick in first if tick < max(second)}
    asks = {tick for tick in second if tick > max(bids, default=0)}
    if not bids or not asks:
        return
    with rolled_back(bitmap.backend):
        for tick in bids | asks:
            bitmap.call("set", _MARKET, tick)
        own = sorted(asks) if is_ask else sorted(bids, reverse=True)
        following = own[1] if len(own) > 1 else (NO_ASK if is_ask else NO_BID)
        assert bitmap.call("clearBest", _MARKET, own[0], is_ask) == following
        for tick in (bids | asks) - {own[0]}:
            assert bitmap.read("isSet", _MARKET, tick)


@given(st.integers(0, 2**256 - 1), st.integers(0, 254))
@example(2**256 - 1, 0)
@example(2**256 - 1, 254)
@example(2**255, 254)
def test_children_above_and_below_split_a_word_at_a_child(
    bitmap: Harness, word: int, child: int
) -> None:
    children = word & (2**255 - 1)
    above = bitmap.read("childrenAbove", word, child)
    below = bitmap.read("childrenBelow", word, child)
    assert above == children >> (child + 1) << (child + 1)
    assert below == children & ((1 << child) - 1)
    assert above | below == children & ~(1 << child)


@given(TICKS, TICKS)
def test_markets_do_not_share_words(bitmap: Harness, tick: int, other: int) -> None:
    with rolled_back(bitmap.backend):
        bitmap.call("set", _MARKET, tick)
        assert not bitmap.read("isSet", _MARKET + 1, tick)
        bitmap.call("set", _MARKET + 1, other)
        bitmap.call("clear", _MARKET + 1, other)
        assert bitmap.read("isSet", _MARKET, tick)

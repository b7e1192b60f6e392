"""The band: bids round down, asks up, and what is beyond all ticks is clamped."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.harness import Harness
from worldmarkets.model.words import MAX_TICK, NO_ASK, BookWord

PRICE = st.integers(0, 2**55) | st.integers(0, 10**12)
ATOMS = st.integers(1_000, 10**9) | st.integers(1_000, 2**64 - 1)
TICK_VALUE = st.integers(1, 1_000) | st.integers(1, 2**32 - 1)


@pytest.fixture(scope="module")
def band() -> Harness:
    return Harness("PriceBandHarness")


@given(PRICE, ATOMS, TICK_VALUE, st.integers(1, 4_095))
@example(0, 1_000, 1, 1)
@example(2**55, 2**64 - 1, 1, 4_095)
@example(2**55, 2**64 - 1, 2**32 - 1, 4_095)
@example(20 * 10**12, 100_000, 100, 500)
@example(1, 1_000, 1, 4_095)
def test_band_rounds_inwards_and_clamps(
    band: Harness, price: int, atoms_per_lot: int, tick_value: int, bps: int
) -> None:
    book = BookWord(
        best_bid=5,
        best_ask=7,
        min_lots=3,
        tick_value=tick_value,
        atoms_per_lot=atoms_per_lot,
        maker_ppm=-9,
    )
    moved = BookWord.unpack(band.read("withBandAround", book.pack(), bps, price))
    # Ticks at the reference price: dollars a lot in quote atoms, by tick value.
    ticks = Fraction(price * atoms_per_lot, 10**12 * tick_value)
    highest = floor(ticks * (10_000 + bps) / 10_000)
    lowest = ceil(ticks * (10_000 - bps) / 10_000)
    assert moved.highest_bid == min(highest, MAX_TICK)
    assert moved.lowest_ask == min(lowest, NO_ASK)
    assert (moved.best_bid, moved.best_ask, moved.min_lots) == (5, 7, 3)
    assert (moved.tick_value, moved.atoms_per_lot, moved.maker_ppm) == (
        tick_value,
        atoms_per_lot,
        -9,
    )
    if price:
        assert moved.lowest_ask >= 1

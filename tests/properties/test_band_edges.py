"""The limits of the band at the very edges of the ticks there are."""

import pytest

from tests.support.harness import Harness
from worldmarkets.model.words import MAX_TICK, NO_ASK, BookWord

# With 1,000 atoms a lot and a tick value of 1, a price of 1e9 is one tick.
TICK = 10**9
BOOK = BookWord(min_lots=1, tick_value=1, atoms_per_lot=1_000)
BAND_BPS = 1


@pytest.fixture(scope="module")
def band() -> Harness:
    return Harness("PriceBandHarness")


def price_at_limit(tick: int, bps: int) -> int:
    """The lowest price whose limit is the tick, `bps` above or (negative) below the price."""
    return -(-tick * 10_000 * TICK // (10_000 + bps))


@pytest.mark.parametrize("beyond", [-1, 0, 1, 2])
def test_with_band_around_highest_bid_stops_at_the_highest_tick(band: Harness, beyond: int) -> None:
    price = price_at_limit(MAX_TICK + beyond, BAND_BPS)
    moved = BookWord.unpack(band.read("withBandAround", BOOK.pack(), BAND_BPS, price))
    assert moved.highest_bid == MAX_TICK + min(beyond, 0)


@pytest.mark.parametrize("beyond", [-1, 0, 1, 2])
def test_with_band_around_lowest_ask_stops_where_no_ask_reaches(band: Harness, beyond: int) -> None:
    # A price just above the limit of the tick before rounds up to the tick.
    price = price_at_limit(NO_ASK + beyond - 1, -BAND_BPS) + 1
    moved = BookWord.unpack(band.read("withBandAround", BOOK.pack(), BAND_BPS, price))
    assert moved.lowest_ask == NO_ASK + min(beyond, 0)

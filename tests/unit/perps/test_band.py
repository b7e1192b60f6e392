"""The band of a perp: around its mark, and what becomes of orders that it leaves behind."""

import pytest

from tests.support.perps import MARK, PerpScene
from tests.support.scene import ASK, BID, GTC, IOC, SLIDE
from tests.support.soundness import refused
from tests.support.system import DOLLAR, ETH_PERP
from worldmarkets.model.interface import OrderResult, Removal
from worldmarkets.model.perp_words import Q24
from worldmarkets.model.records import Removed


@pytest.mark.parametrize(
    ("dollars", "highest_bid", "lowest_ask"),
    [(2_000, 21_000, 19_000), (2_100, 22_050, 19_950), (1_999, 20_989, 18_991)],
)
def test_band_follows_the_mark(
    perps: PerpScene, dollars: int, highest_bid: int, lowest_ask: int
) -> None:
    perps.move_index(dollars)
    assert perps.mark().mark == dollars * 10 * Q24
    book = perps.book(ETH_PERP)
    assert (book.highest_bid, book.lowest_ask) == (highest_bid, lowest_ask)


def test_maker_that_the_band_has_left_behind_is_removed(
    perps: PerpScene, long: int, short: int
) -> None:
    """A bid at 20,900 after the mark fell to 19,000: its limit is 19,950."""
    made = perps.perp_bid(long, 20_900, 10)
    perps.move_index(1_900)
    assert perps.perp_ask(short, 19_000, 10, IOC) == OrderResult(0, 0, 0)
    assert perps.records() == [Removed(made.order_id, 10, long, Removal.OUTSIDE_BAND)]
    assert (perps.position(long).open_bids, perps.position(long).size) == (0, 0)


def test_taker_goes_on_behind_a_maker_outside_the_band(
    perps: PerpScene, long: int, short: int, third: int
) -> None:
    perps.perp_bid(long, 20_900, 10)
    perps.perp_bid(third, 19_900, 10)
    perps.move_index(1_900)
    assert perps.perp_ask(short, 19_000, 10, IOC).filled_lots == 10
    assert (perps.position(third).size, perps.position(long).size) == (10, 0)


def test_post_only_order_clears_what_is_outside_the_band(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.perp_bid(long, 20_900, 10)
    perps.move_index(1_900)
    assert perps.perp_ask(short, 19_500, 10, SLIDE).resting_lots == 10
    assert perps.position(long).open_bids == 0


def test_band_reaches_to_both_marks_while_a_price_waits(
    perps: PerpScene, long: int, short: int
) -> None:
    """From 2,000 to 2,400 dollars: bids up to 25,200, asks still down to 19,000; the mark stays."""
    perps.system.post_price(1, 2_400 * DOLLAR)
    perps.system.poke(1)
    assert [event.name for event in perps.system.events()] == ["PriceMoved", "PriceJumped"]
    book = perps.book(ETH_PERP)
    assert (book.highest_bid, book.lowest_ask) == (25_200, 19_000)
    assert perps.mark().mark == MARK * Q24
    with refused(perps.system, "PriceOutsideBand", 25_201, 25_200):
        perps.perp_bid(long, 25_201, 1)
    with refused(perps.system, "PriceOutsideBand", 18_999, 19_000):
        perps.perp_ask(short, 18_999, 1)


def test_band_stays_wide_while_a_price_waits_whoever_pokes(perps: PerpScene) -> None:
    """Until the second report; then it is that of the new mark."""
    system = perps.system
    system.post_price(1, 2_400 * DOLLAR)
    system.poke(1)
    system.poke_markets(ETH_PERP)
    book = perps.book(ETH_PERP)
    assert (book.highest_bid, book.lowest_ask, book.unconfirmed) == (25_200, 19_000, 1)
    perps.wait(3)
    system.post_price(1, 2_400 * DOLLAR)
    system.poke(1)
    assert perps.mark().mark == 24_000 * Q24
    book = perps.book(ETH_PERP)
    assert (book.highest_bid, book.lowest_ask, book.unconfirmed) == (25_200, 22_800, 0)


@pytest.mark.parametrize("side", [BID, ASK])
def test_position_that_is_open_does_not_move_the_band(
    perps: PerpScene, long: int, short: int, side: int
) -> None:
    before = perps.book(ETH_PERP)
    if side == BID:
        perps.perp_ask(short, 20_500, 10)
        perps.perp_bid(long, 20_500, 10, GTC)
    else:
        perps.perp_bid(long, 19_500, 10)
        perps.perp_ask(short, 19_500, 10, GTC)
    after = perps.book(ETH_PERP)
    assert (after.highest_bid, after.lowest_ask) == (before.highest_bid, before.lowest_ask)

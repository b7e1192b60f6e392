"""Bringing marks and funding up to now: samples, averages, the rate, and what holds how long."""

from dataclasses import replace

import pytest

from tests.support.perps import MARK, PerpScene
from tests.support.scene import STRANGER
from tests.support.soundness import exchange_storage, refused
from tests.support.system import BTC_PERP, DOLLAR, ETH_PERP
from worldmarkets.model import slots
from worldmarkets.model.perp_words import Q24, SampleWord

IMPACT = 10_000
"""Lots that 20,000 dollars are."""
INTEREST = 10_000
"""The rate without a premium [1e-8 for 8 hours]."""


def poke(perps: PerpScene) -> dict[str, int]:
    """Poke the perp by a stranger; what it tells."""
    perps.system.poke_markets(ETH_PERP, sender=STRANGER)
    [event] = perps.system.events()
    assert event.name == "MarkUpdated"
    return event.fields


def paid(rate: int, seconds: int, mark: int = MARK * Q24) -> int:
    """What a lot pays at a rate [2^-40 ticks], rounded toward zero."""
    size = mark * 2**16 * abs(rate) * seconds // (28_800 * 10**8)
    return size if rate >= 0 else -size


def test_poke_markets_first_takes_a_sample_that_moves_nothing(perps: PerpScene) -> None:
    perps.wait(5)
    now = perps.system.backend.time
    assert poke(perps) == {
        "marketId": ETH_PERP,
        "mark": MARK * Q24,
        "fundingIndex": 0,
        "rate": INTEREST,
        "time": now,
    }
    mark = perps.mark()
    assert (mark.time, mark.until) == (now, now + 300)
    assert perps.samples() == SampleWord()


@pytest.mark.parametrize("seconds", [1, 299, 300])
def test_poke_markets_funding_accrues_by_the_second(perps: PerpScene, seconds: int) -> None:
    poke(perps)
    perps.wait(seconds)
    assert poke(perps)["fundingIndex"] == paid(INTEREST, seconds)


def test_poke_markets_rate_holds_for_five_minutes(perps: PerpScene) -> None:
    poke(perps)
    perps.wait(301)
    assert poke(perps)["fundingIndex"] == paid(INTEREST, 300)
    perps.wait(10_000)
    assert poke(perps)["fundingIndex"] == 2 * paid(INTEREST, 300)


def test_poke_markets_twice_in_a_second_changes_nothing(perps: PerpScene, long: int) -> None:
    poke(perps)
    perps.wait(10)
    poke(perps)
    perps.perp_bid(long, 20_900, 1)
    before = exchange_storage(perps.system)
    poke(perps)
    assert exchange_storage(perps.system) == before


def test_poke_markets_none_changes_nothing(perps: PerpScene) -> None:
    before = exchange_storage(perps.system)
    perps.system.poke_markets()
    assert exchange_storage(perps.system) == before


@pytest.mark.parametrize("sign", [1, -1])
def test_poke_markets_premium_of_impact_prices_draws_the_rate(perps: PerpScene, sign: int) -> None:
    """20,000 dollars stand half a percent beyond the index for ten minutes.

    A minute after they came they are sampled; the interval counts when the sample at its end is
    taken, and the average moves by 300 of 3,600 seconds.
    """
    place = perps.perp_bid if sign > 0 else perps.perp_ask
    place(perps.maker, MARK + sign * 100, IMPACT)
    poke(perps)
    premium = sign * 500_000
    assert perps.samples() == SampleWord(premium_b=premium)
    perps.wait(300)
    poke(perps)
    assert perps.samples() == SampleWord(premium_a=premium, premium_b=premium, span=300)
    assert perps.mark().rate == INTEREST
    perps.wait(300)
    told = poke(perps)
    average = perps.samples().premium_average
    assert 0 < sign * average < 500_000 * 10_000 * 300 // 3_600
    assert sign * average > 500_000 * 10_000 * 300 // 3_600 * 95 // 100
    # Towards the interest by at most the clamp: from above by 30,000, from below by 50,000.
    moved = abs(average) // 10_000 * sign
    rate = max(moved - 50_000, min(moved + 50_000, INTEREST))
    assert told["rate"] == perps.mark().rate == rate
    perps.wait(60)
    assert poke(perps)["fundingIndex"] == 2 * paid(INTEREST, 300) + paid(rate, 60, told["mark"])


def test_poke_markets_orders_smaller_than_the_impact_make_no_premium(perps: PerpScene) -> None:
    perps.perp_bid(perps.maker, MARK + 100, IMPACT - 1)
    poke(perps)
    assert perps.samples().premium_b == 0
    perps.perp_bid(perps.maker, MARK + 50, 1)
    perps.wait(1)
    poke(perps)
    average = (100 * (IMPACT - 1) + 50) * Q24 // IMPACT + MARK * Q24
    assert perps.samples().premium_b == (average - MARK * Q24) * 10**8 // (MARK * Q24)


def test_poke_markets_middle_of_the_book_is_averaged(perps: PerpScene) -> None:
    """A book one percent above the index; without a trade it says no more than its middle."""
    perps.perp_bid(perps.maker, MARK + 190, 10)
    perps.perp_ask(perps.taker, MARK + 210, 10)
    poke(perps)
    assert perps.samples() == SampleWord(mid_b=10**6)
    perps.wait(150)
    assert poke(perps)["mark"] == MARK * Q24
    perps.wait(150)
    # The median of index, average and rate.
    assert poke(perps)["mark"] == MARK * Q24 * (10**8 + INTEREST) // 10**8
    # After its time constant it has come closer by a factor e, nearly.
    assert 10**10 * 63 // 100 < perps.samples().mid_average < 10**10 * 64 // 100


def test_poke_markets_book_with_trades_moves_the_mark_to_its_average(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.perp_ask(short, MARK + 200, 1)
    perps.perp_bid(long, MARK + 200, 1)
    perps.perp_bid(perps.maker, MARK + 190, 10)
    perps.perp_ask(perps.taker, MARK + 210, 10)
    for _ in range(3):
        poke(perps)
        perps.wait(150)
    samples = perps.samples()
    assert samples.book_counted == 10**6
    index = MARK * Q24
    assert perps.mark().mark == index * (10**12 + samples.mid_average) // 10**12


def test_poke_markets_mark_stays_within_its_band_around_the_index(perps: PerpScene) -> None:
    samples = SampleWord(mid_average=8 * 10**10, book_counted=8 * 10**6)
    perps.set_word(slots.sample(ETH_PERP), samples)
    perps.set_word(
        slots.mark(ETH_PERP), replace(perps.mark(), until=perps.system.backend.time + 300)
    )
    assert poke(perps)["mark"] == MARK * Q24 * 10_300 // 10_000
    book = perps.book(ETH_PERP)
    assert (book.highest_bid, book.lowest_ask) == (21_630, 19_570)


def test_poke_of_the_price_moves_mark_and_funding(perps: PerpScene) -> None:
    """Funding up to then is that of the mark before."""
    poke(perps)
    perps.wait(100)
    perps.move_index(2_100)
    marked = [event for event in perps.system.events() if event.name == "MarkUpdated"]
    assert marked[0].fields == {
        "marketId": ETH_PERP,
        "mark": 21_000 * Q24,
        "fundingIndex": paid(INTEREST, 100),
        "rate": INTEREST,
        "time": perps.system.backend.time,
    }
    perps.wait(100)
    told = poke(perps)
    assert told["fundingIndex"] == paid(INTEREST, 100) + paid(INTEREST, 100, 21_000 * Q24)


def test_poke_of_the_price_in_wait_leaves_the_mark(perps: PerpScene) -> None:
    before = perps.mark()
    perps.system.post_price(1, 2_400 * DOLLAR)
    perps.system.poke(1)
    assert perps.mark() == before


def test_poke_markets_of_a_perp_that_is_not_listed_is_refused(perps: PerpScene) -> None:
    for market in (BTC_PERP, 257, 0):
        with refused(perps.system, "UnknownMarket", market):
            perps.system.poke_markets(ETH_PERP, market)

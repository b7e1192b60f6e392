"""The flat margin in the book of a perp: what renews it, and what it is made of."""

from dataclasses import replace

import pytest

from tests.support.abi import Reverted, creation_code
from tests.support.doubles import script_confidence, script_feed
from tests.support.lending import BTC_RISK, ETH_RISK, MARKET_RISK, set_risk
from tests.support.perps import LONG, MARK, PerpScene
from tests.support.scene import ASK, BID, DOLLARS, LOT, UNIT
from tests.support.system import (
    ADMIN,
    BTC_PERP,
    DOLLAR,
    ETH_PERP,
    ETH_PERP_TERMS,
    Side,
    System,
)
from worldmarkets.model import slots
from worldmarkets.model.interface import AssetRiskTerms
from worldmarkets.model.words import BookWord, FeedWord

DAY = 86_400
LAST = 60
"""How long a price is good [seconds]."""
RATE = 525
"""Of asset 1: 3 % of the market, 2 % of its own, and an eighth of the latter."""
BTC_RATE = 469
"""Of asset 2: 3 %, 1.5 %, and an eighth of the latter, rounded up."""
NO_LIMIT = 2**16 - 1
BTC_TERMS = replace(ETH_PERP_TERMS, tick_value=10, atoms_per_lot=1_000)


def flat(perps: PerpScene, market: int = ETH_PERP) -> tuple[int, int, int]:
    """Last second, rate and limit."""
    book = perps.book(market)
    return book.flat_until, book.flat_bps, book.flat_limit


@pytest.fixture
def both(perps: PerpScene) -> PerpScene:
    """The perps of both assets, their prices as old as they can be, and a quote token with a feed
    at a dollar."""
    system = perps.system
    system.list_perp_market(2, BTC_TERMS)
    feed = perps.word(FeedWord, slots.feed(1)).feed
    perps.set_word(slots.feed(0), FeedWord(feed))
    system.set_price(0, DOLLAR)
    perps.wait(1)
    return perps


def fields_of_both(perps: PerpScene) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    return flat(perps, ETH_PERP), flat(perps, BTC_PERP)


# --------------------------------------------------------------- listing and prices


def test_listing_at_a_price_has_a_flat_margin_as_long_as_it_is_good(perps: PerpScene) -> None:
    priced = perps.underlying(2).time
    perps.wait(40)
    perps.system.list_perp_market(2, BTC_TERMS)
    assert flat(perps, BTC_PERP) == (priced + LAST, BTC_RATE, NO_LIMIT)


def test_listing_before_the_first_price_has_none_until_then(perps: PerpScene) -> None:
    system = perps.system
    token = system.backend.deploy(ADMIN, creation_code("FaucetToken", "NEW", "NEW", 18))
    asset = system.list_asset(token, 10**10, system.feed)
    market = system.list_perp_market(asset, ETH_PERP_TERMS)
    assert flat(perps, market) == (0, 0, 0)
    system.set_asset_risk(asset, replace(ETH_RISK, iota_bps=10_000))
    assert perps.book(market).flat_until == 0
    system.set_price(asset, 1_000 * DOLLAR)
    now = system.backend.time
    # All of its worth, half a percent to get out, 3 % of the market, an eighth of the former two.
    assert flat(perps, market) == (now + LAST, 10_000 + 50 + 300 + 1_257, NO_LIMIT)


def test_poke_counts_its_seconds_anew_and_leaves_the_rest_of_the_book(perps: PerpScene) -> None:
    perps.perp_bid(perps.maker, MARK - 5, 1)
    perps.system.pause_markets(ETH_PERP)
    before, spot = perps.book(ETH_PERP), perps.book()
    perps.wait(17)
    perps.refresh(1)
    now = perps.system.backend.time
    assert perps.book(ETH_PERP) == before.with_flat_margin(now + LAST, RATE, NO_LIMIT)
    assert flat(perps) != (before.flat_until, before.flat_bps, before.flat_limit)
    # A spot market has the atoms of its lots there.
    assert perps.book() == spot
    assert spot.atoms_per_lot == LOT


def test_orders_and_pauses_leave_it(perps: PerpScene) -> None:
    before = flat(perps)
    perps.wait(7)
    perps.perp_bid(perps.maker, MARK - 5, 1)
    perps.perp_ask(perps.taker, MARK - 5, 3)
    perps.system.pause_markets(ETH_PERP)
    perps.system.resume_markets(ETH_PERP)
    perps.system.set_perp_limits(ETH_PERP, 2**30, 2**20)
    assert flat(perps) == before


def test_price_that_waits_ends_it_until_another_confirms_it(perps: PerpScene) -> None:
    system = perps.system
    perps.wait(5)
    system.post_price(1, 2_400 * DOLLAR)
    system.poke(1)
    assert perps.underlying().unconfirmed
    assert flat(perps) == (0, RATE, NO_LIMIT)
    # Nor does anything else bring it back.
    system.poke_markets(ETH_PERP)
    assert flat(perps) == (0, RATE, NO_LIMIT)
    perps.wait(3)
    system.post_price(1, 2_400 * DOLLAR)
    system.poke(1)
    assert not perps.underlying().unconfirmed
    assert flat(perps) == (system.backend.time + LAST, RATE, NO_LIMIT)


def test_price_that_comes_back_while_another_waits_begins_it_again(perps: PerpScene) -> None:
    perps.wait(5)
    perps.system.post_price(1, 2_400 * DOLLAR)
    perps.system.poke(1)
    perps.wait(1)
    perps.refresh(1)
    assert flat(perps) == (perps.system.backend.time + LAST, RATE, NO_LIMIT)


@pytest.mark.parametrize(
    ("confidence", "lasts", "added"), [(8_999, 0, 1_001), (9_000, 1, 1_000), (10_000, 1, 0)]
)
def test_confidence_below_nine_tenths_ends_it_and_less_than_all_of_it_costs(
    perps: PerpScene, confidence: int, lasts: int, added: int
) -> None:
    system = perps.system
    feed = system.backend.deploy(ADMIN, creation_code("ScriptedPriceFeed"))
    perps.set_word(slots.feed(1), FeedWord(int(feed, 16)))
    perps.wait(5)
    now = system.backend.time
    script_feed(system, feed, 2_000 * DOLLAR, now - 1)
    script_confidence(system, feed, confidence)
    system.poke(1)
    assert perps.underlying().confidence_bps == confidence
    assert flat(perps) == (lasts * (now - 1 + LAST), RATE + added, NO_LIMIT)


def test_poke_of_the_perp_lets_it_last_no_longer(perps: PerpScene) -> None:
    until = perps.underlying().time + LAST
    perps.wait(61)
    perps.system.poke_markets(ETH_PERP)
    assert flat(perps) == (until, RATE, NO_LIMIT)
    assert until < perps.system.backend.time


def test_poke_of_the_perp_renews_it(perps: PerpScene) -> None:
    """Whatever was there."""
    before = flat(perps)
    perps.set_word(slots.book(ETH_PERP), perps.book(ETH_PERP).with_flat_margin(1, 2, 3))
    perps.system.poke_markets(ETH_PERP)
    assert flat(perps) == before


# --------------------------------------------------------------- parameters


def test_risk_of_an_asset_renews_that_of_its_perp_alone(both: PerpScene) -> None:
    eth, btc = fields_of_both(both)
    both.wait(DAY)
    both.system.set_asset_risk(1, AssetRiskTerms(1_001, 151, 200, 55, 52, 23))
    # 300.3 of the market, 203 of its own, 25.375 as an eighth; up to an eighth of the depth.
    assert flat(both) == (eth[0], 301 + 203 + 26, 2)
    assert flat(both, BTC_PERP) == btc
    both.wait(DAY)
    both.system.set_asset_risk(1, AssetRiskTerms(1_000, 150, 200, 50, 50, 7))
    assert flat(both) == (eth[0], RATE, 0)


def test_risk_of_an_asset_without_a_perp_makes_none(perps: PerpScene) -> None:
    perps.wait(DAY)
    perps.system.set_asset_risk(2, BTC_RISK)
    perps.system.set_market_risk(MARKET_RISK)
    assert perps.book(BTC_PERP) == BookWord()


def test_risk_of_the_market_renews_those_of_all_perps(both: PerpScene) -> None:
    eth, btc = fields_of_both(both)
    both.wait(DAY)
    both.system.set_market_risk(replace(MARKET_RISK, sigma_bps=332))
    assert flat(both) == (eth[0], RATE + 32, NO_LIMIT)
    assert flat(both, BTC_PERP) == (btc[0], BTC_RATE + 32, NO_LIMIT)


# --------------------------------------------------------------- the peg


def test_quote_token_below_its_peg_ends_those_of_all_perps_until_it_is_back(
    both: PerpScene,
) -> None:
    eth, btc = fields_of_both(both)
    assert 0 not in (eth[0], btc[0])
    for price, lasts in ((9_900, 1), (9_899, 0), (9_800, 0), (9_900, 1), (5_000, 0), (20_000, 1)):
        both.system.set_price(0, price * DOLLAR // 10_000)
        assert fields_of_both(both) == ((eth[0] * lasts, *eth[1:]), (btc[0] * lasts, *btc[1:]))


def test_no_price_brings_it_back_while_the_quote_token_is_below_its_peg(both: PerpScene) -> None:
    both.system.set_price(0, 9_899 * DOLLAR // 10_000)
    both.refresh()
    both.system.poke_markets(ETH_PERP, BTC_PERP)
    assert [until for until, _, _ in fields_of_both(both)] == [0, 0]
    both.system.set_price(0, 9_900 * DOLLAR // 10_000)
    until = both.system.backend.time + LAST
    assert fields_of_both(both) == ((until, RATE, NO_LIMIT), (until, BTC_RATE, NO_LIMIT))


# --------------------------------------------------------------- what it is good for


@pytest.fixture
def unchecked(system: System) -> System:
    """An exchange with the perp of asset 1, whose risk engine answers nothing but that it fails."""
    fresh = replace(system, risk_engine=system.authority, owners={}, tokens=[], assets=[])
    code = creation_code("Exchange", system.authority, fresh.parts, ADMIN, 0)
    fresh.exchange = system.backend.deploy(ADMIN, code)
    for plan in system.assets[:3]:
        fresh.add_asset(plan)
    set_risk(fresh)
    fresh.list_perp_market(1, ETH_PERP_TERMS)
    return fresh


@pytest.mark.parametrize("side", [BID, ASK])
def test_order_of_who_has_cash_for_it_is_not_checked(unchecked: System, side: Side) -> None:
    """Eighty ETH of 2,000 dollars: 5.25 % and the free band of them, and four atoms."""
    needed = 160_000 * DOLLARS * (RATE + 50) // 10_000 + 4
    account = unchecked.create_account(LONG)
    unchecked.fund(account, 0, (needed - 1) * UNIT)
    tick = MARK - 1 if side == BID else MARK + 1
    with pytest.raises(Reverted):
        unchecked.place(account, ETH_PERP, side, tick, 80_000)
    unchecked.fund(account, 0, UNIT)
    assert unchecked.place(account, ETH_PERP, side, tick, 80_000).resting_lots == 80_000
    with pytest.raises(Reverted):
        unchecked.place(account, ETH_PERP, side, tick, 1)

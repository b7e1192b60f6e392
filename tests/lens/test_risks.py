"""Prices and risk."""

import pytest

from tests.lens.support import items, pages, rejected
from tests.support.backend import START_TIME
from tests.support.doubles import list_with_scripted_feed
from tests.support.system import CONFIRM_SECONDS, DOLLAR, System
from worldmarkets.client.lens import Lens
from worldmarkets.client.lens_views import MarketRisk, Page, Risk
from worldmarkets.model.interface import AssetRiskTerms, MarketRiskTerms
from worldmarkets.model.words import SECONDS_AN_HOUR

ETH_TERMS = AssetRiskTerms(1_150, 150, 200, 50, 60, 4_321)
NEW = AssetRiskTerms(0, 10_000, 0, 0, 0, 0)
"""Of an asset whose risk was never set: it supports no debt."""
ATOMS = 10**8
"""Atoms of a whole token of assets 1 and 2."""


def risk(lens: Lens, asset_id: int = 1) -> Risk:
    (found,) = lens.risks(asset_id, 1).items
    return found


def test_risks_have_price_terms_and_times(system: System, lens: Lens) -> None:
    system.set_asset_risk(1, ETH_TERMS)
    system.backend.set_time(START_TIME + 45)
    price = 2_000 * DOLLAR // ATOMS
    assert risk(lens) == Risk(
        asset_id=1,
        terms=ETH_TERMS,
        price=price,
        slow_price=price,
        confidence_bps=10_000,
        price_time=START_TIME,
        price_age=45,
        is_unconfirmed=False,
        pending_price=0,
        pending_time=0,
        listed_at=START_TIME,
        changed_at=START_TIME,
    )
    assert (risk(lens, 2).terms, risk(lens, 2).changed_at) == (NEW, 0)


def test_risks_slow_price_follows(system: System, lens: Lens) -> None:
    system.set_price(1, 2_100 * DOLLAR)
    assert risk(lens).slow_price == 2_000 * DOLLAR // ATOMS
    system.backend.set_time(START_TIME + SECONDS_AN_HOUR)
    system.set_price(1, 2_100 * DOLLAR)
    found = risk(lens)
    moved = found.slow_price - 2_000 * DOLLAR // ATOMS
    # All but 1/e of the way in an hour.
    assert 63 * DOLLAR // ATOMS < moved < 64 * DOLLAR // ATOMS
    assert found.price == 2_100 * DOLLAR // ATOMS


def test_risks_price_that_jumps_waits_for_a_second_report(system: System, lens: Lens) -> None:
    system.backend.set_time(START_TIME + 10)
    system.post_price(1, 3_000 * DOLLAR)
    system.poke(1)
    found = risk(lens)
    assert (found.price, found.price_time) == (2_000 * DOLLAR // ATOMS, START_TIME)
    assert found.is_unconfirmed
    assert (found.pending_price, found.pending_time) == (3_000 * DOLLAR // ATOMS, START_TIME + 10)
    assert lens.assets(1, 1).items[0].feed == system.feed
    system.backend.set_time(START_TIME + 10 + CONFIRM_SECONDS)
    system.post_price(1, 3_000 * DOLLAR)
    system.poke(1)
    found = risk(lens)
    assert (found.price, found.is_unconfirmed) == (3_000 * DOLLAR // ATOMS, False)
    assert (found.pending_price, found.pending_time) == (0, 0)


def test_risks_without_a_price_have_none(system: System, lens: Lens) -> None:
    new, _ = list_with_scripted_feed(system, 8, 1)
    system.backend.set_time(START_TIME + 9)
    found = risk(lens, new)
    assert (found.price, found.slow_price, found.price_time) == (0, 0, 0)
    assert found.price_age == START_TIME + 9
    assert (found.listed_at, found.changed_at) == (START_TIME, 0)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_risks_in_pages_leave_out_the_quote_asset(system: System, lens: Lens, limit: int) -> None:
    list_with_scripted_feed(system, 8, 1)
    found = pages(lambda start: lens.risks(start, limit))
    assert [each.asset_id for each in items(found)] == [1, 2, 3]
    assert all(len(page.items) == limit for page in found[:-1])
    assert found[-1].items
    assert lens.risks(1) == lens.risks()
    assert lens.risks(4) == lens.risks(2**16 - 1) == Page((), 0)


def test_risks_without_room_are_rejected(lens: Lens) -> None:
    with rejected("ZeroLimit"):
        lens.risks(limit=0)


def test_market_risk_has_levels_and_when_they_were_set(system: System, lens: Lens) -> None:
    assert lens.market_risk() == MarketRisk(MarketRiskTerms(0, 0, 0), 0, 0, 0)
    terms = MarketRiskTerms(321, 81, 62)
    system.backend.set_time(START_TIME + 7)
    system.set_market_risk(terms)
    assert lens.market_risk() == MarketRisk(terms, 0, 0, START_TIME + 7)

"""Opening lending pools and changing their terms."""

from dataclasses import astuple, replace

import pytest

from tests.support.lending import (
    BORROWER,
    LENT_CASH,
    POOL,
    WIDE_POOL,
    YEAR,
    LendingScene,
    set_risk,
)
from tests.support.scene import DOLLARS, STRANGER, UNIT, Scene
from tests.support.soundness import refused
from tests.support.system import DOLLAR
from worldmarkets.model import slots
from worldmarkets.model.interface import PoolTerms
from worldmarkets.model.words import PoolIndexWord, PoolTermsWord, PoolTotalsWord, RiskWord

WAD = 10**18
START = 4 * WAD // 100 // YEAR
MOST = 2**79 - 1
DAY = 86_400


def parameter(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


def test_set_pool_terms_opens_an_empty_pool(lending: LendingScene) -> None:
    system = lending.system

    system.set_pool_terms(2, PoolTerms(5, 7, 900, 100, 50))

    [event] = system.events()
    assert event.name == "PoolTermsSet"
    assert event.fields == {"assetId": 2, "terms": (5, 7, 900, 100, 50)}
    now = system.backend.time
    assert lending.index(2) == PoolIndexWord(WAD, WAD, now, START // 400, START)
    assert lending.totals(2) == PoolTotalsWord(0, 0, 0, 50, 1)
    assert lending.terms(2) == PoolTermsWord(5, 7, 900, 100, 0, now)


def test_set_pool_terms_notes_the_open_pool_where_the_risk_engine_reads(scene: Scene) -> None:
    system = scene.system
    set_risk(system)
    underlying, risk = scene.underlying(2), scene.word(RiskWord, slots.risk())
    assert (underlying.lendable, risk.lendable) == (0, 0)

    system.set_pool_terms(0, POOL)
    system.set_pool_terms(2, POOL)

    assert scene.underlying(1).lendable == 0
    assert scene.underlying(2) == replace(underlying, lendable=1)
    assert scene.word(RiskWord, slots.risk()) == replace(risk, lendable=1)


def test_set_pool_terms_of_an_open_pool_keeps_its_notes_through_prices_and_risk(
    lending: LendingScene,
) -> None:
    system = lending.system
    system.backend.set_time(system.backend.time + DAY)
    set_risk(system)
    system.set_price(0, DOLLAR)
    lending.refresh()
    system.set_pool_terms(0, WIDE_POOL)
    system.set_pool_terms(1, WIDE_POOL)
    assert lending.risk().lendable == 1
    assert [lending.underlying(asset).lendable for asset in (1, 2)] == [1, 0]


def test_set_pool_terms_again_keeps_shares_interest_and_window(lending: LendingScene) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, 100_000 * DOLLARS * UNIT)
    totals, window = lending.totals(), lending.terms().window
    assert window > 0
    system.set_pool_terms(0, replace(POOL, reserve_permille=300))
    assert lending.totals() == replace(totals, reserve_permille=300)
    assert lending.terms().window == window


def test_set_pool_terms_empties_the_window_at_the_old_speed_up_to_now(
    lending: LendingScene,
) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.set_pool_terms(0, PoolTerms(2**70, 2**70, 999, 100, 100))
    system.borrow(account, 0, 50_000 * DOLLARS * UNIT)
    before = lending.terms()
    lending.wait(900)
    system.set_pool_terms(0, PoolTerms(2**70, 2**70, 999, 10, 100))
    after = lending.terms()
    limit = 2**32 * 100 // 1_000
    assert after.window == before.window - 900 * limit // 3_600
    assert after.window_time == system.backend.time


def test_set_pool_terms_shares_interest_up_to_now_by_the_old_factor(
    lending: LendingScene,
) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, LENT_CASH // 2 * UNIT)
    lending.wait(YEAR)
    snapshot = system.backend.snapshot()
    system.accrue_pools(0)
    expected = lending.index()
    system.backend.revert(snapshot)
    system.set_pool_terms(0, PoolTerms(2**70, 2**70, 999, 999, 999))
    assert lending.index() == expected
    assert lending.totals().reserve_permille == 999


def test_set_pool_terms_below_what_is_lent_and_owed_only_stops_more(
    lending: LendingScene,
) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, 1_000 * UNIT)
    system.set_pool_terms(0, PoolTerms(0, 0, 0, 0, 0))
    with refused(system, "BorrowCapReached", 0, 1, 0):
        system.borrow(account, 0, UNIT)
    with refused(system, "SupplyCapReached", 0, LENT_CASH + 10**12, 0):
        system.set_lent(lending.maker, 0)
    system.withdraw(lending.lender, 0, UNIT)
    system.mint(BORROWER, 0, UNIT)
    system.repay(account, 0, UNIT)


@pytest.mark.parametrize(
    ("name", "field", "most"),
    [
        ("supplyCapAtoms", "supply_cap_atoms", MOST),
        ("borrowCapAtoms", "borrow_cap_atoms", MOST),
        ("ceilingPermille", "ceiling_permille", 999),
        ("hourlyPermille", "hourly_permille", 999),
        ("reservePermille", "reserve_permille", 999),
    ],
)
def test_set_pool_terms_at_a_bound_passes_and_beyond_is_refused(
    lending: LendingScene, name: str, field: str, most: int
) -> None:
    system = lending.system
    with refused(system, "InvalidParameter", parameter(name), most + 1):
        system.set_pool_terms(2, replace(WIDE_POOL, **{field: most + 1}))
    terms = replace(WIDE_POOL, **{field: most})
    system.set_pool_terms(2, terms)
    [event] = system.events()
    assert event.fields["terms"] == astuple(terms)


@pytest.mark.parametrize("asset", [3, 255, 256, 65_535])
def test_set_pool_terms_of_an_unlisted_asset_is_refused(lending: LendingScene, asset: int) -> None:
    with refused(lending.system, "UnlistedAsset", asset):
        lending.system.set_pool_terms(asset, POOL)


def test_set_pool_terms_by_a_stranger_is_refused(lending: LendingScene) -> None:
    with refused(lending.system, "AccessManagedUnauthorized", STRANGER):
        lending.system.set_pool_terms(0, POOL, sender=STRANGER)

"""Adding up interest, and letting rates follow demand."""

from fractions import Fraction

import pytest

from tests.support.lending import BORROWER, LENT_CASH, YEAR, LendingScene
from tests.support.scene import STRANGER, UNIT
from tests.support.soundness import exchange_storage, refused
from worldmarkets.model.interface import PoolTerms
from worldmarkets.model.words import PoolTotalsWord

WAD = 10**18
START = 4 * WAD // 100 // YEAR
LOWEST = WAD // 1_000 // YEAR
HIGHEST = 2 * WAD // YEAR


@pytest.fixture
def debtor(lending: LendingScene) -> int:
    """An account that owes half of what is lent."""
    account = lending.new_account(BORROWER, lots=10**6)
    lending.system.borrow(account, 0, LENT_CASH // 2 * UNIT)
    return account


def borrowed(totals: PoolTotalsWord, borrow_index: int) -> int:
    return -(-totals.borrow_shares * borrow_index // WAD)


def test_accrue_writes_indices_time_and_rate(lending: LendingScene, debtor: int) -> None:
    system, before = lending.system, lending.index()
    # At half: a distance of 4/9 below the target, so a third of the way to a quarter of the rate.
    distance = (9 * WAD // 10 - WAD // 2) * WAD // (9 * WAD // 10)
    assert before.rate == START * (WAD - distance * 3 // 4) // (WAD * 100)
    lending.wait(YEAR)

    system.accrue_pools(0, sender=STRANGER)

    after, totals = lending.index(), lending.totals()
    [event] = system.events()
    assert event.name == "PoolAccrued"
    assert event.fields == {
        "assetId": 0,
        "supplyIndex": after.supply_index,
        "borrowIndex": after.borrow_index,
        "borrowedAtoms": borrowed(totals, after.borrow_index),
        "cashAtoms": LENT_CASH // 2,
        "rate": after.rate,
    }
    assert after.time == system.backend.time
    exact = (1 + Fraction(before.rate, 10**16)) ** 3_600
    # The exact power of a year is long: its first hour, to the power of hours a year, in Q128.
    growth, base, hours = Fraction(1), Fraction(round(exact * 2**128), 2**128), YEAR // 3_600
    while hours:
        if hours & 1:
            growth = Fraction(round(growth * base * 2**128), 2**128)
        base, hours = Fraction(round(base * base * 2**128), 2**128), hours >> 1
    assert abs(after.borrow_index - growth * WAD) <= 2
    interest = totals.borrow_shares * (after.borrow_index - WAD) * 900
    assert after.supply_index == WAD + interest // (1_000 * (totals.supply_shares + 10**6))


def test_accrue_lets_the_rate_at_target_drift_with_demand(
    lending: LendingScene, debtor: int
) -> None:
    system = lending.system
    lending.wait(YEAR)
    system.accrue_pools(0)
    assert lending.index().rate_at_target == LOWEST
    lending.refresh(1)
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, LENT_CASH * 498 // 1_000 * UNIT)
    lending.wait(YEAR)
    system.accrue_pools(0)
    assert lending.index().rate_at_target == HIGHEST


def test_accrue_twice_in_a_second_changes_nothing(lending: LendingScene, debtor: int) -> None:
    lending.wait(1_000)
    lending.system.accrue_pools(0)
    before = exchange_storage(lending.system)
    lending.system.accrue_pools(0)
    assert exchange_storage(lending.system) == before


def test_accrue_of_an_idle_pool_lets_only_rate_and_time_move(lending: LendingScene) -> None:
    before, totals = lending.index(), lending.totals()
    lending.wait(86_400)
    lending.system.accrue_pools(0)
    after = lending.index()
    assert after.supply_index == WAD
    assert after.borrow_index > before.borrow_index
    assert lending.totals() == totals
    assert after.time == before.time + 86_400
    assert after.rate_at_target < before.rate_at_target


def test_accrue_of_several_pools(lending: LendingScene, debtor: int) -> None:
    lending.wait(10)
    lending.system.accrue_pools(0, 1, 0)
    assert [event.fields["assetId"] for event in lending.system.events()] == [0, 1, 0]
    lending.system.accrue_pools()
    assert lending.system.events() == []


@pytest.mark.parametrize("asset", [3, 255, 256, 257, 65_535])
def test_accrue_of_an_unlisted_asset_is_refused(lending: LendingScene, asset: int) -> None:
    with refused(lending.system, "UnlistedAsset", asset):
        lending.system.accrue_pools(0, asset)


def test_accrue_of_a_pool_that_is_not_open_is_refused(lending: LendingScene) -> None:
    with refused(lending.system, "PoolNotOpen", 2):
        lending.system.accrue_pools(0, 2)


@pytest.mark.parametrize("reserve", [0, 100, 999])
def test_interest_is_shared_between_lenders_and_reserve(
    lending: LendingScene, reserve: int
) -> None:
    """No atom is made or lost: lenders' part, the reserve and rounding make up the interest."""
    system = lending.system
    system.set_pool_terms(0, PoolTerms(2**70, 2**70, 999, 999, reserve))
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, LENT_CASH // 2 * UNIT)
    lending.wait(YEAR)
    system.accrue_pools(0)
    totals, index = lending.totals(), lending.index()
    interest = borrowed(totals, index.borrow_index) - LENT_CASH // 2
    lenders = lending.atoms(lending.lender) - LENT_CASH
    kept = totals.cash + borrowed(totals, index.borrow_index) - lending.atoms(lending.lender)
    assert interest == lenders + kept
    assert lenders * 1_000 <= interest * (1_000 - reserve)
    # A millionth goes to the virtual shares, which are a millionth of all.
    assert interest * (1_000 - reserve) - lenders * 1_000 <= interest // 10**3 * 2 + 2_000


def test_a_debt_grows_the_same_however_often_someone_pokes(
    lending: LendingScene, debtor: int
) -> None:
    """The rate follows demand at each poke; at the bounds of its drift, growth is the same."""
    system = lending.system
    lending.wait(YEAR)
    system.accrue_pools(0)
    start = lending.index()
    snapshot = system.backend.snapshot()
    for _ in range(100):
        lending.wait(36_000)
        system.accrue_pools(0)
    often = lending.index()
    system.backend.revert(snapshot)
    lending.wait(3_600_000)
    system.accrue_pools(0)
    once = lending.index()
    assert once.borrow_index > start.borrow_index
    # Utilisation, and so the rate, moves a little with interest.
    assert (
        abs(often.borrow_index - once.borrow_index)
        < (once.borrow_index - start.borrow_index) // 10**3
    )

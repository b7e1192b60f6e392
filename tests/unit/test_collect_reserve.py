"""What pools keep for the insurance fund."""

import pytest

from tests.support.lending import BORROWER, LENT_CASH, YEAR, LendingScene
from tests.support.scene import ETH_UNIT, LOT, START_LOTS, STRANGER, UNIT
from tests.support.soundness import refused
from tests.support.system import ETH_MARKET
from worldmarkets.model.interface import PoolTerms

INSURANCE = 1
WAD = 10**18


@pytest.fixture
def reserve(lending: LendingScene) -> int:
    """A year's interest on half of what is lent; what is kept of it [atoms]."""
    account = lending.new_account(BORROWER, lots=10**6)
    lending.system.borrow(account, 0, LENT_CASH // 2 * UNIT)
    lending.wait(YEAR)
    lending.system.accrue_pools(0)
    return kept(lending)


def kept(lending: LendingScene, asset: int = 0) -> int:
    """The reserve of a pool, by its words, rounded down at the end."""
    totals, index = lending.totals(asset), lending.index(asset)
    borrowed = totals.borrow_shares * index.borrow_index
    return (totals.cash * WAD + borrowed - totals.supply_shares * index.supply_index) // WAD


def test_collect_reserve_lends_it_for_the_insurance_fund(
    lending: LendingScene, reserve: int
) -> None:
    system, before = lending.system, lending.totals()

    atoms = system.collect_reserve(0, sender=STRANGER)

    [event] = system.events()
    assert event.name == "ReserveCollected"
    assert event.fields == {"assetId": 0, "atoms": atoms}
    index = lending.index()
    shares = reserve * WAD // index.supply_index
    assert atoms == shares * index.supply_index // WAD
    assert 0 < atoms <= reserve
    fund = lending.ledger(INSURANCE, 0)
    assert (fund.balance, fund.lent) == (shares, 1)
    after = lending.totals()
    assert after.supply_shares == before.supply_shares + shares
    assert (after.cash, after.borrow_shares) == (before.cash, before.borrow_shares)
    assert lending.account(INSURANCE).assets == 1
    assert kept(lending) <= 1


def test_collect_reserve_twice_collects_nothing_more(lending: LendingScene, reserve: int) -> None:
    lending.system.collect_reserve(0)
    assert lending.system.collect_reserve(0) <= 1
    assert reserve > 0


def test_collect_reserve_lends_the_funds_custody_too(lending: LendingScene, reserve: int) -> None:
    """Fees that came before are lent along; those that come later are lent at once."""
    system = lending.system
    lending.ask(lending.maker, 20_000, 1_000)
    lending.bid(lending.taker, 20_000, 1_000)
    system.collect_fees(ETH_MARKET)
    fees = lending.cash(INSURANCE)
    assert fees > 0
    cash = lending.totals().cash
    collected = system.collect_reserve(0)
    fund = lending.atoms(INSURANCE)
    assert lending.totals().cash == cash + fees
    assert fees + collected - 2 <= fund <= fees + collected
    lending.ask(lending.maker, 20_000, 1_000)
    lending.bid(lending.taker, 20_000, 1_000)
    system.collect_fees(ETH_MARKET)
    assert fund + fees - 2 <= lending.atoms(INSURANCE) <= fund + fees + 1
    assert reserve > 0


def test_collect_reserve_of_a_base_asset(lending: LendingScene) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, 10**12)
    system.borrow(account, 1, START_LOTS * LOT * ETH_UNIT)
    lending.wait(YEAR)
    atoms = system.collect_reserve(1)
    assert atoms > 0
    assert lending.atoms(INSURANCE, 1) == atoms
    assert lending.account(INSURANCE).assets == 0b11


def test_collect_reserve_of_an_idle_pool_collects_nothing(lending: LendingScene) -> None:
    lending.wait(YEAR)
    assert lending.system.collect_reserve(0) == 0
    assert lending.ledger(INSURANCE, 0).lent == 1


def test_collect_reserve_passes_whatever_the_supply_cap(
    lending: LendingScene, reserve: int
) -> None:
    lending.system.set_pool_terms(0, PoolTerms(0, 0, 0, 0, 100))
    assert lending.system.collect_reserve(0) >= reserve - 1


def test_collect_reserve_without_a_pool_is_refused(lending: LendingScene) -> None:
    with refused(lending.system, "PoolNotOpen", 2):
        lending.system.collect_reserve(2)
    for asset in (3, 256, 65_535):
        with refused(lending.system, "UnlistedAsset", asset):
            lending.system.collect_reserve(asset)

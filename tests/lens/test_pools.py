"""Lending pools, and balances that are lent or owed."""

import pytest

from tests.lens.support import items, pages, rejected
from tests.support.backend import START_TIME
from tests.support.scene import DOLLARS, MAKER, START_CASH, STRANGER, TAKER, UNIT, Scene
from tests.support.soundness import refused
from tests.support.system import System
from worldmarkets.client.lens import Lens
from worldmarkets.client.lens_views import Holding, Page, Pool
from worldmarkets.model import slots
from worldmarkets.model.interface import AssetRiskTerms, MarketRiskTerms, PoolTerms
from worldmarkets.model.words import (
    SECONDS_A_DAY,
    SECONDS_AN_HOUR,
    LedgerWord,
    PoolIndexWord,
    PoolTotalsWord,
)

ONE = 10**18
YEAR = 365 * SECONDS_A_DAY
START_RATE = 4 * ONE // 100 // YEAR
"""Rate at target of a new pool: 4 % a year [1e-18 a second]."""
TERMS = PoolTerms(
    supply_cap_atoms=3 * START_CASH,
    borrow_cap_atoms=START_CASH // 2,
    ceiling_permille=400,
    hourly_permille=300,
    reserve_permille=100,
)
LENT = START_CASH
BORROWED = 200_000 * DOLLARS


@pytest.fixture
def lending(scene: Scene) -> Scene:
    """The scene with risk set, and the quote asset's pool open."""
    scene.system.set_market_risk(MarketRiskTerms(300))
    scene.system.set_asset_risk(1, AssetRiskTerms(1_150, 150, 200, 50, 50))
    scene.system.set_pool_terms(0, TERMS)
    return scene


@pytest.fixture
def borrower(lending: Scene) -> int:
    """An account with ether, who owes dollars that the maker lends."""
    lending.system.set_lent(lending.maker, 0)
    account = lending.new_account(STRANGER, lots=1_000_000)
    lending.system.borrow(account, 0, BORROWED * UNIT)
    return account


def pool(lens: Lens, asset_id: int = 0) -> Pool:
    (found,) = lens.pools(asset_id, 1).items
    return found


def holding(lens: Lens, account: int, asset_id: int = 0) -> Holding:
    (found,) = (each for each in lens.account(account).holdings if each.asset_id == asset_id)
    return found


def wait(system: System, seconds: int) -> None:
    system.backend.set_time(system.backend.time + seconds)


def test_pools_of_a_new_one_are_empty(lending: Scene, lens: Lens) -> None:
    quarter = START_RATE // 4
    assert lens.pools() == Page(
        (
            Pool(
                asset_id=0,
                terms=TERMS,
                supplied_atoms=0,
                borrowed_atoms=0,
                cash_atoms=0,
                reserve_atoms=0,
                supply_index=ONE,
                borrow_index=ONE,
                utilisation=0,
                borrow_rate=quarter // 100 * 100 * YEAR,
                supply_rate=0,
                rate_at_target=START_RATE * YEAR,
                accrued_at=START_TIME,
                supply_room_atoms=TERMS.supply_cap_atoms,
                cap_room_atoms=TERMS.borrow_cap_atoms - 1,
                ceiling_room_atoms=0,
                window_room_atoms=0,
                borrowable_atoms=0,
            ),
        ),
        0,
    )


def test_pools_have_what_is_lent_and_owed_at_its_rate(
    lending: Scene, lens: Lens, borrower: int
) -> None:
    found = pool(lens)
    assert (found.supplied_atoms, found.borrowed_atoms) == (LENT, BORROWED)
    assert (found.cash_atoms, found.reserve_atoms) == (LENT - BORROWED, 0)
    assert found.utilisation == ONE // 5
    # At 20 % of 90 % the rate is that at target less three quarters of seven ninths.
    distance = (9 * ONE // 10 - ONE // 5) * ONE // (9 * ONE // 10)
    rate = START_RATE * (ONE - distance * 3 // 4) // ONE // 100 * 100
    assert found.borrow_rate == rate * YEAR
    # Lenders get nine tenths of it on a fifth; a million shares, a dollar, are nobody's.
    worth = 1_000 * (LENT + 10**6)
    assert found.supply_rate == found.borrow_rate * 900 * BORROWED // worth
    assert found.supply_room_atoms == TERMS.supply_cap_atoms - LENT


def test_pools_earn_interest_that_nobody_added_up(
    lending: Scene, lens: Lens, borrower: int
) -> None:
    before = pool(lens)
    wait(lending.system, YEAR // 365)
    found = pool(lens)
    assert found.accrued_at == before.accrued_at == START_TIME
    owed = found.borrowed_atoms - BORROWED
    simple = BORROWED * before.borrow_rate // 365 // ONE
    # Compounding within a day adds less than a ten-thousandth of it.
    assert simple < owed <= simple + simple // 10_000 + 1
    earned = found.supplied_atoms - LENT
    assert earned == (found.supply_index - ONE) * LENT // ONE
    # Up to two atoms of the difference are rounding.
    assert 0 < owed - earned - 2 <= found.reserve_atoms <= owed - earned
    assert owed * 10 // 100 <= found.reserve_atoms <= owed * 10 // 100 + owed // 10_000 + 2
    assert found.cash_atoms == LENT - BORROWED
    assert found.utilisation == found.borrowed_atoms * ONE // (
        found.cash_atoms + found.borrowed_atoms
    )


def test_pools_are_what_accruing_writes(lending: Scene, lens: Lens, borrower: int) -> None:
    wait(lending.system, 12_345)
    found = pool(lens)
    lending.system.accrue_pools(0)
    (event,) = lending.system.events()
    assert event.fields == {
        "assetId": 0,
        "supplyIndex": found.supply_index,
        "borrowIndex": found.borrow_index,
        "borrowedAtoms": found.borrowed_atoms,
        "cashAtoms": found.cash_atoms,
        "rate": event.fields["rate"],
    }
    after = pool(lens)
    assert after.accrued_at == START_TIME + 12_345
    assert after.borrow_rate == event.fields["rate"] * 100 * YEAR
    # Below its target the rate at target falls.
    assert after.rate_at_target < found.rate_at_target
    assert lending.system.collect_reserve(0) <= found.reserve_atoms
    assert pool(lens).reserve_atoms <= 1


@pytest.mark.parametrize(
    ("terms", "room", "error"),
    [
        (PoolTerms(2**70, 300_000 * DOLLARS, 900, 900), "cap_room_atoms", "BorrowCapReached"),
        (PoolTerms(2**70, 2**70, 300, 900), "ceiling_room_atoms", "BorrowCeilingReached"),
        (PoolTerms(2**70, 2**70, 900, 300), "window_room_atoms", "BorrowWindowReached"),
    ],
)
def test_pools_say_to_the_atom_what_may_be_borrowed(
    lending: Scene, lens: Lens, borrower: int, terms: PoolTerms, room: str, error: str
) -> None:
    system = lending.system
    system.set_pool_terms(0, terms)
    wait(system, 40)
    found = pool(lens)
    atoms = found.borrowable_atoms
    assert atoms == getattr(found, room) > 0
    with refused(system, error, 0, atoms + 1, atoms):
        system.borrow(borrower, 0, (atoms + 1) * UNIT)
    system.borrow(borrower, 0, atoms * UNIT)
    assert getattr(pool(lens), room) <= 1


def test_pools_window_empties_within_an_hour(lending: Scene, lens: Lens, borrower: int) -> None:
    full = 300 * LENT // 1_000
    # The window counts in 2^-32 of supply, rounded against who borrows.
    grain = LENT // 2**32 + 1
    assert full - BORROWED - 2 * grain <= pool(lens).window_room_atoms <= full - BORROWED
    wait(lending.system, SECONDS_AN_HOUR // 2)
    halved = full - BORROWED + full // 2
    assert halved - 2 * grain <= pool(lens).window_room_atoms <= halved + halved // 10_000
    wait(lending.system, SECONDS_AN_HOUR // 2)
    assert pool(lens).window_room_atoms >= full - grain
    assert pool(lens).terms == TERMS


def test_pools_borrowable_is_at_most_the_cash(lending: Scene, lens: Lens, borrower: int) -> None:
    system = lending.system
    system.set_pool_terms(0, PoolTerms(2**70, 2**70, 999, 999))
    system.withdraw(lending.maker, 0, (LENT - BORROWED - 5 * DOLLARS) * UNIT)
    found = pool(lens)
    assert found.cash_atoms == 5 * DOLLARS
    assert found.utilisation > 97 * ONE // 100
    rest = found.cash_atoms + 1
    with refused(system, "InsufficientLiquidity", 0, rest, found.cash_atoms):
        system.withdraw(lending.maker, 0, rest * UNIT)


def test_pools_supply_room_is_what_may_be_lent(lending: Scene, lens: Lens, borrower: int) -> None:
    system = lending.system
    system.set_pool_terms(0, PoolTerms(LENT + 1_000, 2**70))
    assert pool(lens).supply_room_atoms == 1_000
    system.set_lent(borrower, 0)
    with refused(system, "SupplyCapReached", 0, LENT + START_CASH, LENT + 1_000):
        system.set_lent(lending.taker, 0)
    system.mint(MAKER, 0, 1_001 * UNIT)
    with refused(system, "SupplyCapReached", 0, LENT + 1_001, LENT + 1_000):
        system.deposit(lending.maker, 0, 1_001 * UNIT)
    system.deposit(lending.maker, 0, 1_000 * UNIT)
    assert pool(lens).supply_room_atoms == 0
    system.set_pool_terms(0, PoolTerms(5, 2**70))
    assert pool(lens).supply_room_atoms == 0


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pools_in_pages_leave_out_assets_without_one(
    system: System, lens: Lens, limit: int
) -> None:
    assert lens.pools() == Page((), 0)
    for asset_id in (0, 2):
        system.set_pool_terms(asset_id, TERMS)
    found = pages(lambda start: lens.pools(start, limit))
    assert [each.asset_id for each in items(found)] == [0, 2]
    assert all(len(page.items) == limit for page in found[:-1])
    assert found[-1].items
    assert [each.asset_id for each in lens.pools(1).items] == [2]
    assert lens.pools(3) == lens.pools(2**16 - 1) == Page((), 0)


def test_pools_without_room_are_rejected(lens: Lens) -> None:
    with rejected("ZeroLimit"):
        lens.pools(limit=0)


# ---------------------------------------------------------------------- balances


def test_account_that_lends_has_interest(lending: Scene, lens: Lens, borrower: int) -> None:
    assert holding(lens, lending.maker) == Holding(0, LENT, True, 0, 0, 0, LENT)
    wait(lending.system, 30 * SECONDS_A_DAY)
    found = holding(lens, lending.maker)
    assert found.balance_atoms == pool(lens).supplied_atoms > LENT
    # Interest was not deposited.
    assert (found.seasoned_atoms, found.fresh_atoms) == (LENT, 0)
    (margin, _) = lending.system.preview_margin(lending.maker)
    ether = 100_000 * 100_000 * 2_000 // 100
    assert margin.equity_atoms == found.balance_atoms + ether


def test_account_that_lends_takes_out_what_it_has_to_the_atom(
    lending: Scene, lens: Lens, borrower: int
) -> None:
    system = lending.system
    wait(system, SECONDS_A_DAY)
    system.set_lent(lending.taker, 0)
    system.set_outflow_limit(0, 1_000_000)
    has = holding(lens, lending.maker).balance_atoms
    with refused(system, "InsufficientBalance", lending.maker, 0, has, has + 1):
        system.withdraw(lending.maker, 0, (has + 1) * UNIT)
    system.withdraw(lending.maker, 0, has * UNIT)
    assert holding(lens, lending.maker) == Holding(0, 0, True, 0, 0, 0, 0)


def test_account_that_owes_has_a_debt_with_interest(
    lending: Scene, lens: Lens, borrower: int
) -> None:
    assert holding(lens, borrower) == Holding(0, -BORROWED, False, 0, 0, 0, 0)
    assert not lens.account(borrower).is_bare
    wait(lending.system, 30 * SECONDS_A_DAY)
    owed = -holding(lens, borrower).balance_atoms
    assert owed == pool(lens).borrowed_atoms > BORROWED
    lending.system.mint(STRANGER, 0, 2 * owed * UNIT)
    assert lending.system.repay(borrower, 0, 2 * owed * UNIT) == owed
    assert holding(lens, borrower).balance_atoms == 0
    assert lens.account(borrower).is_bare


def test_account_that_stops_lending_keeps_what_it_earned(
    lending: Scene, lens: Lens, borrower: int
) -> None:
    system = lending.system
    wait(system, SECONDS_A_DAY)
    system.set_lent(lending.taker, 0)
    has = holding(lens, lending.maker).balance_atoms
    system.set_lent(lending.maker, 0, lent=False)
    assert holding(lens, lending.maker) == Holding(0, has, False, 0, 0, 0, LENT)
    word = LedgerWord.unpack(system.read_word(slots.ledger(lending.maker, 0)))
    assert (word.balance, word.lent) == (has, 0)


def test_account_with_the_flag_and_nothing_lends_nothing(lending: Scene, lens: Lens) -> None:
    account = lending.system.create_account(TAKER)
    lending.system.set_lent(account, 0)
    assert holding(lens, account) == Holding(0, 0, True, 0, 0, 0, 0)


def test_account_of_many_shares_shows_what_its_words_are_worth(
    lending: Scene, lens: Lens, borrower: int
) -> None:
    wait(lending.system, 3 * SECONDS_A_DAY)
    lending.system.accrue_pools(0)
    index = PoolIndexWord.unpack(lending.system.read_word(slots.pool_index(0)))
    totals = PoolTotalsWord.unpack(lending.system.read_word(slots.pool_totals(0)))
    lender, owes = (
        LedgerWord.unpack(lending.system.read_word(slots.ledger(account, 0))).balance
        for account in (lending.maker, borrower)
    )
    assert (lender, -owes) == (totals.supply_shares, totals.borrow_shares)
    assert holding(lens, lending.maker).balance_atoms == lender * index.supply_index // ONE
    assert holding(lens, borrower).balance_atoms == owes * index.borrow_index // ONE

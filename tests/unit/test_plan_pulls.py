"""Steps of risk plans that pull an asset from another account of the owner."""

from dataclasses import replace

import pytest

from tests.support.abi import Reverted
from tests.support.perps import LONG, PerpScene
from tests.support.plans import ALL, open_long, pulling, state_of
from tests.support.scene import DOLLARS, ETH_UNIT, LOT, STRANGER, UNIT
from tests.support.soundness import refused
from worldmarkets.model import slots
from worldmarkets.model.assets import as_name
from worldmarkets.model.words import AccountWord

LOTS = 1_000


@pytest.fixture
def account(perps: PerpScene) -> int:
    """An account that is an ETH long."""
    return open_long(perps, LOTS)


@pytest.fixture
def source(perps: PerpScene) -> int:
    """Another account of the owner, with 500 dollars and an ETH."""
    return perps.new_account(LONG, 500 * DOLLARS, LOTS)


def pull(perps: PerpScene, account: int, amount: int = ALL, step: int = 0) -> tuple[int, int]:
    return perps.system.execute_step(account, step, amount, sender=STRANGER)


def test_pull_moves_atoms_to_the_account(perps: PerpScene, account: int, source: int) -> None:
    perps.system.set_plan(account, [pulling(0, 300 * DOLLARS, source)])
    before = perps.cash(account)
    assert pull(perps, account, 120 * DOLLARS) == (120 * DOLLARS, 0)
    assert perps.cash(source) == 380 * DOLLARS
    assert perps.cash(account) == before + 120 * DOLLARS
    assert state_of(perps, account, 0).left == 180 * DOLLARS
    transferred, executed = perps.system.events()
    assert transferred.name == "Transferred"
    assert transferred.fields == {
        "fromAccountId": source,
        "toAccountId": account,
        "assetId": 0,
        "atoms": 120 * DOLLARS,
        "fromBalanceAtoms": 380 * DOLLARS,
        "toBalanceAtoms": before + 120 * DOLLARS,
    }
    assert executed.fields["done"] == 120 * DOLLARS


def test_pull_takes_no_more_than_there_is(perps: PerpScene, account: int, source: int) -> None:
    perps.system.set_plan(account, [pulling(0, 900 * DOLLARS, source)])
    assert pull(perps, account) == (500 * DOLLARS, 0)
    assert perps.cash(source) == 0
    with refused(perps.system, "FillTooSmall", 0, 0, 1):
        pull(perps, account)


def test_pull_of_less_than_it_must_at_once_is_refused(
    perps: PerpScene, account: int, source: int
) -> None:
    least = 500 * DOLLARS + 1
    perps.system.set_plan(account, [pulling(0, 900 * DOLLARS, source, min_fill=least)])
    with refused(perps.system, "FillTooSmall", 0, 500 * DOLLARS, least):
        pull(perps, account)


def test_pull_of_a_debt_is_refused(perps: PerpScene, account: int) -> None:
    source = perps.long(LONG, 3_000 * DOLLARS, 10_000)
    assert perps.ledger(source, 0).balance < 0
    perps.system.set_plan(account, [pulling(0, 5, source)])
    with refused(perps.system, "FillTooSmall", 0, 0, 1):
        pull(perps, account)


def test_pull_of_a_new_asset_lets_the_account_use_it(
    perps: PerpScene, account: int, source: int
) -> None:
    perps.system.set_plan(account, [pulling(1, LOTS * LOT, source)])
    assert perps.account(account).assets == 1
    assert pull(perps, account, LOT) == (LOT, 0)
    assert perps.account(account).assets == 3
    assert perps.account(source).assets == 3
    assert pull(perps, account) == ((LOTS - 1) * LOT, 0)
    assert (perps.base(account), perps.base(source)) == (LOTS * LOT, 0)
    # Nothing is left of it there.
    assert perps.account(source).assets == 1


def test_pull_into_an_account_that_uses_too_much_is_refused(
    perps: PerpScene, account: int, source: int
) -> None:
    perps.system.set_plan(account, [pulling(1, LOT, source)])
    word = perps.word(AccountWord, slots.account(account))
    perps.set_word(slots.account(account), replace(word, assets=0xFFFF << 2 | 1))
    with refused(perps.system, "TooManyAssets", account, 18, 16):
        pull(perps, account)
    perps.set_word(slots.account(account), word)


def test_pull_leaves_the_source_what_it_needs(perps: PerpScene, account: int) -> None:
    """Of 30 ETH long that is 3,000 dollars, at the slow price, too."""
    source = open_long(perps, 30 * LOTS)
    perps.system.set_plan(account, [pulling(0, 2**80 - 1, source)])
    free = perps.margin(source).free_atoms
    with pytest.raises(Reverted, match="BelowInitialMargin") as caught:
        pull(perps, account, free + 1)
    assert caught.value.arguments[0] == source
    assert pull(perps, account, free) == (free, 0)
    assert perps.margin(source).free_atoms == 0


def test_pull_takes_no_profit_that_is_not_settled(perps: PerpScene, account: int) -> None:
    source = open_long(perps, 30 * LOTS)
    perps.system.set_plan(account, [pulling(0, 2**80 - 1, source)])
    perps.move_index(2_100)
    with pytest.raises(Reverted, match="UnsettledProfit"):
        pull(perps, account, 7_000 * DOLLARS)


def test_pull_repays_what_the_account_owes(perps: PerpScene, source: int) -> None:
    account = perps.short(LONG, 3_000 * DOLLARS, 2 * LOTS)
    perps.system.set_plan(account, [pulling(1, LOTS * LOT, source)])
    assert pull(perps, account) == (LOTS * LOT, 0)
    assert perps.atoms(account, 1) == -LOTS * LOT


def test_pull_takes_deposits_along_at_their_age(
    perps: PerpScene, account: int, source: int
) -> None:
    perps.system.set_plan(account, [pulling(0, 300 * DOLLARS, source)])
    perps.wait(2 * 86_400)
    perps.refresh()
    own = perps.season(account)
    pull(perps, account)
    assert perps.season(source).seasoned == 200 * DOLLARS
    moved = perps.season(account)
    total = own.today + own.yesterday + own.seasoned + 300 * DOLLARS
    assert (moved.today, moved.yesterday, moved.seasoned) == (0, 0, total)


def test_pull_of_what_is_lent_waits_while_a_price_moves_fast(
    perps: PerpScene, account: int, source: int
) -> None:
    """Else a plan would let lenders step aside."""
    perps.system.set_lent(source, 0)
    perps.system.set_plan(account, [pulling(0, 300 * DOLLARS, source), pulling(1, LOT, source)])
    perps.move_index(1_900)
    until = perps.system.backend.time + 10
    with refused(perps.system, "PriceMoving", until):
        pull(perps, account)
    assert pull(perps, account, step=1) == (LOT, 0)
    perps.wait(10)
    assert pull(perps, account) == (300 * DOLLARS, 0)


def test_pull_takes_of_what_is_lent_no_more_than_the_pool_has(
    perps: PerpScene, account: int, source: int
) -> None:
    perps.system.set_lent(source, 1)
    perps.system.set_plan(account, [pulling(1, LOTS * LOT, source)])
    borrower = perps.new_account(STRANGER, 10**5 * DOLLARS)
    perps.system.borrow(borrower, 1, 2 * LOTS * LOT * ETH_UNIT)
    left = perps.totals(1).cash - 40 * LOT
    perps.system.withdraw(perps.lender, 1, left * ETH_UNIT)
    assert pull(perps, account) == (40 * LOT, 0)
    assert perps.totals(1).cash == 0


def test_pull_into_a_pool_that_is_full_is_refused(
    perps: PerpScene, account: int, source: int
) -> None:
    perps.system.set_plan(account, [pulling(0, 300 * DOLLARS, source)])
    perps.system.set_lent(account, 0)
    supplied = perps.totals().cash
    perps.set_word(slots.pool_terms(0), replace(perps.terms(), supply_cap=supplied))
    with pytest.raises(Reverted, match="SupplyCapReached"):
        pull(perps, account)


def test_pull_from_an_account_of_another_owner_is_refused(
    perps: PerpScene, account: int, source: int
) -> None:
    """Owners do not change; a word written past the rules stands for one that had."""
    perps.system.set_plan(account, [pulling(0, 300 * DOLLARS, source)])
    word = perps.account(source)
    perps.set_word(slots.account(source), replace(word, owner=int(STRANGER, 16)))
    with refused(perps.system, "InvalidStep", 0, as_name("sourceAccountId")):
        pull(perps, account)


def test_pull_of_what_came_in_leaves_the_same_way(
    perps: PerpScene, account: int, source: int
) -> None:
    """What was pulled can be withdrawn by the owner as if he had transferred it."""
    perps.system.set_plan(account, [pulling(0, 300 * DOLLARS, source)])
    pull(perps, account)
    perps.system.withdraw(account, 0, 300 * DOLLARS * UNIT)

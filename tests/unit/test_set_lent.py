"""Lending what an account has, and keeping it in custody again."""

import pytest

from tests.support.lending import (
    BORROWER,
    LENDER,
    LENT_CASH,
    POOL,
    YEAR,
    LendingScene,
)
from tests.support.scene import DOLLARS, ETH_UNIT, LOT, OPERATOR, START_CASH, STRANGER, UNIT
from tests.support.soundness import refused
from worldmarkets.model.interface import Permission, PoolTerms
from worldmarkets.model.words import MAX_HELD_ATOMS


def test_set_lent_makes_shares_of_a_balance_and_back(lending: LendingScene) -> None:
    system, before = lending.system, lending.totals()

    system.set_lent(lending.maker, 0)

    [event] = system.events()
    assert event.name == "LentSet"
    assert event.fields == {
        "accountId": lending.maker,
        "assetId": 0,
        "lent": True,
        "balanceAtoms": START_CASH,
    }
    ledger = lending.ledger(lending.maker, 0)
    assert (ledger.lent, ledger.balance) == (1, START_CASH)
    after = lending.totals()
    assert after.cash == before.cash + START_CASH
    assert after.supply_shares == before.supply_shares + START_CASH
    assert after.borrow_shares == 0

    system.set_lent(lending.maker, 0, False)

    [event] = system.events()
    assert event.fields["lent"] is False
    assert event.fields["balanceAtoms"] == START_CASH
    assert lending.totals() == before
    ledger = lending.ledger(lending.maker, 0)
    assert (ledger.lent, ledger.balance) == (0, START_CASH)


def test_set_lent_of_nothing_lends_what_comes_later(lending: LendingScene) -> None:
    account = lending.new_account(BORROWER)
    lending.system.set_lent(account, 0)
    assert lending.account(account).assets == 1
    lending.system.fund(account, 0, 7 * UNIT)
    assert lending.totals().cash == LENT_CASH + 7
    assert lending.ledger(account, 0).balance == 7


def test_set_lent_twice_changes_nothing(lending: LendingScene) -> None:
    lending.system.set_lent(lending.maker, 0)
    words = (lending.totals(), lending.ledger(lending.maker, 0))
    lending.system.set_lent(lending.maker, 0)
    assert (lending.totals(), lending.ledger(lending.maker, 0)) == words


def test_set_lent_of_a_debt_only_notes_the_wish(lending: LendingScene) -> None:
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    before = lending.ledger(account, 0).balance
    assert before < 0
    lending.system.set_lent(account, 0)
    ledger = lending.ledger(account, 0)
    assert (ledger.balance, ledger.lent) == (before, 1)


def test_set_lent_keeps_open_orders_and_budget(lending: LendingScene) -> None:
    lending.ask(lending.maker, 20_500, 7)
    lending.system.set_operator(lending.maker, OPERATOR, 1, daily_loss_atoms=5)
    for asset in (0, 1):
        lending.system.set_lent(lending.maker, asset)
    assert lending.ledger(lending.maker, 1).open_asks == 7 * LOT
    assert lending.cash_word(lending.maker).budget == 5


def test_set_lent_after_interest_rounds_shares_down_and_keeps_the_rest_safe(
    lending: LendingScene,
) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=500_000)
    system.borrow(account, 0, 500_000 * DOLLARS * UNIT)
    lending.wait(YEAR // 12)
    system.set_lent(lending.maker, 0)
    index = lending.index()
    assert index.supply_index > 10**18
    assert lending.ledger(lending.maker, 0).balance == START_CASH * 10**18 // index.supply_index
    assert START_CASH - 1 <= lending.atoms(lending.maker) <= START_CASH
    system.set_lent(lending.maker, 0, False)
    assert START_CASH - 1 <= lending.cash(lending.maker) <= START_CASH


def test_set_lent_back_beyond_the_cash_of_the_pool_is_refused(lending: LendingScene) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=1_000_000)
    system.borrow(account, 0, 900_000 * DOLLARS * UNIT)
    cash = LENT_CASH - 900_000 * DOLLARS
    with refused(system, "InsufficientLiquidity", 0, LENT_CASH, cash):
        system.set_lent(lending.lender, 0, False)
    # A part of it can be had.
    system.withdraw(lending.lender, 0, cash * UNIT)
    assert lending.totals().cash == 0


def test_set_lent_up_to_the_supply_cap_passes_and_one_atom_more_is_refused(
    lending: LendingScene,
) -> None:
    system = lending.system
    cap = LENT_CASH + START_CASH
    system.set_pool_terms(0, PoolTerms(cap - 1, 0))
    with refused(system, "SupplyCapReached", 0, cap, cap - 1):
        system.set_lent(lending.maker, 0)
    system.set_pool_terms(0, PoolTerms(cap, 0))
    system.set_lent(lending.maker, 0)
    system.mint(STRANGER, 0, UNIT)
    with refused(system, "SupplyCapReached", 0, cap + 1, cap):
        system.deposit(lending.maker, 0, UNIT, sender=STRANGER)


def test_set_lent_without_a_pool_is_refused(lending: LendingScene) -> None:
    with refused(lending.system, "PoolNotOpen", 2):
        lending.system.set_lent(lending.maker, 2)


@pytest.mark.parametrize("asset", [3, 255, 256, 65_535])
def test_set_lent_of_an_unlisted_asset_is_refused(lending: LendingScene, asset: int) -> None:
    with refused(lending.system, "UnlistedAsset", asset):
        lending.system.set_lent(lending.maker, asset)


def test_set_lent_for_somebody_else_needs_the_permission(lending: LendingScene) -> None:
    system, maker = lending.system, lending.maker
    with refused(system, "NotAccountOwner", maker, STRANGER):
        system.set_lent(maker, 0, sender=STRANGER)
    system.set_operator(maker, OPERATOR, 63 ^ Permission.LEND)
    with refused(system, "PermissionMissing", maker, OPERATOR, 59, 4):
        system.set_lent(maker, 0, sender=OPERATOR)
    system.set_operator(maker, OPERATOR, Permission.LEND)
    system.set_lent(maker, 0, sender=OPERATOR)
    assert lending.ledger(maker, 0).lent == 1
    with refused(system, "UnknownAccount", 99):
        system.set_lent(99, 0)


def test_set_lent_of_a_seventeenth_asset_is_refused(lending: LendingScene) -> None:
    system = lending.system
    for asset in range(3, 16):
        system.add_asset(system.assets[1])
        system.activate_asset(lending.maker, asset)
    system.activate_asset(lending.maker, 2)
    asset = system.add_asset(system.assets[1])
    system.set_pool_terms(asset, POOL)
    with refused(system, "TooManyAssets", lending.maker, 17, 16):
        system.set_lent(lending.maker, asset)


def test_deposit_to_a_lent_balance_lends_it(lending: LendingScene) -> None:
    system = lending.system
    system.fund(lending.lender, 1, 5 * ETH_UNIT)
    [deposited] = [event for event in system.events() if event.name == "Deposited"]
    held = lending.totals(1).cash
    assert deposited.fields["balanceAtoms"] == held
    assert deposited.fields["atoms"] == 5


def test_withdraw_of_a_lent_balance_takes_it_from_the_pool(lending: LendingScene) -> None:
    system, before = lending.system, lending.totals()
    system.withdraw(lending.lender, 0, 5 * UNIT)
    after = lending.totals()
    assert after.cash == before.cash - 5
    assert after.supply_shares == before.supply_shares - 5
    assert system.token_balance(0, LENDER) == 5 * UNIT


def test_transfer_of_a_lent_balance_credits_custody_where_that_is_chosen(
    lending: LendingScene,
) -> None:
    system, before = lending.system, lending.totals()
    system.transfer(lending.lender, lending.maker, 0, 5)
    assert lending.totals().cash == before.cash - 5
    assert lending.cash(lending.maker) == START_CASH + 5
    system.transfer(lending.maker, lending.lender, 0, 5)
    assert lending.totals() == before


def test_lending_a_whole_supply_of_the_largest_asset_fits(lending: LendingScene) -> None:
    """The most atoms that can be held are lent, and come back."""
    system = lending.system
    asset = system.add_asset(system.assets[2])
    system.set_pool_terms(asset, PoolTerms(MAX_HELD_ATOMS, MAX_HELD_ATOMS, 999, 999, 999))
    account = lending.new_account(BORROWER)
    system.fund(account, asset, MAX_HELD_ATOMS)
    system.set_lent(account, asset)
    assert lending.totals(asset).cash == MAX_HELD_ATOMS
    assert lending.ledger(account, asset).balance == MAX_HELD_ATOMS
    system.set_lent(account, asset, False)
    assert lending.totals(asset).cash == 0

"""Paying debts back."""

import pytest

from tests.support.lending import BORROWER, YEAR, LendingScene
from tests.support.scene import DOLLARS, ETH_UNIT, LOT, START_CASH, STRANGER, UNIT
from tests.support.soundness import refused
from tests.support.system import UNLIMITED
from worldmarkets.model.interface import PoolTerms

DEBT = 1_000 * DOLLARS


@pytest.fixture
def debtor(lending: LendingScene) -> int:
    """An account with 10 ETH that owes 1,000 dollars; its owner has them, and ten times more."""
    account = lending.new_account(BORROWER, lots=10_000)
    lending.system.borrow(account, 0, DEBT * UNIT)
    lending.system.mint(BORROWER, 0, 9 * DEBT * UNIT)
    return account


def test_repay_of_a_part_lowers_the_debt(lending: LendingScene, debtor: int) -> None:
    system, before = lending.system, lending.totals()

    assert system.repay(debtor, 0, 400 * DOLLARS * UNIT) == 400 * DOLLARS

    event = system.events()[-1]
    assert event.name == "Deposited"
    assert event.fields == {
        "accountId": debtor,
        "assetId": 0,
        "atoms": 400 * DOLLARS,
        "balanceAtoms": -600 * DOLLARS,
    }
    after = lending.totals()
    assert after.cash == before.cash + 400 * DOLLARS
    assert after.borrow_shares == 600 * DOLLARS
    assert after.supply_shares == before.supply_shares
    assert system.token_balance(0, BORROWER) == (10 * DEBT - 400 * DOLLARS) * UNIT


def test_repay_of_more_takes_the_debt_alone(lending: LendingScene, debtor: int) -> None:
    system = lending.system
    assert system.repay(debtor, 0, 5 * DEBT * UNIT) == DEBT
    assert lending.ledger(debtor, 0).balance == 0
    assert lending.totals().borrow_shares == 0
    assert system.token_balance(0, BORROWER) == 9 * DEBT * UNIT
    assert lending.margin(debtor).is_paid
    with refused(system, "NothingOwed", debtor, 0):
        system.repay(debtor, 0, UNIT)


def test_repay_of_all_there_is_means_all_that_is_owed(lending: LendingScene, debtor: int) -> None:
    assert lending.system.repay(debtor, 0, UNLIMITED) == DEBT


def test_repay_after_a_year_pays_interest_rounded_up(lending: LendingScene, debtor: int) -> None:
    system = lending.system
    lending.wait(YEAR)
    system.accrue_pools(0)
    owed = -(-DEBT * lending.index().borrow_index // 10**18)
    assert owed > DEBT
    assert system.repay(debtor, 0, UNLIMITED) == owed
    assert lending.totals().borrow_shares == 0
    # What lenders do not have of it is kept for the insurance fund.
    assert lending.totals().cash > lending.atoms(lending.lender)


def test_repay_of_one_atom_after_interest_gives_no_whole_share_for_nothing(
    lending: LendingScene, debtor: int
) -> None:
    """An atom buys less than a share of a debt that has grown: shares are rounded down."""
    system = lending.system
    lending.wait(YEAR)
    before = lending.totals()
    assert system.repay(debtor, 0, UNIT) == 1
    assert lending.totals().borrow_shares == before.borrow_shares
    assert lending.totals().cash == before.cash + 1


def test_repay_by_a_stranger_passes(lending: LendingScene, debtor: int) -> None:
    system = lending.system
    system.mint(STRANGER, 0, DEBT * UNIT)
    assert system.repay(debtor, 0, DEBT * UNIT, sender=STRANGER) == DEBT
    assert system.token_balance(0, STRANGER) == 0
    assert lending.ledger(debtor, 0).balance == 0


def test_repay_of_a_base_asset(lending: LendingScene) -> None:
    system = lending.system
    account = lending.short(BORROWER, 1_000 * DOLLARS, 1_000)
    assert lending.base(account) == -1_000 * LOT
    system.mint(BORROWER, 1, 2_000 * LOT * ETH_UNIT)
    assert system.repay(account, 1, UNLIMITED) == 1_000 * LOT
    assert lending.ledger(account, 1).balance == 0
    assert lending.account(account).assets == 0b11


def test_repay_of_nothing_owed_is_refused(lending: LendingScene) -> None:
    with refused(lending.system, "NothingOwed", lending.maker, 0):
        lending.system.repay(lending.maker, 0, UNIT)
    with refused(lending.system, "NothingOwed", lending.lender, 0):
        lending.system.repay(lending.lender, 0, UNIT)
    with refused(lending.system, "NothingOwed", lending.maker, 2):
        lending.system.repay(lending.maker, 2, 1)


def test_repay_for_no_account_and_of_no_asset_is_refused(
    lending: LendingScene, debtor: int
) -> None:
    with refused(lending.system, "UnknownAccount", 99):
        lending.system.repay(99, 0, UNIT)
    for asset in (3, 256, 65_535):
        with refused(lending.system, "UnlistedAsset", asset):
            lending.system.repay(debtor, asset, UNIT)


def test_repay_of_zero_and_of_half_an_atom_is_refused(lending: LendingScene, debtor: int) -> None:
    with refused(lending.system, "ZeroAmount"):
        lending.system.repay(debtor, 0, 0)
    with refused(lending.system, "FractionalAtoms", UNIT + 1, UNIT):
        lending.system.repay(debtor, 0, UNIT + 1)


def test_repay_beyond_an_allowance_is_refused(lending: LendingScene, debtor: int) -> None:
    system = lending.system
    short = ("ERC20InsufficientAllowance", system.exchange, 0, DEBT * UNIT)
    with refused(system, *short):
        system.repay(debtor, 0, DEBT * UNIT, sender=STRANGER)


def test_repay_needs_no_price(lending: LendingScene, debtor: int) -> None:
    lending.wait(YEAR)
    lending.system.repay(debtor, 0, DEBT * UNIT)


def test_repay_passes_whatever_the_supply_cap(lending: LendingScene, debtor: int) -> None:
    """Also where what is positive would be lent: nothing is, until the debt is gone."""
    system = lending.system
    system.set_lent(debtor, 0)
    system.set_pool_terms(0, PoolTerms(1, 2**70))
    assert system.repay(debtor, 0, 400 * DOLLARS * UNIT) == 400 * DOLLARS
    assert system.repay(debtor, 0, UNLIMITED) == 600 * DOLLARS


def test_deposit_repays_first_and_credits_the_rest(lending: LendingScene, debtor: int) -> None:
    system = lending.system
    system.deposit(debtor, 0, 3 * DEBT * UNIT)
    assert lending.ledger(debtor, 0).balance == 2 * DEBT
    assert lending.totals().borrow_shares == 0


def test_deposit_that_would_lend_beyond_the_cap_is_refused_even_if_it_repays(
    lending: LendingScene, debtor: int
) -> None:
    system = lending.system
    system.set_lent(debtor, 0)
    supplied = lending.totals().supply_shares
    system.set_pool_terms(0, PoolTerms(supplied, 2**70))
    with refused(system, "SupplyCapReached", 0, supplied + 1, supplied):
        system.deposit(debtor, 0, (DEBT + 1) * UNIT)
    system.deposit(debtor, 0, DEBT * UNIT)
    assert lending.ledger(debtor, 0).balance == 0


def test_transfer_to_a_debtor_repays(lending: LendingScene, debtor: int) -> None:
    lending.system.transfer(lending.maker, debtor, 0, 400 * DOLLARS)
    [event] = lending.system.events()
    assert event.fields["toBalanceAtoms"] == -600 * DOLLARS
    assert event.fields["fromBalanceAtoms"] == START_CASH - 400 * DOLLARS
    assert lending.totals().borrow_shares == 600 * DOLLARS

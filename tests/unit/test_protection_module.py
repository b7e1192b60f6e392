"""Bonds, chosen liquidators and the backstop, entry by entry; lines have a file of their own."""

import pytest

from tests.support.liquidation import (
    BIDDER,
    CAPITAL,
    END,
    FAILING,
    GROSS,
    LOTS,
    MAINTENANCE,
    SECOND,
    LiquidationScene,
)
from tests.support.perps import PerpScene, required
from tests.support.scene import DOLLARS, OPERATOR, STRANGER
from tests.support.soundness import SlotWatch, refused
from tests.support.system import ADMIN
from worldmarkets.model.interface import Permission
from worldmarkets.model.liquidation_words import LiquidatorWord

LEAST = 10 * DOLLARS
BOND = 100 * DOLLARS
INITIAL = required(LOTS)
"""Initial requirement of the usual position: 2,000 dollars."""

# --------------------------------------------------------------- lockBond


def test_lock_bond_moves_cash_out_of_the_balance(failing: LiquidationScene) -> None:
    account = failing.trader(FAILING, CAPITAL)
    failing.system.lock_bond(account, BOND)
    logged = failing.event("BondSet")
    assert logged == {"accountId": account, "bondAtoms": BOND, "balanceAtoms": CAPITAL - BOND}
    assert failing.cash(account) == failing.equity(account) == CAPITAL - BOND
    assert failing.protection(account).bond == failing.counts().bonds == BOND
    assert failing.account(account).protected == 1
    failing.system.lock_bond(account, 1)
    assert failing.protection(account).bond == failing.counts().bonds == BOND + 1


@pytest.mark.parametrize("atoms", [1, LEAST - 1])
def test_liq_p_bond_below_ten_dollars_is_refused(failing: LiquidationScene, atoms: int) -> None:
    account = failing.trader(FAILING)
    with refused(failing.system, "BelowLeastProtection", atoms, LEAST):
        failing.system.lock_bond(account, atoms)
    failing.system.lock_bond(account, LEAST)


def test_lock_bond_of_nothing_is_refused(failing: LiquidationScene) -> None:
    account = failing.trader(FAILING)
    failing.system.lock_bond(account, LEAST)
    with refused(failing.system, "ZeroAmount"):
        failing.system.lock_bond(account, 0)


@pytest.mark.parametrize("atoms", [CAPITAL + 1, 2**255, 2**256 - LEAST])
def test_lock_bond_of_more_than_there_is_is_refused(failing: LiquidationScene, atoms: int) -> None:
    account = failing.trader(FAILING, CAPITAL)
    with refused(failing.system, "InsufficientBalance", account, 0, CAPITAL, atoms):
        failing.system.lock_bond(account, atoms)


def test_lock_bond_leaves_the_initial_requirement(failing: LiquidationScene) -> None:
    """As a withdrawal, which it is like: it is no part of equity."""
    account = failing.perp_long(equity=INITIAL + BOND - 1)
    with refused(failing.system, "BelowInitialMargin", account, INITIAL - 1, INITIAL):
        failing.system.lock_bond(account, BOND)
    failing.system.lock_bond(account, BOND - 1)


def test_lock_bond_does_not_count_profit_that_is_not_settled(failing: LiquidationScene) -> None:
    account = failing.perp_long(equity=INITIAL)
    failing.move_index(2_019)
    assert failing.equity(account) == INITIAL + 380 * DOLLARS
    left = failing.cash(account) - 300 * DOLLARS
    with refused(failing.system, "UnsettledProfit", account, left, required(LOTS, 2_019)):
        failing.system.lock_bond(account, 300 * DOLLARS)


def test_lock_bond_of_a_flagged_account_is_refused(failing: LiquidationScene) -> None:
    """What is committed after the flag protects nobody from it."""
    account = failing.perp_long(equity=MAINTENANCE - 1)
    failing.flag(account)
    failing.leave_equity(account, 2 * INITIAL)
    with refused(failing.system, "AccountFrozen", account):
        failing.system.lock_bond(account, BOND)
    with refused(failing.system, "AccountFrozen", account):
        failing.system.release_bond(account, BOND)


@pytest.mark.parametrize("function", ["lock_bond", "release_bond"])
def test_bond_is_the_owners_business_alone(failing: LiquidationScene, function: str) -> None:
    account = failing.trader(FAILING)
    failing.system.lock_bond(account, BOND)
    failing.system.set_operator(account, OPERATOR, Permission(63))
    with refused(failing.system, "NotAccountOwner", account, OPERATOR):
        getattr(failing.system, function)(account, LEAST, sender=OPERATOR)
    with refused(failing.system, "UnknownAccount", 0):
        getattr(failing.system, function)(0, LEAST, sender=FAILING)


# --------------------------------------------------------------- releaseBond


def test_release_bond_gives_it_back(failing: LiquidationScene) -> None:
    account = failing.trader(FAILING, CAPITAL)
    failing.system.lock_bond(account, BOND)
    failing.system.release_bond(account, BOND - LEAST)
    logged = failing.event("BondSet")
    assert logged == {
        "accountId": account,
        "bondAtoms": LEAST,
        "balanceAtoms": CAPITAL - LEAST,
    }
    assert failing.protection(account).bond == failing.counts().bonds == LEAST
    failing.system.release_bond(account, LEAST)
    assert failing.cash(account) == CAPITAL
    assert failing.counts().bonds == 0


def test_release_bond_is_refused_what_it_may_not(failing: LiquidationScene) -> None:
    account = failing.trader(FAILING, CAPITAL)
    system = failing.system
    system.lock_bond(account, BOND)
    with refused(system, "ZeroAmount"):
        system.release_bond(account, 0)
    with refused(system, "InsufficientBond", account, BOND, BOND + 1):
        system.release_bond(account, BOND + 1)
    with refused(system, "InsufficientBond", account, BOND, 2**256 - 1):
        system.release_bond(account, 2**256 - 1)
    with refused(system, "BelowLeastProtection", LEAST - 1, LEAST):
        system.release_bond(account, BOND - LEAST + 1)


def test_release_bond_needs_the_initial_requirement_without_it(failing: LiquidationScene) -> None:
    """Else the loss that it is there for would take it as it comes."""
    account = failing.perp_long()
    failing.system.lock_bond(account, BOND)
    failing.leave_equity(account, INITIAL - 1)
    with refused(failing.system, "BelowInitialMargin", account, INITIAL - 1, INITIAL):
        failing.system.release_bond(account, BOND)
    failing.leave_equity(account, INITIAL)
    failing.system.release_bond(account, BOND)
    assert failing.equity(account) == INITIAL + BOND


# --------------------------------------------------------------- what protects


@pytest.mark.parametrize("below", [1, BOND])
def test_bond_keeps_the_flag_off_as_far_as_it_reaches(
    failing: LiquidationScene, below: int
) -> None:
    account = failing.perp_long()
    failing.system.lock_bond(account, BOND)
    failing.leave_equity(account, MAINTENANCE - below)
    stands = (MAINTENANCE - below + BOND, MAINTENANCE)
    with refused(failing.system, "AccountHealthy", account, *stands):
        failing.flag(account)
    failing.leave_equity(account, MAINTENANCE - BOND - 1)
    failing.flag(account)


def test_flagged_account_that_its_bond_reaches_again_is_not_sold(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long()
    failing.system.lock_bond(account, BOND)
    failing.leave_equity(account, MAINTENANCE - BOND - 1)
    failing.open_auction(account, 100)
    failing.leave_equity(account, MAINTENANCE - BOND)
    with refused(failing.system, "AccountHealthy", account, MAINTENANCE, MAINTENANCE):
        failing.buy(account)
    assert failing.review(account) == (True, False)
    assert failing.auction(account).clock_start == failing.now


def test_bond_is_no_part_of_what_ends_a_liquidation(failing: LiquidationScene) -> None:
    account = failing.perp_long()
    failing.system.lock_bond(account, GROSS // 10)
    failing.leave_equity(account, MAINTENANCE - GROSS // 10 - 1)
    failing.flag(account)
    failing.leave_equity(account, END - 1)
    assert failing.review(account) == (True, False)
    failing.leave_equity(account, END)
    assert failing.review(account) == (False, True)
    assert failing.protection(account).bond == GROSS // 10


# --------------------------------------------------------------- chosen liquidators, the backstop


def test_set_liquidator_chooses_an_address_and_no_longer(failing: LiquidationScene) -> None:
    account = failing.trader(FAILING)
    failing.system.set_liquidator(account, BIDDER)
    logged = failing.event("LiquidatorSet")
    assert logged["accountId"] == account
    assert (int(logged["liquidator"], 16), logged["chosen"]) == (int(BIDDER, 16), True)
    assert failing.chosen(account, BIDDER) == LiquidatorWord(1, 1)
    failing.system.set_liquidator(account, BIDDER, False)
    assert failing.chosen(account, BIDDER) == LiquidatorWord(0, 1)
    assert failing.chosen(account, SECOND) == LiquidatorWord(0, 0)


def test_set_liquidator_is_the_owners_business_alone(failing: LiquidationScene) -> None:
    account = failing.trader(FAILING)
    failing.system.set_operator(account, OPERATOR, Permission(63))
    for sender in (OPERATOR, STRANGER):
        with refused(failing.system, "NotAccountOwner", account, sender):
            failing.system.set_liquidator(account, STRANGER, sender=sender)
    with refused(failing.system, "ZeroAddress"):
        failing.system.set_liquidator(account, "0x" + "00" * 20)


def test_set_backstop_once_to_an_account_that_there_is(perps: PerpScene) -> None:
    scene = LiquidationScene(perps.system, perps.maker, perps.taker, perps.lender)
    system, account = perps.system, perps.long_account
    with refused(system, "UnknownAccount", 77):
        system.set_backstop(77)
    with refused(system, "AccessManagedUnauthorized", STRANGER):
        system.set_backstop(account, sender=STRANGER)
    system.set_backstop(account, sender=ADMIN)
    assert scene.event("BackstopSet") == {"accountId": account}
    assert scene.counts().backstop == account
    for other in (account, perps.short_account):
        with refused(system, "InvalidParameter", b"accountId".ljust(32, b"\0"), other):
            system.set_backstop(other, sender=ADMIN)


def test_set_backstop_to_the_insurance_fund_is_refused(perps: PerpScene) -> None:
    """One fund would pay twice, beyond what it may in a day."""
    with refused(perps.system, "InvalidParameter", b"accountId".ljust(32, b"\0"), 1):
        perps.system.set_backstop(1)


def test_r3_counts_of_all_accounts_never_return_to_zero_without_a_backstop(
    perps: PerpScene,
) -> None:
    watch = SlotWatch(perps.system)
    perps.system.lock_bond(perps.long_account, BOND)
    watch.check()
    perps.system.release_bond(perps.long_account, BOND)
    watch.check()

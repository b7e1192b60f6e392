"""Standby lines offered and accepted, and all that neither of both may do."""

import pytest

from tests.support.backend import rolled_back, user_address
from tests.support.liquidation import (
    CAPITAL,
    FAILING,
    MAINTENANCE,
    SECOND,
    SPONSOR,
    LiquidationScene,
)
from tests.support.perps import required
from tests.support.scene import DOLLARS, OPERATOR, STRANGER
from tests.support.soundness import refused
from worldmarkets.model.interface import Permission
from worldmarkets.model.liquidation_words import LineState, LineWord

LINE, FEE, LEAST = 500 * DOLLARS, 7 * DOLLARS, 10 * DOLLARS
FOREVER = 2**32 - 1
NOTICE = 3_600
INITIAL = required(20_000)


@pytest.fixture
def account(failing: LiquidationScene) -> int:
    """An account that is long the perp with plenty of equity."""
    return failing.perp_long()


def offer(failing: LiquidationScene, account: int, **terms: int) -> None:
    """The usual offer of the sponsor; terms by name."""
    arguments = {"atoms": LINE, "fee_atoms": FEE, "expiry": FOREVER} | terms
    failing.system.offer_line(failing.sponsor, account, **arguments)


# --------------------------------------------------------------- offerLine


def test_offer_line_locks_the_lenders_cash(failing: LiquidationScene, account: int) -> None:
    offer(failing, account)
    assert failing.event("LineOffered") == {
        "accountId": account,
        "lenderAccountId": failing.sponsor,
        "atoms": LINE,
        "feeAtoms": FEE,
        "expiry": FOREVER,
    }
    assert failing.equity(failing.sponsor) == failing.cash(failing.sponsor) == CAPITAL - LINE
    offered = LineWord(LINE, FEE, FOREVER, 0, LineState.OFFERED, 1)
    assert failing.line(account, failing.sponsor) == offered
    assert failing.counts().lines == LINE
    # It protects nobody yet.
    assert failing.account(account).protected == 0


def test_offer_line_is_refused_what_it_may_not(failing: LiquidationScene, account: int) -> None:
    system, lender, now = failing.system, failing.sponsor, failing.now
    with refused(system, "UnknownAccount", 77):
        offer(failing, 77)
    with refused(system, "SameAccount", lender):
        offer(failing, lender)
    with refused(system, "BelowLeastProtection", LEAST - 1, LEAST):
        offer(failing, account, atoms=LEAST - 1)
    with refused(system, "InvalidParameter", b"feeAtoms".ljust(32, b"\0"), 2**80):
        offer(failing, account, fee_atoms=2**80)
    with refused(system, "LineExpired", now - 1, now):
        offer(failing, account, expiry=now - 1)
    with refused(system, "InsufficientBalance", lender, 0, CAPITAL, CAPITAL + 1):
        offer(failing, account, atoms=CAPITAL + 1)
    offer(failing, account, expiry=now)
    with refused(system, "LineExists", account, lender):
        offer(failing, account)


def test_offer_line_of_one_lender_to_two_accounts_are_two_lines(
    failing: LiquidationScene, account: int
) -> None:
    other = failing.trader(SECOND)
    offer(failing, account)
    offer(failing, other, atoms=LEAST)
    assert failing.line(other, failing.sponsor).locked == LEAST
    assert failing.counts().lines == LINE + LEAST


def test_offer_line_leaves_the_lenders_initial_requirement(
    failing: LiquidationScene, account: int
) -> None:
    lender = failing.perp_long(SECOND, equity=INITIAL + LINE - 1)
    with refused(failing.system, "BelowInitialMargin", lender, INITIAL - 1, INITIAL):
        failing.system.offer_line(lender, account, LINE)


def test_offer_line_of_a_flagged_lender_is_refused(failing: LiquidationScene, account: int) -> None:
    lender = failing.perp_long(SECOND, equity=MAINTENANCE - 1)
    failing.flag(lender)
    failing.leave_equity(lender, CAPITAL)
    with refused(failing.system, "AccountFrozen", lender):
        failing.system.offer_line(lender, account, LINE)


@pytest.mark.parametrize("function", ["offer_line", "give_notice", "close_line"])
def test_line_is_the_business_of_the_lenders_owner_alone(
    failing: LiquidationScene, account: int, function: str
) -> None:
    system, lender = failing.system, failing.sponsor
    system.set_operator(lender, OPERATOR, Permission(63))
    arguments = (lender, account, LINE) if function == "offer_line" else (account, lender)
    for sender in (OPERATOR, STRANGER, FAILING):
        with refused(system, "NotAccountOwner", lender, sender):
            getattr(system, function)(*arguments, sender=sender)


# --------------------------------------------------------------- acceptLine


def test_accept_line_pays_its_fee_and_protects(failing: LiquidationScene, account: int) -> None:
    offer(failing, account)
    cash = failing.cash(account)
    failing.system.accept_line(account, failing.sponsor, FEE)
    assert failing.event("LineAccepted") == {
        "accountId": account,
        "lenderAccountId": failing.sponsor,
        "atoms": LINE,
        "feeAtoms": FEE,
    }
    assert failing.cash(account) == cash - FEE
    assert failing.cash(failing.sponsor) == CAPITAL - LINE + FEE
    active = LineWord(LINE, 0, FOREVER, 0, LineState.ACTIVE, 1)
    assert failing.line(account, failing.sponsor) == active
    assert failing.lines(account).lenders == (failing.sponsor,)
    assert failing.account(account).protected == 1
    assert failing.account(account).owes == 0


def test_accept_line_is_refused_what_it_may_not(failing: LiquidationScene, account: int) -> None:
    system, lender = failing.system, failing.sponsor
    with refused(system, "NoSuchLine", account, lender):
        system.accept_line(account, lender, FEE)
    offer(failing, account, expiry=failing.now + 5)
    with refused(system, "NotAccountOwner", account, SPONSOR):
        system.accept_line(account, lender, FEE, sender=SPONSOR)
    with refused(system, "PaidTooMuch", FEE, FEE - 1):
        system.accept_line(account, lender, FEE - 1)
    with rolled_back(system.backend):
        failing.take_cash(account, failing.cash(account) - FEE + 1)
        with refused(system, "InsufficientBalance", account, 0, FEE - 1, FEE):
            system.accept_line(account, lender, FEE)
    failing.wait(6)
    with refused(system, "LineExpired", failing.now - 1, failing.now):
        system.accept_line(account, lender, FEE)


def test_accept_line_of_a_flagged_account_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    offer(failing, account)
    failing.leave_equity(account, MAINTENANCE - 1)
    failing.flag(account)
    with refused(failing.system, "AccountFrozen", account):
        failing.system.accept_line(account, failing.sponsor, FEE)


def test_accept_line_whose_fee_the_margin_does_not_leave_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    """A fee is a way out to whoever lends."""
    offer(failing, account)
    failing.leave_equity(account, INITIAL + FEE - 1)
    with refused(failing.system, "BelowInitialMargin", account, INITIAL - 1, INITIAL):
        failing.system.accept_line(account, failing.sponsor, FEE)


def test_fifth_line_of_an_account_is_refused(failing: LiquidationScene, account: int) -> None:
    lenders = [failing.trader(user_address(0x70 + i)) for i in range(5)]
    for lender in lenders:
        failing.system.offer_line(lender, account, LEAST, 0, failing.now + 5)
    for lender in lenders[:4]:
        failing.system.accept_line(account, lender)
    assert failing.lines(account).lenders == tuple(lenders[:4])
    with refused(failing.system, "TooManyLines", account, 4):
        failing.system.accept_line(account, lenders[4])
    failing.wait(6)
    failing.system.close_line(account, lenders[1])
    assert failing.lines(account).lenders == (lenders[0], *lenders[2:4])


def test_lines_protect_together(failing: LiquidationScene, account: int) -> None:
    lenders = [failing.trader(user_address(0x70 + i)) for i in range(4)]
    for lender in lenders:
        failing.system.offer_line(lender, account, LEAST, 0, FOREVER)
        failing.system.accept_line(account, lender)
    failing.leave_equity(account, MAINTENANCE - 4 * LEAST)
    with refused(failing.system, "AccountHealthy", account, MAINTENANCE, MAINTENANCE):
        failing.flag(account)
    failing.leave_equity(account, MAINTENANCE - 4 * LEAST - 1)
    failing.flag(account)

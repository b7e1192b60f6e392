"""Standby lines that are called: notice, closing and drawing, and who may not step aside."""

import pytest

from tests.support.backend import rolled_back
from tests.support.liquidation import (
    CAPITAL,
    END,
    MAINTENANCE,
    LiquidationScene,
)
from tests.support.scene import DOLLARS, STRANGER
from tests.support.soundness import refused
from worldmarkets.model.liquidation_words import LineState, LineWord

LINE = 500 * DOLLARS
NOTICE = 3_600


@pytest.fixture
def account(failing: LiquidationScene) -> int:
    """An account that is long the perp with plenty of equity."""
    return failing.perp_long()


# --------------------------------------------------------------- giveNotice and closeLine


def test_offer_is_taken_back_at_any_time(failing: LiquidationScene, account: int) -> None:
    failing.system.offer_line(failing.sponsor, account, LINE)
    failing.leave_equity(account, MAINTENANCE - 1)
    failing.flag(account)
    failing.system.close_line(account, failing.sponsor)
    assert failing.event("LineClosed")["atoms"] == LINE
    assert failing.cash(failing.sponsor) == CAPITAL
    assert failing.line(account, failing.sponsor) == LineWord(touched=1)
    assert failing.counts().lines == 0
    with refused(failing.system, "NoSuchLine", account, failing.sponsor):
        failing.system.close_line(account, failing.sponsor)


def test_line_is_closed_an_hour_after_notice_and_no_second_sooner(
    failing: LiquidationScene, account: int
) -> None:
    system, lender = failing.system, failing.sponsor
    failing.sponsored(account, LINE)
    with refused(system, "LineCommitted", account, lender, 0):
        system.close_line(account, lender)
    system.give_notice(account, lender)
    closes = failing.now + NOTICE
    assert failing.event("LineNoticed")["closesAt"] == closes
    failing.wait(NOTICE - 1)
    with refused(system, "LineCommitted", account, lender, closes):
        system.close_line(account, lender)
    failing.wait(1)
    system.close_line(account, lender)
    assert failing.cash(lender) == CAPITAL
    assert failing.lines(account).lenders == ()
    assert failing.line(account, lender) == LineWord(touched=1)


def test_second_notice_begins_anew(failing: LiquidationScene, account: int) -> None:
    failing.sponsored(account, LINE)
    failing.system.give_notice(account, failing.sponsor)
    failing.wait(NOTICE)
    failing.system.give_notice(account, failing.sponsor)
    with refused(failing.system, "LineCommitted", account, failing.sponsor, failing.now + NOTICE):
        failing.system.close_line(account, failing.sponsor)


@pytest.mark.parametrize("flagged", [False, True])
def test_lender_does_not_step_aside_when_his_money_is_needed(
    failing: LiquidationScene, account: int, flagged: bool
) -> None:
    """Notice given long before, and the account fails: the line stays."""
    system, lender = failing.system, failing.sponsor
    failing.sponsored(account, LINE)
    system.give_notice(account, lender)
    failing.pass_time(2 * NOTICE)
    below = MAINTENANCE - 1 - (LINE if flagged else 0)
    failing.leave_equity(account, below)
    if flagged:
        failing.flag(account)
    for function in (system.close_line, system.give_notice):
        with refused(system, "AccountUnhealthy", account, below, MAINTENANCE):
            function(account, lender)
    failing.leave_equity(account, MAINTENANCE)
    if flagged:
        with refused(system, "AccountUnhealthy", account, MAINTENANCE, MAINTENANCE):
            system.close_line(account, lender)
    else:
        system.close_line(account, lender)


def test_expired_line_neither_protects_nor_can_be_drawn_and_goes_back(
    failing: LiquidationScene, account: int
) -> None:
    system, lender = failing.system, failing.sponsor
    last = failing.now + 60
    system.offer_line(lender, account, LINE, 0, last)
    system.accept_line(account, lender)
    failing.leave_equity(account, MAINTENANCE - LINE)
    failing.pass_time(60)
    with refused(system, "AccountHealthy", account, MAINTENANCE, MAINTENANCE):
        failing.flag(account)
    with refused(system, "LineCommitted", account, lender, 0):
        system.close_line(account, lender)
    failing.wait(1)
    with refused(system, "LineExpired", last, failing.now):
        system.draw_line(account, lender, sender=STRANGER)
    failing.flag(account)
    system.close_line(account, lender)
    assert failing.cash(lender) == CAPITAL


def test_notice_of_what_is_no_active_line_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    for _ in range(2):
        with refused(failing.system, "NoSuchLine", account, failing.sponsor):
            failing.system.give_notice(account, failing.sponsor)
        if failing.line(account, failing.sponsor).state == LineState.NONE:
            failing.system.offer_line(failing.sponsor, account, LINE)


# --------------------------------------------------------------- drawLine


@pytest.mark.parametrize(("equity", "drawn"), [(MAINTENANCE - 1, END - MAINTENANCE + 1), (0, LINE)])
def test_draw_line_by_anyone_brings_the_account_to_the_end_or_is_all(
    failing: LiquidationScene, account: int, equity: int, drawn: int
) -> None:
    failing.sponsored(account, LINE)
    failing.leave_equity(account, equity)
    assert failing.system.draw_line(account, failing.sponsor, sender=STRANGER) == drawn
    assert failing.event("LineDrawn") == {
        "accountId": account,
        "lenderAccountId": failing.sponsor,
        "atoms": drawn,
        "drawnAtoms": drawn,
    }
    assert failing.equity(account) == equity + drawn
    line = failing.line(account, failing.sponsor)
    assert (line.locked, line.drawn) == (LINE - drawn, drawn)
    assert failing.lines(account).drawn == drawn
    assert failing.account(account).owes == 1
    assert failing.counts().lines == LINE - drawn


@pytest.mark.parametrize("equity", [MAINTENANCE, END, CAPITAL])
def test_draw_line_into_a_healthy_account_is_refused(
    failing: LiquidationScene, account: int, equity: int
) -> None:
    failing.sponsored(account, LINE)
    failing.leave_equity(account, equity)
    with refused(failing.system, "AccountHealthy", account, equity, MAINTENANCE):
        failing.system.draw_line(account, failing.sponsor, sender=STRANGER)


def test_draw_line_that_was_only_offered_or_is_used_up_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    system, lender = failing.system, failing.sponsor
    system.offer_line(lender, account, LINE)
    with rolled_back(system.backend):
        failing.leave_equity(account, 0)
        with refused(system, "NoSuchLine", account, lender):
            system.draw_line(account, lender, sender=STRANGER)
    system.accept_line(account, lender)
    failing.leave_equity(account, 0)
    system.draw_line(account, lender, sender=STRANGER)
    with refused(system, "NoSuchLine", account, lender):
        system.draw_line(account, lender, sender=STRANGER)
    with refused(system, "NoSuchLine", account, lender):
        system.close_line(account, lender)
    with refused(system, "LineExists", account, lender):
        system.offer_line(lender, account, LINE)

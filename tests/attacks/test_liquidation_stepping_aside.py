"""LIQ-R: who is about to lose does not step aside, neither by drawing profit nor off loan."""

from collections.abc import Callable

import pytest

from tests.support.liquidation import BACKED, BIDDER, GROSS, SECOND, LiquidationScene
from tests.support.scene import DOLLARS, ETH_UNIT, LOT, STRANGER, UNIT
from tests.support.soundness import refused
from tests.support.system import DOLLAR, ETH_PERP
from worldmarkets.model import slots

PAUSE = 10
"""How long a pause is [seconds]."""


def jump(failing: LiquidationScene, dollars: int) -> int:
    """Report a price a minute later; returns until when some must wait if they must."""
    failing.wait(60)
    failing.system.post_price(1, dollars * DOLLAR)
    failing.system.poke(1)
    return failing.now + PAUSE


Exit = Callable[[LiquidationScene], object]

EXITS: dict[str, Exit] = {
    "into custody": lambda scene: scene.system.set_lent(scene.lender, 0, False),
    "out": lambda scene: scene.system.withdraw(scene.lender, 0, UNIT),
    "out in kind": lambda scene: scene.system.withdraw(scene.lender, 1, LOT * ETH_UNIT),
    "borrowed": lambda scene: scene.system.borrow(scene.lender, 0, UNIT),
    "to another account": lambda scene: scene.system.transfer(scene.lender, scene.bidder, 0, 1),
    "into a bond": lambda scene: scene.system.lock_bond(scene.lender, 10 * DOLLARS),
    "into a line": lambda scene: scene.system.offer_line(scene.lender, scene.bidder, 10 * DOLLARS),
}


@pytest.mark.parametrize("way", EXITS)
@pytest.mark.parametrize("dollars", [1_979, 2_021])
def test_liq_r_money_stays_on_loan_for_ten_seconds_after_a_move_of_a_hundredth(
    failing: LiquidationScene, way: str, dollars: int
) -> None:
    until = jump(failing, dollars)
    with refused(failing.system, "PriceMoving", until):
        EXITS[way](failing)
    failing.pass_time(PAUSE - 1)
    with refused(failing.system, "PriceMoving", until):
        EXITS[way](failing)
    failing.pass_time(1)
    EXITS[way](failing)


@pytest.mark.parametrize("dollars", [1_981, 2_020])
def test_move_of_no_more_than_a_hundredth_makes_nobody_wait(
    failing: LiquidationScene, dollars: int
) -> None:
    jump(failing, dollars)
    assert failing.paused_until(slots.ALL_PAUSES) == failing.paused_until(1) == 0
    failing.system.set_lent(failing.lender, 0, False)


def test_pause_says_until_when_and_of_which_asset(failing: LiquidationScene) -> None:
    until = jump(failing, 2_021)
    assert failing.event("PriceMoved") == {"assetId": 1, "pausedUntil": until}
    assert failing.paused_until(1) == failing.paused_until(slots.ALL_PAUSES) == until
    assert failing.paused_until(2) == 0


def test_moves_of_two_minutes_add_up_and_older_ones_do_not(failing: LiquidationScene) -> None:
    """Just below a hundredth in one minute, and beyond it with the minute before."""
    start = (failing.now // 60 + 2) * 60
    found = []
    for seconds, dollars in ((0, 2_000), (59, 2_012), (119, 2_021), (240, 2_035), (359, 2_050)):
        failing.system.backend.set_time(start + seconds)
        failing.move_index(dollars)
        found.append(failing.paused_until(1) == failing.now + PAUSE)
    assert found == [False, False, True, False, False]


def test_every_further_extreme_begins_the_pause_anew_and_a_return_does_not(
    failing: LiquidationScene,
) -> None:
    first = jump(failing, 1_975)
    failing.wait(3)
    failing.move_index(1_970)
    assert failing.paused_until(1) == first + 3
    failing.wait(3)
    failing.move_index(1_990)
    assert failing.paused_until(1) == first + 3


def test_custody_leaves_at_any_time(failing: LiquidationScene) -> None:
    """What is lent to nobody is lost to nobody."""
    jump(failing, 1_979)
    failing.system.withdraw(failing.bidder, 0, UNIT, BIDDER)
    failing.system.transfer(failing.bidder, failing.maker, 0, 1)
    failing.system.lock_bond(failing.bidder, 10 * DOLLARS)


def test_liq_r_profit_of_a_perp_waits_and_its_losses_do_not(failing: LiquidationScene) -> None:
    system, loser = failing.system, failing.perp_short()
    until = jump(failing, 2_021)
    system.settle(loser, ETH_PERP, sender=STRANGER)
    for draw in (system.settle, system.settle_on_credit):
        with refused(system, "PriceMoving", until):
            draw(failing.maker, ETH_PERP)
    failing.pass_time(PAUSE)
    assert system.settle(failing.maker, ETH_PERP) > 0


def test_profit_of_another_perp_does_not_wait(failing: LiquidationScene) -> None:
    system, loser = failing.system, failing.perp_short()
    failing.move_index(2_010)
    failing.wait(60)
    system.set_price(2, 70_000 * DOLLAR)
    assert failing.paused_until(slots.ALL_PAUSES) > failing.now
    system.settle(loser, ETH_PERP, sender=STRANGER)
    assert system.settle(failing.maker, ETH_PERP) > 0


@pytest.mark.parametrize("dollars", [1_700, 2_300])
def test_liq_r_money_stays_on_loan_while_a_price_waits(
    failing: LiquidationScene, dollars: int
) -> None:
    """A jump is the worst loss there is, and lenders know of it before it counts."""
    until = jump(failing, dollars)
    assert failing.underlying().price == 20 * 10**12
    for way in ("into custody", "out"):
        with refused(failing.system, "PriceMoving", until):
            EXITS[way](failing)


def test_liq_r_profit_is_not_drawn_while_a_price_waits(failing: LiquidationScene) -> None:
    system, loser = failing.system, failing.perp_short()
    failing.move_index(2_019)
    system.settle(loser, ETH_PERP, sender=STRANGER)
    assert failing.unsettled(failing.maker) > 0
    until = jump(failing, 1_700)
    with refused(system, "PriceMoving", until):
        system.settle(failing.maker, ETH_PERP)


def test_report_that_changes_nothing_of_what_waits_prolongs_no_pause(
    failing: LiquidationScene,
) -> None:
    """Else whoever reports could keep lenders in for good."""
    until = jump(failing, 1_700)
    failing.wait(1)
    failing.system.post_price(1, 1_701 * DOLLAR)
    failing.system.poke(1)
    assert failing.paused_until(slots.ALL_PAUSES) == until
    failing.wait(2)
    failing.system.post_price(1, 1_701 * DOLLAR)
    failing.system.poke(1)
    assert failing.underlying().price == 1_701 * 10**10
    assert failing.paused_until(slots.ALL_PAUSES) == failing.now + PAUSE


def test_liq_r_lender_of_a_line_does_not_step_aside_while_a_price_waits(
    failing: LiquidationScene,
) -> None:
    """With notice given long ago he is always ready; the account is healthy until it counts."""
    system, account = failing.system, failing.perp_long(equity=GROSS // 20)
    failing.sponsored(account, 500 * DOLLARS)
    system.give_notice(account, failing.sponsor)
    failing.pass_time(3_600)
    until = jump(failing, 1_750)
    with refused(system, "PriceMoving", until):
        system.close_line(account, failing.sponsor)
    failing.wait(3)
    failing.system.post_price(1, 1_750 * DOLLAR)
    failing.system.poke(1)
    failing.flag(account)
    assert failing.event("DeficitPaid")["lineAtoms"] == 500 * DOLLARS


# --------------------------------------------------------------- the backstop


def test_liq_m_backstop_sees_every_deficit_until_its_account_is_done_with(
    failing: LiquidationScene,
) -> None:
    """What exits wait for: a pause, and a count of accounts for which funds were asked."""
    second, first = failing.perp_long(SECOND), failing.ruined()
    failing.flag(first)
    assert failing.counts().in_deficit == 1
    failing.leave_equity(second, 1)
    failing.flag(second)
    assert (failing.counts().flagged, failing.counts().in_deficit) == (2, 1)
    failing.pass_time(PAUSE)
    failing.buy(first)
    assert (failing.counts().flagged, failing.counts().in_deficit) == (1, 0)
    failing.move_index(1_795)
    failing.review(second)
    assert failing.counts().in_deficit == 1
    failing.leave_equity(second, BACKED)
    failing.review(second)
    assert (failing.counts().flagged, failing.counts().in_deficit) == (0, 0)


def test_liq_m_nobody_keeps_a_deficit_pending_for_nothing(failing: LiquidationScene) -> None:
    """An account of dust in deficit holds the backstop's exits only until somebody takes it."""
    account = failing.perp_long(lots=1)
    failing.move_index(1_900)
    failing.leave_equity(account, -1)
    failing.flag(account)
    assert failing.counts().in_deficit == 1
    failing.wait(PAUSE)
    taken = failing.buy(account)
    assert -1 <= taken.paid_atoms <= 1
    assert failing.counts().in_deficit == 0
    assert failing.account(account).flagged == 0

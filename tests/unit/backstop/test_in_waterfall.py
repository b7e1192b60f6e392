"""The tranche as the exchange's backstop: deficits, fees, repaid claims, and fast prices."""

from dataclasses import replace

import pytest

from tests.support.backstop import Backstop, make_backstop
from tests.support.liquidation import BACKED, FAILING, INSURED, LOTS, WINDOW, LiquidationScene
from tests.support.played import failing
from tests.support.scene import DEPOSITOR, DOLLARS, UNIT
from tests.support.soundness import refused
from worldmarkets.model import slots

__all__ = ["failing"]

DEFICIT = INSURED // 2 + 3_000 * DOLLARS
"""What the insurance fund may pay for a market in a day, and 3,000 dollars."""


@pytest.fixture
def tranche(failing: LiquidationScene) -> Backstop:
    """A tranche of 50,000 dollars that is the backstop, and one depositor who is ready to leave."""
    tranche = make_backstop(failing)
    tranche.set_word(slots.liquidation(), replace(failing.counts(), backstop=tranche.account))
    tranche.enter(DEPOSITOR, BACKED)
    tranche.make_ready(DEPOSITOR)
    failing.backstop = tranche.account
    failing.refresh()
    return tranche


@pytest.fixture
def ruined(failing: LiquidationScene, tranche: Backstop) -> int:
    """An account whose deficit the tranche has paid a part of, flagged just now."""
    account = failing.ruined(deficit=DEFICIT)
    failing.flag(account)
    return account


def test_deficit_is_paid_from_the_tranche_and_shows_in_its_price(
    failing: LiquidationScene, tranche: Backstop, ruined: int
) -> None:
    paid = failing.protection(ruined).backstop_claim
    assert 3_000 * DOLLARS <= paid <= 3_001 * DOLLARS
    assert tranche.atoms == BACKED - paid
    assert tranche.view("convertToAssets", tranche.shares(DEPOSITOR)) == (BACKED - paid) * UNIT


def test_nobody_leaves_between_a_deficit_and_the_end_of_its_auction(
    failing: LiquidationScene, tranche: Backstop, ruined: int
) -> None:
    with refused(tranche.system, "DeficitPending", 1):
        tranche.redeem(DEPOSITOR, 1)
    failing.pass_time(WINDOW)
    failing.refresh()
    failing.buy(ruined)
    assert tranche.waits_for()[0] == 0
    left = tranche.atoms
    assert tranche.redeem(DEPOSITOR, tranche.shares(DEPOSITOR)) == left * UNIT


def test_repaid_claim_goes_to_who_holds_shares_then(
    failing: LiquidationScene, tranche: Backstop, ruined: int
) -> None:
    paid = failing.protection(ruined).backstop_claim
    failing.system.fund(ruined, 0, 100_000 * DOLLARS * UNIT)
    failing.review(ruined)
    failing.system.repay_claims(ruined)
    assert failing.protection(ruined).backstop_claim == 0
    assert tranche.atoms == BACKED
    assert paid > 0
    assert tranche.redeem(DEPOSITOR, tranche.shares(DEPOSITOR)) == BACKED * UNIT


def test_fee_of_a_slice_belongs_to_the_shares(failing: LiquidationScene, tranche: Backstop) -> None:
    account = failing.perp_long(FAILING, LOTS, equity=1_000 * DOLLARS)
    failing.open_auction(account)
    taken = failing.buy(account)
    assert taken.fee_atoms > 1
    fee = taken.fee_atoms - taken.fee_atoms // 2
    assert tranche.atoms == BACKED + fee
    worth = tranche.value(tranche.shares(DEPOSITOR))
    assert BACKED + fee - 1 <= worth <= BACKED + fee


def test_nobody_leaves_within_ten_seconds_of_a_fast_move(
    failing: LiquidationScene, tranche: Backstop
) -> None:
    failing.move_index(2_030)
    until = failing.now + 10
    assert tranche.waits_for() == (0, until)
    with refused(tranche.system, "PriceMoving", until):
        tranche.redeem(DEPOSITOR, 1)
    failing.pass_time(10)
    assert tranche.redeem(DEPOSITOR, tranche.shares(DEPOSITOR)) == BACKED * UNIT

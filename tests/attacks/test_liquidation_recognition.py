"""Attacks on deficits: recognised once and wholly, in order, and at the cost of the right ones."""

import pytest

from tests.support.liquidation import FAILING, INSURANCE, LiquidationScene
from tests.support.scene import DOLLARS

CRASHES = (1, 86_400, 40 * 86_400)
"""How long a debt has grown before its account fails [seconds]."""


def empty_funds(failing: LiquidationScene) -> None:
    for account in (INSURANCE, failing.backstop):
        failing.take_cash(account, failing.cash(account))


def short_in_deficit(failing: LiquidationScene, lots: int, seconds: int = 1) -> int:
    """A levered spot short that a rise of a fifth has ruined."""
    account = failing.short(FAILING, lots * DOLLARS * 3 // 10, lots)
    failing.pass_time(seconds)
    for dollars in (2_100, 2_205, 2_310, 2_403):
        failing.move_index(dollars)
        failing.wait(5)
    assert failing.equity(account) < 0
    return account


@pytest.mark.parametrize("seconds", CRASHES)
@pytest.mark.parametrize("lots", [10_000, 10_007, 13_331])
def test_liq_b_debt_that_lenders_forgive_leaves_no_deficit_to_recognise_twice(
    failing: LiquidationScene, seconds: int, lots: int
) -> None:
    empty_funds(failing)
    account = short_in_deficit(failing, lots, seconds)
    failing.flag(account)
    # An atom of the debt is worth 24 of these, and no more than it is forgiven too much.
    assert 0 <= failing.equity(account) <= 50
    failing.review(account)
    assert "DeficitPaid" not in [event.name for event in failing.system.events()]

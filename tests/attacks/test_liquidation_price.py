"""Attacks on the price of slices: its clock, its start, and what a bidder is paid."""

from tests.support.liquidation import GROSS, LiquidationScene
from tests.support.scene import DOLLARS


def test_liq_d_account_that_was_paid_for_costs_less_than_nothing_in_two_minutes(
    failing: LiquidationScene,
) -> None:
    """It has an atom or two, which must not make bidders wait for five minutes more."""
    account = failing.perp_long(equity=GROSS // 20)
    for dollars in (1_900, 1_850):
        failing.move_index(dollars)
        failing.wait(10)
    assert failing.equity(account) == -1_000 * DOLLARS
    failing.open_auction(account, 120)
    assert 0 <= failing.equity(account) <= 2
    exit_cost = GROSS * 1_850 // 2_000 // 200
    assert -exit_cost <= failing.buy(account).paid_atoms <= -exit_cost + 10

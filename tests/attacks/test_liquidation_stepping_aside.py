"""LIQ-R: who is about to lose does not step aside, neither by drawing profit nor off loan."""

from tests.support.liquidation import LiquidationScene
from tests.support.scene import STRANGER, UNIT
from tests.support.soundness import refused
from tests.support.system import DOLLAR, ETH_PERP

PAUSE = 10
"""How long a pause is [seconds]."""
MOVED = 2_021
"""A little more than a hundredth above the first price [dollars]."""


def test_liq_r_money_stays_on_loan_while_a_price_waits(failing: LiquidationScene) -> None:
    """A jump is the worst loss there is: lenders know of it before it counts."""
    system = failing.system
    failing.wait(60)
    system.post_price(1, 1_700 * DOLLAR)
    system.poke(1)
    assert failing.underlying().price == 20 * 10**12
    until = failing.now + PAUSE
    with refused(system, "PriceMoving", until):
        system.set_lent(failing.lender, 0, False)
    with refused(system, "PriceMoving", until):
        system.withdraw(failing.lender, 0, UNIT)


def test_liq_r_profit_is_not_drawn_while_a_price_waits(failing: LiquidationScene) -> None:
    system = failing.system
    loser = failing.perp_short()
    failing.move_index(MOVED)
    failing.wait(60)
    system.settle(loser, ETH_PERP, sender=STRANGER)
    assert failing.unsettled(failing.maker) > 0
    system.post_price(1, 1_700 * DOLLAR)
    system.poke(1)
    with refused(system, "PriceMoving", failing.now + PAUSE):
        system.settle(failing.maker, ETH_PERP)

"""LIQ-K: whoever settles a perp's loss, lenders of another asset do not pay for it."""

from tests.lens.support import deploy_perp_lens
from tests.support.backend import user_address
from tests.support.perps import ETH_LOTS, MARGIN, PerpScene
from tests.support.scene import DOLLARS, ETH_UNIT, LOT, STRANGER
from tests.support.system import ETH_PERP

THIEF = user_address(0x666)


def test_stranger_takes_no_cash_that_secures_a_debt_of_another_asset(
    perps: PerpScene,
) -> None:
    """10,000 dollars secure four borrowed ETH; a perp has lost more than is left beside them."""
    system, friend = perps.system, perps.long_account
    loser = perps.trader(THIEF, MARGIN)
    system.borrow(loser, 1, 4 * ETH_LOTS * LOT * ETH_UNIT)
    perps.trade(friend, loser, 10 * ETH_LOTS)
    perps.move_index(2_190)
    debt = 4 * 2_190 * DOLLARS
    loss = -perps.unsettled(loser)
    # What it has pays what it owes to lenders, and the loss of the perp in part.
    assert MARGIN - loss < debt < MARGIN
    (told,) = deploy_perp_lens(system).true_up(loser)
    assert system.settle(loser, ETH_PERP, sender=STRANGER) == told.paid_atoms < 0
    perps.pass_pause()
    drawn = system.settle(friend, ETH_PERP, sender=STRANGER)
    assert perps.cash(loser) >= debt, (perps.cash(loser), debt, drawn)
    # Nothing more goes, whoever tries.
    assert system.settle(loser, ETH_PERP) == 0

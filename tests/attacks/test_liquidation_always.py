"""R11: a liquidation always succeeds, whatever is short, full, long or has been lowered."""

from tests.support.liquidation import GROSS, LiquidationScene
from tests.support.system import ETH_PERP


def test_liq_c_slice_of_a_position_beyond_a_cap_that_was_lowered_moves(
    failing: LiquidationScene,
) -> None:
    """Nobody's position grows beyond what one already is: no more comes into one hand."""
    account = failing.perp_long(equity=GROSS // 100)
    failing.system.set_perp_limits(ETH_PERP, 10**6, 8)
    failing.open_auction(account)
    taken = failing.buy(account, 100_000)
    assert taken.fraction_ppm == 100_000
    assert failing.position(failing.bidder).size == 2_000

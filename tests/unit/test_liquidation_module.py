"""Flags and slices, entry by entry: what they do, who may call them, and what they refuse."""

from tests.support.liquidation import BIDDER, CAPITAL, GROSS, INSURANCE, WHOLE, LiquidationScene
from tests.support.perps import PerpScene
from tests.support.soundness import assert_sound


def test_take_slice_pays_its_fee_to_a_fund_that_never_had_any(perps: PerpScene) -> None:
    traders = (perps.long_account, perps.short_account)
    scene = LiquidationScene(perps.system, perps.maker, perps.taker, perps.lender, *traders)
    scene.bidder = scene.trader(BIDDER, CAPITAL)
    account = scene.perp_long(equity=GROSS // 100)
    scene.open_auction(account)
    taken = scene.buy(account)
    # Without a backstop all of it is the insurance fund's.
    fee = GROSS // 200 * taken.fraction_ppm // WHOLE
    assert scene.cash(INSURANCE) == taken.fee_atoms == fee > 0
    assert_sound(scene.system)

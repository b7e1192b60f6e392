from tests.support.liquidation import GROSS, LiquidationScene
from tests.support.perps import PerpScene
from tests.support.scene import DOLLARS
def test_r3_word(perps: PerpScene) -> None:
    from tests.support.soundness import SlotWatch
    w=SlotWatch(perps.system)
    perps.system.lock_bond(perps.long_account, 100 * DOLLARS)
    w.check()
    perps.system.release_bond(perps.long_account, 100 * DOLLARS)
    w.check()

def test_unused_quote(perps: PerpScene) -> None:
    s=LiquidationScene(perps.system, perps.maker, perps.taker, perps.lender, perps.long_account, perps.short_account)
    s.bidder=s.trader("0x"+"12"*20, 10**12)
    a = s.perp_long(equity=GROSS // 100)
    s.open_auction(a)
    s.buy(a)
    print(s.account(1), s.ledger(1,0))

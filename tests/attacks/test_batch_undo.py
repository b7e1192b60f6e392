"""A place that a batch skips must leave nothing behind, whatever it met before it was refused."""

from tests.support.scene import BID, FOK, GTC, MAKER, TAKER, Scene, order
from tests.support.system import DOLLAR, ETH_MARKET, AssetPlan, Side, Tif
from worldmarkets.model.interface import Refusal, SpotTerms


def test_skipped_place_after_removing_makers_leaves_no_ghost_best(scene: Scene) -> None:
    """A bid too large for the open totals removes a dead ask, is refused, and must undo that."""
    system = scene.system
    shib = system.add_asset(AssetPlan("SHIB", 18, 10**10, 10**14))
    terms = SpotTerms(1, 2**40, 1, 350, 0, 4_000)
    market = system.list_spot_market(shib, terms)
    tick = scene.book(market).lowest_ask
    system.fund(scene.maker, shib, 10 * 2**40 * 10**10)
    system.place(scene.maker, market, Side.ASK, tick, 5)
    # The price doubles: the ask is now below its band and will be removed when met.
    system.set_price(shib, 2 * 10**14)
    assert tick < scene.book(market).lowest_ask
    oversized = order(BID, scene.book(market).highest_bid, 2**40 - 1, GTC, 64, market)

    _, [result] = system.batch(scene.taker, (), [oversized])

    assert result.refusal == Refusal.TOO_MUCH_OPEN

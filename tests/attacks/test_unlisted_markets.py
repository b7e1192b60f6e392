"""Markets that are not listed: none works on what another left in memory."""

import pytest

from tests.support.abi import Reverted
from tests.support.scene import ASK, BID, FOK, GTC, IOC, POST_ONLY, SLIDE, Scene, order
from tests.support.system import Tif
from worldmarkets.model.interface import Refusal

LISTED = order(BID, 19_000, 5)
UNKNOWN = Refusal.UNKNOWN_MARKET


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("tif", [GTC, POST_ONLY, SLIDE, IOC, FOK])
@pytest.mark.parametrize("market", [0, 1, 256, 513, 65_535])
def test_unlisted_market_in_a_batch_is_skipped_wherever_it_stands(
    scene: Scene, market: int, tif: Tif, packed: bool
) -> None:
    batch = scene.system.batch_packed if packed else scene.system.batch
    unlisted = order(BID, 20_000, 5, tif, market=market)
    whole = order(ASK, 20_000, 3, FOK)
    _, first = batch(scene.maker, [], [unlisted, LISTED, unlisted])
    assert [result.refusal for result in first] == [UNKNOWN, Refusal.NONE, UNKNOWN]
    _, later = batch(scene.maker, [], [LISTED, unlisted, whole, unlisted, LISTED])
    refusals = [Refusal.NONE, UNKNOWN, Refusal.NOT_FILLED_WHOLE, UNKNOWN, Refusal.NONE]
    assert [result.refusal for result in later] == refusals
    assert [lane.lots for _, lane in scene.orders(19_000)] == [5, 5, 5]


@pytest.mark.parametrize("market", [0, 1, 256, 513, 65_535])
def test_amend_to_an_unlisted_market_leaves_the_order(scene: Scene, market: int) -> None:
    placed = scene.bid(scene.maker, 19_000, 5).order_id
    with pytest.raises(Reverted, match="UnknownMarket"):
        scene.system.amend(scene.maker, placed, order(BID, 19_000, 5, market=market))
    assert [number for number, _ in scene.orders(19_000)] == [placed]

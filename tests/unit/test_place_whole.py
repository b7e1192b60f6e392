"""The part of a batch that only the exchange itself may call."""

import pytest

from tests.support.scene import BID, FOK, MAKER, STRANGER, Scene
from tests.support.soundness import refused
from tests.support.system import ADMIN, ETH_MARKET, TREASURY


@pytest.mark.parametrize("sender", [MAKER, STRANGER, ADMIN, TREASURY])
def test_place_whole_by_anyone_but_the_exchange_is_refused(scene: Scene, sender: str) -> None:
    scene.ask(scene.taker, 20_000, 5)
    request = (ETH_MARKET, BID, 20_000, 5, FOK, 64)
    with refused(scene.system, "NotTheExchange", sender):
        scene.system.execute(sender, "placeWhole", scene.maker, request)

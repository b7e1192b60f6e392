"""The part of a batch that only the exchange itself may call."""

import pytest

from tests.support.scene import BID, FOK, MAKER, STRANGER, Scene, order
from tests.support.soundness import refused
from tests.support.system import ADMIN, TREASURY, order_tuple


@pytest.mark.parametrize("sender", [MAKER, STRANGER, ADMIN, TREASURY])
def test_place_whole_by_anyone_but_the_exchange_is_refused(scene: Scene, sender: str) -> None:
    scene.ask(scene.taker, 20_000, 5)
    request = order_tuple(order(BID, 20_000, 5, FOK))
    for by_operator in (False, True):
        with refused(scene.system, "NotTheExchange", sender):
            scene.system.execute(sender, "placeWhole", scene.maker, request, by_operator)

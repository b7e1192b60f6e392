"""The part of a batch that is placed in a call of its own, called by others."""

import pytest

from tests.support.abi import codec
from tests.support.scene import BID, FOK, IOC, MAKER, STRANGER, Scene, Tif, order
from tests.support.soundness import all_storage
from tests.support.system import ADMIN, TREASURY, order_tuple
from worldmarkets.model.interface import Refusal

CALLERS = pytest.mark.parametrize("sender", [MAKER, STRANGER, ADMIN, TREASURY])


@CALLERS
@pytest.mark.parametrize("by_operator", [False, True])
@pytest.mark.parametrize("tif", [FOK, IOC])
def test_place_whole_by_anyone_knows_no_market_and_changes_nothing(
    scene: Scene, sender: str, by_operator: bool, tif: Tif
) -> None:
    system = scene.system
    scene.ask(scene.taker, 20_000, 5)
    before = all_storage(system.backend)
    arguments = (scene.maker, order_tuple(order(BID, 20_000, 5, tif)), by_operator)
    call = (system.order_module, "OrderModule", sender, "placeWhole")
    answer = system.execute_on(*call, *arguments)
    assert answer == (Refusal.UNKNOWN_MARKET, 0, 0, 0, b"")
    assert system.last.logs == ()
    assert all_storage(system.backend) == before


@CALLERS
def test_place_whole_is_no_function_of_the_exchange(scene: Scene, sender: str) -> None:
    system = scene.system
    scene.ask(scene.taker, 20_000, 5)
    before = all_storage(system.backend)
    request = order_tuple(order(BID, 20_000, 5, FOK))
    data = codec("OrderModule").encode("placeWhole", scene.maker, request, False)
    result = system.backend.call(sender, system.exchange, data)
    assert (result.ok, result.returned) == (False, b"")
    assert all_storage(system.backend) == before

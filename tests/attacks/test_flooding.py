"""OB-9 and OB-11, measured on a node: what others did to the book costs the next taker nothing."""

from collections.abc import Iterator

import pytest

from tests.support.backend import rolled_back
from tests.support.scene import ASK, BID, DOLLARS, IOC, STRANGER, Scene, make_scene, order
from tests.support.system import System

pytestmark = pytest.mark.node

_TICK = 20_000
_AT_ONCE = 500
_FLOOD = 10_000


@pytest.fixture
def node_scene(node_system: System) -> Iterator[Scene]:
    with rolled_back(node_system.backend):
        yield make_scene(node_system)


def take_gas(scene: Scene, lots: int, fills: int = 64) -> int:
    """Gas of a market order that fills whole."""
    assert scene.bid(scene.taker, _TICK, lots, IOC, fills).filled_lots == lots
    assert scene.system.last.gas is not None
    return scene.system.last.gas


def flood(scene: Scene, account: int, orders: int) -> list[int]:
    """Many orders of one lot at the tick; their ids."""
    ids: list[int] = []
    for _ in range(orders // _AT_ONCE):
        _, results = scene.system.batch(account, (), [order(ASK, _TICK, 1)] * _AT_ONCE)
        ids += [result.order_id for result in results]
    return ids


def cancel_all(scene: Scene, account: int, ids: list[int]) -> None:
    for start in range(0, len(ids), _AT_ONCE):
        scene.system.cancel_many(account, ids[start : start + _AT_ONCE])


def ordinary_gas(scene: Scene) -> int:
    """Gas of taking the only order of a level whose words have been used before."""
    for _ in range(2):
        scene.ask(scene.maker, _TICK, 1)
        gas = take_gas(scene, 1)
    return gas


def test_ob_9_ten_thousand_cancels_cost_the_next_taker_nothing(node_scene: Scene) -> None:
    """Asleep ahead, in the middle and behind: whatever was cancelled is never walked over."""
    scene = node_scene
    ordinary = ordinary_gas(scene)
    flooder = scene.new_account(STRANGER, 10**6 * DOLLARS, _FLOOD)

    # All ahead of one order.
    ahead = flood(scene, flooder, _FLOOD)
    scene.ask(scene.maker, _TICK, 1)
    cancel_all(scene, flooder, ahead)
    # Passing one chunk of the pool instead of the level's own: two words more, no more.
    assert take_gas(scene, 1) < ordinary + 15_000

    # Between two orders, so that empty chunks lie in the middle; cancelled from both ends in.
    scene.ask(scene.maker, _TICK, 1)
    between = flood(scene, flooder, _FLOOD // 2)
    scene.ask(scene.maker, _TICK, 1)
    cancel_all(scene, flooder, between[::-2])
    cancel_all(scene, flooder, between[::2])
    assert take_gas(scene, 1) < ordinary + 30_000
    assert take_gas(scene, 1) < ordinary + 15_000

    # And the level is as good as new.
    assert abs(ordinary_gas(scene) - ordinary) < 100


def test_ob_9_placing_and_cancelling_in_place_leaves_no_trace(node_scene: Scene) -> None:
    """A sleeper keeps the level alive while its tail is filled and emptied again and again."""
    scene = node_scene
    ordinary = ordinary_gas(scene)
    flooder = scene.new_account(STRANGER, 10**6 * DOLLARS, _FLOOD)
    scene.ask(scene.maker, _TICK, 1)
    ids: list[int] = []
    for _ in range(10):
        _, results = scene.system.batch(flooder, ids, [order(ASK, _TICK, 1)] * 200)
        ids = [result.order_id for result in results]
    scene.ask(scene.maker, _TICK, 1)
    cancel_all(scene, flooder, ids)
    assert take_gas(scene, 1) < ordinary + 30_000
    assert take_gas(scene, 1) < ordinary + 15_000


def test_ob_9_flood_of_tiny_orders_is_bounded_by_the_takers_fills(node_scene: Scene) -> None:
    scene = node_scene
    ordinary_gas(scene)
    flooder = scene.new_account(STRANGER, 10**6 * DOLLARS, 2_000)
    flood(scene, flooder, 2_000)
    one = take_gas(scene, 1, fills=1)
    whole = scene.bid(scene.taker, _TICK, 2_000, IOC, 64)
    assert whole.filled_lots == 64
    assert scene.system.last.gas is not None
    assert scene.system.last.gas < 64 * one
    assert scene.bid(scene.taker, _TICK, 2_000, IOC, 5).filled_lots == 5
    # One who wants only some lots is not slowed down by what lies behind them.
    assert abs(take_gas(scene, 1) - one) < 15_000


@pytest.mark.parametrize("levels", [1, 64])
def test_ob_11_gas_of_fills_is_linear(node_scene: Scene, levels: int) -> None:
    """A log or a loop that grew with the square of the fills would show at 64."""
    scene = node_scene
    flooder = scene.new_account(STRANGER, 10**6 * DOLLARS, 1_000)

    def gas_of(fills: int) -> int:
        quotes = [order(ASK, _TICK - index % levels, 1) for index in range(fills)]
        scene.system.batch(flooder, (), quotes)
        return take_gas(scene, fills)

    for fills in (64, 64):
        gas_of(fills)  # all words have been used before
    gas = {fills: gas_of(fills) for fills in (1, 10, 28, 46, 64)}
    # To one percent, no fill costs more than the first ones.
    assert (gas[64] - gas[1]) * 9 * 100 < (gas[10] - gas[1]) * 63 * 101
    # From there on eighteen more, three chunks or eighteen levels, cost always the same.
    steps = [gas[fills + 18] - gas[fills] for fills in (10, 28, 46)]
    assert max(steps) - min(steps) < max(steps) // 100


@pytest.mark.parametrize("function", ["cancelMany", "cancels of a batch", "places of a batch"])
def test_ob_11_gas_of_long_arrays_is_linear(node_scene: Scene, function: str) -> None:
    """Memory that grew with the square of the items would make long arrays unusable."""
    scene = node_scene
    system = scene.system
    gas: dict[int, int] = {}
    # The first round uses every word once.
    for items in (400, 50, 100, 200, 400):
        _, results = system.batch(scene.maker, (), [order(ASK, _TICK, 1)] * items)
        places = system.last.gas
        ids = [result.order_id for result in results]
        if function == "cancelMany":
            system.cancel_many(scene.maker, ids)
        else:
            system.batch(scene.maker, ids)
        gas[items] = places if function == "places of a batch" else system.last.gas
    each = (gas[100] - gas[50]) // 50
    assert (gas[200] - gas[100]) // 100 < each * 102 // 100
    assert (gas[400] - gas[200]) // 200 < each * 102 // 100


def test_removal_of_dead_makers_is_bounded_like_fills(node_scene: Scene) -> None:
    """Orders the band has left behind count as fills, and cost no more than fills."""
    scene = node_scene
    flooder = scene.new_account(STRANGER, 10**6 * DOLLARS, 200)
    # Within the free band, so that fills need no check of margin.
    tick = _TICK - 90
    scene.system.batch(flooder, (), [order(ASK, tick, 1)] * 200)
    filled = scene.bid(scene.taker, tick, 64, IOC)
    assert filled.filled_lots == 64
    gas_of_fills = scene.system.last.gas
    scene.system.set_price(1, 2_200 * 10**18)
    assert scene.bid(scene.taker, 23_000, 64, IOC).filled_lots == 0
    assert scene.level(tick).live == 200 - 128
    assert gas_of_fills is not None
    assert scene.system.last.gas is not None
    assert scene.system.last.gas < gas_of_fills
    # Bids above the dead asks rest once these are gone; before, they are dropped.
    assert scene.bid(scene.taker, 23_000, 1, fills=64).order_id == 0
    assert scene.system.place(scene.taker, 257, BID, 23_000, 1).resting_lots == 1

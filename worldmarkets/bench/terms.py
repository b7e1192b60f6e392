"""Measured operations with orders that have terms, and changes of orders."""

from worldmarkets.bench.scene import EMPTY, LIVE, MAKER, Operation, Scene, take_whole
from worldmarkets.bench.stage import CLIENT_ID, LATEST, LOTS, Sent, outward, request
from worldmarkets.model.interface import Side


def place_with_terms(scene: Scene, side: Side) -> Sent:
    """Rest behind five orders, with an expiry and a client id."""
    order = request(side, outward(side, LIVE), expiry=LATEST, client_id=CLIENT_ID)
    return scene.stage.place(MAKER, order)


def amend_in_place(scene: Scene, side: Side) -> Sent:
    """Halve the third of five orders, which keeps its place."""
    order = request(side, outward(side, LIVE), LOTS // 2)
    return scene.stage.amend(scene.levels[side, LIVE][2], order)


def amend_moved(scene: Scene, side: Side) -> Sent:
    """Move the third of five orders behind the five of the next level, one lot larger."""
    order = request(side, outward(side, LIVE + 1), LOTS + 1)
    return scene.stage.amend(scene.levels[side, LIVE][2], order)


def take_1_expiring(scene: Scene, side: Side) -> Sent:
    """Fill one order with an expiry whole; four stay behind it."""
    return _take_expiring(scene, side, 1, 5)


def take_20_expiring(scene: Scene, side: Side) -> Sent:
    """Fill twenty distinct makers' orders with expiries whole; four stay behind them."""
    return _take_expiring(scene, side, 20, 24)


def _take_expiring(scene: Scene, side: Side, taken: int, resting: int) -> Sent:
    for maker in range(resting):
        scene.stage.rest(maker, side, outward(side, EMPTY), LATEST)
    return take_whole(scene, side, EMPTY, taken)


OPERATIONS: dict[str, Operation] = {
    "place_spot_with_terms": place_with_terms,
    "amend_in_place": amend_in_place,
    "amend_moved": amend_moved,
    "take_spot_1_expiring": take_1_expiring,
    "take_spot_20_expiring": take_20_expiring,
}
"""By their names in the results."""

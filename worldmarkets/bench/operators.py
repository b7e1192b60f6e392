"""Measured operations of an operator, each the same as one of an owner's.

The reference price is above the book: who sells in it loses against the price, by operators within
the budget of the day.
"""

from worldmarkets.bench.book import BEST
from worldmarkets.bench.scene import (
    EMPTY,
    LIVE,
    MAKER,
    Operation,
    Scene,
    quote,
    quotes,
    take_whole,
)
from worldmarkets.bench.stage import LOTS, OPERATOR, QUOTER, Sent, outward, request
from worldmarkets.model.interface import Side


def place_live_level(scene: Scene, side: Side) -> Sent:
    """Rest behind five orders."""
    return scene.stage.place(MAKER, request(side, outward(side, LIVE)), OPERATOR)


def place_empty_level(scene: Scene, side: Side) -> Sent:
    """Rest on a level used before, which becomes the best."""
    return scene.stage.place(MAKER, request(side, outward(side, EMPTY)), OPERATOR)


def cancel_middle(scene: Scene, side: Side) -> Sent:
    """Cancel the third of five orders."""
    return scene.stage.cancel(scene.levels[side, LIVE][2], OPERATOR)


def take_1(scene: Scene, side: Side) -> Sent:
    """Fill one order whole; four stay behind it. Into bids he sells at a loss."""
    return take_whole(scene, side, BEST, 1, OPERATOR)


def take_1_from_operator(scene: Scene, side: Side) -> Sent:
    """Fill one order whole that an operator placed, an ask at a loss; four stay behind it."""
    scene.stage.rest(MAKER, side, outward(side, EMPTY), by=OPERATOR)
    for maker in range(4):
        scene.stage.rest(maker, side, outward(side, EMPTY))
    return take_whole(scene, side, EMPTY, 1)


def take_20_from_operators(scene: Scene, side: Side) -> Sent:
    """Fill twenty distinct makers whole whose orders an operator placed; four stay behind them."""
    for maker in range(24):
        scene.stage.rest(maker, side, outward(side, EMPTY), by=OPERATOR)
    return take_whole(scene, side, EMPTY, 20)


def replace_10(scene: Scene, _side: Side) -> Sent:
    """Cancel five bids and five asks at the touch and place them again in other sizes."""
    return scene.stage.batch(QUOTER, quote(scene, OPERATOR), quotes(0, LOTS + 2), OPERATOR)


OPERATIONS: dict[str, Operation] = {
    "place_spot_live_level_by_operator": place_live_level,
    "place_spot_empty_level_by_operator": place_empty_level,
    "cancel_middle_by_operator": cancel_middle,
    "take_spot_1_by_operator": take_1,
    "take_spot_1_from_operator": take_1_from_operator,
    "take_spot_20_from_operators": take_20_from_operators,
    "replace_10_spot_by_operator": replace_10,
}
"""By their names in the results."""

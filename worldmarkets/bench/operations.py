"""The measured operations, each a transaction on the standing book.

An operation prepares what it needs and sends its transaction last. `side` is the side of the book
it acts on; an operation without one uses it to choose between its two forms. Each is measured both
ways from the same state, and the dearer way counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

from worldmarkets.bench.book import BEST, FRESH, Levels
from worldmarkets.bench.costs import Cost, measure
from worldmarkets.bench.stage import (
    BASE_ASSET,
    DEPOSITOR,
    LOTS,
    QUOTE_ASSET,
    QUOTER,
    TAKER,
    Sent,
    Stage,
    opposite,
    outward,
    request,
)
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce

LIVE = BEST + 2
"""A level in the standing book, neither the best nor the deepest."""
EMPTY = BEST - 1
"""The level next to the standing book, used before and empty."""
QUOTED = range(4, 9)
"""Levels a side that the quoter is alone on, inside the standing book."""
MAKER = 20
"""A maker with orders elsewhere in the book."""


@dataclass(frozen=True)
class Scene:
    """The stage and the standing orders on it."""

    stage: Stage
    levels: Levels


Operation = Callable[[Scene, Side], Sent]


def measure_dearer(scene: Scene, operation: Operation) -> Cost:
    """Return the cost of an operation on its dearer side; the state stays as it was."""
    return max((_measure_on(scene, operation, side) for side in Side), key=lambda cost: cost.gas)


def _measure_on(scene: Scene, operation: Operation, side: Side) -> Cost:
    with scene.stage.undone():
        sent = operation(scene, side)
        return measure(scene.stage.rpc, sent.data, sent.receipt)


def place_live_level(scene: Scene, side: Side) -> Sent:
    """Rest behind five orders."""
    return scene.stage.place(MAKER, request(side, outward(side, LIVE)))


def place_empty_level(scene: Scene, side: Side) -> Sent:
    """Rest on a level used before, which becomes the best."""
    return scene.stage.place(MAKER, request(side, outward(side, EMPTY)))


def place_fresh_level(scene: Scene, side: Side) -> Sent:
    """Rest on a level never used, which becomes the best."""
    return scene.stage.place(MAKER, request(side, FRESH))


def cancel_middle(scene: Scene, side: Side) -> Sent:
    """Cancel the third of five orders."""
    order = scene.levels[side, LIVE][2]
    return scene.stage.cancel(order)


def cancel_last(scene: Scene, side: Side) -> Sent:
    """Cancel the only order of the best level; the next level is found."""
    order = scene.stage.rest(MAKER, side, outward(side, EMPTY))
    return scene.stage.cancel(order)


def reduce(scene: Scene, side: Side) -> Sent:
    """Halve the third of five orders."""
    order = scene.levels[side, LIVE][2]
    return scene.stage.reduce(order, LOTS // 2)


def take_1(scene: Scene, side: Side) -> Sent:
    """Fill one order whole; four stay behind it."""
    return take_whole(scene, side, BEST, 1)


def take_1_empties(scene: Scene, side: Side) -> Sent:
    """Fill the only order of the best level; the next level is found."""
    scene.stage.rest(MAKER, side, outward(side, EMPTY))
    return take_whole(scene, side, EMPTY, 1)


def take_5(scene: Scene, side: Side) -> Sent:
    """Fill five distinct makers whole; one order stays behind them."""
    scene.stage.rest(MAKER, side, outward(side, BEST))
    return take_whole(scene, side, BEST, 5)


def take_20(scene: Scene, side: Side) -> Sent:
    """Fill twenty distinct makers whole, in several chunks of one level; four stay behind them."""
    for maker in range(24):
        scene.stage.rest(maker, side, outward(side, EMPTY))
    return take_whole(scene, side, EMPTY, 20)


def take_20_one_maker(scene: Scene, side: Side) -> Sent:
    """Fill twenty orders of one maker whole, in several chunks of one level; four stay."""
    for _ in range(24):
        scene.stage.rest(MAKER, side, outward(side, EMPTY))
    return take_whole(scene, side, EMPTY, 20)


def sweep_10x1(scene: Scene, side: Side) -> Sent:
    """Empty ten levels of one order each, by distinct makers; the standing book is found."""
    worst = BEST - 10
    for maker in range(10):
        scene.stage.rest(maker, side, outward(side, worst + maker))
    return take_whole(scene, side, EMPTY, 10)


def replace_10(scene: Scene, _side: Side) -> Sent:
    """Cancel five bids and five asks at the touch and place them again in other sizes."""
    ids = _quote(scene)
    return scene.stage.batch(QUOTER, ids, _quotes(0, LOTS + 2))


def replace_10_moved(scene: Scene, side: Side) -> Sent:
    """Cancel five bids and five asks at the touch and place all one tick lower or higher."""
    ids = _quote(scene)
    return scene.stage.batch(QUOTER, ids, _quotes(-1 if side is Side.BID else 1, LOTS + 2))


def deposit(scene: Scene, side: Side) -> Sent:
    """Deposit the quote or the base asset, out of a larger allowance and token balance."""
    asset = QUOTE_ASSET if side is Side.BID else BASE_ASSET
    return scene.stage.deposit(DEPOSITOR, asset)


def withdraw(scene: Scene, side: Side) -> Sent:
    """Withdraw part of the quote or the base asset, to an owner who has tokens."""
    asset = QUOTE_ASSET if side is Side.BID else BASE_ASSET
    return scene.stage.withdraw(DEPOSITOR, asset)


OPERATIONS: dict[str, Operation] = {
    "place_spot_live_level": place_live_level,
    "place_spot_empty_level": place_empty_level,
    "place_spot_fresh_level": place_fresh_level,
    "cancel_middle": cancel_middle,
    "cancel_last": cancel_last,
    "reduce": reduce,
    "take_spot_1": take_1,
    "take_spot_1_empties": take_1_empties,
    "take_spot_5": take_5,
    "take_spot_20": take_20,
    "take_spot_20_one_maker": take_20_one_maker,
    "sweep_spot_10x1": sweep_10x1,
    "replace_10_spot": replace_10,
    "replace_10_spot_moved": replace_10_moved,
    "deposit": deposit,
    "withdraw": withdraw,
}
"""By their names in the results."""


def take_whole(scene: Scene, side: Side, steps: int, orders: int) -> Sent:
    """Let the taker fill whole orders of standard size, none worse than a level."""
    order = request(
        opposite(side), outward(side, steps), orders * LOTS, TimeInForce.IMMEDIATE_OR_CANCEL
    )
    return scene.stage.place(TAKER, order)


def _quote(scene: Scene) -> list[int]:
    """Put up the quoter's quotes twice, as a maker does who has been here for a while."""
    stage = scene.stage
    ids = stage.placed_ids(stage.batch(QUOTER, [], _quotes(0, LOTS + 1)))
    return stage.placed_ids(stage.batch(QUOTER, ids, _quotes(0, LOTS)))


def _quotes(moved: int, lots: int) -> list[OrderRequest]:
    """Return five bids and five asks, the best first, all moved by some ticks."""
    return [request(side, outward(side, steps) + moved, lots) for side in Side for steps in QUOTED]

"""The standing book with its accounts: what operations are measured on, and what they share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from worldmarkets.bench.book import BEST, Levels
from worldmarkets.bench.costs import Cost, measure
from worldmarkets.bench.stage import LOTS, QUOTER, TAKER, Sent, Stage, opposite, outward, request
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
"""Prepares what it needs and sends the measured transaction last.

`side` is the side of the book it acts on; one without such a side uses it to choose between its two
forms.
"""


def measure_dearer(scene: Scene, operation: Operation) -> Cost:
    """Return the cost of an operation on its dearer side; the state stays as it was."""
    return max((measure_on(scene, operation, side) for side in Side), key=lambda cost: cost.gas)


def measure_on(scene: Scene, operation: Operation, side: Side) -> Cost:
    """Return the cost of an operation on a side; the state stays as it was."""
    with performed(scene, operation, side) as sent:
        return measure(scene.stage.rpc, sent.data, sent.receipt)


@contextmanager
def performed(scene: Scene, operation: Operation, side: Side) -> Iterator[Sent]:
    """Perform an operation on a side, and undo it at the end."""
    with scene.stage.undone():
        if scene.stage.is_perp:
            # Margin is checked at prices that are not old.
            scene.stage.renew_prices()
        yield operation(scene, side)


def take_whole(scene: Scene, side: Side, steps: int, orders: int, by: int | None = None) -> Sent:
    """Let the taker fill whole orders of standard size, none worse than a level."""
    order = request(
        opposite(side), outward(side, steps), orders * LOTS, TimeInForce.IMMEDIATE_OR_CANCEL
    )
    return scene.stage.place(TAKER, order, by)


def quote(scene: Scene, by: int | None = None) -> list[int]:
    """Put up the quoter's quotes twice, as a maker does who has been here for a while."""
    stage = scene.stage
    ids = stage.placed_ids(stage.batch(QUOTER, [], quotes(0, LOTS + 1), by))
    return stage.placed_ids(stage.batch(QUOTER, ids, quotes(0, LOTS), by))


def quotes(moved: int, lots: int) -> list[OrderRequest]:
    """Return five bids and five asks, the best first, all moved by some ticks."""
    return [request(side, outward(side, steps) + moved, lots) for side in Side for steps in QUOTED]


def one_tick(side: Side) -> int:
    """Return by how much quotes move: down on the one side, up on the other [ticks]."""
    return -1 if side is Side.BID else 1

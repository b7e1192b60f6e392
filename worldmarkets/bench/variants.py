"""Costlier forms of the measured operations, and on what the gas of each goes."""

from collections.abc import Mapping

from worldmarkets.bench.book import BEST
from worldmarkets.bench.costs import Breakdown, break_down
from worldmarkets.bench.results import standing_scene
from worldmarkets.bench.scene import EMPTY, LIVE, MAKER, Operation, Scene, performed, take_whole
from worldmarkets.bench.stage import (
    LOTS,
    MARKET,
    QUOTER,
    TAKER,
    Order,
    Sent,
    opposite,
    outward,
    request,
)
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.model.words import OWN_LANES, POOL_LANES

_LIFE_SECONDS = 60


def place_starts_chunk(scene: Scene, side: Side) -> Sent:
    """Rest behind a full chunk, as one post in six does in a queue that only grows."""
    for maker in range(OWN_LANES + POOL_LANES - len(scene.levels[side, LIVE])):
        scene.stage.rest(maker, side, outward(side, LIVE))
    return scene.stage.place(MAKER, request(side, outward(side, LIVE)))


def cancel_in_middle_chunk(scene: Scene, side: Side) -> Sent:
    """Cancel an order of a chunk between head and tail, which keeps others."""
    return scene.stage.cancel(_queue(scene, side, 3)[OWN_LANES + 2])


def cancel_unlinks_chunk(scene: Scene, side: Side) -> Sent:
    """Cancel the last order of a chunk between head and tail, which leaves the queue."""
    queue = _queue(scene, side, 3)
    *others, last = queue[OWN_LANES : OWN_LANES + POOL_LANES]
    for order in others:
        scene.stage.cancel(order)
    return scene.stage.cancel(last)


def take_20_from_old_queue(scene: Scene, side: Side) -> Sent:
    """Fill twenty makers of a queue that has lived for a while, whose own chunk is passed."""
    _queue(scene, side, 6)
    take_whole(scene, side, EMPTY, OWN_LANES + POOL_LANES // 2)
    return take_whole(scene, side, EMPTY, 20)


def replace_10_behind_others(scene: Scene, _side: Side) -> Sent:
    """Cancel and place again five bids and five asks on levels that others are on."""
    stage = scene.stage
    ids = stage.placed_ids(stage.batch(QUOTER, [], _ladder(BEST, 1, LOTS)))
    return stage.batch(QUOTER, ids, _ladder(BEST, 1, LOTS + 1))


def replace_10_apart_moved(scene: Scene, _side: Side) -> Sent:
    """Move five bids and five asks, two ticks apart, by one tick: no level is used twice."""
    stage = scene.stage
    ids = stage.placed_ids(stage.batch(QUOTER, [], _ladder(2, 2, LOTS)))
    return stage.batch(QUOTER, ids, _ladder(3, 2, LOTS + 1))


def take_1_behind_expired(scene: Scene, side: Side) -> Sent:
    """Remove four orders that have expired, then fill one; four stay behind it."""
    _expired(scene, side, 4)
    for maker in range(4, 9):
        scene.stage.rest(maker, side, outward(side, EMPTY))
    return take_whole(scene, side, EMPTY, 1)


def take_1_behind_own(scene: Scene, side: Side) -> Sent:
    """Remove four orders of the taker, then fill one; four stay behind it."""
    for owner in (TAKER,) * 4 + tuple(range(5)):
        scene.stage.rest(owner, side, outward(side, EMPTY))
    return take_whole(scene, side, EMPTY, 1)


def place_clears_expired(scene: Scene, side: Side) -> Sent:
    """Clear away four expired orders of the other side, then rest on a level used before."""
    _expired(scene, opposite(side), 4)
    order = request(side, outward(opposite(side), EMPTY), time_in_force=TimeInForce.POST_ONLY)
    return scene.stage.place(MAKER, order)


VARIANTS: dict[str, Operation] = {
    "place, starting a chunk": place_starts_chunk,
    "cancel in a middle chunk": cancel_in_middle_chunk,
    "cancel, unlinking a chunk": cancel_unlinks_chunk,
    "take 20 from an old queue": take_20_from_old_queue,
    "replace 10 behind others": replace_10_behind_others,
    "replace 10, two ticks apart, moved": replace_10_apart_moved,
    "take 1 behind four that expired": take_1_behind_expired,
    "take 1 behind four of the taker's own": take_1_behind_own,
    "place post-only, clearing four away": place_clears_expired,
}
"""By what they are called in the table."""


def break_down_all(
    operations: Mapping[str, Operation], market_id: int = MARKET
) -> dict[str, Breakdown]:
    """Return on what the gas of operations goes, each on the side where it costs more."""
    with standing_scene(market_id) as scene:
        return {name: _dearer(scene, operation) for name, operation in operations.items()}


def _dearer(scene: Scene, operation: Operation) -> Breakdown:
    return max((_break_down(scene, operation, side) for side in Side), key=lambda one: one.total)


def _break_down(scene: Scene, operation: Operation, side: Side) -> Breakdown:
    with performed(scene, operation, side) as sent:
        return break_down(scene.stage.rpc, sent.data, sent.receipt)


def _queue(scene: Scene, side: Side, chunks: int) -> list[Order]:
    """Fill chunks of the empty level next to the standing book, by makers in turn."""
    orders = OWN_LANES + (chunks - 1) * POOL_LANES
    makers = [order % TAKER for order in range(orders)]
    return [scene.stage.rest(maker, side, outward(side, EMPTY)) for maker in makers]


def _expired(scene: Scene, side: Side, orders: int) -> None:
    """Fill the empty level next to the standing book with orders that then expire."""
    expiry = scene.stage.now() + _LIFE_SECONDS
    for maker in range(orders):
        scene.stage.rest(maker, side, outward(side, EMPTY), expiry)
    scene.stage.rpc.call("evm_increaseTime", _LIFE_SECONDS + 1)


def _ladder(first: int, apart: int, lots: int) -> list[OrderRequest]:
    """Return five bids and five asks from a level outwards."""
    return [
        request(side, outward(side, first + apart * step), lots)
        for side in Side
        for step in range(5)
    ]

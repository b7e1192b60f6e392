"""The measured operations, each a transaction on the standing book.

Each is measured on both sides from the same state, and the dearer one counts.
"""

from worldmarkets.bench import margin, operators, terms
from worldmarkets.bench.book import BEST, FRESH
from worldmarkets.bench.scene import (
    EMPTY,
    LIVE,
    MAKER,
    Operation,
    Scene,
    one_tick,
    quote,
    quotes,
    take_whole,
)
from worldmarkets.bench.stage import (
    ALIKE,
    BASE_ASSET,
    DEPOSITOR,
    LOTS,
    QUOTE_ASSET,
    QUOTER,
    Sent,
    outward,
    request,
)
from worldmarkets.model.interface import Side


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


def take_1_collision(scene: Scene, side: Side) -> Sent:
    """Fill one order whole whose owner's address ends like the taker's; four stay behind it."""
    for maker in (ALIKE, *range(4)):
        scene.stage.rest(maker, side, outward(side, EMPTY))
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
    return scene.stage.batch(QUOTER, quote(scene), quotes(0, LOTS + 2))


def replace_10_moved(scene: Scene, side: Side) -> Sent:
    """Cancel five bids and five asks at the touch and place all one tick lower or higher."""
    return scene.stage.batch(QUOTER, quote(scene), quotes(one_tick(side), LOTS + 2))


def replace_10_packed(scene: Scene, _side: Side) -> Sent:
    """Do what `replace_10` does by the call with packed arguments."""
    return scene.stage.batch_packed(QUOTER, quote(scene), quotes(0, LOTS + 2))


def replace_10_packed_moved(scene: Scene, side: Side) -> Sent:
    """Do what `replace_10_moved` does by the call with packed arguments."""
    return scene.stage.batch_packed(QUOTER, quote(scene), quotes(one_tick(side), LOTS + 2))


def deposit(scene: Scene, side: Side) -> Sent:
    """Deposit the quote or the base asset, out of a larger allowance and token balance."""
    return scene.stage.deposit(DEPOSITOR, _asset(side))


def withdraw(scene: Scene, side: Side) -> Sent:
    """Withdraw part of the quote or the base asset, to an owner who has tokens."""
    return scene.stage.withdraw(DEPOSITOR, _asset(side))


def _asset(side: Side) -> int:
    return QUOTE_ASSET if side is Side.BID else BASE_ASSET


OPERATIONS: dict[str, Operation] = {
    "place_spot_live_level": place_live_level,
    "place_spot_empty_level": place_empty_level,
    "place_spot_fresh_level": place_fresh_level,
    "cancel_middle": cancel_middle,
    "cancel_last": cancel_last,
    "reduce": reduce,
    "take_spot_1": take_1,
    "take_spot_1_empties": take_1_empties,
    "take_spot_1_collision": take_1_collision,
    "take_spot_5": take_5,
    "take_spot_20": take_20,
    "take_spot_20_one_maker": take_20_one_maker,
    "sweep_spot_10x1": sweep_10x1,
    "replace_10_spot": replace_10,
    "replace_10_spot_moved": replace_10_moved,
    "replace_10_spot_packed": replace_10_packed,
    "replace_10_spot_packed_moved": replace_10_packed_moved,
    **terms.OPERATIONS,
    **operators.OPERATIONS,
    "deposit": deposit,
    "withdraw": withdraw,
    **margin.OPERATIONS,
}
"""By their names in the results."""

PACKED = {
    "replace_10_spot_packed": "replace_10_spot",
    "replace_10_spot_packed_moved": "replace_10_spot_moved",
}
"""Operations by the call with packed arguments, and the same by the call with typed ones."""

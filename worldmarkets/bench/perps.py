"""Measured operations on the perp: those of the spot market again, and what only perps have.

Accounts have cash and a position of the one perp, which every check of margin values.
"""

from worldmarkets.bench import operations as spot
from worldmarkets.bench.scene import EMPTY, MAKER, Operation, Scene, take_whole
from worldmarkets.bench.stage import LOTS, TAKER, Sent, opposite, outward, request
from worldmarkets.model.interface import Side, TimeInForce

_ADVERSE_STEPS = 160
"""How far beyond the mark a maker is whose margin is checked: more than the half per cent that is free [ticks]."""


def take_adverse_maker(scene: Scene, side: Side) -> Sent:
    """Fill one order whole that is so far beyond the mark that its maker's margin is checked."""
    stage = scene.stage
    tick = outward(side, -_ADVERSE_STEPS)
    return _between(scene, side, tick)


def settle(scene: Scene, side: Side) -> Sent:
    """Let a stranger settle a loser, or on the other side a winner once the loser has paid."""
    stage = scene.stage
    stage.rest(MAKER, side, outward(side, EMPTY))
    take_whole(scene, side, EMPTY, 1)
    lasts = (TAKER, MAKER) if side is Side.BID else (MAKER, TAKER)
    stage.settle(lasts[0], by=0)
    return stage.settle(lasts[1], by=0)


def poke_market(scene: Scene, _side: Side) -> Sent:
    """Bring mark and funding up to now, a second after the last time, with a book on both sides."""
    for _ in range(3):
        scene.stage.poke()
        scene.stage.rpc.call("evm_increaseTime", 1)
    return scene.stage.poke()


OPERATIONS: dict[str, Operation] = {
    "place_perp_live_level": spot.place_live_level,
    "place_perp_empty_level": spot.place_empty_level,
    "place_perp_fresh_level": spot.place_fresh_level,
    "cancel_perp_middle": spot.cancel_middle,
    "cancel_perp_last": spot.cancel_last,
    "take_perp_1": spot.take_1,
    "take_perp_1_empties": spot.take_1_empties,
    "take_perp_5": spot.take_5,
    "take_perp_20": spot.take_20,
    "sweep_perp_10x1": spot.sweep_10x1,
    "replace_10_perp": spot.replace_10,
    "replace_10_perp_moved": spot.replace_10_moved,
    "settle": settle,
    "poke_market": poke_market,
}
"""By their names in the results."""

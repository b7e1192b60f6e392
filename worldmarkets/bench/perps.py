"""Measured operations on the perp: those of the spot market again, and what only perps have.

Accounts have cash and a position of the one perp, which every check of margin values. Whatever they
place is checked, as nothing covers an order of a perp.
"""

from dataclasses import replace

from worldmarkets.bench import operations as spot
from worldmarkets.bench.book import BEST
from worldmarkets.bench.scene import EMPTY, MAKER, Operation, Scene, take_whole
from worldmarkets.bench.stage import (
    BASE_ASSET,
    MARKET,
    PERP,
    QUOTE_ASSET,
    QUOTER,
    TAKER,
    UNITS,
    Sent,
    outward,
    request,
)
from worldmarkets.model.interface import Side, TimeInForce

_AGAINST_BPS = 70
"""How far the mark is moved against makers: more than the half per cent that is free."""
_LEVERAGE = 15
_BASIS_LOTS = 20_000
"""Two WETH a leg: little against the depth of its markets."""


def take_adverse_maker(scene: Scene, side: Side) -> Sent:
    """Fill one order whole after the mark has moved so far that its maker's margin is checked."""
    scene.stage.move_price(BASE_ASSET, _AGAINST_BPS if side is Side.ASK else -_AGAINST_BPS)
    return take_whole(scene, side, BEST, 1)


def basis_open(scene: Scene, _side: Side) -> Sent:
    """Buy spot with borrowed dollars and sell as much of the perp, in one batch, at 15 times.

    A maker offers the spot, another lends the dollars.
    """
    stage = scene.stage
    stage.fill(MAKER, BASE_ASSET, 10 * UNITS[BASE_ASSET])
    spot_ask = replace(
        request(Side.ASK, outward(Side.ASK, EMPTY), 2 * _BASIS_LOTS), market_id=MARKET
    )
    stage.batch_across(MAKER, [spot_ask])
    stage.set_lent(QUOTER, QUOTE_ASSET)
    kept = _BASIS_LOTS * outward(Side.ASK, EMPTY) * stage.perp_tick_value // _LEVERAGE
    stage.keep_atoms(TAKER, QUOTE_ASSET, kept)
    deep = replace(request(Side.BID, outward(Side.BID, EMPTY), 2 * _BASIS_LOTS), market_id=PERP)
    stage.batch_across(QUOTER, [deep])
    taking = TimeInForce.IMMEDIATE_OR_CANCEL
    buy = replace(spot_ask, side=Side.BID, lots=_BASIS_LOTS, time_in_force=taking)
    sell = replace(deep, side=Side.ASK, lots=_BASIS_LOTS, time_in_force=taking)
    return stage.batch_across(TAKER, [buy, sell])


def settle(scene: Scene, side: Side) -> Sent:
    """Let a stranger settle a loser; or a winner, once the loser has paid."""
    stage = scene.stage
    stage.rest(MAKER, side, outward(side, EMPTY))
    take_whole(scene, side, EMPTY, 1)
    # The price falls: whoever bought loses.
    stage.move_price(BASE_ASSET, -_AGAINST_BPS)
    bought, sold = (MAKER, TAKER) if side is Side.BID else (TAKER, MAKER)
    if side is Side.BID:
        return stage.settle(bought, by=0)
    stage.settle(bought, by=0)
    return stage.settle(sold, by=0)


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
    "take_perp_adverse_maker": take_adverse_maker,
    "settle": settle,
    "basis_open": basis_open,
    "poke_market": poke_market,
}
"""By their names in the results."""

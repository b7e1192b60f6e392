"""Operators who take and quote for the accounts of a scene, and what their orders lose."""

from tests.support.backend import START_TIME
from tests.support.scene import (
    ASK,
    BID,
    IOC,
    OPERATOR,
    TICK_VALUE,
    Scene,
    fee_up,
    notional,
)
from tests.support.system import ETH_MARKET, LAST_SECOND, Side
from worldmarkets.model.interface import OrderResult, Permission
from worldmarkets.model.words import SECONDS_A_DAY

REFERENCE = 20_000
"""The reference price [ticks]."""
TAKER_PPM, REBATE_PPM = 350, -100
MIDNIGHT = (START_TIME // SECONDS_A_DAY + 1) * SECONDS_A_DAY
PLACE = Permission.PLACE


def loss_of(side: Side, tick: int, lots: int, ppm: int) -> int:
    """Loss of one execution: half a tick a lot against it for rounding, and the fee."""
    paid = notional(lots, tick)
    beyond = tick - REFERENCE if side == BID else REFERENCE - tick
    lost = lots * TICK_VALUE * (2 * beyond + 1) + 2 * fee_up(paid, ppm)
    return max(0, -(-lost // 2))


def appoint(scene: Scene, account: int, budget: int, operator: str = OPERATOR) -> None:
    scene.system.set_operator(account, operator, PLACE | Permission.CANCEL, LAST_SECOND, budget)


def opposite(side: Side) -> Side:
    return ASK if side == BID else BID


def offer(scene: Scene, side: Side, tick: int, lots: int) -> int:
    """An order of the maker's owner."""
    return scene.system.place(scene.maker, ETH_MARKET, side, tick, lots).order_id


def take(scene: Scene, side: Side, tick: int, lots: int) -> OrderResult:
    """The operator takes for the taker's account."""
    return scene.system.place(scene.taker, ETH_MARKET, side, tick, lots, IOC, sender=OPERATOR)


def quote(scene: Scene, side: Side, tick: int, lots: int) -> int:
    """The operator quotes for the maker's account."""
    return scene.system.place(scene.maker, ETH_MARKET, side, tick, lots, sender=OPERATOR).order_id


def hit(scene: Scene, side: Side, tick: int, lots: int) -> OrderResult:
    """The taker's owner trades."""
    return scene.system.place(scene.taker, ETH_MARKET, side, tick, lots, IOC)


def scene_with_budget(scene: Scene, budget: int) -> Scene:
    appoint(scene, scene.maker, budget)
    return scene

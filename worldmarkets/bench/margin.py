"""Measured operations of accounts that lend or owe, and of whose margin is checked.

The quoter lends, the others owe: more than all they have of one asset is borrowed, and taken out,
so the margin of the account rests on what it has of the other. Prices are as new as the borrowing.
An account may also owe nothing and have orders beyond what it has: only its margin is checked then.
"""

from worldmarkets.bench.book import BEST
from worldmarkets.bench.scene import LIVE, MAKER, Operation, Scene, take_whole
from worldmarkets.bench.stage import (
    BASE_ASSET,
    DEPOSITOR,
    OWED_SECONDS,
    QUOTE_ASSET,
    QUOTER,
    TAKER,
    UNITS,
    Sent,
    outward,
    request,
)
from worldmarkets.model.interface import Side

_LOAN = 1_000
"""What is owed before the measured transaction, in `UNITS`."""
_KEPT = 10_000
"""What the account keeps of the other asset, in `UNITS`."""
_SHORT_DIVISOR = 1_000
"""The part of `UNITS` that an account keeps which is to have less than its orders need."""


def place_margin(scene: Scene, side: Side) -> Sent:
    """Rest behind five orders, beyond what the account has to pay for them; it owes nothing."""
    stage, asset = scene.stage, _asset(side)
    stage.renew_prices()
    _keep(scene, MAKER, _other(asset), _KEPT * UNITS[_other(asset)])
    _keep(scene, MAKER, asset, UNITS[asset] // _SHORT_DIVISOR)
    return stage.place(MAKER, request(side, outward(side, LIVE)))


def place_margin_owing(scene: Scene, side: Side) -> Sent:
    """Rest behind five orders, with a debt in the quote asset."""
    _indebt(scene, MAKER, QUOTE_ASSET)
    return scene.stage.place(MAKER, request(side, outward(side, LIVE)))


def take_margin_1(scene: Scene, side: Side) -> Sent:
    """Fill one order whole, with a debt in the quote asset that grows or falls; four stay."""
    _indebt(scene, TAKER, QUOTE_ASSET)
    return take_whole(scene, side, BEST, 1)


def borrow(scene: Scene, side: Side) -> Sent:
    """Borrow more of the quote or the base asset, and take it out."""
    asset = _asset(side)
    _indebt(scene, DEPOSITOR, asset)
    return scene.stage.borrow(DEPOSITOR, asset, UNITS[asset])


def repay(scene: Scene, side: Side) -> Sent:
    """Repay part of a debt in the quote or the base asset."""
    asset = _asset(side)
    _indebt(scene, DEPOSITOR, asset)
    return scene.stage.repay(DEPOSITOR, asset, UNITS[asset])


def lend(scene: Scene, side: Side) -> Sent:
    """Lend all there is of the quote or the base asset, to a pool that others lend to and owe."""
    asset = _asset(side)
    _indebt(scene, DEPOSITOR, asset)
    return scene.stage.set_lent(TAKER, asset)


def withdraw_checked(scene: Scene, side: Side) -> Sent:
    """Withdraw part of the quote or the base asset, with a debt in the other."""
    _indebt(scene, DEPOSITOR, _other(_asset(side)))
    return scene.stage.withdraw(DEPOSITOR, _asset(side))


def _asset(side: Side) -> int:
    return QUOTE_ASSET if side is Side.BID else BASE_ASSET


def _other(asset: int) -> int:
    return QUOTE_ASSET if asset == BASE_ASSET else BASE_ASSET


def _indebt(scene: Scene, owner: int, asset: int) -> None:
    """Let the quoter lend an asset, and an account borrow more of it than it has.

    Of the other asset it keeps what is small against the depth of its markets.
    """
    stage = scene.stage
    stage.renew_prices()
    other = _other(asset)
    _keep(scene, owner, other, _KEPT * UNITS[other])
    stage.set_lent(QUOTER, asset)
    stage.borrow(owner, asset, stage.held_units(owner, asset) + _LOAN * UNITS[asset])
    # Some interest runs, so the measured transaction changes every word of the pool that it writes.
    stage.rpc.call("evm_increaseTime", OWED_SECONDS)


def _keep(scene: Scene, owner: int, asset: int, units: int) -> None:
    """Let an account have so much of an asset, and give the rest to the quoter [token units]."""
    stage = scene.stage
    stage.transfer(owner, QUOTER, asset, stage.held_units(owner, asset) - units)


OPERATIONS: dict[str, Operation] = {
    "place_spot_margin": place_margin,
    "place_spot_margin_owing": place_margin_owing,
    "take_spot_margin_1": take_margin_1,
    "borrow": borrow,
    "repay": repay,
    "lend": lend,
    "withdraw_checked": withdraw_checked,
}
"""By their names in the results."""

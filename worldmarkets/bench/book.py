"""The book that operations are measured on: twenty levels a side, every slot used before.

Ticks around the middle, all in one word of the bitmap:

    bids, 20 levels of 5 orders | used before, empty | never used | used before, empty | asks

The makers of a level are distinct. Every account holds both assets, has a bid and an ask in the
book, and has let the operator place and cancel its orders; the market has traded. The owners'
addresses end in different bytes, so that no order is taken for one of the taker's own, but for one
account more, whose orders are. What was written to the queues while they were aged had other sizes,
so no write of a measured transaction finds its own word in place already.
"""

from collections.abc import Sequence
from itertools import count

from worldmarkets.bench.stage import (
    ACCOUNTS,
    LOTS,
    MAKERS,
    MIDDLE,
    OPERATOR,
    TAKER,
    Order,
    Stage,
    opposite,
    outward,
    request,
)
from worldmarkets.model.interface import Side, TimeInForce
from worldmarkets.model.words import OWN_LANES, POOL_LANES
from worldmarkets.transactions import KeySigner

FRESH = MIDDLE
"""The tick that never had an order."""
BEST = 12
"""The best level of the standing book, as steps from the middle."""
LEVELS = 20
"""Levels of the standing book, a side."""
DEEPEST = BEST + LEVELS - 1
ORDERS_A_LEVEL = 5
"""Orders of each level, by distinct makers."""

_AGEING_ORDERS = OWN_LANES + POOL_LANES
"""Orders that fill the own chunk of a level and one of the pool."""
_AGEING_LOTS = 41

Levels = dict[tuple[Side, int], list[Order]]
"""Resting orders, first in first, by side and steps from the middle."""


def build(stage: Stage) -> Levels:
    """Age all ticks but the fresh one, trade once a side, and put up the standing book."""
    stage.renew_prices()
    _age(stage)
    for side in Side:
        _trade(stage, side)
    levels: Levels = {}
    for maker in range(MAKERS):
        _put_up(stage, levels, maker, _steps_of(maker))
    _admit_alike(stage)
    for owner in range(MAKERS, len(stage.accounts)):
        _put_up(stage, levels, owner, [DEEPEST])
    for owner in range(ACCOUNTS):
        if owner != OPERATOR:
            stage.appoint(owner, OPERATOR)
    return levels


def _admit_alike(stage: Stage) -> None:
    """Make the account whose owner may be taken for the taker's by the hash in his orders."""
    ending = stage.clients[TAKER].address[-2:].lower()
    keys = (KeySigner(f"0x{number:064x}") for number in count(1))
    alike = next(key for key in keys if key.address[-2:].lower() == ending)
    stage.endow(alike.address)
    stage.admit(alike)


def _age(stage: Stage) -> None:
    """Write every lane and header of all levels, and of as many chunks of the pool.

    Both sides rest at once, so that neither is given the chunks of the other.
    """
    steps = range(1, DEEPEST + 1)
    resting = []
    for maker in range(_AGEING_ORDERS):
        lots = _AGEING_LOTS + maker
        places = [request(side, outward(side, step), lots) for side in Side for step in steps]
        resting.append(stage.placed_ids(stage.batch(maker, [], places)))
    for maker, ids in enumerate(resting):
        stage.cancel_many(maker, ids)


def _trade(stage: Stage, side: Side) -> None:
    stage.rest(0, side, outward(side, 1))
    stage.place(
        TAKER,
        request(opposite(side), outward(side, 1), LOTS, TimeInForce.IMMEDIATE_OR_CANCEL),
    )


def _steps_of(maker: int) -> list[int]:
    """Return the levels that a maker is on: each level has the next five makers in turn."""
    slots = range(LEVELS * ORDERS_A_LEVEL)
    return [BEST + slot // ORDERS_A_LEVEL for slot in slots if slot % MAKERS == maker]


def _put_up(stage: Stage, levels: Levels, owner: int, steps: Sequence[int]) -> None:
    quotes = [(side, step) for side in Side for step in steps]
    places = [request(side, outward(side, step)) for side, step in quotes]
    ids = stage.placed_ids(stage.batch(owner, [], places))
    for quote, order_id in zip(quotes, ids, strict=True):
        levels.setdefault(quote, []).append(Order(owner, order_id))

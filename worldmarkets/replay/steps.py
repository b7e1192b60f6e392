"""What a replay does on the exchange, one transaction each."""

from dataclasses import dataclass
from typing import TypeAlias

from worldmarkets.client.calls import Calls
from worldmarkets.model.interface import OrderRequest
from worldmarkets.transactions import Request


@dataclass(frozen=True)
class Place:
    """Place an order. `resting_id` is the id its resting part will have, 0 if nothing rests."""

    account: int
    order: OrderRequest
    resting_id: int
    filled_lots: int
    resting_lots: int


@dataclass(frozen=True)
class Cancel:
    """Cancel an order that has `lots` left."""

    account: int
    order_id: int
    lots: int


@dataclass(frozen=True)
class Reduce:
    """Leave `new_lots` of an order; `lots_off` go."""

    account: int
    order_id: int
    new_lots: int
    lots_off: int


Step: TypeAlias = Place | Cancel | Reduce


def request(step: Step, calls: Calls) -> Request:
    """Return the transaction of a step."""
    if isinstance(step, Place):
        return calls.place_order(step.account, step.order)
    if isinstance(step, Cancel):
        return calls.cancel(step.account, step.order_id)
    return calls.reduce(step.account, step.order_id, step.new_lots)

"""What a replay does on the exchange, and the calldata of it."""

from dataclasses import dataclass
from functools import lru_cache

from worldmarkets.abi import Abi, abi_of
from worldmarkets.model.interface import OrderRequest


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


Action = Place | Cancel | Reduce


def calldata(action: Action) -> bytes:
    """Return the calldata that does an action."""
    abi = _exchange_abi()
    if isinstance(action, Place):
        order = action.order
        fields = (
            order.market_id,
            order.side,
            order.tick,
            order.lots,
            order.time_in_force,
            order.max_fills,
        )
        return abi.encode("place", action.account, fields)
    if isinstance(action, Cancel):
        return abi.encode("cancel", action.account, action.order_id)
    return abi.encode("reduce", action.account, action.order_id, action.new_lots)


@lru_cache(maxsize=1)
def _exchange_abi() -> Abi:
    return abi_of("IExchange")

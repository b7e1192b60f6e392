"""Changing a resting order where it stands."""

from worldmarkets.model import cancelling
from worldmarkets.model.errors import StaleOrder
from worldmarkets.model.interface import OrderRequest, OrderResult, Side
from worldmarkets.model.orders import MAY_REST, is_valid
from worldmarkets.model.records import Record
from worldmarkets.model.state import State
from worldmarkets.model.words import Lane, OrderId


def in_place(
    state: State, account_id: int, order_id: int, wanted: OrderRequest, log: list[Record]
) -> OrderResult | None:
    """Make an order what another asks for, if that only makes it smaller; None if it does not.

    Raises:
        StaleOrder, NotOrderOwner, BelowMinimumSize: see the interface.
    """
    where, _, lane = cancelling.find(state, order_id)
    if lane is None:
        raise StaleOrder(order_id)
    cancelling.check_order_owner(account_id, order_id, lane)
    if not _only_smaller(where, lane, wanted):
        return None
    if wanted.lots < lane.lots:
        cancelling.reduce(state, account_id, order_id, wanted.lots, log)
    return OrderResult(order_id, 0, wanted.lots)


def _only_smaller(where: OrderId, lane: Lane, wanted: OrderRequest) -> bool:
    """Return whether an order differs from a resting one in fewer lots at most."""
    if not is_valid(wanted):
        return False
    here = (where.market, where.tick, lane.is_ask)
    there = (wanted.market_id, wanted.tick, int(wanted.side == Side.ASK))
    kept = (lane.expiry, lane.reduce_only, lane.tag)
    asked = (wanted.expiry, int(wanted.reduce_only), wanted.terms.tag)
    return (
        here == there
        and kept == asked
        and wanted.time_in_force in MAY_REST
        and wanted.lots <= lane.lots
    )

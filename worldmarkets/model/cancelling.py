"""Taking orders out of the book, and making them smaller. Neither needs a price or a check."""

from worldmarkets.model import markets, matching
from worldmarkets.model.errors import BelowMinimumSize, NotAReduction, NotOrderOwner, StaleOrder
from worldmarkets.model.interface import Removal
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.records import Record, Reduced, Removed
from worldmarkets.model.state import State
from worldmarkets.model.words import Lane, OrderId


def cancel(
    state: State,
    account_id: int,
    order_id: int,
    log: list[Record],
    reason: Removal = Removal.CANCELLED,
) -> int:
    """Cancel a live order of an account and return what was left of it, 0 if the id is stale.

    Raises:
        NotOrderOwner: it belongs to another account.
    """
    where, queue, lane = find(state, order_id)
    if lane is None:
        return 0
    check_order_owner(account_id, order_id, lane)
    queue.remove(where)
    if queue.level.live == 0:
        matching.clear_level(state, where.market, where.tick, bool(lane.is_ask))
    _close(state, where, lane, lane.lots)
    log.append(Removed(order_id, lane.lots, account_id, reason))
    return lane.lots


def reduce(state: State, account_id: int, order_id: int, new_lots: int, log: list[Record]) -> None:
    """Make a live order of an account smaller where it stands.

    Raises:
        StaleOrder, NotOrderOwner, NotAReduction, BelowMinimumSize: see the interface.
    """
    where, queue, lane = find(state, order_id)
    if lane is None:
        raise StaleOrder(order_id)
    check_order_owner(account_id, order_id, lane)
    if new_lots >= lane.lots:
        raise NotAReduction(order_id, new_lots, lane.lots)
    min_lots = matching.load_book(state, where.market).min_lots
    if new_lots < min_lots:
        raise BelowMinimumSize(new_lots, min_lots)
    queue.shrink(where, new_lots)
    _close(state, where, lane, lane.lots - new_lots)
    log.append(Reduced(order_id, new_lots, lane.lots - new_lots))


def find(state: State, order_id: int) -> tuple[OrderId, LevelQueue, Lane | None]:
    """Return where an order is, its queue, and the order itself; None if the id is stale."""
    where = OrderId.unpack(order_id)
    queue = LevelQueue(state, where.market, where.tick)
    return where, queue, queue.find(where)


def check_order_owner(account_id: int, order_id: int, lane: Lane) -> None:
    """Pass if an order belongs to an account; raises NotOrderOwner."""
    if lane.account != account_id:
        raise NotOrderOwner(order_id, account_id)


def _close(state: State, where: OrderId, lane: Lane, lots: int) -> None:
    """Lower the open total of an order's account by `lots`."""
    trading, is_ask = markets.trading_of(where.market), bool(lane.is_ask)
    trading.add_open(state, lane.account, where.market, is_ask, -lots)

"""Results of placing and cancelling, told from the records of their transaction.

A transaction's return values are not in its receipt; the records say the same. Matching is eager:
an order meets whatever crosses it before the next one is looked at, so each record belongs to the
first order of the batch that can have caused it.
"""

from collections.abc import Sequence

from worldmarkets.client.records import Filled, Placed, Record, Removed, Skipped, Taken
from worldmarkets.model.interface import (
    OrderRequest,
    OrderResult,
    Refusal,
    Side,
    TimeInForce,
)
from worldmarkets.model.words import OrderId

_RESTING = (TimeInForce.GOOD_TILL_CANCELLED, TimeInForce.POST_ONLY)


def cancelled_lots(records: Sequence[Record], cancels: int) -> list[int]:
    """Return what was left of each cancelled order, 0 where nothing was found [lots].

    Each cancel leaves exactly one record, before those of any place.
    """
    return [record.lots if isinstance(record, Removed) else 0 for record in records[:cancels]]


def placed_results(
    records: Sequence[Record], places: Sequence[OrderRequest], cancels: int = 0
) -> list[OrderResult]:
    """Return what became of each place of a transaction that began with `cancels` cancels."""
    reader = _Reader(records[cancels:])
    return [reader.result(index, order) for index, order in enumerate(places)]


class _Reader:
    """Walks the records along the orders that caused them."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self._next = 0

    def result(self, index: int, order: OrderRequest) -> OrderResult:
        """Take the records of the next order."""
        record = self._peek()
        if isinstance(record, Skipped) and record.index == index:
            self._next += 1
            return OrderResult(refusal=Refusal(record.refusal))
        filled_lots = self._take_fills(order)
        placed = self._peek()
        if isinstance(placed, Placed) and _can_have_placed(order, placed, filled_lots):
            self._next += 1
            return OrderResult(placed.order_id, filled_lots, placed.lots)
        return OrderResult(filled_lots=filled_lots)

    def _take_fills(self, order: OrderRequest) -> int:
        """Pass the makers an order met, and return the lots it traded."""
        met: set[int] = set()
        has_filled = False
        while True:
            record = self._peek()
            if isinstance(record, Taken) and has_filled:
                self._next += 1
                return record.lots
            if not isinstance(record, Filled | Removed) or not _can_have_met(order, record):
                return 0
            if record.order_id not in met and len(met) == order.max_fills:
                return 0
            met.add(record.order_id)
            has_filled = has_filled or isinstance(record, Filled)
            self._next += 1

    def _peek(self) -> Record | None:
        return self._records[self._next] if self._next < len(self._records) else None


def _can_have_met(order: OrderRequest, record: Filled | Removed) -> bool:
    if order.time_in_force == TimeInForce.POST_ONLY:
        return False
    maker = OrderId.unpack(record.order_id)
    if maker.market != order.market_id:
        return False
    return maker.tick <= order.tick if order.side == Side.BID else maker.tick >= order.tick


def _can_have_placed(order: OrderRequest, placed: Placed, filled_lots: int) -> bool:
    resting = OrderId.unpack(placed.order_id)
    return (
        order.time_in_force in _RESTING
        and (resting.market, resting.tick) == (order.market_id, order.tick)
        and placed.is_ask == (order.side == Side.ASK)
        and placed.lots == order.lots - filled_lots
    )

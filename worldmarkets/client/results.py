"""Results of placing and cancelling, told from the records of their transaction.

A transaction's return values are not in its receipt; the records say the same. Matching is eager:
an order meets whatever crosses it before the next one is looked at, so each record belongs to the
first order of the batch that can have caused it. An order with a client id leaves a record of its
own in any case. Two reduce-only orders without one, in one batch at one tick, may be told as each
other: what they were cut to is in no record.
"""

from collections.abc import Sequence

from worldmarkets.client.records import (
    Expires,
    Filled,
    Placed,
    Record,
    Reduced,
    Removed,
    Skipped,
    Taken,
)
from worldmarkets.model.interface import (
    OrderRequest,
    OrderResult,
    Refusal,
    Removal,
    SelfTrade,
    Side,
    TimeInForce,
)
from worldmarkets.model.words import OrderId

_POST_ONLY = (TimeInForce.POST_ONLY, TimeInForce.POST_ONLY_SLIDE)
_RESTING = (TimeInForce.GOOD_TILL_CANCELLED, *_POST_ONLY)

_CLEARED = (Removal.EXPIRED, Removal.OUTSIDE_BAND, Removal.FROZEN)
"""Why a post-only order removes others."""

_MAX_CLEARED = 4
"""The most orders a post-only order removes."""


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


def amended_result(records: Sequence[Record], order_id: int, order: OrderRequest) -> OrderResult:
    """Return what became of an amended order."""
    first = records[0] if records else None
    if isinstance(first, Removed) and first.order_id == order_id:
        return placed_results(records, [order], cancels=1)[0]
    return OrderResult(order_id, resting_lots=order.lots)


class _Reader:
    """Walks the records along the orders that caused them."""

    def __init__(self, records: Sequence[Record]) -> None:
        self._records = records
        self._next = 0

    def result(self, index: int, order: OrderRequest) -> OrderResult:
        """Take the records of the next order."""
        meeting = _Meeting(order)
        while (record := self._peek()) is not None and meeting.takes(record):
            self._next += 1
        record = self._peek()
        if isinstance(record, Skipped) and record.index == index:
            self._next += 1
            return OrderResult(refusal=Refusal(record.refusal))
        if isinstance(record, Placed) and meeting.can_have_placed(record):
            self._next += 1
            if isinstance(self._peek(), Expires):
                self._next += 1
            return OrderResult(record.order_id, meeting.filled_lots, record.lots)
        return OrderResult(filled_lots=meeting.filled_lots)

    def _peek(self) -> Record | None:
        return self._records[self._next] if self._next < len(self._records) else None


class _Meeting:
    """An order on its way through the makers it met."""

    def __init__(self, order: OrderRequest) -> None:
        self.filled_lots = 0
        self._order = order
        self._left = order.lots
        self._met: set[int] = set()
        self._has_filled = False
        self._is_over = False

    def takes(self, record: Record) -> bool:
        """Follow a record of a maker it met, or of the sum of its fills; False if it is neither."""
        if self._is_over:
            return False
        if isinstance(record, Taken) and self._has_filled:
            self.filled_lots = record.lots
            self._is_over = True
            return True
        if not isinstance(record, Filled | Removed | Reduced) or not self._can_have_met(record):
            return False
        self._met.add(record.order_id)
        self._has_filled = self._has_filled or isinstance(record, Filled)
        self._left -= min(self._left, self._lost(record))
        return True

    def can_have_placed(self, placed: Placed) -> bool:
        """Whether a record may say what rests of it, or that nothing does."""
        order = self._order
        if placed.client_id != order.client_id:
            return False
        if placed.order_id == 0:
            return True
        resting = OrderId.unpack(placed.order_id)
        # What a reduce-only order was cut to is not known.
        fits = placed.lots <= self._left if order.reduce_only else placed.lots == self._left
        return (
            order.time_in_force in _RESTING
            and resting.market == order.market_id
            and self._can_rest_at(resting.tick)
            and (placed.is_ask, placed.reduce_only) == (order.side, order.reduce_only)
            and fits
        )

    def _can_rest_at(self, tick: int) -> bool:
        order = self._order
        if order.time_in_force != TimeInForce.POST_ONLY_SLIDE:
            return tick == order.tick
        return tick >= order.tick if order.side == Side.ASK else tick <= order.tick

    def _can_have_met(self, record: Filled | Removed | Reduced) -> bool:
        order = self._order
        maker = OrderId.unpack(record.order_id)
        crosses = maker.tick <= order.tick if order.side == Side.BID else maker.tick >= order.tick
        if maker.market != order.market_id or not crosses:
            return False
        if not self._can_have_caused(record):
            return False
        max_fills = _MAX_CLEARED if order.time_in_force in _POST_ONLY else order.max_fills
        if record.order_id in self._met:
            return True
        return len(self._met) < max_fills and self._left != 0

    def _can_have_caused(self, record: Filled | Removed | Reduced) -> bool:
        """Whether the order's terms allow what happened to a maker."""
        order = self._order
        if isinstance(record, Filled):
            is_opposite = record.is_ask != order.side
            return is_opposite and order.time_in_force not in _POST_ONLY
        if order.time_in_force in _POST_ONLY:
            return isinstance(record, Removed) and record.reason in _CLEARED
        if isinstance(record, Reduced):
            return order.self_trade == SelfTrade.DECREMENT_BOTH
        return record.reason != Removal.SELF_TRADE or order.self_trade != SelfTrade.CANCEL_TAKER

    def _lost(self, record: Filled | Removed | Reduced) -> int:
        """Return by how much meeting a maker has made the order smaller [lots]."""
        if isinstance(record, Filled):
            return record.lots
        if isinstance(record, Reduced):
            return record.lots_off
        decrements = self._order.self_trade == SelfTrade.DECREMENT_BOTH
        return record.lots if decrements and record.reason == Removal.SELF_TRADE else 0

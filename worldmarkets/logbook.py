"""An order book kept from the exchange's log alone, and the trades in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.records import (
    Expires,
    Filled,
    Placed,
    Reduced,
    Removed,
    Skipped,
    Taken,
)
from worldmarkets.model.words import OrderId

if TYPE_CHECKING:
    # The client keeps a book from its log too: imported for real, each would need the other first.
    from collections.abc import Iterator

    from worldmarkets.client.records import Action
    from worldmarkets.marketdata.snapshots import Snapshot


class LogGapError(WorldMarketsError):
    """A record names an order that no record before it has placed: part of the log is missing."""

    def __init__(self, order_id: int) -> None:
        super().__init__(f"the log tells of order {order_id:#x} but not of its placing")


@dataclass(frozen=True)
class RestingOrder:
    """An order in the book. `expiry` is the last second at which it may trade, 0 for never."""

    account: int
    market: int
    is_ask: bool
    tick: int
    lots: int
    expiry: int = 0
    client_id: int = 0
    reduce_only: bool = False
    by_operator: bool = False


@dataclass(frozen=True)
class Fill:
    """One maker order that traded. `taker_sold` tells the side of the taker."""

    market: int
    tick: int
    lots: int
    maker: int
    taker: int
    taker_sold: bool
    order_id: int


class LogBook:
    """The resting orders of every market, kept up to date record by record."""

    def __init__(self) -> None:
        self.orders: dict[int, RestingOrder] = {}
        """Resting orders by id, oldest first."""
        self._lots: dict[tuple[int, bool], dict[int, int]] = {}

    def apply(self, action: Action) -> list[Fill]:
        """Follow one action and return its fills.

        Raises:
            LogGapError: records before it are missing.
        """
        fills: list[Fill] = []
        for record in action.records:
            if isinstance(record, Placed):
                self._place(action.account_id, record)
            elif isinstance(record, Filled):
                fills.append(self._fill(action.account_id, record))
            elif isinstance(record, Removed):
                self._take_off(record.order_id, record.lots, gone=True)
            elif isinstance(record, Reduced):
                self._take_off(record.order_id, record.lots_off, gone=False)
            elif isinstance(record, Expires):
                order = self._find(record.order_id)
                self.orders[record.order_id] = replace(order, expiry=record.expiry)
            else:
                assert isinstance(record, Taken | Skipped)
        return fills

    def best(self, market: int, is_ask: bool) -> tuple[int, int] | None:
        """Return tick and lots of the best level of a side, None if there is none."""
        levels = self.levels(market, is_ask)
        if not levels:
            return None
        tick = min(levels) if is_ask else max(levels)
        return tick, levels[tick]

    def levels(self, market: int, is_ask: bool) -> dict[int, int]:
        """Return the lots of every level of a side by tick, in no order."""
        return self._lots.setdefault((market, is_ask), {})

    def ladder(self, market: int, is_ask: bool, depth: int) -> list[tuple[int, int]]:
        """Return tick and lots of the best levels of a side, best first."""
        levels = self.levels(market, is_ask)
        return sorted(levels.items(), reverse=not is_ask)[:depth]

    def snapshot(self, market: int, depth: int) -> Snapshot | None:
        """Return the best levels in the form of snapshot files, None if one side has too few."""
        asks = self.ladder(market, True, depth)
        bids = self.ladder(market, False, depth)
        if len(asks) < depth or len(bids) < depth:
            return None
        return tuple(
            number for pair in zip(asks, bids, strict=True) for side in pair for number in side
        )

    def quotes(self, market: int) -> Snapshot | None:
        """Return the best level of both sides, None if one is empty."""
        ask, bid = self.best(market, True), self.best(market, False)
        return None if ask is None or bid is None else (*ask, *bid)

    def orders_of(self, account: int) -> Iterator[tuple[int, RestingOrder]]:
        """Yield the resting orders of an account with their ids, oldest first."""
        return ((key, order) for key, order in self.orders.items() if order.account == account)

    def _place(self, account: int, record: Placed) -> None:
        if not record.lots:
            # It only says that an order with a client id does not rest.
            return
        place = OrderId.unpack(record.order_id)
        order = RestingOrder(
            account=account,
            market=place.market,
            is_ask=bool(record.is_ask),
            tick=place.tick,
            lots=record.lots,
            client_id=record.client_id,
            reduce_only=bool(record.reduce_only),
            by_operator=bool(record.by_operator),
        )
        self.orders[record.order_id] = order
        levels = self.levels(order.market, order.is_ask)
        levels[order.tick] = levels.get(order.tick, 0) + order.lots

    def _fill(self, taker: int, record: Filled) -> Fill:
        order = self._take_off(record.order_id, record.lots, gone=False)
        if record.gone:
            # What is left, if anything, has a REMOVED record of its own.
            rest = self.orders.get(record.order_id)
            if rest is not None and rest.lots == 0:
                del self.orders[record.order_id]
        return Fill(
            market=order.market,
            tick=order.tick,
            lots=record.lots,
            maker=record.account,
            taker=taker,
            taker_sold=not order.is_ask,
            order_id=record.order_id,
        )

    def _take_off(self, order_id: int, lots: int, gone: bool) -> RestingOrder:
        order = self._find(order_id)
        if lots > order.lots:
            raise LogGapError(order_id)
        levels = self.levels(order.market, order.is_ask)
        levels[order.tick] -= lots
        if levels[order.tick] == 0:
            del levels[order.tick]
        if gone:
            del self.orders[order_id]
        else:
            self.orders[order_id] = replace(order, lots=order.lots - lots)
        return order

    def _find(self, order_id: int) -> RestingOrder:
        order = self.orders.get(order_id)
        if order is None:
            raise LogGapError(order_id)
        return order

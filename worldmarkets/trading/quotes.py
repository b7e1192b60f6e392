"""The quotes of a market maker: which of them still rest."""

from collections.abc import Iterable, Mapping

from worldmarkets.client import Client
from worldmarkets.model.interface import OrderResult, Side
from worldmarkets.strategies import Quote
from worldmarkets.trading.snapshot import Snapshot


class OwnQuotes:
    """The resting orders of an account in one market.

    They are found in the log of the exchange at first, and again whenever it is not known what
    became of a batch; from then on the ids of what was placed are enough.
    """

    def __init__(self, client: Client, account: int, market: str) -> None:
        """Read nothing yet."""
        self._client = client
        self._account = account
        self._market = market
        self._ids: tuple[int, ...] | None = None

    def forget(self) -> None:
        """Look into the log again: something was sent, and it is not known what became of it."""
        self._ids = None

    def remember(self, before: Iterable[int], results: Iterable[OrderResult]) -> None:
        """Note what a batch has left: what rested before it, and what it has placed."""
        placed = (result.order_id for result in results if result.order_id)
        self._ids = tuple(dict.fromkeys([*before, *placed]))

    def read(self, seen: Snapshot) -> dict[int, Quote]:
        """Return the resting orders by id, expired ones included."""
        if self._ids is None:
            found = self._client.open_orders(self._account, self._market)
            self._ids = tuple(order.order_id for order in found)
        orders = [order for order in seen.orders(self._ids) if order.is_live]
        self._ids = tuple(order.id for order in orders)
        return {
            order.id: Quote(Side(order.side), order.tick, order.lots, order.expiry)
            for order in orders
        }


def best_of_others(
    seen: Iterable[tuple[int, int]], side: Side, own: Mapping[int, Quote]
) -> int | None:
    """Return the best tick of a side at which somebody else has an order, None if nobody has.

    Args:
        seen: Tick and lots of the best levels, best first, more of them than own orders.
        side: The side.
        own: Own orders of both sides by id.
    """
    mine: dict[int, int] = {}
    for quote in own.values():
        if quote.side == side:
            mine[quote.tick] = mine.get(quote.tick, 0) + quote.lots
    return next((tick for tick, lots in seen if lots > mine.get(tick, 0)), None)

"""How often a post of real order flow writes a fresh storage slot."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from worldmarkets.artifacts import project_root
from worldmarkets.bench.inprocess import MARKET, InProcessExchange
from worldmarkets.deployment import load_parameters
from worldmarkets.marketdata.flow import FlowEvent, FlowKind, open_flow
from worldmarkets.model import slots
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.model.words import ChunkHeader, OrderId

SHARE_DIGITS = Decimal("0.000001")
"""Shares are rounded to a millionth."""

BASE = "AAPL"
"""Base asset of the local network's market whose lot is a share and whose tick a cent."""


@dataclass
class FreshPosts:
    """Posts of a replay. Fresh slots are those besides the words of accounts.

    Attributes:
        posts: Posts at prices that had an order before.
        fresh: Those of them that wrote at least one fresh slot.
        at_new_prices: Posts at prices that never had an order.
        slots: Fresh slots that all posts wrote.
    """

    posts: int = 0
    fresh: int = 0
    at_new_prices: int = 0
    slots: int = 0

    @property
    def share(self) -> Decimal:
        """Share of posts that wrote a fresh slot, posts at never-used prices left out."""
        return (Decimal(self.fresh) / self.posts).quantize(SHARE_DIGITS)


def flow_path() -> Path:
    """Return the file of the hour of AAPL order flow, which lies beside the checkout if at all."""
    name = "aapl_20120621_l3_clean_events_0930_1030.csv.gz"
    return project_root().parent / "shared" / "data" / name


def count_fresh_posts(path: Path) -> FreshPosts:
    """Replay a file of order messages on the contracts and count the posts that fill a slot.

    Raises:
        UnreadableFileError: the file is missing or not text.
        UnknownFormatError: it is no order-by-order file.
    """
    replay = FlowReplay(InProcessExchange(load_parameters("local"), BASE))
    replay.run(open_flow(path).events())
    return replay.result


class ReplayedExchange(Protocol):
    """What a replay needs of an exchange."""

    def place(self, order: OrderRequest) -> int:
        """Place an order and return the id of what rests."""
        ...

    def reduce(self, order_id: int, lots_left: int) -> None:
        """Reduce an order to so many lots, or cancel it if none are left."""
        ...

    def word(self, slot: int) -> int:
        """Return the word at a slot of the exchange."""
        ...


@dataclass
class FlowReplay:
    """A replay of order messages, for which only the words of the book matter.

    An execution takes its lots off the named order as its owner would: the book's words end up as
    after a trade, which writes no slot of the book that a cancel does not write.
    """

    exchange: ReplayedExchange
    result: FreshPosts = field(default_factory=FreshPosts)
    _resting: dict[int, tuple[int, int]] = field(default_factory=dict)
    _used: set[int] = field(default_factory=set)

    def run(self, events: Iterable[FlowEvent]) -> None:
        """Apply events in order."""
        for event in events:
            if event.kind is FlowKind.ADD:
                self._add(event)
            elif event.kind is not FlowKind.HIDDEN:
                self._take_off(event)

    def _add(self, event: FlowEvent) -> None:
        side = Side.ASK if event.is_ask else Side.BID
        order = OrderRequest(MARKET, side, event.tick, event.lots, TimeInForce.POST_ONLY)
        is_new_price = slots.level(MARKET, event.tick) not in self._used
        order_id = self.exchange.place(order)
        self._resting[event.order_id] = (order_id, event.lots)
        fresh = self._note_fresh(order_id)
        self.result.slots += fresh
        if is_new_price:
            self.result.at_new_prices += 1
        else:
            self.result.posts += 1
            self.result.fresh += fresh != 0

    def _take_off(self, event: FlowEvent) -> None:
        order_id, lots = self._resting.pop(event.order_id)
        left = 0 if event.kind is FlowKind.CANCEL else lots - event.lots
        self.exchange.reduce(order_id, left)
        if left:
            self._resting[event.order_id] = (order_id, left)

    def _note_fresh(self, order_id: int) -> int:
        """Return how many slots the newest post was the first to write.

        No slot of the book returns to zero, so a word that is there and was not noted is fresh.
        """
        fresh = [
            slot
            for slot in self._slots_of_post(order_id)
            if slot not in self._used and self.exchange.word(slot)
        ]
        self._used.update(fresh)
        return len(fresh)

    def _slots_of_post(self, order_id: int) -> Iterator[int]:
        """Yield every slot of the book that a post may write."""
        place = OrderId.unpack(order_id)
        tick, chunk = place.tick, place.chunk
        yield slots.level(MARKET, tick)
        yield slots.lanes(MARKET, tick, chunk, place.place)
        index = tick
        for layer in range(3):
            index //= 255
            yield slots.bitmap(MARKET, layer, index)
        if chunk and place.place == 0:
            header = slots.header(MARKET, tick, chunk)
            yield header
            yield slots.pool(MARKET)
            previous = ChunkHeader.unpack(self.exchange.word(header)).previous
            yield slots.header(MARKET, tick, previous)

"""From the events of a flow to steps on the exchange.

The translator keeps the queues of the book as the contracts will have them, so it knows the id of
an order before it is placed. A replay can therefore send a cancel without waiting for what became
of the order, and whoever plays the steps compares each record of the log with what was foreseen.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from worldmarkets.marketdata.flow import FlowEvent, FlowKind
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.state import State
from worldmarkets.model.words import Lane, OrderId
from worldmarkets.replay.steps import Cancel, Place, Reduce, Step

_FIRST_ORDERS = 101

MAX_FILLS = 64
"""Most orders that one order of a flow may meet: the contracts' limit."""


@dataclass(frozen=True)
class FlowAccounts:
    """Accounts that play a flow: its resting orders are spread over those of their side.

    Buyers, sellers and the taker have different owners, or self-trade prevention would remove
    orders that traded in the flow: whatever an order meets then belongs to someone else.
    """

    buyers: tuple[int, ...]
    sellers: tuple[int, ...]
    taker: int

    def maker(self, is_ask: bool, flow_id: int) -> int:
        """Return the account of an order of the flow that may rest."""
        side = self.sellers if is_ask else self.buyers
        return side[flow_id % len(side)]


@dataclass(frozen=True)
class Limits:
    """Ticks beyond which orders of a flow are left out, well inside the band of the market."""

    highest_bid: int
    lowest_ask: int


@dataclass(frozen=True)
class _Known:
    """An order of the flow as it stands in the book."""

    account: int
    is_ask: bool
    place: OrderId


class Translator:
    """Turns events into steps, one by one, for a market whose book was empty."""

    def __init__(self, market_id: int, accounts: FlowAccounts, limits: Limits) -> None:
        self.market_id = market_id
        self.accounts = accounts
        self.limits = limits
        self.counts: Counter[str] = Counter()
        """Of which kind the events were: the kinds of FlowKind, `off_queue` for executions that
        did not hit the head of the queue, `left_out` for what the exchange could not do."""
        self._state = State()
        self._ticks: dict[bool, set[int]] = {False: set(), True: set()}
        self._known: dict[int, _Known] = {}
        self._flow_ids: dict[int, int] = {}

    def translate(self, event: FlowEvent) -> Step | None:
        """Return what an event does on the exchange, None if it does nothing."""
        self.counts[event.kind.value] += 1
        if event.kind is FlowKind.HIDDEN:
            return None
        if event.kind is FlowKind.ADD:
            return self._add(event)
        known = self._known.get(event.order_id)
        if known is None:
            # It traded already, or came in before the flow began, or was left out.
            self.counts["left_out"] += 1
            return None
        if event.kind is FlowKind.EXECUTE:
            return self._execute(event, known)
        left = self._lots(known)
        if event.kind is FlowKind.REDUCE:
            return self._leave(known, left - event.lots)
        return self._leave(known, event.lots if event.kind is FlowKind.LEFT else 0)

    def _add(self, event: FlowEvent) -> Step | None:
        limits = self.limits
        outside = (
            event.tick < limits.lowest_ask if event.is_ask else event.tick > limits.highest_bid
        )
        if outside or event.lots == 0 or event.tick == 0 or event.order_id in self._known:
            self.counts["left_out"] += 1
            return None
        account = self.accounts.maker(event.is_ask, event.order_id)
        filled, may_rest = self._match(event.is_ask, event.tick, event.lots)
        left = event.lots - filled if may_rest else 0
        resting_id = self._rest(event, account, left) if left else 0
        return self._place(account, event, TimeInForce.GOOD_TILL_CANCELLED, filled, resting_id)

    def _execute(self, event: FlowEvent, known: _Known) -> Step | None:
        """Take from the other side if that meets the named order, else make that order smaller."""
        if self._head(event.is_ask) != known.place or event.lots > self._lots(known):
            self.counts["off_queue"] += 1
            return self._leave(known, self._lots(known) - event.lots)
        filled, _ = self._match(not event.is_ask, known.place.tick, event.lots)
        assert filled == event.lots
        limit = TimeInForce.IMMEDIATE_OR_CANCEL
        side = Side.BID if event.is_ask else Side.ASK
        order = OrderRequest(self.market_id, side, known.place.tick, event.lots, limit, MAX_FILLS)
        return Place(self.accounts.taker, order, 0, filled, 0)

    def _leave(self, known: _Known, lots: int) -> Step | None:
        """Bring an order to the lots it has left, none or fewer than now."""
        left = self._lots(known)
        order_id = known.place.pack()
        if lots >= left:
            return None
        if lots <= 0:
            self._remove(known.place, known.is_ask)
            return Cancel(known.account, order_id, left)
        self._queue(known.place.tick).shrink(known.place, lots)
        return Reduce(known.account, order_id, lots, left - lots)

    def _place(
        self, account: int, event: FlowEvent, limit: TimeInForce, filled: int, resting_id: int
    ) -> Place:
        side = Side.ASK if event.is_ask else Side.BID
        order = OrderRequest(self.market_id, side, event.tick, event.lots, limit, MAX_FILLS)
        return Place(account, order, resting_id, filled, event.lots - filled if resting_id else 0)

    # ------------------------------------------------------------------ the book

    def _match(self, is_ask: bool, tick: int, lots: int) -> tuple[int, bool]:
        """Match an order; return the lots filled, and whether what is left does not cross."""
        left = lots
        for _ in range(MAX_FILLS):
            best = self._best(not is_ask)
            if left == 0 or best is None or (best < tick if is_ask else best > tick):
                return lots - left, True
            queue = self._queue(best)
            head = queue.head()
            assert head is not None
            lane = queue.find(head)
            assert lane is not None
            if lane.lots <= left:
                left -= lane.lots
                self._remove(head, not is_ask)
            else:
                queue.shrink(head, lane.lots - left)
                left = 0
        best = self._best(not is_ask)
        return lots - left, best is None or (best < tick if is_ask else best > tick)

    def _rest(self, event: FlowEvent, account: int, lots: int) -> int:
        lane = Lane(account=account, lots=lots, is_ask=int(event.is_ask))
        place = self._queue(event.tick).append(lane)
        assert place is not None, "a level of a flow holds fewer than 65,535 orders"
        self._ticks[event.is_ask].add(event.tick)
        self._known[event.order_id] = _Known(account, event.is_ask, place)
        order_id = place.pack()
        self._flow_ids[order_id] = event.order_id
        return order_id

    def _remove(self, place: OrderId, is_ask: bool) -> None:
        queue = self._queue(place.tick)
        queue.remove(place)
        if queue.level.live == 0:
            self._ticks[is_ask].discard(place.tick)
        del self._known[self._flow_ids.pop(place.pack())]

    def _best(self, is_ask: bool) -> int | None:
        ticks = self._ticks[is_ask]
        if not ticks:
            return None
        return min(ticks) if is_ask else max(ticks)

    def _head(self, is_ask: bool) -> OrderId | None:
        best = self._best(is_ask)
        return None if best is None else self._queue(best).head()

    def _lots(self, known: _Known) -> int:
        lane = self._queue(known.place.tick).find(known.place)
        assert lane is not None
        return lane.lots

    def _queue(self, tick: int) -> LevelQueue:
        return LevelQueue(self._state, self.market_id, tick)


def limits_around(tick: int, thousandths: int = 200) -> Limits:
    """Return limits so many thousandths above and below a tick."""
    return Limits(tick * (1000 + thousandths) // 1000, -(-tick * (1000 - thousandths) // 1000))


def middle_tick(events: Iterable[FlowEvent]) -> int:
    """Return the middle price of the first orders, for the reference price to start with."""
    added = (event.tick for event in events if event.kind is FlowKind.ADD)
    ticks = sorted(islice(added, _FIRST_ORDERS))
    return ticks[len(ticks) // 2] if ticks else 1

"""An order flow as what drives the demonstration."""

from collections.abc import Iterator
from decimal import Decimal

from worldmarkets.client.calls import post_prices
from worldmarkets.demo.credit import Cast, Credit
from worldmarkets.demo.perps import PerpScene
from worldmarkets.demo.session import Session
from worldmarkets.demo.stresscast import StressCast
from worldmarkets.logbook import LogBook
from worldmarkets.marketdata.flow import FlowEvent
from worldmarkets.ondemand import BlockDriver, Sending
from worldmarkets.replay.player import FlowPlayer, Played, in_blocks
from worldmarkets.replay.steps import Cancel, Place, Reduce
from worldmarkets.replay.translate import middle_tick
from worldmarkets.staging import posted_price

_SAMPLES = 1_500
_POSTED_RANGE_THOUSANDTHS = 120
"""How far the posted price may leave the first one, so that the band keeps all orders in."""


class FlowSource:
    """Plays the events of a flow; the middle of the book is posted as the reference price.

    The book is the flow's alone: who borrows takes out what he owes, and trades with it elsewhere.
    """

    def __init__(
        self,
        player: FlowPlayer,
        blocks: BlockDriver,
        cast: Cast,
        title: str,
        events: list[FlowEvent],
        block_size: int,
    ) -> None:
        stage = player.stage
        self._stage = stage
        self.blocks = blocks
        self._title = title
        self._events = events
        self._block_size = block_size
        self._start = blocks.timestamp
        self._next_sample = Decimal(0)
        self._first_tick = middle_tick(events)
        self._player = player
        accounts = [*self._player.accounts, *cast.accounts]
        self.session = Session(stage, accounts, self._player.book)
        self.credit = Credit(self.session, cast)
        self.session.reference_price = stage.venue.price(self._first_tick)

    @property
    def title(self) -> str:
        """What drives the market."""
        return self._title

    @property
    def perps(self) -> PerpScene | None:
        """Nobody: the book is the flow's alone."""
        return None

    @property
    def stress(self) -> StressCast | None:
        """Nobody: there is no perp."""
        return None

    @property
    def market_seconds(self) -> int:
        """How much market time it covers [seconds]."""
        return max(1, (self._events[-1].time_ns - self._events[0].time_ns) // 10**9)

    def steps(self) -> Iterator[None]:
        """Play, and yield after every block."""
        session = self.session
        for events in in_blocks(self._events, self._block_size):
            self._set_time(events[-1])
            timestamp = self._start + int(session.seconds)
            done = int(1_000 * session.seconds / self.market_seconds)
            before = [self._post(), *self.credit.step(done)]
            block = self._player.play_block(self.blocks, events, timestamp, self._watch, before)
            session.count_block(block)
            self.credit.after()
            yield

    def _watch(self, played: Played, _book: LogBook) -> None:
        self._set_time(played.event)
        counts = self.session.counts
        step = played.step
        if isinstance(step, Place):
            counts["placed"] += bool(step.resting_id)
        elif isinstance(step, Cancel):
            counts["cancelled"] += 1
        elif isinstance(step, Reduce):
            counts["reduced"] += 1
        self.session.note_fills(played.fills)
        if self.session.seconds >= self._next_sample:
            self.session.sample()
            self._next_sample += Decimal(self.market_seconds) / _SAMPLES

    def _set_time(self, event: FlowEvent) -> None:
        nanoseconds = event.time_ns - self._events[0].time_ns
        self.session.seconds = Decimal(nanoseconds).scaleb(-9)

    def _post(self) -> Sending:
        """Post the middle of the book as it was after the last block."""
        self.session.counts["posted"] += 1
        venue, operator = self._stage.venue, self._stage.operator
        quotes = self._player.book.quotes(venue.market_id)
        if quotes is not None:
            room = self._first_tick * _POSTED_RANGE_THOUSANDTHS // 1_000
            middle = (quotes[0] + quotes[2]) // 2
            tick = min(max(middle, self._first_tick - room), self._first_tick + room)
            self.session.reference_price = venue.price(tick)
        asset = venue.base_asset_id
        price = posted_price(self.session.reference_price)
        posted = post_prices(self._stage.deployment.price_feed, [asset], [price])
        return operator.sender, [posted, operator.calls.poke([asset])]

"""What a replay is compared with, and what came of it."""

from dataclasses import dataclass

from worldmarkets.logbook import LogBook
from worldmarkets.marketdata.flow import open_flow
from worldmarkets.marketdata.snapshots import (
    Snapshot,
    collapse,
    count_aligned,
    read_snapshots,
)
from worldmarkets.replay.companions import Companions
from worldmarkets.replay.join import SnapshotJoin
from worldmarkets.replay.player import Played

FAITHFUL_UNALIGNED = 19
"""Best-quote states of the AAPL hour that even a faithful rebuild does not align.

The source's own book and its messages disagree in one spell around 10:04:30: its best bid is 584.20
while a bid of 100 shares at 584.21 is still there by its messages. The shortest edit script between
the two sequences leaves 17 of 23,439 states over, other ways to align them up to 19.
"""


@dataclass(frozen=True)
class Comparison:
    """How many rows or states were compared, and how many of them differ."""

    what: str
    compared: int
    differing: int
    allowed: int

    @property
    def passes(self) -> bool:
        """Whether no more differ than may."""
        return self.differing <= self.allowed

    def __str__(self) -> str:
        limit = f", up to {self.allowed} expected" if self.allowed else ""
        return f"{self.what}: {self.compared:,} compared, {self.differing:,} differ{limit}"


class Comparer:
    """Watches a replay and compares its book with the files beside the flow."""

    def __init__(
        self, market_id: int, companions: Companions, most_unaligned: int = FAITHFUL_UNALIGNED
    ) -> None:
        self._market_id = market_id
        self._most_unaligned = most_unaligned
        self._join: SnapshotJoin | None = None
        if companions.messages is not None and companions.snapshots is not None:
            messages = tuple(open_flow(companions.messages).events())
            self._join = SnapshotJoin(messages, tuple(read_snapshots(companions.snapshots)))
        self._quotes_path = companions.quotes
        self._quotes: list[Snapshot] = []
        self._has_begun = False

    def watch(self, played: Played, book: LogBook) -> None:
        """Take the book after one event."""
        join = self._join
        if join is not None and join.expects(played.event):
            join.compare(book.snapshot(self._market_id, join.depth))
        self._has_begun = self._has_begun or not played.event.synthetic
        if self._has_begun and (quotes := book.quotes(self._market_id)) is not None:
            self._quotes.append(quotes)

    def results(self) -> list[Comparison]:
        """Return what the comparisons came to."""
        found = []
        join = self._join
        if join is not None:
            what = f"{join.depth}-level book after each message"
            found.append(Comparison(what, join.compared, len(join.differing), 0))
        if self._quotes_path is not None:
            states = collapse(self._quotes)
            aligned = count_aligned(states, collapse(read_snapshots(self._quotes_path)))
            unaligned = len(states) - aligned
            what = "best-quote states, repetitions collapsed"
            found.append(Comparison(what, len(states), unaligned, self._most_unaligned))
        return found

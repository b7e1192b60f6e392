"""The order flow of a real market on the real contracts, against the exchange's own snapshots."""

import pytest

from tests.replay.data import BEST_QUOTES, BOOK_ROWS, EVENTS, MESSAGES, needs_data
from tests.replay.onchain import MARKET, Replay
from worldmarkets.audit.words import read_levels
from worldmarkets.marketdata.flow import open_flow
from worldmarkets.marketdata.snapshots import (
    Snapshot,
    collapse,
    count_aligned,
    read_snapshots,
)
from worldmarkets.replay.compare import FAITHFUL_UNALIGNED
from worldmarkets.replay.join import SnapshotJoin

pytestmark = needs_data


def test_replay_first_messages_equals_every_snapshot() -> None:
    """At ten levels, price and size, on all rows; the book is read from the chain's words."""
    replay = Replay()
    join = SnapshotJoin(tuple(open_flow(MESSAGES).events()), tuple(read_snapshots(BOOK_ROWS)))
    for number, event in enumerate(open_flow(EVENTS).events()):
        replay.play(number, event)
        if join.expects(event):
            join.compare(replay.snapshot(10))
        if join.is_finished:
            break
    assert (join.compared, join.differing) == (999, [])


@pytest.mark.deep
def test_replay_whole_hour_aligns_with_the_best_quotes() -> None:
    """All 92,077 events; the source's own best quotes differ from its messages in 17 states."""
    replay = Replay()
    states: list[Snapshot] = []
    for number, event in enumerate(open_flow(EVENTS).events()):
        replay.play(number, event)
        quotes = replay.follower.book.quotes(MARKET)
        if not event.synthetic and quotes is not None:
            states.append(quotes)
    counts = replay.translator.counts
    assert (number + 1, counts["execute"], counts["off_queue"]) == (92_077, 4_067, 24)
    assert counts["left_out"] == 0
    collapsed = collapse(states)
    theirs = collapse(read_snapshots(BEST_QUOTES))
    assert len(collapsed) - count_aligned(collapsed, theirs) == 17 <= FAITHFUL_UNALIGNED
    bids, asks = read_levels(replay.system.read_words, MARKET)
    for is_ask, levels in ((False, bids), (True, asks)):
        told = replay.follower.book.levels(MARKET, is_ask)
        assert {tick: level.lots for tick, level in levels.items()} == told


def test_replay_executions_off_the_queue_leave_the_others_right() -> None:
    """The first 16 of the 24: every later event still finds the order that it names."""
    replay = Replay()
    for number, event in enumerate(open_flow(EVENTS).events()):
        replay.play(number, event)
        if number == 6_000:
            break
    counts = replay.translator.counts
    assert (counts["off_queue"], counts["left_out"]) == (16, 0)

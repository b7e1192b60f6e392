"""The order flow of a real market on the real contracts, against the exchange's own snapshots."""

import pytest

from tests.replay.data import BEST_QUOTES, BOOK_ROWS, EVENTS, MESSAGES, needs_data
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.system import DOLLAR, QUOTE, AssetPlan, deploy_system
from worldmarkets.audit.words import read_levels
from worldmarkets.client.calls import Calls
from worldmarkets.client.records import actions
from worldmarkets.marketdata.flow import FlowEvent, open_flow
from worldmarkets.marketdata.snapshots import (
    Snapshot,
    collapse,
    count_aligned,
    read_snapshots,
)
from worldmarkets.model.interface import SpotTerms
from worldmarkets.replay.compare import FAITHFUL_UNALIGNED
from worldmarkets.replay.follow import Follower
from worldmarkets.replay.join import SnapshotJoin
from worldmarkets.replay.steps import Step, request
from worldmarkets.replay.translate import FlowAccounts, Translator, limits_around
from worldmarkets.transactions import Log

OWNER = "0x" + "0a" * 20
MARKET = 257
SHARE = AssetPlan("AAPL", 18, 10**10, 585 * DOLLAR)
TERMS = SpotTerms(
    tick_value=10_000, atoms_per_lot=10**8, min_lots=1, taker_ppm=350, maker_ppm=0, band_bps=4_000
)
"""A lot is a share, a tick a cent."""

pytestmark = needs_data


class Replay:
    """A flow on the contracts in process, one call an event."""

    def __init__(self) -> None:
        self.system = deploy_system(PyrevmBackend(), assets=(QUOTE, SHARE), markets={1: TERMS})
        units = {"asset0": 10**30, "asset1": 10**27}
        *makers, taker = [self.system.new_user(OWNER, **units) for _ in range(4)]
        accounts = FlowAccounts(tuple(makers), taker)
        self.translator = Translator(MARKET, accounts, limits_around(58_500))
        self.follower = Follower()
        self.calls = Calls(self.system.exchange)

    def play(self, number: int, event: FlowEvent) -> Step | None:
        step = self.translator.translate(event)
        if step is not None:
            exchange = self.system.exchange
            data = request(step, self.calls).data
            result = self.system.backend.call(OWNER, exchange, data)
            assert result.ok, f"event {number}: {step} reverted"
            logs = [Log(log.address, log.topics, log.data, 0, "", 0) for log in result.logs]
            self.follower.follow(number, step, actions(logs, exchange))
        return step

    def snapshot(self, depth: int) -> Snapshot:
        bids, asks = read_levels(self.system.read_words, MARKET)
        pairs = zip(list(asks.items())[:depth], list(bids.items())[:depth], strict=True)
        return tuple(
            number for pair in pairs for tick, level in pair for number in (tick, level.lots)
        )


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

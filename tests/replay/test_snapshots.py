"""The order flow of a real market on the real contracts, against the exchange's own snapshots."""

from tests.replay.data import BOOK_ROWS, EVENTS, MESSAGES, needs_data
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.system import DOLLAR, QUOTE, AssetPlan, deploy_system
from worldmarkets.audit.words import read_levels
from worldmarkets.client.calls import Calls
from worldmarkets.client.records import actions
from worldmarkets.marketdata.flow import FlowEvent, open_flow
from worldmarkets.marketdata.snapshots import Snapshot, read_snapshots
from worldmarkets.model.interface import SpotTerms
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

"""An order flow on the contracts in process, for tests that look at every event."""

from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.system import DOLLAR, QUOTE, AssetPlan, deploy_system
from worldmarkets.audit.words import read_levels
from worldmarkets.client.calls import Calls
from worldmarkets.client.records import actions
from worldmarkets.marketdata.flow import FlowEvent
from worldmarkets.marketdata.snapshots import Snapshot
from worldmarkets.model.interface import SpotTerms
from worldmarkets.replay.follow import Follower
from worldmarkets.replay.steps import Step, request
from worldmarkets.replay.translate import FlowAccounts, Translator, limits_around
from worldmarkets.transactions import Log

BUYER, SELLER, TAKER = ("0x" + byte * 20 for byte in ("0a", "0b", "0c"))
MARKET = 257
SHARE = AssetPlan("AAPL", 18, 10**10, 585 * DOLLAR)
TERMS = SpotTerms(
    tick_value=10_000, atoms_per_lot=10**8, min_lots=1, taker_ppm=350, maker_ppm=0, band_bps=4_000
)
"""A lot is a share, a tick a cent."""


class Replay:
    """A flow on the contracts in process, one call an event."""

    def __init__(self) -> None:
        """Deploy, and open accounts that can pay for anything."""
        self.system = deploy_system(PyrevmBackend(), assets=(QUOTE, SHARE), markets={1: TERMS})
        units = {"asset0": 10**30, "asset1": 10**27}
        buyers, sellers, (taker,) = (
            tuple(self.system.new_user(owner, **units) for _ in range(number))
            for owner, number in ((BUYER, 2), (SELLER, 2), (TAKER, 1))
        )
        accounts = FlowAccounts(buyers, sellers, taker)
        self.translator = Translator(MARKET, accounts, limits_around(58_500))
        self.follower = Follower()
        self.calls = Calls(self.system.exchange)

    def play(self, number: int, event: FlowEvent) -> Step | None:
        """Play an event and compare what was logged with what was foreseen."""
        step = self.translator.translate(event)
        if step is not None:
            exchange = self.system.exchange
            data = request(step, self.calls).data
            owner = self.system.owners[step.account]
            result = self.system.backend.call(owner, exchange, data)
            assert result.ok, f"event {number}: {step} reverted"
            logs = [Log(log.address, log.topics, log.data, 0, "", 0) for log in result.logs]
            self.follower.follow(number, step, actions(logs, exchange))
        return step

    def snapshot(self, depth: int) -> Snapshot:
        """Return the best levels of the book, read from its words."""
        bids, asks = read_levels(self.system.read_words, MARKET)
        pairs = zip(list(asks.items())[:depth], list(bids.items())[:depth], strict=True)
        return tuple(
            number for pair in pairs for tick, level in pair for number in (tick, level.lots)
        )

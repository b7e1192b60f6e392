"""A few of the accounts on a local node, with the model in step.

The model begins with the words of a deployed exchange and goes through the crash; then all that it
has done is sent to the node, each step in one block at the same second. In the end every word, and
every account's equity and requirements, must be the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from worldmarkets.audit.words import words_at
from worldmarkets.client.calls import approve, draw, post_prices
from worldmarkets.client.raw import RawClient
from worldmarkets.crash import closing
from worldmarkets.crash.population import Holder
from worldmarkets.crash.quick import QuickState
from worldmarkets.crash.replay import Replay
from worldmarkets.crash.scene import Scene, make_scene
from worldmarkets.crash.tape import Tape
from worldmarkets.crash.venue import Call, Desk, Owners, crash_parameters, underlyings_of
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model import Exchange
from worldmarkets.model.outside import PostedPriceFeed, Token
from worldmarkets.model.reading import WordReader
from worldmarkets.ondemand import BlockDriver, driven
from worldmarkets.rpc import number
from worldmarkets.staging import Stage, connect, staged
from worldmarkets.transactions import Request

_WITHOUT_CALLER = (
    "poke",
    "poke_markets",
    "collect_fees",
    "flag_account",
    "review_account",
    "force_cancel",
    "repay_claims",
    "draw_line",
    "execute_step",
)
"""Entry points that anyone may call: the keeper does."""
_HEAD_START = 60
"""Time from the deployment to the first step [seconds]."""


class SampleError(WorldMarketsError):
    """The node did something else than the model."""


@dataclass(frozen=True)
class SampleResult:
    """What was compared, and found the same."""

    accounts: int
    transactions: int
    blocks: int
    gas: int
    words: int
    slices: int
    bankrupt: int


def run_sample(tape: Tape, risk_set: str, holders: Sequence[Holder]) -> SampleResult:
    """Take portfolios through a crash on the model and on a local node, and compare both.

    Raises:
        SampleError: they are not the same.
    """
    first = tape.minutes[0]
    prices = {
        pair.symbol: candle.open for pair, candle in zip(tape.pairs, first.candles, strict=True)
    }
    with staged(crash_parameters(prices, risk_set), tape.pairs[0].symbol) as stage:
        block = number(stage.rpc.call("eth_blockNumber"))
        tape = tape.moved_to(stage.operator.time() + _HEAD_START)
        clients = _clients(stage)
        desk = _desk(stage, clients, block, tape.minutes[0].start)
        scene = make_scene(tape, risk_set, holders, desk)
        Replay(scene).run()
        closing.settle(scene)
        return _Sending(stage, scene, clients).run()


def _clients(stage: Stage) -> dict[str, RawClient]:
    """Return a client for each of the owners, by name."""
    names = ("holders", "makers", "liquidators", "lenders", "keeper")
    others = {name: connect(stage, key) for key, name in enumerate(names, start=1)}
    return {"operator": stage.operator, **others}


def _desk(stage: Stage, clients: dict[str, RawClient], block: int, time: int) -> Desk:
    """Return the model of a deployed exchange, as it is at a block."""
    deployment = stage.deployment
    owners = Owners(**{name: int(client.address, 16) for name, client in clients.items()})
    reader = WordReader(words_at(stage.rpc, deployment.exchange, block), time)
    state = QuickState({}, reader)
    exchange = Exchange(int(deployment.exchange, 16), state, time=time)
    exchange.listers = frozenset([owners.operator])
    for asset in deployment.assets:
        address = int(asset.token, 16)
        exchange.tokens[address] = Token(address, asset.token_decimals)
    feed = PostedPriceFeed(int(deployment.price_feed, 16))
    exchange.feeds = {feed.address: feed}
    underlyings = underlyings_of(deployment.assets, deployment.markets)
    return Desk(exchange, state, deployment.assets, underlyings, owners, script=[])


class _Sending:
    """Sends to a node what a desk has done on its model."""

    def __init__(self, stage: Stage, scene: Scene, clients: dict[str, RawClient]) -> None:
        self.stage = stage
        self.scene = scene
        self.keeper = clients["keeper"]
        self.clients = {int(client.address, 16): client for client in clients.values()}
        self.gas = self.blocks = 0

    def run(self) -> SampleResult:
        """Send everything and compare."""
        script = self.scene.desk.script or []
        with driven(self.stage.rpc) as blocks:
            for time, calls in groupby(script, key=lambda call: call.time):
                self._send(blocks, time, list(calls))
        payments = self.scene.payments
        return SampleResult(
            len(self.scene.portfolios),
            len(script),
            self.blocks,
            self.gas,
            self._compare(),
            payments.slices,
            len(payments.bankrupt),
        )

    def _send(self, blocks: BlockDriver, time: int, calls: Sequence[Call]) -> None:
        """Send what was done in one second, in one block, and in order."""
        sendings = [(client.sender, [request]) for client, request in self._requests(calls)]
        block = blocks.make_block(sendings, time)
        self.blocks += 1
        self.gas += block.gas_used
        if block.timestamp != time:
            raise SampleError(f"block {block.number} is of {block.timestamp}, wanted was {time}")
        for call, receipt in zip(calls, block.receipts, strict=True):
            if not receipt.succeeded:
                raise SampleError(f"{call.method}{call.arguments} at {time} was refused on chain")

    def _requests(self, calls: Sequence[Call]) -> Iterator[tuple[RawClient, Request]]:
        for call in calls:
            if call.method in _WITHOUT_CALLER:
                yield self.keeper, self._request(self.keeper, call.method, call.arguments)
            else:
                client = self.clients[call.arguments[0]]
                yield client, self._request(client, call.method, call.arguments[1:])

    def _request(self, client: RawClient, method: str, arguments: tuple[Any, ...]) -> Request:
        deployment = self.stage.deployment
        if method == "post":
            return post_prices(deployment.price_feed, *arguments)
        if method in ("draw", "approve"):
            asset_id, units = arguments
            token = deployment.assets[asset_id].token
            if method == "draw":
                return draw(token, units)
            return approve(token, deployment.exchange, units)
        if method == "set_liquidator":
            account_id, liquidator, chosen = arguments
            return client.calls.set_liquidator(account_id, f"0x{liquidator:040x}", chosen)
        name = "place_order" if method == "place" else method
        request: Request = getattr(client.calls, name)(*arguments)
        return request

    def _compare(self) -> int:
        """Compare every word that the model knows, and every account's margin."""
        exchange = self.scene.desk.exchange
        block = number(self.stage.rpc.call("eth_blockNumber"))
        wanted = sorted(exchange.state.words)
        found = words_at(self.stage.rpc, self.stage.deployment.exchange, block)(wanted)
        for slot, word in zip(wanted, found, strict=True):
            if word != exchange.state.words[slot]:
                raise SampleError(f"slot {slot:x} is {word:x}, not {exchange.state.words[slot]:x}")
        for one in self.scene.portfolios:
            margin, _ = exchange.preview_margin(one.account_id)
            there, _ = self.keeper.preview_margin(one.account_id)
            if margin != there:
                raise SampleError(f"account {one.account_id} has {there}, not {margin}")
        return len(wanted)

"""A market maker that replaces its quotes on both sides by one packed call a tick.

    python examples/market_maker.py --ticks 20

runs it on a local node of its own, with a reference price that walks and a taker now and then, and
prints what each tick cost. What it shows:

* The owner's key funds the account and makes another key its operator, with the permissions to
  place and to cancel and nothing else, and with a budget for what executions may lose against the
  reference price in a day. The market maker has only that key: whoever steals it can take nothing
  out.
* A tick is one transaction, `batchPacked`: it cancels the quotes of the tick before and places new
  ones. Ids of quotes that were filled meanwhile are skipped.
* Quotes are post-only and slide: one that would trade rests one step before the other side instead.
* Quotes expire a few seconds after they were placed. A market maker that has died, or lost its
  node, is out of the market by itself (a dead man's switch).
* Each quote has a client id, the market maker's own number for it, by which fills are told in the
  end.
* One quote is amended: made smaller where it stands, it keeps its place in the queue.

The quotes are symmetric around the reference price whatever the account holds: a start, no
strategy. Gas is that of the local chain; MegaETH also charges for fresh storage, which quotes that
come back to the same prices do not need.
"""

import argparse
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.client import (
    Client,
    ClientIds,
    ContractError,
    Order,
    OrderRequest,
    Permission,
    Side,
    TimeInForce,
)
from worldmarkets.deployment import deploy, load_parameters
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner

MARKET = "WETH/USDM"
DAY = 86_400
BLOCK_SECONDS = 0.02


@dataclass(frozen=True)
class Quoting:
    """How to quote: levels a side, in basis points of the reference price, and for how long."""

    levels: int = 5
    half_spread_bps: int = 5
    step_bps: int = 3
    size: Decimal = Decimal("0.1")
    lifetime_seconds: int = 5


@dataclass(frozen=True)
class Tick:
    """What one tick did: quotes that rest, those refused, gas, and its price in native tokens."""

    resting: int
    refused: int
    gas: int
    cost: Decimal

    def __str__(self) -> str:
        each = self.gas // max(self.resting, 1)
        text = f"{self.resting} quotes for {self.gas:,} gas ({each:,} each), {self.cost:.9f} ether"
        return f"{text}, {self.refused} refused" if self.refused else text


class MarketMaker:
    """Quotes for an account with the key of its operator."""

    def __init__(
        self, client: Client, account: int, market: str, ids: ClientIds, quoting: Quoting
    ) -> None:
        self._client = client
        self._account = account
        self._units = client.market_units(market)
        self._ids = ids
        self._quoting = quoting
        self._live: dict[int, OrderRequest] = {}
        """Quotes of the last tick by order id; some may have been filled since."""
        self.client_ids: dict[int, int] = {}
        """Client ids of all quotes there were, by order id."""

    def tick(self) -> Tick:
        """Replace all quotes."""
        raw = self._client.raw
        quotes = list(self._quotes())
        cancels = list(self._live)
        receipt = raw.execute(raw.calls.batch_packed(self._account, cancels, quotes))
        results = raw.placed(receipt, quotes, len(cancels))
        self._live = {
            result.order_id: quote
            for quote, result in zip(quotes, results, strict=True)
            if result.order_id
        }
        self.client_ids |= {order_id: quote.client_id for order_id, quote in self._live.items()}
        cost = Decimal(receipt.gas_used * receipt.gas_price_wei).scaleb(-18)
        refused = sum(bool(result.refusal) for result in results)
        return Tick(len(self._live), refused, receipt.gas_used, cost)

    def halve_first(self) -> tuple[int, Decimal]:
        """Make the first quote half as large where it stands; return its id and what is left."""
        order_id, quote = next(iter(self._live.items()))
        smaller = Order(
            self._units.market.market_id,
            quote.side,
            self._units.from_tick(quote.tick),
            self._units.from_lots(quote.lots // 2),
            TimeInForce.POST_ONLY_SLIDE,
            expiry=quote.expiry,
            client_id=quote.client_id,
        )
        amended = self._client.amend(self._account, order_id, smaller)
        assert amended.order_id == order_id
        return order_id, amended.resting

    def withdraw_quotes(self) -> None:
        """Cancel all quotes; without it they would expire."""
        self._client.cancel_many(self._account, list(self._live))
        self._live = {}

    def _quotes(self) -> Iterator[OrderRequest]:
        """Yield the quotes, the best ones first, on both sides in turn."""
        price = self._client.reference_price(self._units.base.symbol)
        if price is None:
            return
        expiry = self._client.raw.time() + self._quoting.lifetime_seconds
        for level in range(self._quoting.levels):
            bps = self._quoting.half_spread_bps + level * self._quoting.step_bps
            for side, sign in ((Side.BID, -1), (Side.ASK, 1)):
                wanted = price * (10_000 + sign * bps) / 10_000
                yield OrderRequest(
                    self._units.market.market_id,
                    side,
                    max(1, int(wanted / self._units.tick_size)),
                    self._units.to_lots(self._quoting.size),
                    TimeInForce.POST_ONLY_SLIDE,
                    expiry=expiry,
                    client_id=self._ids.next(),
                )


@dataclass(frozen=True)
class Stage:
    """A market on a local node: who posts prices, who owns the account, who quotes, who takes."""

    poster: Client
    owner: Client
    account: int
    operator: Client
    taker: Client
    taker_account: int


@contextmanager
def local_stage() -> Iterator[Stage]:
    """Deploy on a local node, fund two accounts, and make a key the operator of one."""
    with LocalNode(block_time=BLOCK_SECONDS) as node:
        keys = [KeySigner(account.private_key) for account in node.accounts[:4]]
        deployment = deploy(node.rpc, load_parameters("local"), keys[0])
        poster, owner, operator, taker = (Client(node.rpc, deployment, key) for key in keys)
        account, taker_account = (_funded(client) for client in (owner, taker))
        trading = Permission.PLACE | Permission.CANCEL
        until = owner.raw.time() + DAY
        owner.set_operator(account, operator.address, trading, until, daily_loss=Decimal(200))
        yield Stage(poster, owner, account, operator, taker, taker_account)


def run(ticks: int, seed: int) -> None:
    """Quote for some ticks, print what each cost, and in the end what came of it."""
    with local_stage() as stage:
        ids = ClientIds(session=stage.operator.raw.time())
        maker = MarketMaker(stage.operator, stage.account, MARKET, ids, Quoting())
        chance = random.Random(seed)  # noqa: S311 - a simulation
        for number in range(1, ticks + 1):
            print(f"tick {number}: {maker.tick()}")
            if number == 1:
                order_id, left = maker.halve_first()
                print(f"quote {order_id:#x} made smaller where it stands: {left} left")
            _take(stage, chance)
            _move_price(stage, chance)
        maker.withdraw_quotes()
        _conclude(stage, maker)


def _conclude(stage: Stage, maker: MarketMaker) -> None:
    for trade in stage.owner.trades(MARKET):
        quote = maker.client_ids[trade.maker_order_id]
        did = "sold" if trade.side == Side.BID else "bought"
        print(f"quote {quote:#x} {did} {trade.size} at {trade.price}")
    balances = stage.owner.account(stage.account).balances
    budget = stage.owner.loss_budget(stage.account)
    print(f"the account has {balances['WETH'].total} WETH and {balances['USDM'].total} USDM")
    print(f"{budget.lost_today} of {budget.daily} dollars lost against the reference price")
    try:
        stage.operator.withdraw(stage.account, "USDM", Decimal(1))
    except ContractError as error:
        print(f"the operator's key can not withdraw: {error.name}")


def _take(stage: Stage, chance: random.Random) -> None:
    """Let the taker buy or sell a little, every other time."""
    if chance.random() < 0.5:
        return
    side = chance.choice(list(Side))
    book = stage.taker.book(MARKET, depth=1)
    levels = book.asks if side == Side.BID else book.bids
    if levels:
        stage.taker.place(
            stage.taker_account,
            MARKET,
            side,
            levels[0].price,
            Decimal("0.05"),
            TimeInForce.IMMEDIATE_OR_CANCEL,
        )


def _move_price(stage: Stage, chance: random.Random) -> None:
    """Let the reference price walk by up to 4 basis points."""
    price = stage.poster.reference_price("WETH") or Decimal(0)
    moved = price * (10_000 + chance.randint(-4, 4)) / 10_000
    stage.poster.post_prices({"WETH": moved.quantize(Decimal("0.01"))})


def _funded(client: Client) -> int:
    """Make an account of a client's key with 100,000 dollars and 30 ether in it."""
    account = client.create_account()
    client.draw("USDM", Decimal(100_000))
    client.deposit(account, "USDM", Decimal(100_000))
    client.deposit_native(account, Decimal(30))
    return account


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Quote on a local node.")
    parser.add_argument("--ticks", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    run(arguments.ticks, arguments.seed)


if __name__ == "__main__":
    main()

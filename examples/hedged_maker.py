"""A market maker that quotes a perp and hedges on the spot market.

    python examples/hedged_maker.py --rounds 8

runs it on a local node of its own, with somebody who quotes the spot market and a taker now and
then, and prints each decision and what was sent for it. What it shows:

* Quotes on both sides, which lean against what the maker is left with, and expire by themselves.
* A quote that is still right stays, with its turn in the queue.
* What the quotes have left beyond a threshold is hedged in the same transaction, on the other
  market.
* When it stops, it takes its quotes out of the market.

`world strategy maker FILE` is the same with settings from a file; docs/strategies.md says what each
of them does.
"""

import argparse
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.client import Client, Side, TimeInForce
from worldmarkets.clock import SystemClock
from worldmarkets.deployment import deploy, load_parameters
from worldmarkets.keepers import Meters, Pace, Round, Runner
from worldmarkets.keepers.job import Action
from worldmarkets.node import LocalNode
from worldmarkets.strategies import MakerConfig
from worldmarkets.trading import MakerJob, MakerReader
from worldmarkets.transactions import KeySigner

PERP, SPOT = "WETH-PERP", "WETH"
STOCK = Decimal(20)
"""Ether that the maker wants to hold: what it sells when it hedges."""
CONFIG = MakerConfig(
    index_weight=Decimal(1),
    half_spread_bps=Decimal(4),
    step_bps=Decimal(3),
    rungs=3,
    lots=10_000,
    growth_lots=5_000,
    most_lots=20_000,
    inventory_limit=Decimal(10),
    skew_bps=Decimal(10),
    hedge_threshold=Decimal("0.5"),
    hedge_slippage_bps=10,
    refill_percent=50,
    lifetime_seconds=30,
    renew_seconds=10,
)


@dataclass(frozen=True)
class Stage:
    """Who posts prices, who quotes what, who takes."""

    poster: Client
    spot: Client
    spot_account: int
    maker: Client
    account: int
    taker: Client
    taker_account: int


class WithTaker:
    """The maker's job, with a taker who comes before each round but the first."""

    name = "maker"

    def __init__(self, stage: Stage, seed: int) -> None:
        reader = MakerReader(stage.maker, stage.account, PERP, SPOT, STOCK)
        self._job = MakerJob(stage.maker, stage.account, reader, CONFIG)
        self._stage = stage
        self._chance = random.Random(seed)  # noqa: S311 - a simulation
        self._rounds = 0

    def look(self) -> Round:
        """Let the taker trade and the price walk, and decide."""
        if self._rounds:
            _take(self._stage, self._chance)
            _move_price(self._stage, self._chance)
        self._rounds += 1
        return self._job.look()

    def leave(self) -> tuple[Action, ...]:
        """Take the quotes out of the market."""
        return self._job.leave()


@contextmanager
def local_stage() -> Iterator[Stage]:
    """Deploy on a local node, and fund three accounts."""
    with LocalNode() as node:
        keys = [KeySigner(account.private_key) for account in node.accounts[:4]]
        deployment = deploy(node.rpc, load_parameters("local"), keys[0])
        poster, spot, maker, taker = (Client(node.rpc, deployment, key) for key in keys)
        accounts = [_funded(client) for client in (spot, maker, taker)]
        poster.post_prices({"WETH": Decimal(3_000)})
        for side, price in ((Side.BID, 2_999), (Side.ASK, 3_001)):
            spot.place(accounts[0], SPOT, side, Decimal(price), Decimal(10))
        yield Stage(poster, spot, accounts[0], maker, accounts[1], taker, accounts[2])


def run(rounds: int, seed: int) -> None:
    """Quote for some rounds, and print what came of it."""
    with local_stage() as stage:
        job = WithTaker(stage, seed)
        sending, clock = stage.maker.raw, SystemClock()
        Runner(job, sending, clock, Pace(0.05), Meters(), _tell).run(rounds)
        view = MakerReader(stage.maker, stage.account, PERP, SPOT, STOCK).read()
        print(f"sold {-view.inventory} of the perp, bought {view.hedged} for it")
        print(f"{len(view.resting)} quotes left")


def _take(stage: Stage, chance: random.Random) -> None:
    side = chance.choice(list(Side))
    book = stage.taker.book(PERP, depth=1)
    levels = book.asks if side == Side.BID else book.bids
    if levels:
        size, now = Decimal("0.4"), TimeInForce.IMMEDIATE_OR_CANCEL
        stage.taker.place(stage.taker_account, PERP, side, levels[0].price, size, now)
        print(f"somebody {'bought' if side == Side.BID else 'sold'} {size} at {levels[0].price}")


def _move_price(stage: Stage, chance: random.Random) -> None:
    """Let the reference price walk by up to 2 basis points."""
    price = stage.poster.reference_price("WETH") or Decimal(0)
    moved = price * (10_000 + chance.randint(-2, 2)) / 10_000
    stage.poster.post_prices({"WETH": moved.quantize(Decimal("0.01"))})


def _tell(line: str) -> None:
    """Print a line of the log without its time."""
    _, _, event = line.partition("event=")
    if event != "stopped":
        print(f"  {event.split(' block=')[0]}")


def _funded(client: Client) -> int:
    """Make an account of a client's key with 200,000 dollars and the stock in it."""
    account = client.create_account()
    client.draw("USDM", Decimal(200_000))
    client.deposit(account, "USDM", Decimal(200_000))
    client.deposit_native(account, STOCK)
    return account


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Quote a perp and hedge it, on a local node.")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    run(arguments.rounds, arguments.seed)


if __name__ == "__main__":
    main()

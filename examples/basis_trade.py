"""The levered basis trade: spot bought with borrowed dollars against a perp that is sold.

    python examples/basis_trade.py --leverage 5

runs it on a local node of its own, where somebody quotes both markets and lends dollars, while the
price rises and falls, and prints each decision and what was sent for it. What it shows:

* One account holds both legs and the debt, with one margin for all.
* Both legs are one transaction, a packed batch; settling is another one.
* A decision is made from balances, prices and rates of one block, and nothing is remembered: in
  the middle the trade is started anew, and goes on.
* In the end the carry is held to be not enough any more, and the trade unwinds to the lot.

`world strategy basis FILE` is the same with settings from a file; docs/strategies.md says what each
of them does.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.client import Client, Side
from worldmarkets.clock import SystemClock
from worldmarkets.deployment import deploy, load_parameters
from worldmarkets.keepers import Meters, Pace, Runner
from worldmarkets.node import LocalNode
from worldmarkets.strategies import BasisConfig
from worldmarkets.trading import BasisJob
from worldmarkets.transactions import KeySigner

CAPITAL = Decimal(10_000)
PRICES = (3_000, 3_150, 3_310, 3_200, 3_050)
"""What ether trades at, round by round [dollars]; each is close enough to need no confirmation."""


@dataclass(frozen=True)
class Stage:
    """Who posts prices, who quotes, who trades."""

    poster: Client
    market: Client
    market_account: int
    trader: Client
    account: int

    def wait(self, seconds: int) -> None:
        """Let time go by on the node."""
        self.poster.raw.rpc.call("evm_increaseTime", seconds)

    def move(self, price: int) -> None:
        """Move the price, and the quotes with it: a tick away from it on both sides."""
        orders = [order.order_id for order in self.market.open_orders(self.market_account)]
        self.market.cancel_many(self.market_account, orders)
        self.poster.post_prices({"WETH": Decimal(price)})
        self.poster.poke_markets("WETH-PERP")
        for name in ("WETH", "WETH-PERP"):
            for side, away in ((Side.BID, "-0.1"), (Side.ASK, "0.1")):
                at = price + Decimal(away)
                self.market.place(self.market_account, name, side, at, Decimal(100))


@contextmanager
def local_stage() -> Iterator[Stage]:
    """Deploy on a local node, and fund two accounts."""
    with LocalNode() as node:
        keys = [KeySigner(account.private_key) for account in node.accounts[:3]]
        deployment = deploy(node.rpc, load_parameters("local"), keys[0])
        poster, market, trader = (Client(node.rpc, deployment, key) for key in keys)
        market_account = _funded(market, Decimal(2_000_000))
        market.deposit_native(market_account, Decimal(1_000))
        market.set_lent(market_account, "USDM")
        yield Stage(poster, market, market_account, trader, _funded(trader, CAPITAL))


def config(leverage: Decimal, *, ends: bool = False) -> BasisConfig:
    """Return how the position is run; one that `ends` is content with no carry at all."""
    return BasisConfig(
        leverage=leverage,
        lowest_leverage=leverage * Decimal("0.9"),
        highest_leverage=leverage * Decimal("1.1"),
        net_tolerance=Decimal("0.01"),
        settle_profit=Decimal("0.2"),
        entry_carry=Decimal(101 if ends else "0.02"),
        exit_carry=Decimal(100 if ends else "0.01"),
        patience_seconds=0,
        holding_days=90,
        slippage_bps=10,
    )


def decide_once(stage: Stage, settings: BasisConfig) -> None:
    """Start the trade anew, and let it decide once."""
    job = BasisJob(stage.trader, stage.account, "WETH", settings)
    sending = stage.trader.raw
    Runner(job, sending, SystemClock(), Pace(1), Meters(), _tell).run(rounds=1)


def run(leverage: Decimal) -> None:
    """Open, follow the price, unwind, and print what is left."""
    with local_stage() as stage:
        for price in PRICES:
            stage.move(price)
            print(f"ether trades at {price}")
            decide_once(stage, config(leverage))
        print("the carry is not enough any more")
        # After a move of more than a percent nobody draws profit for ten seconds.
        stage.wait(10)
        # Losers pay first: what the perp has earned is drawn from what they have paid.
        stage.market.settle(stage.market_account, "WETH-PERP")
        decide_once(stage, config(leverage, ends=True))
        left = stage.trader.account(stage.account).balances
        print(f"the account has {left['USDM'].total} USDM and {left['WETH'].total} WETH")


def _tell(line: str) -> None:
    """Print a line of the log without its time."""
    _, _, event = line.partition("event=")
    if event != "stopped":
        print(f"  {event.split(' block=')[0]}")


def _funded(client: Client, dollars: Decimal) -> int:
    account = client.create_account()
    client.draw("USDM", dollars)
    client.deposit(account, "USDM", dollars)
    return account


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description="Run the basis trade on a local node.")
    parser.add_argument("--leverage", type=Decimal, default=Decimal(5))
    run(parser.parse_args().leverage)


if __name__ == "__main__":
    main()

"""A node with a deployed exchange, as the tests of the client have it."""

import pytest

from tests.client.conftest import (
    Trader,
    dec,
    deployer,
    deployment,
    funded,
    maker,
    node,
    running_node,
    taker,
)
from worldmarkets.client import Client, Side
from worldmarkets.deployment import Deployment
from worldmarkets.node import LocalNode

__all__ = ["deployer", "deployment", "maker", "node", "running_node", "taker"]


def quote(trader: Trader, price: int, size: int = 60) -> None:
    """Quote both markets of ether on both sides, a dollar from a price."""
    client, account = trader
    for market in ("WETH", "WETH-PERP"):
        for side, away in ((Side.BID, -1), (Side.ASK, 1)):
            client.place(account, market, side, dec(price + away), dec(size))


def move(deployer: Client, market: Trader, price: int) -> None:
    """Move the price, and the quotes with it."""
    client, account = market
    client.cancel_many(account, [order.order_id for order in client.open_orders(account)])
    deployer.post_prices({"WETH": dec(price), "WBTC": dec(100_000)})
    quote(market, price)


@pytest.fixture
def market(node: LocalNode, deployer: Client, maker: Trader) -> Trader:
    """Quotes spot and perp at 2,999 and 3,001 dollars, and lends its dollars; funding runs."""
    client, account = maker
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    client.set_lent(account, "USDM")
    quote(maker, 3_000)
    client.poke_markets("WETH-PERP")
    return maker


@pytest.fixture
def account(node: LocalNode, deployment: Deployment) -> Trader:
    """A trader with 10,000 dollars and nothing else."""
    client = Client(node.rpc, deployment, node.accounts[3].private_key)
    account = client.create_account()
    client.draw("USDM", dec(10_000))
    client.deposit(account, "USDM", dec(10_000))
    return client, account


@pytest.fixture
def rich(node: LocalNode, deployment: Deployment) -> Trader:
    """A trader with 1,000,000 dollars and 100 ether."""
    return funded(node, deployment, 4)

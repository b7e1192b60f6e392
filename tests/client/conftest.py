"""A node with the exchange, deployed once a module and as new for each test."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from worldmarkets.client import Client, Side
from worldmarkets.deployment import Deployment, deploy, load_parameters
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner

Trader = tuple[Client, int]
"""A client and its account."""


def dec(text: str | int) -> Decimal:
    return Decimal(text)


@pytest.fixture(scope="module")
def running_node() -> Iterator[LocalNode]:
    with LocalNode() as node:
        yield node


@pytest.fixture(scope="module")
def deployment(running_node: LocalNode) -> Deployment:
    # All of it in one second, however long it takes: no pool grows before a test begins.
    running_node.rpc.call("anvil_setBlockTimestampInterval", 0)
    deployer = KeySigner(running_node.accounts[0].private_key)
    return deploy(running_node.rpc, load_parameters("local"), deployer)


def after(client: Client, seconds: int) -> int:
    """Return the time so long after the last block [seconds]."""
    return client.raw.time() + seconds


def events(client: Client, kind: type) -> list[object]:
    """Return all events of a kind."""
    return [logged.event for logged in client.raw.events(kind)]


def pass_time(node: LocalNode, seconds: int) -> None:
    """The clock stands still in these tests, but for this."""
    latest = int(node.rpc.call("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
    node.rpc.call("evm_setNextBlockTimestamp", latest + seconds)
    node.rpc.call("evm_mine")


@pytest.fixture
def node(running_node: LocalNode, deployment: Deployment) -> Iterator[LocalNode]:
    before = running_node.rpc.call("evm_snapshot")
    running_node.rpc.call("anvil_setBlockTimestampInterval", 0)
    yield running_node
    assert running_node.rpc.call("evm_revert", before)


def funded(node: LocalNode, deployment: Deployment, index: int) -> tuple[Client, int]:
    """A client of one key and its account, with 1,000,000 dollars and 100 WETH in it."""
    client = Client(node.rpc, deployment, node.accounts[index].private_key)
    account = client.create_account()
    for asset, amount in (("USDM", Decimal(1_000_000)), ("WETH", Decimal(100))):
        client.draw(asset, amount)
        client.deposit(account, asset, amount)
    return client, account


@pytest.fixture
def maker(node: LocalNode, deployment: Deployment) -> tuple[Client, int]:
    return funded(node, deployment, 1)


@pytest.fixture
def taker(node: LocalNode, deployment: Deployment) -> tuple[Client, int]:
    return funded(node, deployment, 2)


@pytest.fixture
def deployer(node: LocalNode, deployment: Deployment) -> Client:
    return Client(node.rpc, deployment, node.accounts[0].private_key)


@pytest.fixture
def prices(deployer: Client) -> None:
    """Prices are new: ether at 3,000 dollars, a mark of as much."""
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})


@pytest.fixture
def debtor(node: LocalNode, deployment: Deployment, prices: None, maker: Trader) -> Trader:
    """Has 4,000 dollars, and ten ether of the perp bought of `maker` at 3,000, fee 10.50."""
    client = Client(node.rpc, deployment, node.accounts[3].private_key)
    account = client.create_account()
    client.draw("USDM", dec(4_000))
    client.deposit(account, "USDM", dec(4_000))
    maker[0].place(maker[1], "WETH-PERP", Side.ASK, dec(3_000), dec(10))
    client.place(account, "WETH-PERP", Side.BID, dec(3_000), dec(10))
    return client, account


@pytest.fixture
def broke(deployer: Client, debtor: Trader) -> Trader:
    """Ether has fallen to 2,690 dollars: what the debtor has left is less than maintenance."""
    for price in (2_800, 2_690):
        deployer.post_prices({"WETH": dec(price)})
    return debtor


@pytest.fixture
def lender(node: LocalNode, deployment: Deployment) -> Trader:
    return funded(node, deployment, 4)

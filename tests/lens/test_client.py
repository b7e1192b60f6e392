"""The Lens of a deployment, read through the client."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

import pytest

from worldmarkets.client import Client
from worldmarkets.client.lens import Lens, walk
from worldmarkets.client.lens_views import Level
from worldmarkets.deployment import Deployment, deploy, load_parameters
from worldmarkets.model.errors import UnknownMarket
from worldmarkets.model.interface import Side
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def node() -> Iterator[LocalNode]:
    with LocalNode() as node:
        yield node


@pytest.fixture(scope="module")
def deployment(node: LocalNode) -> Deployment:
    deployer = KeySigner(node.accounts[0].private_key)
    return deploy(node.rpc, load_parameters("local"), deployer)


@pytest.fixture(scope="module")
def trader(node: LocalNode, deployment: Deployment) -> tuple[Client, int]:
    """A client and its account with 1,000,000 dollars in it."""
    client = Client(node.rpc, deployment, node.accounts[1].private_key)
    account = client.create_account()
    client.draw("USDM", Decimal(1_000_000))
    client.deposit(account, "USDM", Decimal(1_000_000))
    return client, account


def test_lens_of_a_deployment_shows_what_the_client_does(
    deployment: Deployment, trader: tuple[Client, int]
) -> None:
    client, account = trader
    lens = Lens(client.raw.call, deployment.lens)
    market = deployment.market("WETH")
    ids = [
        client.raw.place(account, market.market_id, Side.BID, tick, 100 + tick % 7).order_id
        for tick in (29_000, 29_003, 29_001)
    ]
    levels = walk(lambda tick: lens.depth(market.market_id, Side.BID, tick, 2))
    assert list(levels) == [
        Level(29_003, 100 + 29_003 % 7, 1),
        Level(29_001, 100 + 29_001 % 7, 1),
        Level(29_000, 100 + 29_000 % 7, 1),
    ]
    assert [found.id for found in lens.orders(ids)] == ids
    listed = [(each.asset_id, each.token, each.units_per_atom) for each in lens.assets().items]
    assert listed == [
        (each.asset_id, each.token.lower(), each.units_per_atom) for each in deployment.assets
    ]
    markets = [(each.market_id, each.terms.min_lots) for each in lens.markets().items]
    assert markets == [
        (each.market_id, each.min_lots) for each in deployment.markets if each.perp is None
    ]


def test_lens_at_an_earlier_block_shows_what_was(
    node: LocalNode, deployment: Deployment, trader: tuple[Client, int]
) -> None:
    client, account = trader
    market_id = deployment.market("WBTC").market_id
    before = node.rpc.call("eth_blockNumber")
    order = client.raw.place(account, market_id, Side.BID, 60_000, 100_000)
    then = Lens(partial(client.raw.call, block=before), deployment.lens)
    assert then.orders([order.order_id])[0].lots == 0
    now = Lens(client.raw.call, deployment.lens)
    assert now.orders([order.order_id])[0].lots == order.resting_lots


def test_lens_raises_the_errors_of_the_client(
    deployment: Deployment, trader: tuple[Client, int]
) -> None:
    lens = Lens(trader[0].raw.call, deployment.lens)
    with pytest.raises(UnknownMarket) as caught:
        lens.depth(300, Side.BID)
    assert caught.value.market_id == 300

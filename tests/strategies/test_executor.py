"""Batches of strategies, carried out by a client."""

import pytest

from tests.client.conftest import Trader, dec
from worldmarkets.client import Client, Side
from worldmarkets.model.interface import OrderRequest, TimeInForce
from worldmarkets.rpc import number
from worldmarkets.strategies import Batch, BatchExecutor
from worldmarkets.trading import ClientExecutor

pytestmark = pytest.mark.node

SPOT, PERP = 257, 513


def order(market: int, side: Side, tick: int, lots: int) -> OrderRequest:
    return OrderRequest(market, side, tick, lots, TimeInForce.GOOD_TILL_CANCELLED, 64)


@pytest.fixture
def executor(rich: Trader) -> ClientExecutor:
    return ClientExecutor(*rich)


def sent(client: Client) -> int:
    return number(client.raw.rpc.call("eth_getTransactionCount", client.address, "latest"))


def test_execute_sends_cancels_and_places_as_one(
    market: Trader, rich: Trader, executor: ClientExecutor
) -> None:
    client, account = rich
    placed = client.place(account, "WETH", Side.BID, dec(2_990), dec(1))
    before = sent(client)
    places = (order(SPOT, Side.BID, 29_900, 20_000), order(PERP, Side.ASK, 29_990, 30_000))
    carried: BatchExecutor = executor
    carried.execute(Batch(cancels=(placed.order_id or 0,), places=places))
    assert sent(client) == before + 1
    (resting,) = client.open_orders(account)
    assert (resting.market, resting.size) == ("WETH/USDM", 2)
    (position,) = client.positions(account)
    assert position.size == -3


def test_execute_of_nothing_sends_nothing(
    market: Trader, rich: Trader, executor: ClientExecutor
) -> None:
    before = sent(rich[0])
    executor.execute(Batch())
    # There is no position, so there is nothing to settle either.
    executor.execute(Batch(settles=(PERP,)))
    assert sent(rich[0]) == before


def test_execute_settles_after_the_places(
    market: Trader, rich: Trader, executor: ClientExecutor
) -> None:
    client, account = rich
    executor.execute(Batch(places=(order(PERP, Side.ASK, 29_990, 10_000),), settles=(PERP,)))
    (position,) = client.positions(account)
    # A dollar below the mark, and the fee.
    paid = 1 + dec("2999") * dec("0.00035")
    assert (position.size, position.profit) == (-1, 0)
    assert client.account(account).balances["USDM"].total == 1_000_000 - paid


def test_actions_say_what_they_do_and_what_came_of_it(
    market: Trader, rich: Trader, executor: ClientExecutor
) -> None:
    places = (
        order(PERP, Side.ASK, 29_990, 700_000),
        order(SPOT, Side.BID, 29_990, 1),
    )
    first, second = executor.actions(Batch(places=places, settles=(PERP,)))
    assert first.what == "sell 70 WETH-PERP at 2999, buy 0.0001 WETH/USDM at 2999"
    assert second.what == "settle WETH-PERP"
    receipt = rich[0].raw.execute(first.request)
    assert first.tell(receipt) == (
        "WETH-PERP 60 filled, WETH/USDM refused: BELOW_MINIMUM_SIZE, 1 rest"
    )

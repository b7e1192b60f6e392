"""The example of a market maker runs, and does what it says."""

import importlib.util
import re
import sys
from types import ModuleType
from typing import Any

import pytest

from tests.client.conftest import Trader, dec, pass_time
from worldmarkets.artifacts import project_root
from worldmarkets.client import Client, ClientIds, Permission, Side, TimeInForce
from worldmarkets.deployment import Deployment
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def example() -> ModuleType:
    path = project_root() / "examples" / "market_maker.py"
    spec = importlib.util.spec_from_file_location("market_maker", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["market_maker"] = module
    spec.loader.exec_module(module)
    return module


def test_run_prints_costs_and_fills(example: ModuleType, capsys: pytest.CaptureFixture) -> None:
    example.run(ticks=4, seed=1)
    told = capsys.readouterr().out
    ticks = re.findall(
        r"^tick (\d): 10 quotes for [\d,]+ gas \([\d,]+ each\), 0\.\d{9} ether$", told, re.MULTILINE
    )
    assert ticks == ["1", "2", "3", "4"]
    assert "made smaller where it stands: 0.05000000 left" in told
    assert re.search(r"^quote 0x[0-9a-f]{16} (sold|bought) 0\.05000000 at ", told, re.MULTILINE)
    assert told.endswith("the operator's key can not withdraw: PermissionMissing\n")


@pytest.fixture
def quoter(example: ModuleType, node: LocalNode, deployment: Deployment, maker: Trader) -> Any:
    """The market maker, with an operator's key."""
    client, account = maker
    operator = Client(node.rpc, deployment, node.accounts[5].private_key)
    trading = Permission.PLACE | Permission.CANCEL
    client.set_operator(account, operator.address, trading, 2**32 - 1, dec(100))
    return example.MarketMaker(operator, account, "WETH", ClientIds(7), example.Quoting())


def test_tick_replaces_all_quotes_in_one_transaction(
    quoter: Any, maker: Trader, taker: Trader
) -> None:
    client, account = maker
    first = quoter.tick()
    assert (first.resting, first.refused) == (10, 0)
    old = client.open_orders(account)
    assert [one.client_id for one in old] == [7 << 32 | n for n in range(1, 11)]
    assert all(one.by_operator for one in old)
    prices = {side: [one.price for one in old if one.side == side] for side in Side}
    assert prices[Side.BID][0] == dec("2998.5")
    assert prices[Side.ASK][0] == dec("3001.5")
    assert prices[Side.BID] == sorted(prices[Side.BID], reverse=True)
    assert prices[Side.ASK] == sorted(prices[Side.ASK])

    taker[0].place(taker[1], "WETH", Side.BID, dec("3001.5"), dec("0.1"))
    height = client.raw.rpc.call("eth_blockNumber")
    second = quoter.tick()
    assert int(client.raw.rpc.call("eth_blockNumber"), 16) == int(height, 16) + 1
    assert (second.resting, second.refused) == (10, 0)
    new = client.open_orders(account)
    assert {one.client_id for one in new} == {7 << 32 | n for n in range(11, 21)}


def test_tick_missed_takes_the_quotes_out_of_the_market(
    quoter: Any, node: LocalNode, maker: Trader, taker: Trader
) -> None:
    quoter.tick()
    now = maker[0].raw.time()
    lifetimes = [one.expiry - now for one in maker[0].open_orders(maker[1])]
    assert set(lifetimes) <= {4, 5}
    pass_time(node, 6)
    other, other_account = taker
    taken = other.place(
        other_account, "WETH", Side.BID, dec(3_100), dec(1), TimeInForce.IMMEDIATE_OR_CANCEL
    )
    assert taken.filled == 0
    assert maker[0].open_orders(maker[1], "WETH")[0].side == Side.BID


def test_halve_first_keeps_the_place_in_the_queue(quoter: Any, maker: Trader) -> None:
    client, account = maker
    quoter.tick()
    before = client.open_orders(account)
    order_id, left = quoter.halve_first()
    after = client.open_orders(account)
    assert (order_id, left) == (before[0].order_id, dec("0.05"))
    assert [one.order_id for one in after] == [one.order_id for one in before]
    assert after[0].size == dec("0.05")
    quoter.withdraw_quotes()
    assert client.open_orders(account) == []

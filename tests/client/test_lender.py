"""The example of a lender runs, and does what it says."""

import importlib.util
import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from tests.client.conftest import Trader, dec
from worldmarkets.artifacts import project_root
from worldmarkets.client import Client, Permission
from worldmarkets.deployment import Deployment
from worldmarkets.model.interface import PoolTerms
from worldmarkets.node import LocalNode

pytestmark = pytest.mark.node

MakeLender = Callable[..., Any]


@pytest.fixture(scope="module")
def example() -> ModuleType:
    path = project_root() / "examples" / "lender.py"
    spec = importlib.util.spec_from_file_location("lender", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lender"] = module
    spec.loader.exec_module(module)
    return module


def test_run_lends_takes_back_and_earns(example: ModuleType, capsys: pytest.CaptureFixture) -> None:
    example.run(days=8, seed=1)
    told = capsys.readouterr().out
    moves = re.findall(r"^day (\d): USDM .*: ([a-z ]+) \d+\.\d{6}$", told, re.MULTILINE)
    assert moves == [
        ("1", "lends"),
        *((str(day), "stays in") for day in range(2, 6)),
        ("6", "takes back"),
        ("7", "stays out"),
        ("8", "stays out"),
    ]
    seen = r"^day 5: USDM costs 1\.\d\d%, earns 0\.\d\d%, 40% borrowed: stays in 100003\."
    assert re.search(seen, told, re.MULTILINE)
    assert re.search(r"^USDM earned [1-9]\.\d{6}\nWETH earned 0\.000000$", told, re.MULTILINE)
    assert told.endswith("the operator's key can not take anything out: PermissionMissing\n")


@pytest.fixture
def lender(
    example: ModuleType, node: LocalNode, deployment: Deployment, maker: Trader
) -> MakeLender:
    """Makes a lender with an operator's key and thresholds in percent a year."""
    client, account = maker
    operator = Client(node.rpc, deployment, node.accounts[5].private_key)
    client.set_operator(account, operator.address, Permission.LEND, 2**32 - 1)

    def make(lend_from: str, take_back_below: str) -> Any:
        policy = example.Policy(dec(lend_from) / 100, dec(take_back_below) / 100)
        return example.Lender(operator, account, ["USDM"], policy)

    return make


def total(trader: Trader) -> Any:
    return trader[0].account(trader[1]).balances["USDM"]


def test_tick_lends_at_the_rate_and_not_below(
    example: ModuleType, lender: MakeLender, maker: Trader
) -> None:
    # An empty pool costs 0.99 % a year.
    (watch,) = lender("1", "0.5").tick()
    assert (watch.move, total(maker).is_lent) == (example.Move.STAYS_OUT, False)
    (watch,) = lender("0.9", "0.5").tick()
    assert (watch.move, watch.balance) == (example.Move.LENDS, 1_000_000)
    assert total(maker).lent == 1_000_000


def test_tick_takes_back_below_the_rate_and_not_above(
    example: ModuleType, lender: MakeLender, maker: Trader
) -> None:
    maker[0].set_lent(maker[1], "USDM")
    (watch,) = lender("2", "0.9").tick()
    assert (watch.move, total(maker).is_lent) == (example.Move.STAYS_IN, True)
    (watch,) = lender("2", "1").tick()
    assert (watch.move, watch.balance) == (example.Move.TAKES_BACK, 1_000_000)
    assert not total(maker).is_lent


def test_tick_waits_while_others_have_borrowed_it(
    example: ModuleType, lender: MakeLender, deployer: Client, maker: Trader, taker: Trader
) -> None:
    maker[0].set_lent(maker[1], "USDM")
    deployer.post_prices({"WETH": dec(3_000)})
    client, account = taker
    client.borrow(account, "USDM", dec(1_000_100))
    (watch,) = lender("20", "10").tick()
    assert watch.move is example.Move.WAITS
    assert total(maker).lent >= 1_000_000
    client.repay(account, "USDM")
    (watch,) = lender("20", "10").tick()
    assert watch.move is example.Move.TAKES_BACK


def test_tick_waits_while_the_pool_is_full(
    example: ModuleType, lender: MakeLender, deployer: Client, maker: Trader
) -> None:
    raw = deployer.raw
    raw.execute(raw.calls.set_pool_terms(0, PoolTerms(10**12 - 1, 10**12)))
    (watch,) = lender("0.1", "0").tick()
    assert (watch.move, total(maker).is_lent) == (example.Move.WAITS, False)


def test_tick_with_nothing_to_lend_stays_out(
    example: ModuleType, lender: MakeLender, maker: Trader
) -> None:
    maker[0].withdraw(maker[1], "USDM", dec(1_000_000))
    (watch,) = lender("0.1", "0").tick()
    assert (watch.move, watch.balance) == (example.Move.STAYS_OUT, 0)


def test_take_back_ends_lending(lender: MakeLender, maker: Trader) -> None:
    one = lender("0.1", "0")
    one.tick()
    one.take_back()
    assert (total(maker).is_lent, total(maker).total) == (False, 1_000_000)

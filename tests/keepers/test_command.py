"""`world keeper` on a node: what it prints, what it refuses, stopping, metrics."""

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.client.conftest import Trader, dec, pass_time
from worldmarkets.cli import world
from worldmarkets.client import Client, Side
from worldmarkets.clock import SystemClock
from worldmarkets.deployment import Deployment
from worldmarkets.deployment.manifest import save_deployment
from worldmarkets.keepers import Meters
from worldmarkets.keepers.running import NoKeyError, read_key
from worldmarkets.node import LocalNode

Run = Callable[..., Result]

pytestmark = pytest.mark.node


@pytest.fixture
def manifest(deployment: Deployment, tmp_path: Path) -> Path:
    path = tmp_path / "local.json"
    save_deployment(deployment, path)
    return path


@pytest.fixture
def keeper(node: LocalNode, manifest: Path) -> Run:
    """Run a keeper with the deployer's key, unless the arguments give another one or none."""

    def run(*arguments: str, key: str | None = "0") -> Result:
        given = ["keeper", *arguments, "--rpc", node.url, "--deployment", str(manifest)]
        if key is not None:
            given += ["--dev-key", key]
        return CliRunner().invoke(world, given, env={"WORLD_KEY": ""})

    return run


def told(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [line.split("event=", 1)[1].split(" block")[0] for line in result.output.splitlines()]


@pytest.fixture
def candles(tmp_path: Path) -> str:
    path = tmp_path / "candles.csv"
    path.write_text("ts,open,high,low,close\n0,3010,3010,3010,3010\n60,3010,3010,3010,3010\n")
    return f"WETH={path}"


def test_prices_of_a_file_are_posted_until_its_end(
    keeper: Run, deployer: Client, candles: str
) -> None:
    deployer.post_prices({"WETH": dec(3_000)})
    found = keeper("prices", "--file", candles, "--speed", "200", "--interval", "0.3")
    assert told(found) == [
        'sent what="post WETH 3010"',
        'sent what="poke WETH"',
        "stopped",
    ]
    assert deployer.reference_price("WETH") == 3_010


def test_prices_dry_run_needs_no_key_and_sends_nothing(
    keeper: Run, deployer: Client, candles: str
) -> None:
    deployer.post_prices({"WETH": dec(3_000)})
    found = keeper("prices", "--file", candles, "--rounds", "1", "--dry-run", key=None)
    assert told(found)[:2] == [
        '"would send" what="post WETH 3010"',
        '"would send" what="poke WETH"',
    ]
    assert deployer.reference_price("WETH") == 3_000


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ((), "one of --file, --aggregator and --copy"),
        (("--copy", "WETH", "--aggregator", "WBTC=0x00"), "one of --file"),
        (("--copy", "USDM"), "the quote asset"),
        (("--copy", "DOGE"), "no asset DOGE"),
        (("--copy", "WETH", "--box", "x"), "not signed"),
        (("--aggregator", "WETH=0x00", "--pass-on"), "--box"),
    ],
)
def test_prices_options_that_do_not_fit_are_refused(
    keeper: Run, arguments: tuple[str, ...], error: str
) -> None:
    found = keeper("prices", "--rounds", "1", *arguments)
    assert error in str(found.exception)


def test_prices_heartbeat_of_a_minute_is_refused(keeper: Run) -> None:
    assert keeper("prices", "--heartbeat", "60", "--copy", "WETH").exit_code == 2


def test_keeper_without_a_key_is_refused(keeper: Run) -> None:
    found = keeper("funding", "--rounds", "1", key=None)
    assert "no key" in str(found.exception)


def test_keeper_of_another_chain_is_refused(keeper: Run, manifest: Path, deployer: Client) -> None:
    manifest.write_text(manifest.read_text().replace('"chain_id": 31337', '"chain_id": 4326'))
    found = keeper("funding", "--rounds", "1")
    assert str(found.exception) == "the node is one of chain 31337, the exchange is on 4326"


@pytest.mark.parametrize("end", ["zz", "", "1212"])
def test_read_key_that_is_none_does_not_show_it(tmp_path: Path, end: str) -> None:
    path = tmp_path / "key"
    path.write_text("0x" + "12" * 31 + end)
    with pytest.raises(NoKeyError, match="no private key") as caught:
        read_key(path)
    assert "12" * 8 not in str(caught.value)
    with pytest.raises(NoKeyError, match="can not read"):
        read_key(tmp_path / "none")


def test_keeper_takes_its_key_from_a_file(
    keeper: Run, node: LocalNode, deployer: Client, tmp_path: Path
) -> None:
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    path = tmp_path / "key"
    path.write_text(node.accounts[6].private_key + "\n")
    found = keeper("funding", "--rounds", "1", "--key-file", str(path), key=None)
    assert told(found)[0] == 'sent what="poke WETH-PERP, WBTC-PERP"'
    address = node.accounts[6].address
    assert node.rpc.call("eth_getTransactionCount", address, "latest") == "0x1"


def test_funding_pokes_once_a_round_if_due(keeper: Run, node: LocalNode, deployer: Client) -> None:
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    poked = 'sent what="poke WETH-PERP, WBTC-PERP"'
    assert told(keeper("funding", "--rounds", "2", "--interval", "0.05")) == [poked, "stopped"]
    pass_time(node, 19)
    assert told(keeper("funding", "--rounds", "1", "--idle", "20")) == ["stopped"]
    pass_time(node, 1)
    assert told(keeper("funding", "--rounds", "1", "--idle", "20")) == [poked, "stopped"]
    named = ("--market", "WBTC-PERP", "--idle", "20", "--rounds", "1")
    pass_time(node, 20)
    assert told(keeper("funding", *named)) == ['sent what="poke WBTC-PERP"', "stopped"]


def test_settle_of_the_least(
    keeper: Run, deployer: Client, maker: tuple[Client, int], taker: tuple[Client, int]
) -> None:
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    maker[0].place(maker[1], "WETH-PERP", Side.ASK, dec(3_000), dec(10))
    taker[0].place(taker[1], "WETH-PERP", Side.BID, dec(3_000), dec(10))
    assert told(keeper("settle", "--rounds", "1", "--least", "10.51")) == ["stopped"]
    settled = f'sent what="settle WETH-PERP of account {taker[1]}" told="-10.500000 USDM"'
    assert told(keeper("settle", "--rounds", "1", "--least", "10.5")) == [settled, "stopped"]


def test_liquidate_flags_and_buys_with_the_account_that_is_named(
    keeper: Run, node: LocalNode, deployer: Client, broke: tuple[Client, int], maker: Trader
) -> None:
    account = broke[1]
    bidder = deployer.create_account()
    deployer.draw("USDM", dec(100_000))
    deployer.deposit(bidder, "USDM", dec(100_000))
    maker[0].place(maker[1], "WETH-PERP", Side.BID, dec(2_689), dec(10))
    flagged = f'sent what="flag account {account}"'
    assert told(keeper("liquidate", "--rounds", "1")) == [flagged, "stopped"]
    pass_time(node, 30)
    assert told(keeper("liquidate", "--rounds", "1")) == ["stopped"]
    named = ("--bidder", str(bidder), "--rounds", "1")
    dear = ("--least-profit", "100")
    assert told(keeper("liquidate", *named, *dear)) == ["stopped"]
    small = ("--capital", "500", "--native-price", "0.01")
    dry = told(keeper("liquidate", *named, *small, "--dry-run"))
    assert dry[0].startswith(f'"would send" what="take 24.2509 % of account {account} for ')
    taken, _ = told(keeper("liquidate", *named))
    assert taken.startswith('sent what="take 5')
    assert told(keeper("liquidate", *named, "--no-hedge", "--no-plans")) == ["stopped"]
    hedged = told(keeper("liquidate", *named, "--slippage-bps", "10"))
    assert hedged == ['sent what="hedge on WETH-PERP"', "stopped"]


def test_liquidate_for_an_account_that_there_is_not_is_refused(
    keeper: Run, deployer: Client
) -> None:
    found = keeper("liquidate", "--bidder", "77", "--rounds", "1")
    assert "UnknownAccount" in str(found.exception)


def test_liquidate_for_an_account_of_somebody_else_is_refused(
    keeper: Run, deployer: Client
) -> None:
    """The insurance fund: nobody can act for it."""
    found = keeper("liquidate", "--bidder", "1", "--rounds", "1")
    assert "may not place, lend and borrow for account 1" in str(found.exception)


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_keeper_that_is_told_to_stop_ends_well(
    node: LocalNode, manifest: Path, deployer: Client, end: signal.Signals
) -> None:
    """With metrics served while it runs."""
    deployer.post_prices({"WETH": dec(3_000), "WBTC": dec(100_000)})
    command = [sys.executable, "-m", "worldmarkets", "keeper", "funding", "--rpc", node.url]
    command += ["--deployment", str(manifest), "--dev-key", "0", "--metrics", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[1]
        sent = process.stdout.readline()
        assert 'event=sent what="poke WETH-PERP, WBTC-PERP"' in sent
        with urllib.request.urlopen(address, timeout=10) as answer:
            told = answer.read().decode()
        process.send_signal(end)
        rest = process.stdout.read()
        assert process.wait(timeout=20) == 0
    assert 'world_keeper_sent_total{keeper="funding"} 1.0' in told
    assert 'world_keeper_lag_seconds{keeper="funding"} 0.0' in told
    assert rest.endswith("event=stopped\n")


def test_meters_serve_on_the_loopback_interface() -> None:
    meters = Meters()
    meters.rounds.labels("prices").inc()
    port = meters.serve(0)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        assert 'world_keeper_rounds_total{keeper="prices"} 1.0' in answer.read().decode()


def test_system_clock_stops_who_waits() -> None:
    clock = SystemClock()
    assert not clock.wait(0)
    clock.stop()
    assert clock.wait(60)
    assert clock.stopping

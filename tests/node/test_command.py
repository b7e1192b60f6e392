"""The command `world`: what it lists, and the node in the foreground."""

import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from worldmarkets.client import Reader
from worldmarkets.deployment import load_deployment
from worldmarkets.node import LocalNode, foreground
from worldmarkets.rpc import Rpc, RpcUnavailableError, number

WORLD = [sys.executable, "-m", "worldmarkets"]


def world(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*WORLD, *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def test_world_help_lists_the_commands() -> None:
    told = world("--help")
    assert told.returncode == 0
    listed = [line.split()[0] for line in told.stdout.split("Commands:")[1].splitlines() if line]
    assert listed == ["bench", "calibrate", "crash", "demo", "keeper", "node", "replay", "strategy"]


def test_world_unknown_command_is_refused() -> None:
    told = world("fly")
    assert told.returncode == 2
    assert "No such command 'fly'" in told.stderr


@pytest.mark.node
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_world_node_runs_until_interrupted(ending: signal.Signals) -> None:
    command = [*WORLD, "node", "--port", "0", "--no-deploy", "--block-time", "0.05"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        url = first.split()[1].rstrip(",")
        assert first == f"node {url}, chain id 31337\n"
        accounts = [process.stdout.readline().split() for _ in range(10)]
        assert accounts[0] == ["account", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"]
        balance = Rpc(url).call("eth_getBalance", accounts[9][1], "latest")
        assert number(balance) == 10_000_000 * 10**18
        os.kill(process.pid, ending)
        assert process.wait(timeout=30) == 0
    with pytest.raises(RpcUnavailableError):
        Rpc(url).call("eth_chainId")


@pytest.mark.node
def test_world_node_taken_port_is_told_in_a_line(tmp_path: Path) -> None:
    with LocalNode() as node:
        port = node.url.rsplit(":", 1)[1]
        told = world("node", "--port", port, "--no-deploy")
    assert told.returncode == 1
    assert told.stdout == ""
    assert told.stderr.startswith("error: anvil ended at its start: ")
    assert told.stderr.count("\n") == 1


@pytest.mark.node
def test_run_node_with_exchange_records_it_where_others_find_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    record = tmp_path / "local.json"
    monkeypatch.setattr(foreground, "manifest_path", lambda _: record)
    monkeypatch.setattr(foreground, "write_abi", lambda: tmp_path / "Exchange.json")
    told: list[str] = []
    prices: list[Decimal | None] = []

    def use_it() -> None:
        url = next(line for line in told if line.startswith("node ")).split()[1].rstrip(",")
        prices.append(Reader(url, load_deployment(record)).book("WETH").highest_bid)

    foreground.run_node(0, 0.05, True, use_it, told.append)
    assert prices == [3_150]
    assert told[0] == f"exchange {load_deployment(record).exchange}"
    assert told[-1] == "stop with Ctrl-C"

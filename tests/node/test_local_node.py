"""The local node starts like MegaETH, mines as told, and never outlives its user."""

import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from worldmarkets.node import (
    BASE_FEE_WEI,
    BLOCK_GAS_LIMIT,
    CHAIN_ID,
    AnvilNotFoundError,
    DevAccount,
    LocalNode,
    NodeStartError,
    processes,
)
from worldmarkets.node.processes import AnvilProcess
from worldmarkets.rpc import Rpc, RpcUnavailableError, number, quantity
from worldmarkets.transactions import KeySigner, Receipt, Request, Sender

pytestmark = pytest.mark.node

ETHER = 10**18


@pytest.fixture
def node() -> Iterator[LocalNode]:
    with LocalNode() as started:
        yield started


def is_alive(process_id: int) -> bool:
    """Whether a process runs; one that has ended and only waits to be read does not."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8")
        return status.rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until_dead(process_ids: tuple[int, ...]) -> None:
    deadline = time.monotonic() + 10
    while any(map(is_alive, process_ids)):
        assert time.monotonic() < deadline, f"{process_ids} still run"
        time.sleep(0.02)


def latest(rpc: Rpc) -> dict[str, str]:
    return rpc.call("eth_getBlockByNumber", "latest", False)


def pay(rpc: Rpc, sender: DevAccount, receiver: DevAccount) -> Receipt:
    """Send a wei."""
    signer = KeySigner(sender.private_key)
    return Sender(rpc, signer).execute(Request(receiver.address, b"", value_wei=1))


def test_start_default_is_like_megaeth(node: LocalNode) -> None:
    sender, receiver = node.accounts[:2]
    pay(node.rpc, sender, receiver)
    block = latest(node.rpc)
    assert number(node.rpc.call("eth_chainId")) == CHAIN_ID == 31_337
    assert number(block["gasLimit"]) == BLOCK_GAS_LIMIT == 10_000_000_000
    assert number(block["baseFeePerGas"]) == BASE_FEE_WEI == 1_000_000
    assert number(block["number"]) == 1
    assert 0 <= time.time() - number(block["timestamp"]) < 30
    balance = number(node.rpc.call("eth_getBalance", receiver.address, "latest"))
    assert balance == 10_000_000 * ETHER + 1


def test_start_given_port_listens_there() -> None:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with LocalNode(port) as node:
        assert node.url == f"http://127.0.0.1:{port}"
        assert number(Rpc(node.url).call("eth_chainId")) == CHAIN_ID


def test_start_taken_port_raises_and_leaves_nothing(node: LocalNode) -> None:
    port = int(node.url.rsplit(":", 1)[1])
    second = LocalNode(port)
    started: list[int] = []
    original = AnvilProcess.stop

    def stop(process: AnvilProcess) -> None:
        started.append(process.process_id)
        original(process)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(AnvilProcess, "stop", stop)
        with pytest.raises(NodeStartError, match=r"anvil ended at its start: .*in use"):
            second.start()
    assert len(started) == 2
    wait_until_dead(tuple(started))
    assert number(node.rpc.call("eth_chainId")) == CHAIN_ID


def test_start_without_anvil_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(processes, "project_root", lambda: tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AnvilNotFoundError, match="run `make setup`"):
        LocalNode().start()


def test_stop_ends_all_processes() -> None:
    node = LocalNode(block_time=0.01)
    node.start()
    process_ids, url = node.process_ids, node.url
    assert len(process_ids) == 2
    assert all(map(is_alive, process_ids))
    node.stop()
    node.stop()
    wait_until_dead(process_ids)
    with pytest.raises(RpcUnavailableError):
        Rpc(url).call("eth_chainId")


def test_exit_after_exception_ends_all_processes() -> None:
    node = LocalNode()
    process_ids: list[int] = []

    def fail() -> None:
        with node:
            process_ids.extend(node.process_ids)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert len(process_ids) == 2
    wait_until_dead(tuple(process_ids))


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM])
def test_processes_of_a_killed_program_end(ending: signal.Signals) -> None:
    program = (
        "import time; from worldmarkets.node import LocalNode; node = LocalNode(); node.start(); "
        "print(*node.process_ids, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as user:
        assert user.stdout is not None
        process_ids = tuple(map(int, user.stdout.readline().split()))
        assert len(process_ids) == 2
        assert all(map(is_alive, process_ids))
        os.kill(user.pid, ending)
    wait_until_dead(process_ids)


def test_mine_every_pins_the_base_fee_of_each_block(node: LocalNode) -> None:
    first = number(latest(node.rpc)["number"])
    node.mine_every(0.01)
    sender = Sender(node.rpc, KeySigner(node.accounts[0].private_key))
    receipts = [
        sender.execute(Request(node.accounts[1].address, b"", value_wei=1)) for _ in range(10)
    ]
    node.mine_every(None)
    last = number(latest(node.rpc)["number"])
    assert last >= first + 10
    assert [receipt.gas_price_wei for receipt in receipts] == [BASE_FEE_WEI] * 10
    blocks = node.rpc.batch(
        [("eth_getBlockByNumber", [quantity(n), False]) for n in range(first + 1, last + 1)]
    )
    assert {number(block["baseFeePerGas"]) for block in blocks} == {BASE_FEE_WEI}


def test_mine_every_none_goes_back_to_a_block_a_transaction(node: LocalNode) -> None:
    node.mine_every(0.01)
    node.mine_every(None)
    before = number(latest(node.rpc)["number"])
    time.sleep(0.1)
    assert number(latest(node.rpc)["number"]) == before
    pay(node.rpc, *node.accounts[:2])
    assert number(latest(node.rpc)["number"]) == before + 1


def write_slots(first: int, count: int) -> bytes:
    """Code that writes 1 to `count` slots from `first` on, when run as creation code."""
    end = first + count
    loop = bytes.fromhex("5b6001815560010163")
    back = bytes.fromhex("811060055700")
    return b"\x63" + first.to_bytes(4, "big") + loop + end.to_bytes(4, "big") + back


def block_milliseconds(rpc: Rpc) -> float:
    """Median time of an empty block."""
    times = []
    for _ in range(60):
        began = time.perf_counter()
        rpc.call("evm_mine")
        times.append(1_000 * (time.perf_counter() - began))
    return statistics.median(times[-30:])


def grown(rpc: Rpc, signer: KeySigner, slots: int) -> float:
    sender = Sender(rpc, signer)
    for first in range(0, slots, 20_000):
        sender.execute(Request(None, write_slots(first, 20_000), 1_000_000_000))
    return block_milliseconds(rpc)


def test_block_cost_stays_flat_as_the_state_grows() -> None:
    """Measured at 80,000 slots: 1 ms as with none, and 290 ms in an Anvil without fork."""
    with LocalNode(kept_states=0) as node:
        empty = block_milliseconds(node.rpc)
        full = grown(node.rpc, KeySigner(node.accounts[0].private_key), 80_000)
    assert full < 4 * empty + 4, f"{empty:.1f} ms empty, {full:.1f} ms full"

"""An Anvil node, spoken to in raw JSON-RPC over one connection."""

import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from tests.support.backend import START_TIME, CallFailedError, Log, Result
from worldmarkets.artifacts import project_root

_GAS = 1_000_000_000
_RICH = 10**24
_GAVE_UP = "confirmation timeout"
"""What Anvil says of a transaction that it has, and has not mined in time."""
_WAITS, _WAIT_SECONDS = 1_000, 0.05


class RpcError(Exception):
    """The node answered with an error."""

    def __init__(self, method: str, error: dict[str, Any]) -> None:
        super().__init__(f"{method}: {error.get('message')}")
        self.error = error


class RpcBackend:
    """`Backend` on an Anvil that mines each transaction at once.

    Accounts are impersonated. A call that would revert is not sent: its revert data comes from
    eth_call, and a reverted transaction changes nothing anyway.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
        self._rich: set[str] = set()
        self._time = 0
        self._last_hash = ""
        self.request("anvil_autoImpersonateAccount", True)
        self.request("anvil_setBlockTimestampInterval", 0)
        latest = self.request("eth_getBlockByNumber", "latest", False)
        self.set_time(max(START_TIME, int(latest["timestamp"], 16)))

    @property
    def time(self) -> int:
        return self._time

    def set_time(self, timestamp: int) -> None:
        assert timestamp >= self._time, "time does not run backwards"
        self._time = timestamp
        self.request("evm_setNextBlockTimestamp", timestamp)
        self.request("evm_mine")

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> Result:
        self._fund(sender)
        transaction = _transaction(sender, to, data, value)
        try:
            returned = self._eth_call(transaction)
        except CallFailedError as error:
            return Result(False, error.returned)
        receipt = self._send(transaction)
        assert receipt["status"] == "0x1", "a transaction failed that eth_call let through"
        self._last_hash = receipt["transactionHash"]
        return Result(True, returned, _logs(receipt), int(receipt["gasUsed"], 16))

    def view(self, to: str, data: bytes) -> bytes:
        return self._eth_call({"to": to, "data": f"0x{data.hex()}"})

    def deploy(self, sender: str, bytecode: bytes) -> str:
        self._fund(sender)
        transaction = _transaction(sender, None, bytecode, 0)
        self._eth_call(transaction)
        return self._send(transaction)["contractAddress"].lower()

    def snapshot(self) -> object:
        return self.request("evm_snapshot"), self._time, set(self._rich)

    def revert(self, snapshot: object) -> None:
        number, self._time, self._rich = snapshot
        assert self.request("evm_revert", number)

    def storage_changes(self, address: str) -> dict[int, int]:
        """Slots of a contract that the last transaction changed, with their new words."""
        options = {"tracer": "prestateTracer", "tracerConfig": {"diffMode": True}}
        diff = self.request("debug_traceTransaction", self._last_hash, options)
        pre, post = (diff[side].get(address, {}).get("storage", {}) for side in ("pre", "post"))
        return {int(slot, 16): int(post.get(slot, "0x0"), 16) for slot in {*pre, *post}}

    def request(self, method: str, *params: object) -> Any:
        """Make a JSON-RPC request; raises RpcError."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
        self._connection.request("POST", "/", body, {"Content-Type": "application/json"})
        answer = json.loads(self._connection.getresponse().read())
        if "error" in answer:
            raise RpcError(method, answer["error"])
        return answer["result"]

    def _eth_call(self, transaction: dict[str, str]) -> bytes:
        try:
            return bytes.fromhex(self.request("eth_call", transaction, "latest")[2:])
        except RpcError as error:
            data = error.error.get("data")
            if not isinstance(data, str):
                raise
            raise CallFailedError(bytes.fromhex(data[2:])) from None

    def _send(self, transaction: dict[str, str]) -> dict[str, Any]:
        try:
            return self.request("eth_sendTransactionSync", transaction)
        except RpcError as error:
            if _GAVE_UP not in str(error.error.get("message")):
                raise
        return self._wait(transaction)

    def _wait(self, transaction: dict[str, str]) -> dict[str, Any]:
        """The receipt of a transaction that a busy machine was slow to mine."""
        wanted = (transaction["from"], transaction["data"])
        for _ in range(_WAITS):
            time.sleep(_WAIT_SECONDS)
            for mined in self.request("eth_getBlockByNumber", "latest", True)["transactions"]:
                known = mined["hash"] == self._last_hash
                if (mined["from"], mined["input"]) == wanted and not known:
                    return self.request("eth_getTransactionReceipt", mined["hash"])
        raise TimeoutError(f"no block has the transaction of {transaction['from']}")

    def _fund(self, address: str) -> None:
        if address not in self._rich:
            self.request("anvil_setBalance", address, hex(_RICH))
            self._rich.add(address)


@contextmanager
def running_anvil() -> Iterator[str]:
    """Start an Anvil on a free port and yield its URL."""
    path = f"{project_root() / 'node_modules' / '.bin'}"
    program = shutil.which("anvil", path=path) or shutil.which("anvil")
    assert program, "Anvil is neither in node_modules/.bin nor on PATH"
    port = _free_port()
    options = ["--port", str(port), "--chain-id", "31337", "--hardfork", "prague"]
    options += ["--gas-limit", "10000000000", "--base-fee", "0", "--gas-price", "0"]
    options += ["--order", "fifo", "--timestamp", str(START_TIME - 1), "--silent"]
    node = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, node)
        yield f"http://127.0.0.1:{port}"
    finally:
        node.terminate()
        node.wait(timeout=10)


def _wait_for(port: int, node: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert node.poll() is None, "Anvil ended at once"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("Anvil did not answer within 20 s")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _transaction(sender: str, to: str | None, data: bytes, value: int) -> dict[str, str]:
    fields = {"from": sender, "data": f"0x{data.hex()}", "value": hex(value), "gas": hex(_GAS)}
    return fields if to is None else {**fields, "to": to}


def _logs(receipt: dict[str, Any]) -> tuple[Log, ...]:
    return tuple(
        Log(
            log["address"].lower(),
            tuple(bytes.fromhex(topic[2:]) for topic in log["topics"]),
            bytes.fromhex(log["data"][2:]),
        )
        for log in receipt["logs"]
    )

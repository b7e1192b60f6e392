"""One small interface to an EVM, so that a test runs in process or on a node unchanged."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

START_TIME = 1_750_000_000
"""Timestamp at which tests begin [seconds]."""


@dataclass(frozen=True)
class Log:
    """One log entry; the address is in lower case."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True)
class Result:
    """Outcome of a call; `returned` holds the revert data if it is not ok.

    `gas` is that of the transaction, None where the backend does not know it.
    """

    ok: bool
    returned: bytes
    logs: tuple[Log, ...] = ()
    gas: int | None = None


class Backend(Protocol):
    """An EVM that mines every call at once, at a time that only `set_time` moves."""

    @property
    def time(self) -> int:
        """Timestamp of the next call [seconds]."""

    def set_time(self, timestamp: int) -> None:
        """Move time forward [seconds]."""

    def call(self, sender: str, to: str, data: bytes, value: int = 0) -> Result:
        """Execute a transaction."""

    def view(self, to: str, data: bytes) -> bytes:
        """Read without changing anything; raises CallFailedError with the revert data."""

    def deploy(self, sender: str, bytecode: bytes) -> str:
        """Create a contract and return its address in lower case; raises CallFailedError."""

    def snapshot(self) -> object:
        """Remember the state and time."""

    def revert(self, snapshot: object) -> None:
        """Return to a state remembered; each can be used once."""


class CallFailedError(Exception):
    """A view or a deployment reverted."""

    def __init__(self, returned: bytes) -> None:
        super().__init__(f"reverted with 0x{returned.hex()}")
        self.returned = returned


@contextmanager
def rolled_back(backend: Backend) -> Iterator[None]:
    """Undo everything done inside."""
    snapshot = backend.snapshot()
    try:
        yield
    finally:
        backend.revert(snapshot)


def user_address(index: int) -> str:
    """Return a made-up address that no precompile, contract or other index has."""
    return f"0x{0xA11CE << 140 | index:040x}"

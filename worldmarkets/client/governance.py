"""Pausing, limits and listing, as guardians and the timelock's proposers do it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from eth_utils.crypto import keccak

from worldmarkets.abi import abi_of
from worldmarkets.client.raw import RawClient
from worldmarkets.deployment.roles import ADMIN_ROLE
from worldmarkets.transactions import Receipt, Request

_NO_PREDECESSOR = bytes(32)
_CANCELLER_ROLE = keccak(text="CANCELLER_ROLE")


class OperationState(IntEnum):
    """Where a proposal to the timelock stands. Source: OpenZeppelin's TimelockController."""

    UNSET = 0
    WAITING = 1
    READY = 2
    DONE = 3


@dataclass(frozen=True)
class Operation:
    """Calls that the timelock makes together, in order; `salt` tells equal ones apart."""

    requests: tuple[Request, ...]
    salt: bytes = bytes(32)

    def arguments(self) -> tuple[object, ...]:
        """Return what the timelock's batch functions take: targets, values, payloads and so on."""
        targets = [request.to for request in self.requests]
        values = [request.value_wei for request in self.requests]
        payloads = [request.data for request in self.requests]
        return (targets, values, payloads, _NO_PREDECESSOR, self.salt)


class Guardian:
    """Pauses markets and resumes them; the key needs the guardian role."""

    def __init__(self, client: RawClient) -> None:
        self._client = client

    def pause(self, market_ids: Sequence[int], hours: int) -> Receipt:
        """Pause new risk in markets for 1 to 72 hours, to the full hour after."""
        return self._client.execute(self._client.calls.pause_markets(market_ids, hours))

    def resume(self, market_ids: Sequence[int]) -> Receipt:
        """End the pause of markets now."""
        return self._client.execute(self._client.calls.resume_markets(market_ids))


class Timelock:
    """Proposes to the timelock, waits, and lets it act.

    What to propose are requests of others: those that `Calls` builds for listing and limits, and
    those of `grant` and `revoke` here. The key needs to be a proposer to propose, a canceller to
    cancel; anybody may execute what is due.
    """

    def __init__(self, client: RawClient) -> None:
        self._client = client
        self._abi = abi_of("Timelock")
        self.address = client.deployment.timelock

    def propose(self, operation: Operation, delay_seconds: int | None = None) -> bytes:
        """Schedule an operation and return its id; after the shortest delay unless one is given."""
        delay = self.delay() if delay_seconds is None else delay_seconds
        self._send("scheduleBatch", *operation.arguments(), delay)
        return self.operation_id(operation)

    def execute(self, operation: Operation) -> Receipt:
        """Make the calls of an operation that is due; reverts with what one of them reverts."""
        return self._send("executeBatch", *operation.arguments())

    def cancel(self, operation_id: bytes) -> Receipt:
        """Drop an operation that is not executed yet."""
        return self._send("cancel", operation_id)

    def state(self, operation_id: bytes) -> OperationState:
        """Return where an operation stands."""
        return OperationState(self._read("getOperationState", operation_id))

    def due(self, operation_id: bytes) -> int:
        """Return from when on an operation may be executed [seconds]; 0 if there is none."""
        return self._read("getTimestamp", operation_id)

    def delay(self) -> int:
        """Return the shortest time from a proposal to its execution [seconds]."""
        return self._read("getMinDelay")

    def operation_id(self, operation: Operation) -> bytes:
        """Return the id of an operation, whether it is proposed or not."""
        data = self._abi.encode("hashOperationBatch", *operation.arguments())
        (found,) = self._abi.decode("hashOperationBatch", self._client.call(self.address, data))
        return bytes(found)

    # ------------------------------------------------------------- what to propose

    def grant(self, role: int, account: str) -> Request:
        """Give a role of the authority to somebody; roles as in `deployment.roles`."""
        return self._authority("grantRole", role, account, 0)

    def revoke(self, role: int, account: str) -> Request:
        """Take a role of the authority from somebody.

        Raises:
            ValueError: it is the timelock's own administration, which nobody could give back.
        """
        if role == ADMIN_ROLE and int(account, 16) == int(self.address, 16):
            raise ValueError("without its administrator the authority is locked for ever")
        return self._authority("revokeRole", role, account)

    def let_cancel(self, account: str) -> Request:
        """Let somebody cancel proposals without proposing, a guardian for instance."""
        return Request(self.address, self._abi.encode("grantRole", _CANCELLER_ROLE, account))

    def change_delay(self, seconds: int) -> Request:
        """Change the shortest delay of later proposals."""
        return Request(self.address, self._abi.encode("updateDelay", seconds))

    def _authority(self, function: str, *arguments: object) -> Request:
        data = abi_of("Authority").encode(function, *arguments)
        return Request(self._client.deployment.authority, data)

    def _read(self, function: str, *arguments: object) -> int:
        returned = self._client.call(self.address, self._abi.encode(function, *arguments))
        (found,) = self._abi.decode(function, returned)
        return int(found)

    def _send(self, function: str, *arguments: object) -> Receipt:
        return self._client.execute(Request(self.address, self._abi.encode(function, *arguments)))

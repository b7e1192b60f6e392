"""What the deployer may not do, or not yet: told as an operation for the timelock."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worldmarkets.abi import abi_of
from worldmarkets.deployment.manifest import Deployment
from worldmarkets.transactions import Request
from worldmarkets.transactions.receipts import to_hex

_NO_PREDECESSOR = bytes(32)
_NO_SALT = bytes(32)


@dataclass(frozen=True)
class Proposal:
    """A call that is left to the timelock, and from when on it succeeds [seconds]."""

    what: str
    request: Request
    due: int


def describe(
    deployment: Deployment, proposals: Sequence[Proposal], delay_seconds: int, now: int
) -> Iterator[str]:
    """Yield lines that say what to propose to the timelock: all calls, as one operation.

    Args:
        deployment: Where.
        proposals: What is left.
        delay_seconds: Shortest delay of the timelock.
        now: Time of the chain [seconds].
    """
    delay = max(delay_seconds, *(proposal.due - now for proposal in proposals))
    yield f"to be proposed to the timelock {deployment.timelock}, with a delay of {delay} seconds:"
    for proposal in proposals:
        yield f"  {proposal.what}"
        yield f"    {proposal.request.to} {to_hex(proposal.request.data)}"
    data = schedule(proposals, delay)
    yield f"  as one operation, in the call of a proposer: {deployment.timelock} {to_hex(data)}"


def schedule(proposals: Sequence[Proposal], delay_seconds: int) -> bytes:
    """Return the calldata with which a proposer schedules all calls as one operation."""
    requests = [proposal.request for proposal in proposals]
    targets = [request.to for request in requests]
    values = [request.value_wei for request in requests]
    payloads = [request.data for request in requests]
    calls = (targets, values, payloads, _NO_PREDECESSOR, _NO_SALT)
    return abi_of("Timelock").encode("scheduleBatch", *calls, delay_seconds)

"""What a keeper does in a round: look at the chain, and say what is to be sent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from worldmarkets.transactions import Receipt, Request


def always() -> bool:
    """Return that something is still to be done."""
    return True


def nothing(_receipt: Receipt) -> str:
    """Return that there is nothing to tell."""
    return ""


@dataclass(frozen=True)
class Action:
    """One transaction."""

    what: str
    """What it does, for people."""
    request: Request
    is_due: Callable[[], bool] = always
    """Asked right before it is sent: whether it is still to be done, and nobody else has."""
    harmless: frozenset[str] = frozenset()
    """Errors of the contracts that say that somebody else has done it, or that it has to wait."""
    tell: Callable[[Receipt], str] = nothing
    """What came of it, for people."""


@dataclass(frozen=True)
class Round:
    """What was found: what is to be sent, in order, and how far behind everything is."""

    actions: tuple[Action, ...] = ()
    lag_seconds: float = 0
    """By how much the job is late, in its own terms [seconds]."""
    notes: tuple[str, ...] = ()
    """What people should know."""
    is_last: bool = False
    """Whether there is nothing to do after it."""


class Job(Protocol):
    """What a keeper keeps. It remembers nothing that the chain does not know."""

    @property
    def name(self) -> str:
        """What it is called in logs and metrics."""

    def look(self) -> Round:
        """Look at the chain, without changing it.

        Raises:
            WorldMarketsError: it can not be seen now.
        """


@runtime_checkable
class Leaver(Protocol):
    """A job that does not leave everything as it is when it stops."""

    def leave(self) -> tuple[Action, ...]:
        """Return what is to be sent before it stops; raises what `Job.look` raises."""

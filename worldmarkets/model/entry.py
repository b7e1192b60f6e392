"""What every entry point of the exchange does: all or nothing, events, who may call."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from worldmarkets.model import outside
from worldmarkets.model.errors import AccessManagedUnauthorized
from worldmarkets.model.events import BookRecords, Event
from worldmarkets.model.interface import Permission
from worldmarkets.model.operators import Actor, authorise
from worldmarkets.model.records import Record
from worldmarkets.model.state import State

T = TypeVar("T")


class Entry:
    """The state of an exchange without a chain; see `Exchange` for its attributes."""

    def __init__(
        self,
        address: int,
        state: State,
        *,
        time: int = 0,
        listers: Iterable[int] = (),
        guardians: Iterable[int] = (),
        ramp_seconds: int = 0,
    ) -> None:
        self.address = address
        self.state = state
        self.time = time
        self.listers = frozenset(listers)
        self.guardians = frozenset(guardians)
        self.ramp_seconds = ramp_seconds
        self.events: list[Event] = []
        self.tokens: dict[int, outside.Token] = {}
        self.feeds: dict[int, outside.PostedPriceFeed] = {}

    def _act(self, action: Callable[[], T]) -> T:
        """Run an action that changes all or nothing."""
        self.events = []
        self.state.written.clear()
        self.state.time = self.time
        try:
            with self.state.journal.transaction():
                return action()
        except BaseException:
            self.events = []
            raise

    def _emit(self, action: Callable[[], Event]) -> None:
        """Run an action that changes all or nothing, and emit what it returns."""
        self._act(lambda: self.events.append(action()))

    def _on_books(
        self,
        caller: int,
        account_id: int,
        needed: Permission,
        action: Callable[[Actor, list[Record]], T],
    ) -> T:
        """Run an action on the books for an account, and emit its records.

        `caller` is the account's owner, or an operator with all permissions needed.
        """
        return self._act(lambda: self._record(caller, account_id, needed, action))

    def _record(
        self,
        caller: int,
        account_id: int,
        needed: Permission,
        action: Callable[[Actor, list[Record]], T],
    ) -> T:
        """Run a part of an action on the books, and emit its records."""
        log: list[Record] = []
        result = action(self._authorise(caller, account_id, needed), log)
        if log:
            self.events.append(BookRecords(account_id, tuple(log)))
        return result

    def _authorise(self, caller: int, account_id: int, needed: Permission) -> Actor:
        return authorise(self.state, account_id, caller, needed, self.time)

    def _check_role(self, holders: frozenset[int], caller: int) -> None:
        if caller not in holders:
            raise AccessManagedUnauthorized(caller)

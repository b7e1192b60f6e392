"""Following a replay through the log: was each action done as foreseen, what is the book now."""

from worldmarkets.errors import WorldMarketsError
from worldmarkets.logbook import Acted, Fill, LogBook
from worldmarkets.model.interface import Removal
from worldmarkets.model.records import Filled, Placed, Record, Reduced, Removed
from worldmarkets.replay.actions import Action, Cancel, Place


class ReplayMismatchError(WorldMarketsError):
    """The exchange did something else than the flow's action asks for."""

    def __init__(self, event_number: int, action: Action, found: str) -> None:
        self.event_number = event_number
        super().__init__(f"event {event_number}: {action} led to {found}")


class Follower:
    """Checks the log against the actions and keeps the book from it."""

    def __init__(self) -> None:
        self.book = LogBook()
        self.traded_lots = 0

    def follow(self, event_number: int, action: Action, acted: list[Acted]) -> list[Fill]:
        """Apply what an action did to the book and return its fills.

        Raises:
            ReplayMismatchError: it did not do what was foreseen.
        """
        if len(acted) != 1 or acted[0].account != action.account or not _is_as(action, acted[0]):
            raise ReplayMismatchError(event_number, action, str(acted) if acted else "nothing")
        fills = self.book.apply(acted[0])
        self.traded_lots += sum(fill.lots for fill in fills)
        return fills


def _is_as(action: Action, acted: Acted) -> bool:
    """Whether the records of an action are those that were foreseen."""
    records = acted.records
    if isinstance(action, Place):
        filled = sum(record.lots for record in records if isinstance(record, Filled))
        placed = [record for record in records if isinstance(record, Placed)]
        removed = any(isinstance(record, Removed) for record in records)
        return (
            filled == action.filled_lots
            and not removed
            and [(record.order_id, record.lots) for record in placed] == _resting(action)
        )
    return records == (_foreseen(action),)


def _resting(action: Place) -> list[tuple[int, int]]:
    return [(action.resting_id, action.resting_lots)] if action.resting_id else []


def _foreseen(action: Action) -> Record:
    if isinstance(action, Cancel):
        reason = Removal.CANCELLED
        return Removed(action.order_id, action.lots, action.account, reason)
    assert not isinstance(action, Place)
    return Reduced(action.order_id, action.new_lots, action.lots_off)

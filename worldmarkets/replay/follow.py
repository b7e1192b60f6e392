"""Following a replay through the log: was each step done as foreseen, what is the book now."""

from worldmarkets.client.records import Action, Filled, Placed, Record, Reduced, Removed
from worldmarkets.errors import WorldMarketsError
from worldmarkets.logbook import Fill, LogBook
from worldmarkets.model.interface import Removal
from worldmarkets.replay.steps import Cancel, Place, Reduce, Step


class ReplayMismatchError(WorldMarketsError):
    """The exchange did something else than the flow's step asks for."""

    def __init__(self, event_number: int, step: Step, found: str) -> None:
        self.event_number = event_number
        super().__init__(f"event {event_number}: {step} led to {found}")


class Follower:
    """Checks the log against the steps and keeps the book from it."""

    def __init__(self) -> None:
        self.book = LogBook()
        self.traded_lots = 0

    def follow(self, event_number: int, step: Step, acted: list[Action]) -> list[Fill]:
        """Apply what a step did to the book and return its fills.

        Raises:
            ReplayMismatchError: it did not do what was foreseen.
        """
        if len(acted) != 1 or acted[0].account_id != step.account or not _is_as(step, acted[0]):
            raise ReplayMismatchError(event_number, step, str(acted) if acted else "nothing")
        fills = self.book.apply(acted[0])
        self.traded_lots += sum(fill.lots for fill in fills)
        return fills


def _is_as(step: Step, acted: Action) -> bool:
    """Whether the records of a step are those that were foreseen."""
    records = acted.records
    if isinstance(step, Place):
        filled = sum(record.lots for record in records if isinstance(record, Filled))
        placed = [record for record in records if isinstance(record, Placed)]
        removed = any(isinstance(record, Removed) for record in records)
        return (
            filled == step.filled_lots
            and not removed
            and [(record.order_id, record.lots) for record in placed] == _resting(step)
        )
    return records == (_foreseen(step),)


def _resting(step: Place) -> list[tuple[int, int]]:
    return [(step.resting_id, step.resting_lots)] if step.resting_id else []


def _foreseen(step: Cancel | Reduce) -> Record:
    if isinstance(step, Cancel):
        reason = Removal.CANCELLED
        return Removed(step.order_id, step.lots, step.account, reason)
    return Reduced(step.order_id, step.new_lots, step.lots_off)

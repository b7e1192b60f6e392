"""Joining a replay with the book snapshots of the same market."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from worldmarkets.marketdata.flow import FlowEvent
from worldmarkets.marketdata.snapshots import NUMBERS_A_LEVEL, Snapshot


@dataclass
class SnapshotJoin:
    """Tells after which events of a flow the book should equal which row of a snapshot file.

    The flow holds every message of the snapshot file's own message file, among others. A pointer
    walks those messages: when an original event equals the next one in all fields, the book after
    it belongs to that row.
    """

    messages: Sequence[FlowEvent]
    snapshots: Sequence[Snapshot]
    compared: int = 0
    differing: list[int] = field(default_factory=list)
    """Rows whose book was another one."""

    @property
    def depth(self) -> int:
        """Levels a side in a snapshot."""
        return len(self.snapshots[0]) // NUMBERS_A_LEVEL

    @property
    def is_finished(self) -> bool:
        """Whether every row was compared."""
        return self.compared == len(self.messages)

    def expects(self, event: FlowEvent) -> bool:
        """Whether the book after an event belongs to the next row."""
        if self.is_finished or event.synthetic:
            return False
        return event.row == self.messages[self.compared].row

    def compare(self, book: Snapshot | None) -> bool:
        """Compare the book with the next row, and return whether they are equal."""
        equal = book == self.snapshots[self.compared]
        if not equal:
            self.differing.append(self.compared)
        self.compared += 1
        return equal

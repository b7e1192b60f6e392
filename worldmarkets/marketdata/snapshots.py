"""Book snapshots: the best levels of both sides after each message of an order flow."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from worldmarkets.marketdata.tables import (
    MalformedRowError,
    UnknownFormatError,
    read_columns,
    read_rows,
)

Snapshot: TypeAlias = tuple[int, ...]
"""Ask tick, ask lots, bid tick, bid lots, best level first, four numbers a level."""

NUMBERS_A_LEVEL = 4
"""Numbers of a level in a snapshot."""

MOST_SKIPS = 2_000
"""States that two sequences may skip, together, before they count as different."""

_UNITS_PER_TICK = 100
_NAMES = ("ask_px", "ask_sz", "bid_px", "bid_sz")


def read_snapshots(path: Path) -> Iterator[Snapshot]:
    """Yield the rows of a snapshot file, prices as ticks.

    Raises:
        UnreadableFileError: the file is missing or not text.
        UnknownFormatError: its columns are not ask_px_1, ask_sz_1, bid_px_1, bid_sz_1, …
        MalformedRowError: a field is no number, or a price no whole tick.
    """
    columns = read_columns(path)
    depth = max(1, len(columns) // len(_NAMES))
    expected = tuple(f"{name}_{level}" for level in range(1, depth + 1) for name in _NAMES)
    if columns != expected:
        raise UnknownFormatError(path, columns, (expected,))
    for line, fields in read_rows(path):
        try:
            numbers = [int(field) for field in fields]
        except ValueError as error:
            raise MalformedRowError(path, line, str(error)) from error
        if any(price % _UNITS_PER_TICK for price in numbers[::2]):
            raise MalformedRowError(path, line, "a price is no whole tick")
        numbers[::2] = [price // _UNITS_PER_TICK for price in numbers[::2]]
        yield tuple(numbers)


def collapse(states: Iterable[Snapshot]) -> list[Snapshot]:
    """Return the states without those that equal the one before."""
    collapsed: list[Snapshot] = []
    for state in states:
        if not collapsed or collapsed[-1] != state:
            collapsed.append(state)
    return collapsed


def count_aligned(
    ours: Sequence[Snapshot], theirs: Sequence[Snapshot], most_skips: int = MOST_SKIPS
) -> int:
    """Count how many of our states stand in theirs too, in the same order.

    The pairs of the shortest edit script, whatever is left over at the end of theirs. Sequences
    that need more than `most_skips` skips on both sides count as aligned as far as that goes.
    Source: Myers, An O(ND) Difference Algorithm (1986), on the length alone: after d skips of a
    state of either side, each diagonal keeps the furthest place reached in ours.
    """
    furthest = {1: 0}
    aligned = 0
    for skipped in range(min(most_skips, len(ours) + len(theirs)) + 1):
        for diagonal in range(-skipped, skipped + 1, 2):
            place = _advance(ours, theirs, furthest, skipped, diagonal)
            furthest[diagonal] = place
            # The diagonal is our skips less theirs.
            pairs = place - (skipped + diagonal) // 2
            if place >= len(ours):
                return pairs
            aligned = max(aligned, pairs)
    return aligned


def _advance(
    ours: Sequence[Snapshot],
    theirs: Sequence[Snapshot],
    furthest: dict[int, int],
    skipped: int,
    diagonal: int,
) -> int:
    """Return the furthest place in ours on a diagonal after one more skip."""
    down = diagonal == -skipped or (
        diagonal != skipped and furthest[diagonal - 1] < furthest[diagonal + 1]
    )
    i = furthest[diagonal + 1] if down else furthest[diagonal - 1] + 1
    while i < len(ours) and 0 <= i - diagonal < len(theirs) and ours[i] == theirs[i - diagonal]:
        i += 1
    return i

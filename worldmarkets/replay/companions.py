"""Files that lie beside an order flow and tell what its book was."""

from dataclasses import dataclass
from pathlib import Path

from worldmarkets.marketdata.flow import MESSAGE_COLUMNS
from worldmarkets.marketdata.tables import DataFileError, read_columns

_SERIES_PARTS = 2
_QUOTE_COLUMNS = ("ask_px_1", "ask_sz_1", "bid_px_1", "bid_sz_1")


@dataclass(frozen=True)
class Companions:
    """What a replay is compared with; None where there is no such file.

    Attributes:
        messages: The messages that the rows of `snapshots` follow.
        snapshots: Best levels of the book after each of them.
        quotes: Best quotes of a longer time.
    """

    messages: Path | None = None
    snapshots: Path | None = None
    quotes: Path | None = None


def find_companions(flow: Path) -> Companions:
    """Look beside a flow for files of the same series, recognised by their columns.

    Files of a series share the first two parts of their names: symbol and day.
    """
    series = flow.name.split("_")[:_SERIES_PARTS]
    beside = [
        path
        for path in sorted(flow.parent.iterdir())
        if path != flow and path.name.split("_")[:_SERIES_PARTS] == series
    ]
    columns = {path: _read_columns(path) for path in beside}
    messages = [path for path, names in columns.items() if names == MESSAGE_COLUMNS]
    quotes = [path for path, names in columns.items() if names == _QUOTE_COLUMNS]
    snapshots = [
        path
        for path, names in columns.items()
        if names[: len(_QUOTE_COLUMNS)] == _QUOTE_COLUMNS and path not in quotes
    ]
    joined = bool(messages and snapshots)
    return Companions(
        messages=messages[0] if joined else None,
        snapshots=snapshots[0] if joined else None,
        quotes=quotes[0] if quotes else None,
    )


def _read_columns(path: Path) -> tuple[str, ...]:
    """Return the names of a file's columns, none if it is no table."""
    try:
        return read_columns(path)
    except DataFileError:
        return ()

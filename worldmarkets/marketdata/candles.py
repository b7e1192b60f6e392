"""Candle files: open, high, low and close of a price, one row a period."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from pathlib import Path

from worldmarkets.marketdata.tables import (
    MalformedRowError,
    SelectionError,
    UnknownFormatError,
    read_columns,
    read_rows,
)

CANDLE_COLUMNS = ("ts", "open", "high", "low", "close")
"""Columns a candle file must have; `pair` and `window` tell several series apart."""

POINT_COLUMN = "time"
"""First column of a file of one price a period; each other column is a series, by its name."""

_SERIES_COLUMNS = ("pair", "window")


@dataclass(frozen=True)
class Candle:
    """One period: when it begins [seconds] and its prices [dollars]."""

    ts: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal

    def path(self) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """Return its four prices in the order they are taken to have come.

        A rising period visits its low first, a falling one its high.
        """
        if self.close >= self.open:
            return self.open, self.low, self.high, self.close
        return self.open, self.high, self.low, self.close


def read_candles(
    path: Path, pair: str | None = None, window: str | None = None
) -> tuple[Candle, ...]:
    """Read one series of candles, in order of time.

    Args:
        path: The file.
        pair: Value of its column `pair`; needed if there is more than one.
        window: Value of its column `window`; needed if there is more than one.

    Raises:
        UnreadableFileError: the file is missing or not text.
        UnknownFormatError: a column is missing.
        SelectionError: nothing is left by the filters, or more than one series.
        MalformedRowError: a field is no number, a price not positive, or time goes back.
    """
    columns = read_columns(path)
    if not set(CANDLE_COLUMNS) <= set(columns):
        raise UnknownFormatError(path, columns, (CANDLE_COLUMNS,))
    index = {name: columns.index(name) for name in columns}
    rows = list(read_rows(path))
    for name, chosen in zip(_SERIES_COLUMNS, (pair, window), strict=True):
        rows = _choose(path, rows, name, index.get(name), chosen)
    candles: list[Candle] = []
    for line, fields in rows:
        candle = _parse(path, line, [fields[index[name]] for name in CANDLE_COLUMNS])
        if candles and candle.ts <= candles[-1].ts:
            raise MalformedRowError(path, line, f"ts {candle.ts} does not follow {candles[-1].ts}")
        candles.append(candle)
    if not candles:
        raise SelectionError(path, "row", None, ())
    return tuple(candles)


def read_every_series(path: Path) -> dict[tuple[str, str], tuple[Candle, ...]]:
    """Read all series of a file, each in order of time, by pair and window ("" without one).

    A file whose first column is `time` (UTC) has prices at points of time instead of candles; they
    are read as candles that do not move, and may come in any order.

    Raises:
        UnreadableFileError: the file is missing or not text.
        UnknownFormatError: a column is missing.
        SelectionError: there is no row.
        MalformedRowError: a field is no number, a price not positive, or time goes back.
    """
    columns = read_columns(path)
    if columns[0] == POINT_COLUMN:
        found = iter(sorted(_points(path, columns), key=lambda row: row[2].ts))
    elif set(CANDLE_COLUMNS) <= set(columns):
        found = _candles(path, columns)
    else:
        raise UnknownFormatError(path, columns, (CANDLE_COLUMNS, (POINT_COLUMN,)))
    series: dict[tuple[str, str], list[Candle]] = {}
    for line, key, candle in found:
        before = series.setdefault(key, [])
        if before and candle.ts <= before[-1].ts:
            raise MalformedRowError(path, line, f"ts {candle.ts} does not follow {before[-1].ts}")
        before.append(candle)
    if not series:
        raise SelectionError(path, "row", None, ())
    return {key: tuple(candles) for key, candles in series.items()}


def _candles(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, str], Candle]]:
    """Yield line, pair and window, and candle of every row."""
    index = {name: columns.index(name) for name in columns}
    for line, fields in read_rows(path):
        pair, window = (fields[index[name]] if name in index else "" for name in _SERIES_COLUMNS)
        yield line, (pair, window), _parse(path, line, [fields[index[n]] for n in CANDLE_COLUMNS])


def _points(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, str], Candle]]:
    """Yield line, name of the column, and a candle that does not move, of every price."""
    for line, fields in read_rows(path):
        try:
            time = datetime.fromisoformat(fields[0]).replace(tzinfo=timezone.utc)
        except ValueError as error:
            raise MalformedRowError(path, line, f"no time: {fields[0]}") from error
        for name, price in zip(columns[1:], fields[1:], strict=True):
            yield line, (name, ""), _parse(path, line, [str(int(time.timestamp())), *[price] * 4])


def _choose(
    path: Path,
    rows: list[tuple[int, list[str]]],
    name: str,
    position: int | None,
    chosen: str | None,
) -> list[tuple[int, list[str]]]:
    """Return the rows of one series."""
    if position is None:
        if chosen:
            raise SelectionError(path, name, chosen, ())
        return rows
    held = list(dict.fromkeys(fields[position] for _, fields in rows))
    if not chosen:
        if len(held) > 1:
            raise SelectionError(path, name, None, held)
        return rows
    if chosen not in held:
        raise SelectionError(path, name, chosen, held)
    return [row for row in rows if row[1][position] == chosen]


def _parse(path: Path, line: int, fields: list[str]) -> Candle:
    try:
        ts = int(fields[0])
        prices = [Decimal(field) for field in fields[1:]]
    except (ValueError, InvalidOperation) as error:
        raise MalformedRowError(path, line, f"no number among {', '.join(fields)}") from error
    if not all(price.is_finite() and price > 0 for price in prices):
        raise MalformedRowError(path, line, f"a price of {', '.join(fields[1:])} is not positive")
    opened, high, low, close = prices
    if not low <= min(opened, close) or not max(opened, close) <= high:
        raise MalformedRowError(path, line, f"low {low} and high {high} do not enclose the rest")
    return Candle(ts, opened, high, low, close)

"""Minutes of one or more prices side by side, and what was turned over in each."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from worldmarkets.marketdata.candles import CANDLE_COLUMNS, Candle, read_every_series
from worldmarkets.marketdata.tables import (
    MalformedRowError,
    SelectionError,
    read_columns,
    read_rows,
)

MINUTE = 60
HOUR = 60
"""Minutes in an hour."""
_STRIDE = 5
_DOLLAR_VOLUMES = ("ftx",)
"""Files whose `volume` is in dollars already; elsewhere it is in the base asset."""

Turnovers = dict[int, Decimal]
"""Dollars turned over in the minute that begins at a time [seconds]."""


@dataclass(frozen=True)
class Pair:
    """An underlying of a tape, as the exchange calls it and as its file does."""

    symbol: str
    column: str
    """Value of the column `pair`, or name of the column; empty where the file has one series."""


@dataclass(frozen=True)
class Minute:
    """One minute: a candle and the dollars turned over for each asset of the tape."""

    start: int
    candles: tuple[Candle, ...]
    turnover: tuple[Decimal, ...]


@dataclass(frozen=True)
class Tape:
    """Minutes without gaps, of one or more assets."""

    name: str
    pairs: tuple[Pair, ...]
    minutes: tuple[Minute, ...]
    falls: bool
    """Whether the largest move within an hour was a fall: which extreme of a candle hurts."""

    def part(self, first: int, count: int) -> "Tape":
        """Return some of its minutes."""
        return Tape(self.name, self.pairs, self.minutes[first : first + count], self.falls)

    def worst(self, minutes: int) -> "Tape":
        """Return so many minutes, with the hour of the largest move of the first asset amid them.

        All of them if there are no more.
        """
        if minutes >= len(self.minutes):
            return self
        begins, _ = largest_hour([minute.candles[0] for minute in self.minutes])
        first = begins + HOUR // 2 - minutes // 2
        return self.part(max(0, min(first, len(self.minutes) - minutes)), minutes)

    def moved_to(self, start: int) -> "Tape":
        """Return the same minutes at another time, from a full minute at or after `start` on."""
        ahead = -(-start // MINUTE) * MINUTE - self.minutes[0].start
        minutes = tuple(replace(minute, start=minute.start + ahead) for minute in self.minutes)
        return replace(self, minutes=minutes)

    def median_turnover(self, place: int) -> Decimal:
        """Return the median of what an asset turned over in a minute; 0 where nothing is known."""
        found = sorted(minute.turnover[place] for minute in self.minutes)
        return found[len(found) // 2]


def read_tape(name: str, path: Path, pairs: Sequence[Pair], window: str = "") -> Tape:
    """Read the series of some assets from one file.

    Minutes that a file lacks did not move, and turned nothing over; where the assets are known over
    different times, those that all of them have are taken.

    Raises:
        DataFileError: the file can not be read, or lacks a series.
    """
    series = read_every_series(path)
    rows = []
    for pair in pairs:
        if (pair.column, window) not in series:
            held = [" ".join(key) for key in series]
            raise SelectionError(path, "pair", f"{pair.column} {window}".strip(), held)
        rows.append(series[pair.column, window])
    begin = max(candles[0].ts for candles in rows)
    end = min(candles[-1].ts for candles in rows)
    turnovers = _read_turnovers(path, window)
    kept = [_without_gaps(candles, begin, end) for candles in rows]
    minutes = tuple(
        Minute(
            candles[0].ts,
            candles,
            tuple(turnovers.get(one.column, {}).get(candles[0].ts, Decimal(0)) for one in pairs),
        )
        for candles in zip(*kept, strict=True)
    )
    _, falls = largest_hour([minute.candles[0] for minute in minutes])
    return Tape(name, tuple(pairs), minutes, falls)


def largest_hour(candles: Sequence[Candle]) -> tuple[int, bool]:
    """Return where the hour with the largest move begins, and whether that was a fall.

    A move is from one extreme of the hour to the other, as a part of the higher one. Hours are
    looked at every five minutes.
    """
    best, place, falls = Decimal(-1), 0, True
    last = max(0, len(candles) - HOUR)
    for first in (*range(0, last, _STRIDE), last):
        hour = candles[first : first + HOUR]
        high = max(hour, key=lambda candle: candle.high)
        low = min(hour, key=lambda candle: candle.low)
        move = 1 - low.low / high.high
        if move > best:
            best, place = move, first
            falls = low.ts > high.ts if low.ts != high.ts else low.close < low.open
    return place, falls


def _without_gaps(candles: Sequence[Candle], begin: int, end: int) -> list[Candle]:
    """Return a candle for every minute from the first to the last."""
    known = {candle.ts: candle for candle in candles}
    last = next(candle.open for candle in reversed(candles) if candle.ts <= begin)
    found = []
    for ts in range(begin, end + MINUTE, MINUTE):
        candle = known.get(ts, Candle(ts, last, last, last, last))
        last = candle.close
        found.append(candle)
    return found


def _read_turnovers(path: Path, window: str) -> dict[str, Turnovers]:
    """Return what a candle file says was turned over, by pair; nothing where it does not say."""
    columns = read_columns(path)
    in_dollars = "quote_volume" in columns or path.name.startswith(_DOLLAR_VOLUMES)
    name = "quote_volume" if "quote_volume" in columns else "volume"
    if name not in columns or not set(CANDLE_COLUMNS) <= set(columns):
        return {}
    place = {known: columns.index(known) for known in columns}
    found: dict[str, Turnovers] = {}
    for line, fields in read_rows(path):
        if window and fields[place["window"]] != window:
            continue
        pair = fields[place["pair"]] if "pair" in place else ""
        try:
            volume, close = Decimal(fields[place[name]]), Decimal(fields[place["close"]])
        except InvalidOperation as error:
            raise MalformedRowError(path, line, f"{name} is no number") from error
        dollars = volume if in_dollars else volume * close
        found.setdefault(pair, {})[int(fields[place["ts"]])] = dollars
    return found

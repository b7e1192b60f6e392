"""Prices over time, from candle and trade files."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Protocol

from worldmarkets.marketdata.candles import CANDLE_COLUMNS, Candle, read_candles
from worldmarkets.marketdata.tables import (
    MalformedRowError,
    SelectionError,
    UnknownFormatError,
    read_columns,
    read_rows,
)

TRADE_COLUMNS = ("ts", "price")
"""Columns a trade file must have: time [seconds, with a fraction] and price [dollars]."""

_CANDLE_POINTS = 4


class PricePath(Protocol):
    """A reference price over time."""

    @property
    def title(self) -> str:
        """What the price is, in a few words."""

    @property
    def seconds(self) -> int:
        """How long it lasts [seconds of market time]."""

    def at(self, seconds: Decimal) -> Decimal:
        """Price at a time since the start [dollars a whole token]."""


@dataclass(frozen=True)
class PointPath:
    """A price path through points in order of time, straight in between."""

    title: str
    times: tuple[int, ...]
    """Since the start [milliseconds]; the first is 0."""
    prices: tuple[Decimal, ...]

    @property
    def seconds(self) -> int:
        """How long it lasts [seconds of market time]."""
        return max(1, self.times[-1] // 1_000)

    def at(self, seconds: Decimal) -> Decimal:
        """Price at a time since the start [dollars a whole token]."""
        now = seconds * 1_000
        place = bisect_right(self.times, now)
        if place == 0 or place == len(self.times):
            return self.prices[min(place, len(self.times) - 1)]
        before, after = self.times[place - 1], self.times[place]
        share = (now - before) / (after - before)
        return self.prices[place - 1] + (self.prices[place] - self.prices[place - 1]) * share


@dataclass(frozen=True)
class StepPath:
    """The price of the last trade: it jumps from one to the next, in order of time."""

    title: str
    times: tuple[int, ...]
    """Since the start [milliseconds]; the first is 0."""
    prices: tuple[Decimal, ...]

    @property
    def seconds(self) -> int:
        """How long it lasts [seconds of market time]."""
        return max(1, self.times[-1] // 1_000)

    def at(self, seconds: Decimal) -> Decimal:
        """Price of the last trade up to a time since the start [dollars a whole token]."""
        return self.prices[max(0, bisect_right(self.times, seconds * 1_000) - 1)]


def read_path(path: Path, pair: str | None = None, window: str | None = None) -> PricePath:
    """Read a price from a candle or a trade file, which its columns tell.

    Args:
        path: The file.
        pair: Value of the column `pair` of a candle file; needed if there is more than one.
        window: Value of its column `window`; needed if there is more than one.

    Raises:
        DataFileError: the file can not be read, or not as either.
    """
    columns = read_columns(path)
    if set(CANDLE_COLUMNS) <= set(columns):
        return candle_path(path.name, read_candles(path, pair, window))
    if set(TRADE_COLUMNS) <= set(columns):
        return _trade_path(path, columns)
    raise UnknownFormatError(path, columns, (CANDLE_COLUMNS, TRADE_COLUMNS))


def candle_path(title: str, candles: Sequence[Candle]) -> PointPath:
    """Return the price through the four prices of each candle, a quarter of a period apart.

    A candle lasts until the next one, so minutes without trades are straight lines.
    """
    ends = [candle.ts for candle in candles[1:]]
    ends.append(candles[-1].ts + (ends[-1] - candles[-2].ts if len(candles) > 1 else 60))
    times: list[int] = []
    prices: list[Decimal] = []
    for candle, end in zip(candles, ends, strict=True):
        period = end - candle.ts
        for quarter, price in enumerate(candle.path()):
            times.append(
                (candle.ts - candles[0].ts) * 1_000 + period * 1_000 * quarter // _CANDLE_POINTS
            )
            prices.append(price)
    times.append((ends[-1] - candles[0].ts) * 1_000)
    prices.append(candles[-1].close)
    return PointPath(title, tuple(times), tuple(prices))


def _trade_path(path: Path, columns: Sequence[str]) -> StepPath:
    at, price_at = (columns.index(name) for name in TRADE_COLUMNS)
    times: list[int] = []
    prices: list[Decimal] = []
    for line, fields in read_rows(path):
        try:
            time, price = Decimal(fields[at]), Decimal(fields[price_at])
        except InvalidOperation as error:
            raise MalformedRowError(path, line, f"no numbers: {', '.join(fields)}") from error
        if not (time.is_finite() and price.is_finite() and price > 0):
            raise MalformedRowError(path, line, f"time {time} and price {price}")
        times.append(int(time * 1_000))
        prices.append(price)
        if len(times) > 1 and times[-1] < times[-2]:
            raise MalformedRowError(path, line, f"ts {time} goes back")
    if not times:
        raise SelectionError(path, "row", None, ())
    return StepPath(path.name, tuple(time - times[0] for time in times), tuple(prices))

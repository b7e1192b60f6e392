"""How prices moved: worst minutes, ETH against BTC, perps against their index."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from worldmarkets.calibration.series import BTC, ETH, Floats, Series
from worldmarkets.marketdata.tables import (
    MalformedRowError,
    UnknownFormatError,
    read_columns,
    read_rows,
)

HORIZONS = (1, 5, 15, 60)
"""Over how many minutes ETH is compared with BTC."""
QUANTILES = (0.001, 0.01, 0.99, 0.999)
BASIS_COLUMNS = ("index", "mark")


@dataclass(frozen=True)
class WorstMinutes:
    """The worst minutes of a series, parts of the price."""

    title: str
    minutes: int
    close_down: float
    close_up: float
    """From one close to the next, of neighbouring minutes."""
    low: float
    high: float
    """From the opening of a minute to its low and its high."""


@dataclass(frozen=True)
class Regression:
    """ETH's return explained by BTC's, over one horizon, and what is left of it."""

    horizon: int
    returns: int
    slope: float
    residuals: tuple[float, ...]
    """At `QUANTILES`."""


@dataclass(frozen=True)
class Basis:
    """How far a perp's mark is from its index, parts of the index."""

    rows: int
    lowest: float
    highest: float
    largest_change: float
    """Between neighbouring rows, either way."""


def worst_minutes(series: Series) -> WorstMinutes:
    """Return the worst minutes of a series."""
    changes = _returns(series, 1)
    opens = series.prices[:, 0]
    low, high = series.prices[:, 2] / opens - 1, series.prices[:, 1] / opens - 1
    none = np.zeros(1)
    changes = changes if len(changes) else none
    return WorstMinutes(
        series.title,
        len(series.times),
        *(float(value) for value in (changes.min(), changes.max(), low.min(), high.max())),
    )


def regressions(series: Sequence[Series]) -> tuple[Regression, ...]:
    """Return the slope of ETH on BTC over each horizon, of all windows that have both.

    Returns overlap; they are taken where both prices are known at both ends. Without such windows
    there is nothing to return.
    """
    pairs = [
        (btc, eth)
        for btc in series
        for eth in series
        if btc.asset == BTC and eth.asset == ETH and btc.window == eth.window
    ]
    return tuple(_regression(pairs, horizon) for horizon in HORIZONS) if pairs else ()


def read_basis(path: Path) -> Basis:
    """Read how far mark and index are apart; rows without either are dropped.

    Raises:
        UnreadableFileError: the file is missing or not text.
        UnknownFormatError: a column is missing, or no row has both.
        MalformedRowError: a field is no number.
    """
    columns = read_columns(path)
    if not set(BASIS_COLUMNS) <= set(columns):
        raise UnknownFormatError(path, columns, (BASIS_COLUMNS,))
    places = [columns.index(name) for name in BASIS_COLUMNS]
    found = []
    for line, fields in read_rows(path):
        try:
            index, mark = (float(fields[place]) for place in places)
        except ValueError as error:
            raise MalformedRowError(path, line, "index or mark is no number") from error
        if index > 0 and mark > 0:
            found.append(mark / index - 1)
    if not found:
        raise UnknownFormatError(path, columns, (BASIS_COLUMNS,))
    premium = np.array(found)
    changes = np.abs(np.diff(premium))
    largest = float(changes.max()) if len(changes) else 0.0
    return Basis(len(found), float(premium.min()), float(premium.max()), largest)


def _regression(pairs: Sequence[tuple[Series, Series]], horizon: int) -> Regression:
    moves = [_joint_returns(btc, eth, horizon) for btc, eth in pairs]
    btc, eth = (np.concatenate([move[place] for move in moves]) for place in (0, 1))
    slope = float((btc * eth).sum() / (btc * btc).sum())
    left = np.quantile(eth - slope * btc, QUANTILES)
    return Regression(horizon, len(btc), slope, tuple(float(value) for value in left))


def _joint_returns(btc: Series, eth: Series, horizon: int) -> tuple[Floats, Floats]:
    times = np.intersect1d(btc.times, eth.times)
    cut = [one.closes[np.isin(one.times, times)] for one in (btc, eth)]
    ends = times + 60 * horizon
    later = np.minimum(np.searchsorted(times, ends), len(times) - 1)
    known = times[later] == ends
    first, second = (closes[later[known]] / closes[known] - 1 for closes in cut)
    return first, second


def _returns(series: Series, minutes: int) -> Floats:
    """Return changes between closes of candles that are so many minutes apart."""
    apart = np.diff(series.times) == 60 * minutes
    changes: Floats = (series.closes[1:] / series.closes[:-1] - 1)[apart]
    return changes

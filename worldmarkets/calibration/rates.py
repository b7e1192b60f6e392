"""Real lending pools, and what the adaptive curve would have charged in their place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from itertools import pairwise
from pathlib import Path

import numpy as np

from worldmarkets.calibration.curve import START, adapted, rate_at
from worldmarkets.marketdata.tables import (
    MalformedRowError,
    SelectionError,
    UnknownFormatError,
    read_columns,
    read_rows,
)

RATE_COLUMNS = ("asset", "block_timestamp", "liquidity_rate", "variable_borrow_rate")


@dataclass(frozen=True)
class Kinked:
    """The curve of a real pool: straight to an optimal utilisation, and steeper beyond.

    Source: Aave v3 on Polygon, August 2023. The supply rates of the same pools confirm it: of WETH
    they follow exactly, of USDC within 3 %, which is what debt at stable rates earns.
    """

    optimal: float
    base: float
    slope: float
    """What the rate rises by up to the optimal utilisation [a year]."""
    beyond: float
    """And from there to full utilisation [a year]."""
    reserve: float
    """Part of interest that the pool keeps."""

    def utilisation(self, borrow: float) -> float:
        """Return at which utilisation the pool charges a rate."""
        over = borrow - self.base - self.slope
        if over > 0:
            return min(1.0, self.optimal + (1 - self.optimal) * over / self.beyond)
        return max(0.0, self.optimal * (borrow - self.base) / self.slope)


POOLS = {
    "USDC": Kinked(optimal=0.9, base=0, slope=0.035, beyond=0.6, reserve=0.1),
    "WETH": Kinked(optimal=0.8, base=0.01, slope=0.038, beyond=0.8, reserve=0.15),
}
"""The pools whose utilisation can be told from their rates."""


@dataclass(frozen=True)
class Rates:
    """Rates of a real pool over time."""

    asset: str
    times: tuple[int, ...]
    """[seconds]"""
    borrow: tuple[float, ...]
    """[a year]"""
    utilisation: tuple[float, ...]
    """Told from the borrow rate by the pool's own curve."""
    supply: tuple[float, ...]
    """[a year]"""

    @property
    def supply_errors(self) -> tuple[float, float]:
        """How far the supply rate that this utilisation implies is from the real one, both ways."""
        kept = 1 - POOLS[self.asset].reserve
        rows = zip(self.borrow, self.utilisation, self.supply, strict=True)
        errors = [paid * share * kept / earned - 1 for paid, share, earned in rows]
        return min(errors), max(errors)


@dataclass(frozen=True)
class Summary:
    """A real pool and the curve under the same utilisation, means over time."""

    asset: str
    utilisation: float
    real: float
    real_spread: tuple[float, float]
    supply_errors: tuple[float, float]
    fixed: float
    """With the rate at the target held where it starts [a year]."""
    adaptive: float
    at_target_end: float
    """Rate at the target in the end, if utilisation did not care [a year]."""


def follow(rates: Rates, at_target: float = START) -> tuple[tuple[float, ...], float]:
    """Return the curve's rate at every time of a real pool's utilisation, and where it ends.

    As if the pool's users had not cared that the rate is another one.
    """
    found = [rate_at(rates.utilisation[0], at_target)]
    steps = zip(pairwise(rates.times), pairwise(rates.utilisation), strict=True)
    for (before, after), (held, now) in steps:
        at_target = adapted(at_target, held, after - before)
        found.append(rate_at(now, at_target))
    return tuple(found), at_target


def read_rates(path: Path) -> tuple[Rates, ...]:
    """Read the rates of every pool of `POOLS`.

    Raises:
        UnreadableFileError: the file is missing or not text.
        UnknownFormatError: a column is missing.
        SelectionError: it holds none of those pools.
        MalformedRowError: a field is no number or no time.
    """
    columns = read_columns(path)
    if not set(RATE_COLUMNS) <= set(columns):
        raise UnknownFormatError(path, columns, (RATE_COLUMNS,))
    places = [columns.index(name) for name in RATE_COLUMNS]
    rows: dict[str, list[tuple[int, float, float]]] = {}
    for line, fields in read_rows(path):
        asset, time, supply, borrow = (fields[place] for place in places)
        if asset not in POOLS:
            continue
        try:
            at = datetime.fromisoformat(time).replace(tzinfo=timezone.utc)
            row = int(at.timestamp()), float(borrow), float(supply)
        except ValueError as error:
            raise MalformedRowError(path, line, "no time, or no rates") from error
        if min(row[1:]) <= 0:
            raise MalformedRowError(path, line, "a rate is not positive")
        rows.setdefault(asset, []).append(row)
    if not rows:
        raise SelectionError(path, "asset", None, ())
    return tuple(_rates(asset, sorted(found)) for asset, found in rows.items())


def summarize(rates: Rates) -> Summary:
    """Return the means of a real pool and of the curve beside it."""
    adaptive, at_target = follow(rates)
    fixed = [rate_at(utilisation, START) for utilisation in rates.utilisation]
    return Summary(
        rates.asset,
        float(np.mean(rates.utilisation)),
        float(np.mean(rates.borrow)),
        (min(rates.borrow), max(rates.borrow)),
        rates.supply_errors,
        float(np.mean(fixed)),
        float(np.mean(adaptive)),
        at_target,
    )


def rates_table(found: Sequence[Rates]) -> str:
    """Return the means as a table in Markdown."""
    lines = [
        "| pool | utilisation | real rate | range | supply error | at 4 % | adapting | end |",
        "|---" * 8 + "|",
    ]
    for one in map(summarize, found):
        low, high = (f"{100 * rate:.2f}" for rate in one.real_spread)
        less, more = (f"{100 * error:+.1f} %" for error in one.supply_errors)
        lines.append(
            f"| {one.asset} | {100 * one.utilisation:.1f} % | {100 * one.real:.2f} % "
            f"| {low}-{high} % | {less} / {more} | {100 * one.fixed:.2f} % "
            f"| {100 * one.adaptive:.2f} % | {100 * one.at_target_end:.2f} % |"
        )
    return "\n".join(lines)


def _rates(asset: str, rows: list[tuple[int, float, float]]) -> Rates:
    times, borrow, supply = zip(*rows, strict=True)
    utilisation = tuple(POOLS[asset].utilisation(rate) for rate in borrow)
    return Rates(asset, times, borrow, utilisation, supply)

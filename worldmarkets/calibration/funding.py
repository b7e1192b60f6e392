"""What a perp leg has paid in funding at worst, from the rates of real venues."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from worldmarkets.calibration.series import BTC, ETH, asset_of
from worldmarkets.calibration.windows import HOURS
from worldmarkets.marketdata.tables import (
    MalformedRowError,
    UnknownFormatError,
    read_columns,
    read_rows,
)

FUNDING_COLUMNS = ("exchange", "symbol", "ts", "interval_h", "rate")
"""Columns of a file of funding rates: `rate` is the part of the notional that a long perp pays a
short one for the `interval_h` hours that end at `ts` [seconds]."""

Rates = dict[tuple[str, str], list[tuple[int, int, Decimal]]]
"""Time, hours and rate of every payment, by venue and asset."""


@dataclass(frozen=True)
class WorstFunding:
    """The worst that perps of an asset have paid within some hours, on any venue."""

    asset: str
    hours: int
    short: Decimal
    """What a short perp paid, part of the notional; zero or more."""
    long: Decimal
    """What a long perp paid."""


def read_funding(path: Path) -> tuple[WorstFunding, ...]:
    """Read the worst funding of BTC and ETH within each of `HOURS`.

    Raises:
        UnreadableFileError: the file is missing or not text.
        UnknownFormatError: a column is missing, or no row is of BTC or ETH.
        MalformedRowError: a field is no number, or an interval does not divide 8 hours.
    """
    columns = read_columns(path)
    if not set(FUNDING_COLUMNS) <= set(columns):
        raise UnknownFormatError(path, columns, (FUNDING_COLUMNS,))
    rates = _read(path, [columns.index(name) for name in FUNDING_COLUMNS])
    if not rates:
        raise UnknownFormatError(path, columns, (FUNDING_COLUMNS,))
    assets = [asset for asset in (BTC, ETH) if any(key[1] == asset for key in rates)]
    return tuple(_worst(rates, asset, hours) for asset in assets for hours in HOURS)


def funding_table(found: Sequence[WorstFunding]) -> str:
    """Return the worst funding as a table in Markdown."""
    lines = ["| asset | hours | a short perp paid | a long perp paid |", "|---" * 4 + "|"]
    lines += [
        f"| {one.asset} | {one.hours} | {100 * one.short:.3f} % | {100 * one.long:.3f} % |"
        for one in found
    ]
    return "\n".join(lines)


def _read(path: Path, places: Sequence[int]) -> Rates:
    found: Rates = {}
    for line, fields in read_rows(path):
        exchange, symbol, *numbers = (fields[place] for place in places)
        asset = asset_of(symbol)
        if asset is None:
            continue
        try:
            ts, hours, rate = int(numbers[0]), int(numbers[1]), Decimal(numbers[2])
        except (ValueError, InvalidOperation) as error:
            raise MalformedRowError(path, line, "no time, interval or rate") from error
        if hours <= 0 or HOURS[0] % hours or not rate.is_finite():
            raise MalformedRowError(path, line, f"{hours} hours at {rate}")
        found.setdefault((exchange, asset), []).append((ts, hours, rate))
    return found


def _worst(rates: Rates, asset: str, hours: int) -> WorstFunding:
    sums = [
        total
        for (_, held), rows in rates.items()
        if held == asset
        for total in _sums(sorted(rows), hours)
    ]
    return WorstFunding(asset, hours, max(Decimal(0), -min(sums)), max(Decimal(0), *sums))


def _sums(rows: Sequence[tuple[int, int, Decimal]], hours: int) -> list[Decimal]:
    """Return what was paid within so many hours before the end of each interval.

    Intervals at the beginning count with what is known.
    """
    found, first, total = [], 0, Decimal(0)
    for ts, _, rate in rows:
        total += rate
        while rows[first][0] <= ts - hours * 3_600:
            total -= rows[first][2]
            first += 1
        found.append(total)
    return found

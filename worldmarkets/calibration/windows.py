"""Minutes of crashes in exact integers, for accounts that are followed through them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

from worldmarkets.calibration.series import BTC, ETH, asset_of
from worldmarkets.marketdata.candles import Candle, read_every_series

DAYS = ("2017-12-22", "2019-10-25", "2025-10-10")
"""Two crashes, and the largest rise of the candle files: a basis account needs more after it."""
HOURS = (8, 24, 72)
"""Times over which funding is known at its worst."""
WORST_FUNDING = {
    BTC: {8: (3_750, 3_750), 24: (5_187, 10_700), 72: (7_616, 22_626)},
    ETH: {8: (5_048, 3_750), 24: (8_952, 11_250), 72: (12_545, 27_772)},
}
"""What a short perp and a long one have paid at worst within so many hours [ppm of the
notional], on the worst of seven venues from 2020 to 2023, rounded up."""

_MINUTE = 60
_ATOM_PRICE = 10**10
"""1e-18 dollars in a dollar for a hundred-millionth of a token."""


@dataclass(frozen=True)
class Point:
    """A minute of a replay."""

    seconds: int
    """From the opening to the end of the minute."""
    low: int
    high: int
    """Its prices [1e-18 dollars an atom]."""
    price_seconds: int
    """Sum over all seconds since the opening of the high of their minute: what funding is paid
    on [1e-18 dollars an atom, times seconds]."""


@dataclass(frozen=True)
class Window:
    """The candles of one asset around one of `DAYS`."""

    day: str
    asset: str
    candles: tuple[Candle, ...]


@dataclass(frozen=True)
class Replay:
    """What an account goes through from its opening to the end of a window."""

    asset: str
    price: int
    """Price at the opening [1e-18 dollars an atom]."""
    points: tuple[Point, ...]
    funding_ppm: tuple[int, int]
    """What a short perp and a long one pay [ppm of their notional in 8 hours]."""


def read_windows(paths: Iterable[Path]) -> tuple[Window, ...]:
    """Read the candles of BTC and ETH that reach into one of `DAYS`, by day and asset.

    Raises:
        DataFileError: a file can not be read as candles.
    """
    found = [
        Window(day, asset, candles)
        for path in paths
        for (pair, _), candles in read_every_series(path).items()
        for asset in (asset_of(pair or path.name),)
        if asset
        for day in DAYS
        if _reaches(candles, day)
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.asset)))


def from_first(window: Window) -> Replay:
    """Return the replay of an account that is opened with the first price of a window."""
    return _replay(window, window.candles, window.candles[0].open)


def from_lowest(window: Window) -> Replay:
    """Return the replay of an account that is opened at the low before the largest rise."""
    start, largest, highest = 0, Decimal(0), Decimal(0)
    for place in reversed(range(len(window.candles))):
        candle = window.candles[place]
        highest = max(highest, candle.high)
        if highest / candle.low > largest:
            start, largest = place, highest / candle.low
    return _replay(window, window.candles[start:], window.candles[start].low)


def decisive(points: Sequence[Point]) -> tuple[Point, ...]:
    """Return the minutes that no later one exceeds with its high.

    A later minute with no lower high is worse for an account with its costs: it needs no less, has
    paid no less, and a shock of the basis against it takes no less. So whether the account lives
    is decided at these, and while its equity is positive its lowest margin is at one of them.
    """
    kept: list[Point] = []
    for point in reversed(points):
        if not kept or point.high > kept[-1].high:
            kept.append(point)
    return tuple(reversed(kept))


def minutes(candles: Sequence[Candle]) -> Iterator[Point]:
    """Yield the minutes of candles, the first of which is that of the opening.

    Time without a candle counts at the high of the next one.
    """
    ended = total = 0
    for candle in candles:
        seconds = candle.ts - candles[0].ts + _MINUTE
        high = atom_price(candle.high)
        total += high * (seconds - ended)
        ended = seconds
        yield Point(seconds, atom_price(candle.low), high, total)


def atom_price(dollars: Decimal) -> int:
    """Return the price of an atom [1e-18 dollars] from that of a token, 10^8 atoms [dollars].

    What is finer than an atom's unit is cut off.
    """
    return int(dollars * _ATOM_PRICE)


def worst_funding(asset: str, seconds: int) -> tuple[int, int]:
    """Return what a short perp and a long one pay at worst [ppm of their notional in 8 hours].

    The mean of the worst 8, 24 or 72 hours, whichever is the least that the time fits in; beyond
    the last it is the same; rounded up.
    """
    hours = next((known for known in HOURS if seconds <= known * 3_600), HOURS[-1])
    short, long = WORST_FUNDING[asset][hours]
    return -(-short * HOURS[0] // hours), -(-long * HOURS[0] // hours)


def _replay(window: Window, candles: Sequence[Candle], price: Decimal) -> Replay:
    points = tuple(minutes(candles))
    paid = worst_funding(window.asset, points[-1].seconds)
    return Replay(window.asset, atom_price(price), points, paid)


def _reaches(candles: Sequence[Candle], day: str) -> bool:
    begin = int(datetime.fromisoformat(day).replace(tzinfo=timezone.utc).timestamp())
    return candles[0].ts < begin + 86_400 and candles[-1].ts >= begin

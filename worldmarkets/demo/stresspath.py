"""The prices of the stress act: a real crash if candles of one are at hand, else a made-up one."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from worldmarkets.crash.catalogue import SOURCES, data_folder
from worldmarkets.marketdata.candles import read_candles
from worldmarkets.marketdata.paths import PointPath, candle_path

LEAST_FALL = Decimal("0.10")
"""What a path must fall by within `_FALL_SECONDS` to be a crash [part of the price]."""
LEAST_GAP, MOST_GAP = Decimal("0.07"), Decimal("0.095")
"""How deep the gap is: more than the margin of whoever has least, and less than a jump that the
exchange lets wait for a second report [part of the price]."""
_FALL_SECONDS = 900
_AFTER_SECONDS = 360
"""How much of a path is played after its lowest price [seconds]."""
_GAP_SECONDS = 90
"""How long a feed is silent at most [seconds]."""
_MILLISECONDS = 1_000

_SHAPE = (
    (0, 0),
    (120, 60),
    (240, 180),
    (310, 130),
    (420, 400),
    (490, 290),
    (600, 560),
    (680, 430),
    (740, 1_150),
    (780, 1_090),
    (840, 1_200),
    (880, 1_160),
    (960, 820),
    (1_040, 900),
    (1_200, 620),
)
"""A made-up crash: seconds since its start, and how far below its first price [basis points]."""
_BPS = 10_000


@dataclass(frozen=True)
class Crash:
    """Prices as parts of the first one, and while which seconds a feed has no news of them."""

    path: PointPath
    silent_from: int
    silent_until: int

    @property
    def lowest_at(self) -> int:
        """When the price is lowest [seconds since the start]."""
        lowest = min(self.path.prices)
        return self.path.times[self.path.prices.index(lowest)] // _MILLISECONDS

    @property
    def depth(self) -> Decimal:
        """How far below the first price the lowest is [part of it]."""
        return 1 - self.path.at(Decimal(self.lowest_at))

    @property
    def gap(self) -> Decimal:
        """What the feed misses [part of the price before]."""
        before, after = (
            self.path.at(Decimal(one)) for one in (self.silent_from, self.silent_until)
        )
        return 1 - after / before

    def moments(self, seconds: int) -> Iterator[int]:
        """Yield when prices are looked at: so often, and at the corners that must not be missed.

        Args:
            seconds: From one to the next [seconds].
        """
        corners = {self.silent_from, self.silent_until, self.lowest_at, self.path.seconds}
        yield from sorted({*range(seconds, self.path.seconds, seconds), *corners} - {0})

    def of(self, price: Decimal) -> PointPath:
        """Return the path that begins at a price [dollars a whole token]."""
        return replace(self.path, prices=tuple(part * price for part in self.path.prices))


def crash_path(given: PointPath | None = None) -> Crash:
    """Return the crash to play: the worst of a path, that beside the project, or a made-up one.

    The first of them that falls by a tenth within a quarter of an hour, and by enough within
    `_GAP_SECONDS`, is taken.

    Args:
        given: Prices of candles that somebody has named; None if nobody has.

    Raises:
        DataFileError: the file beside the project can not be read.
    """
    for path in (given, _found_path()):
        crash = None if path is None else crash_in(path)
        if crash is not None:
            return crash
    return made_up_crash()


def made_up_crash() -> Crash:
    """Return the crash that is kept here: 12 % in 14 minutes, with rebounds. It is nobody's data.

    Its points are our own; that such falls have happened is all that is behind them.
    """
    times = tuple(second * _MILLISECONDS for second, _ in _SHAPE)
    prices = tuple(1 - Decimal(fall) / _BPS for _, fall in _SHAPE)
    path = PointPath("a made-up crash", times, prices)
    crash = _with_gap(path)
    assert crash is not None, "the shape has a gap"
    return crash


def crash_in(path: PointPath) -> Crash | None:
    """Return the largest fall of a path as a crash, None if it is too small, or has no gap."""
    high, low = _largest_fall(path, _FALL_SECONDS)
    if 1 - path.prices[low] / path.prices[high] < LEAST_FALL:
        return None
    last = path.times[low] + _AFTER_SECONDS * _MILLISECONDS
    end = max(place for place, time in enumerate(path.times) if time <= last)
    times, prices = path.times[high : end + 1], path.prices[high : end + 1]
    parts = tuple(price / prices[0] for price in prices)
    return _with_gap(PointPath(path.title, tuple(time - times[0] for time in times), parts))


def _largest_fall(path: PointPath, seconds: int) -> tuple[int, int]:
    """Return where the largest fall within so many seconds begins and ends."""
    begin = end = 0
    highs: deque[int] = deque()
    for place, price in enumerate(path.prices):
        while highs and path.times[place] - path.times[highs[0]] > seconds * _MILLISECONDS:
            highs.popleft()
        while highs and path.prices[highs[-1]] <= price:
            highs.pop()
        highs.append(place)
        if price / path.prices[highs[0]] < path.prices[end] / path.prices[begin]:
            begin, end = highs[0], place
    return begin, end


def _with_gap(path: PointPath) -> Crash | None:
    """Return a crash of a path that is silent over its largest fall that is no jump."""
    seconds = [time // _MILLISECONDS for time in path.times]
    found = [
        Crash(path, begin, end)
        for place, begin in enumerate(seconds)
        for end in seconds[place + 1 :]
        if begin < end <= begin + _GAP_SECONDS
    ]
    fitting = [one for one in found if LEAST_GAP <= one.gap <= MOST_GAP]
    return max(fitting, key=lambda one: one.gap, default=None)


def _found_path() -> PointPath | None:
    """Return the prices of the newest crash beside the project, None if there is none."""
    file = data_folder() / SOURCES[-1].file
    if not file.exists():
        return None
    return candle_path(f"candles of {file.name}", read_candles(file))

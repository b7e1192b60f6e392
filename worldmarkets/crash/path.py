"""The path of prices within the minutes of a tape, in steps of a few seconds.

The order of a candle's prices is not known. The worst one is taken: from the open straight to the
extreme that hurts, which is the low where the largest move of the tape is a fall and else the high,
then to the other extreme, then to the close; each of the three ways takes 20 seconds, for all
assets at once. A way that moves any price by more than a thousandth is walked in steps of five
seconds, as is every one while somebody is watched closely; else in one step.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from worldmarkets.marketdata.candles import Candle
from worldmarkets.staging import posted_price

LEG_SECONDS = 20
"""How long the way from one price of a candle to the next takes [seconds]."""
STEP_SECONDS = 5
"""How often keepers act while prices move [seconds]."""
_QUIET_PARTS = 1_000
"""A way of no more than this part of a price is quiet."""


@dataclass(frozen=True)
class Step:
    """Prices at a moment within a minute [1e-18 dollars a whole token]."""

    seconds: int
    """Since the minute began."""
    prices: tuple[int, ...]


@dataclass(frozen=True)
class Leg:
    """A straight way within a minute."""

    starts: int
    """Seconds since the minute began."""
    begin: tuple[int, ...]
    end: tuple[int, ...]

    @property
    def is_quiet(self) -> bool:
        """Whether no price moves by more than a thousandth."""
        pairs = zip(self.begin, self.end, strict=True)
        return all(abs(end - begin) * _QUIET_PARTS <= begin for begin, end in pairs)

    def steps(self, *, closely: bool) -> Iterator[Step]:
        """Yield its steps, the last one at its end; prices in between are rounded down."""
        stride = LEG_SECONDS if self.is_quiet and not closely else STEP_SECONDS
        for passed in range(stride, LEG_SECONDS + 1, stride):
            prices = (
                begin + (end - begin) * passed // LEG_SECONDS
                for begin, end in zip(self.begin, self.end, strict=True)
            )
            yield Step(self.starts + passed, tuple(prices))


def legs(candles: tuple[Candle, ...], *, falls: bool) -> Iterator[Leg]:
    """Yield the three ways through a minute."""
    corners = list(zip(*(_corners(candle, falls=falls) for candle in candles), strict=True))
    for place, (begin, end) in enumerate(pairwise(corners)):
        yield Leg(place * LEG_SECONDS, begin, end)


def opening(candles: tuple[Candle, ...]) -> tuple[int, ...]:
    """Return the prices at which a minute opens [1e-18 dollars a whole token]."""
    return tuple(posted_price(candle.open) for candle in candles)


def _corners(candle: Candle, *, falls: bool) -> tuple[int, ...]:
    extremes = (candle.low, candle.high) if falls else (candle.high, candle.low)
    prices: tuple[Decimal, ...] = (candle.open, *extremes, candle.close)
    return tuple(posted_price(price) for price in prices)

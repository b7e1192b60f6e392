"""Where the reference price comes from: a seeded simulation or a candle file."""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from worldmarkets.marketdata.candles import Candle

_SIMULATED_STEPS_PER_SECOND = 8
_CANDLE_POINTS = 4

_CALM, _ROUGH = 50, 140
"""Standard deviation of the move in an eighth of a second, calm and rough [1e-6 of the price]."""
_TURN_ODDS = 120
_JUMP_ODDS = 240
_JUMP = 1_500
"""Standard deviation of a jump [1e-6 of the price]."""
_MILLIONTHS = 10**6


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


def simulated_path(seed: int, seconds: int, start: Decimal) -> PointPath:
    """Return a made-up price: calm and rough spells, now and then a jump. Same seed, same path."""
    chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    prices = [start]
    deviation = _CALM
    for _ in range(seconds * _SIMULATED_STEPS_PER_SECOND):
        if chance.randrange(_TURN_ODDS) == 0:
            deviation = _ROUGH if deviation == _CALM else _CALM
        millionths = round(chance.gauss(0, deviation))
        if chance.randrange(_JUMP_ODDS) == 0:
            millionths += round(chance.gauss(0, _JUMP))
        prices.append(prices[-1] * (_MILLIONTHS + millionths) / _MILLIONTHS)
    step = 1_000 // _SIMULATED_STEPS_PER_SECOND
    times = tuple(index * step for index in range(len(prices)))
    return PointPath(f"seeded simulation (seed {seed})", times, tuple(prices))


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

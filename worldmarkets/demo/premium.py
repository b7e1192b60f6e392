"""What a perp trades at beyond its index elsewhere: a seeded simulation, and a shock."""

import math
import random
from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.marketdata.paths import PointPath, PricePath

_POINTS = 240
_CALM, _HEIGHT = 300, 3_000
"""At both ends, and what is added in the middle: demand for leverage comes and goes [1e-6]."""
_DEVIATION = 120
"""Standard deviation of the move from point to point [1e-6]."""
_PULL = Decimal("0.15")
"""How much of the way back to that it goes from point to point."""
_MINUTE = 60


@dataclass(frozen=True)
class Shock:
    """For a while a perp trades away from its index by so much more."""

    begins: int
    """[seconds of market time]"""
    seconds: int
    size: Decimal
    """Signed part of the index; positive against who is short."""
    move: Decimal
    """What the index does in its worst minute, where it begins [signed part of it]."""

    def is_on(self, seconds: Decimal) -> bool:
        """Whether it is on at a time [seconds of market time]."""
        return self.begins <= seconds < self.begins + self.seconds


@dataclass(frozen=True)
class PremiumPath:
    """What a perp trades at elsewhere, above its index; negative below it."""

    usual: PointPath
    shock: Shock | None = None

    def at(self, seconds: Decimal) -> Decimal:
        """Return it at a time since the start [part of the index]."""
        usual = self.usual.at(seconds)
        return usual + self.shock.size if self.is_shocked(seconds) and self.shock else usual

    def is_shocked(self, seconds: Decimal) -> bool:
        """Whether the shock is on."""
        return self.shock is not None and self.shock.is_on(seconds)


def simulated_premium(seed: int, seconds: int) -> PointPath:
    """Return a made-up premium: about 0.03 % at both ends, ten times that in between."""
    chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    found = [Decimal(_CALM)]
    for point in range(1, _POINTS + 1):
        wanted = _CALM + round(_HEIGHT * math.sin(math.pi * point / _POINTS))
        pulled = found[-1] + (wanted - found[-1]) * _PULL
        found.append(Decimal(round(pulled) + round(chance.gauss(0, _DEVIATION))))
    times = tuple(seconds * 1_000 * point // _POINTS for point in range(_POINTS + 1))
    return PointPath("premium", times, tuple(one.scaleb(-6) for one in found))


def worst_minute(path: PricePath) -> tuple[int, Decimal]:
    """Return when a price moves the most within a minute, and by how much [signed part of it]."""
    moves = []
    for begins in range(0, max(1, path.seconds - _MINUTE), _MINUTE):
        before, after = (path.at(Decimal(begins + later)) for later in (0, _MINUTE))
        moves.append((begins, after / before - 1))
    return max(moves, key=lambda found: abs(found[1]))


def shock_at_worst(path: PricePath, size: Decimal, least_seconds: int) -> Shock:
    """Return a shock that begins in the worst minute of a price.

    Args:
        path: The price.
        size: The shock, signed [part of the index].
        least_seconds: How long it lasts at least; not below a minute [seconds].
    """
    begins, move = worst_minute(path)
    return Shock(begins, max(_MINUTE, least_seconds), size, move)

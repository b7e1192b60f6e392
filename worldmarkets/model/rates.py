"""What borrowing costs: a curve through the rate at the target utilisation, which drifts.

With e the distance of the utilisation from its target, as a share of the way to 100 % above it and
to 0 below it, the rate is the rate at target times 1 + 3e above and 1 - 3/4·e below. The rate at
target grows by a factor 1 + speed·e a second above the target and shrinks by it below.
"""

from worldmarkets.model.compounding import ONE, growth_up

WAD = 10**18
SECONDS_A_YEAR = 365 * 86_400
TARGET = 9 * WAD // 10
"""Utilisation at which the rate stays [1e-18]."""
START = 4 * WAD // 100 // SECONDS_A_YEAR
"""Rate at target of a new pool, 4 % a year [1e-18 a second]."""
LOWEST = WAD // 1000 // SECONDS_A_YEAR
"""The lowest rate at target, 0.1 % a year [1e-18 a second]."""
HIGHEST = 2 * WAD // SECONDS_A_YEAR
"""The highest rate at target, 200 % a year [1e-18 a second]."""
_SPEED = 50 * ONE // SECONDS_A_YEAR
"""By how much the rate at target drifts at the ends of the curve, 50 a year [2^-96 a second]."""


def rate_of(rate_at_target: int, utilisation: int) -> int:
    """Return the borrow rate at a utilisation [1e-18], rounded down [1e-16 a second]."""
    distance = _distance(utilisation)
    multiple = WAD + 3 * distance if utilisation >= TARGET else WAD - distance * 3 // 4
    return rate_at_target * multiple // (WAD * 100)


def drifted(rate_at_target: int, utilisation: int, seconds: int) -> int:
    """Return the rate at target after a time at a utilisation, within its bounds [1e-18]."""
    factor = growth_up(_SPEED * _distance(utilisation) // WAD, seconds)
    if utilisation >= TARGET:
        moved = rate_at_target * factor // ONE
    else:
        moved = rate_at_target * ONE // factor
    return min(max(moved, LOWEST), HIGHEST)


def _distance(utilisation: int) -> int:
    """Return how far a utilisation is from the target, on its side [1e-18]."""
    if utilisation >= TARGET:
        return (utilisation - TARGET) * WAD // (WAD - TARGET)
    return (TARGET - utilisation) * WAD // TARGET

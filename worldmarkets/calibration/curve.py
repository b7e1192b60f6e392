"""The adaptive rate curve of the lending pools, in floats, for pictures and comparisons."""

from math import exp

TARGET, STEEPNESS = 0.9, 4.0
"""Utilisation the curve aims at, and its rate at full utilisation over that at the target."""
SPEED = 50.0
"""How fast the rate at the target moves at full or no utilisation [exponents a year]."""
START, LOWEST, HIGHEST = 0.04, 0.001, 2.0
"""Rate at the target: at first, and its bounds [a year]."""
_YEAR = 365 * 86_400


def error_at(utilisation: float) -> float:
    """Return how far utilisation is from the target, from -1 (unused) to 1 (all lent out)."""
    if utilisation >= TARGET:
        return (utilisation - TARGET) / (1 - TARGET)
    return (utilisation - TARGET) / TARGET


def rate_at(utilisation: float, at_target: float) -> float:
    """Return the borrow rate of the curve [a year]."""
    error = error_at(utilisation)
    slope = STEEPNESS - 1 if error >= 0 else 1 - 1 / STEEPNESS
    return at_target * (1 + slope * error)


def adapted(at_target: float, utilisation: float, seconds: int) -> float:
    """Return the rate at the target after some time at one utilisation [a year]."""
    moved = at_target * exp(SPEED * error_at(utilisation) * seconds / _YEAR)
    return min(max(moved, LOWEST), HIGHEST)

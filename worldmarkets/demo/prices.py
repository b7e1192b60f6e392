"""A made-up reference price: a seeded simulation."""

import random
from decimal import Decimal

from worldmarkets.marketdata.paths import PointPath

_SIMULATED_STEPS_PER_SECOND = 8
_SIMULATED_SECONDS = 240

_CALM, _ROUGH = 50, 140
"""Standard deviation of the move in an eighth of a second, calm and rough [1e-6 of the price]."""
_TURN_ODDS = 120
_JUMP_ODDS = 240
_JUMP = 1_500
"""Standard deviation of a jump [1e-6 of the price]."""
_MILLIONTHS = 10**6


def simulated_path(seed: int, seconds: int, start: Decimal) -> PointPath:
    """Return a made-up price: calm and rough spells, now and then a jump. Same seed, same path.

    What takes longer than a few minutes is as long in moves as those, and slower.
    """
    chance = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    prices = [start]
    deviation = _CALM
    moves = min(seconds, _SIMULATED_SECONDS) * _SIMULATED_STEPS_PER_SECOND
    for _ in range(moves):
        if chance.randrange(_TURN_ODDS) == 0:
            deviation = _ROUGH if deviation == _CALM else _CALM
        millionths = round(chance.gauss(0, deviation))
        if chance.randrange(_JUMP_ODDS) == 0:
            millionths += round(chance.gauss(0, _JUMP))
        prices.append(prices[-1] * (_MILLIONTHS + millionths) / _MILLIONTHS)
    times = tuple(1_000 * seconds * index // moves for index in range(len(prices)))
    return PointPath(f"seeded simulation (seed {seed})", times, tuple(prices))

"""What a portfolio loses within seconds, second by second, from candles of a minute.

Inside a candle its four prices are taken to be 20 seconds apart, straight in between. Their order
is not known. The usual guess is that a rising minute visits its low first and a falling one its
high. The worst that may have been is the worse one of two: the better extreme comes first, so that
the whole range of a minute is lost in 20 seconds, or last, so that it is lost into the next one.
A candle that does not move is one price, and the next one is reached on a straight line.
"""

from collections.abc import Sequence

import numpy as np

from worldmarkets.calibration.series import Floats, Series, Times

MINUTE = 60
_QUARTERS = (0, 20, 40, 59)
"""When in a candle its four prices are met [seconds]; the next one opens a second later."""
_OPEN, _HIGH, _LOW, _CLOSE = range(4)


def worst_paths(series: Series, weight: int) -> tuple[Floats, Floats]:
    """Return the price by the second in both orders, the better extreme first or last.

    Args:
        series: The candles.
        weight: 1 for long, whose better extreme is the high, -1 for short.
    """
    falls, rises = _falls(series), _rises(series)
    return (falls, rises) if weight > 0 else (rises, falls)


def usual_path(series: Series) -> Floats:
    """Return the price by the second, in the order that `Candle.path` takes it to have come."""
    rising = series.prices[:, _CLOSE] >= series.prices[:, _OPEN]
    order = np.where(rising[:, None], (_OPEN, _LOW, _HIGH, _CLOSE), (_OPEN, _HIGH, _LOW, _CLOSE))
    return _by_second(series.times, np.take_along_axis(series.prices, order, axis=1))


def losses(
    paths: Sequence[Floats], weights: Sequence[int], times: Times, delays: Sequence[int]
) -> dict[int, Floats]:
    """Return the most that a portfolio loses within each delay, for every minute with a candle.

    Args:
        paths: Price of each leg by the second, all from the first of `times` on.
        weights: 1 for a leg of one dollar long, -1 for one short.
        times: When the candles begin that are asked about [seconds].
        delays: Times until a liquidation acts [seconds].

    Returns:
        By delay, for each candle the loss from its worst second on [dollars], zero or more.
    """
    starts = (times - times[0])[:, None] + np.arange(MINUTE)
    length, longest = len(paths[0]), max(delays)
    scaled = [weight / path for weight, path in zip(weights, paths, strict=True)]
    padded = [np.concatenate([path, np.full(longest, path[-1])]) for path in paths]
    lowest, found = np.zeros(length), {}
    invested = float(sum(weights))
    for second in range(1, longest + 1):
        value = np.full(length, -invested)
        for share, path in zip(scaled, padded, strict=True):
            value += share * path[second : second + length]
        np.minimum(lowest, value, out=lowest)
        if second in delays:
            found[second] = -lowest[starts].min(axis=1)
    return found


def _falls(series: Series) -> Floats:
    return _by_second(series.times, series.prices[:, (_OPEN, _HIGH, _LOW, _CLOSE)])


def _rises(series: Series) -> Floats:
    return _by_second(series.times, series.prices[:, (_OPEN, _LOW, _HIGH, _CLOSE)])


def _by_second(times: Times, quarters: Floats) -> Floats:
    points = (times - times[0])[:, None] + np.array(_QUARTERS)
    moves = quarters.min(axis=1) < quarters.max(axis=1)
    kept = np.repeat(moves[:, None], len(_QUARTERS), axis=1)
    kept[:, 0] = True
    seconds = np.arange(times[-1] - times[0] + MINUTE)
    return np.interp(seconds, points[kept], quarters[kept])

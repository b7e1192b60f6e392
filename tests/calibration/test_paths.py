"""What is lost within seconds, by hand."""

import numpy as np
import pytest

from worldmarkets.calibration.paths import losses, usual_path, worst_paths
from worldmarkets.calibration.series import Series


def candles(*rows: tuple[float, float, float, float], first: int = 600) -> Series:
    times = np.arange(len(rows), dtype=np.int64) * 60 + first
    return Series("BTC", "", "", times, np.array(rows, dtype=np.float64))


FALLING = candles((100, 110, 88, 90))
RISING = candles((90, 110, 88, 100))


def test_usual_path_falling_minute_visits_its_high_first() -> None:
    path = usual_path(FALLING)
    assert len(path) == 60
    assert [path[second] for second in (0, 10, 20, 30, 40, 59)] == [100, 105, 110, 99, 88, 90]


def test_usual_path_rising_minute_visits_its_low_first() -> None:
    path = usual_path(RISING)
    assert [path[second] for second in (0, 20, 40, 59)] == [90, 88, 110, 100]


def test_worst_paths_have_both_orders_the_better_extreme_first() -> None:
    for series in (FALLING, RISING):
        for weight, extremes in ((1, (110, 88)), (-1, (88, 110))):
            first, last = worst_paths(series, weight)
            assert (first[20], first[40]) == extremes
            assert (last[20], last[40]) == extremes[::-1]


def test_path_candles_that_do_not_move_are_points_on_a_straight_line() -> None:
    path = usual_path(candles((100, 100, 100, 100), (160, 160, 160, 160)))
    assert [path[second] for second in (0, 1, 59, 60)] == [100, 101, 159, 160]


def test_path_missing_minutes_are_a_straight_line() -> None:
    series = candles((100, 100, 100, 100), (160, 160, 160, 160))
    apart = Series("BTC", "", "", np.array([0, 120], dtype=np.int64), series.prices)
    assert [usual_path(apart)[second] for second in (0, 60, 120)] == [100, 130, 160]


def test_losses_of_a_long_leg_are_the_range_in_twenty_seconds() -> None:
    """From 110 at second 20 down to 88 at 40: 1.1 a second."""
    worst, _ = worst_paths(FALLING, 1)
    found = losses([worst], [1], FALLING.times, (1, 10, 60))
    # The last second of the fall loses the same dollars of the lowest price.
    assert found[1][0] == pytest.approx(1.1 / 89.1)
    assert found[10][0] == pytest.approx(11 / 99)
    assert found[60][0] == pytest.approx(22 / 110)


def test_losses_of_a_short_leg_are_rises() -> None:
    worst, _ = worst_paths(FALLING, -1)
    found = losses([worst], [-1], FALLING.times, (1, 60))
    assert found[60][0] == pytest.approx(22 / 88)


def test_losses_of_equal_legs_against_each_other_are_nothing() -> None:
    path = usual_path(FALLING)
    found = losses([path, 2 * path], [1, -1], FALLING.times, (1, 60))
    assert found[60].tolist() == pytest.approx([0.0])


def test_losses_reach_into_the_next_minute_and_are_counted_where_they_begin() -> None:
    series = candles((100, 100, 100, 100), (100, 100, 100, 100), (50, 50, 50, 50))
    found = losses([usual_path(series)], [1], series.times, (1, 60))
    assert found[60].tolist() == pytest.approx([59 / 120, 0.5, 0])
    assert found[1].tolist() == pytest.approx([0, (5 / 6) / (50 + 5 / 6), 0])

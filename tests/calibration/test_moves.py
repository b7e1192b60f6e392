"""Statistics of moves, by hand."""

from pathlib import Path

import numpy as np
import pytest

from tests.calibration.data import write
from tests.calibration.test_paths import candles
from worldmarkets.calibration.moves import read_basis, regressions, worst_minutes
from worldmarkets.calibration.series import Series
from worldmarkets.marketdata.tables import MalformedRowError, UnknownFormatError


def test_worst_minutes_are_by_closes_and_from_the_opening() -> None:
    found = worst_minutes(candles((100, 120, 90, 100), (100, 101, 99, 95), (95, 96, 94, 95.95)))
    assert found.minutes == 3
    assert (found.close_down, found.close_up) == pytest.approx((-0.05, 0.01))
    assert (found.low, found.high) == pytest.approx((-0.1, 0.2))


def test_worst_minutes_changes_over_missing_minutes_do_not_count() -> None:
    series = candles((100, 100, 100, 100), (50, 50, 50, 50))
    apart = Series("BTC", "", "", np.array([0, 120], dtype=np.int64), series.prices)
    assert worst_minutes(apart).close_down == 0


def test_regressions_find_a_slope_that_is_there() -> None:
    """ETH moves twice as much each minute, and otherwise not at all."""
    moves = [1.01, 0.98, 1.02, 0.97] * 20
    btc, eth = [100.0], [50.0]
    for move in moves:
        btc.append(btc[-1] * move)
        eth.append(eth[-1] * (1 + 2 * (move - 1)))
    first, second = (candles(*[(price,) * 4 for price in prices]) for prices in (btc, eth))
    other = Series("ETH", "", "", second.times, second.prices)
    minute, five, *_ = regressions([first, other])
    assert (minute.horizon, minute.returns) == (1, 80)
    assert minute.slope == pytest.approx(2)
    assert minute.residuals == pytest.approx((0, 0, 0, 0))
    assert (five.horizon, five.returns) == (5, 76)


def test_regressions_without_a_common_window_are_none() -> None:
    assert regressions([candles((1, 1, 1, 1))]) == ()


def test_read_basis_measures_mark_over_index_and_drops_zeros(tmp_path: Path) -> None:
    text = "ts,index,mark\n1,100,101\n2,0,0\n3,100,99\n4,100,99.5\n"
    found = read_basis(write(tmp_path, text, "x.csv"))
    assert found.rows == 3
    assert (found.lowest, found.highest) == pytest.approx((-0.01, 0.01))
    assert found.largest_change == pytest.approx(0.02)


def test_read_basis_wrong_file_is_refused(tmp_path: Path) -> None:
    for text, error in (
        ("ts,index\n1,2\n", UnknownFormatError),
        ("index,mark\n0,0\n", UnknownFormatError),
        ("index,mark\n1,x\n", MalformedRowError),
    ):
        with pytest.raises(error):
            read_basis(write(tmp_path, text, "x.csv"))

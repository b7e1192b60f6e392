"""The rate curve and real pools beside it."""

from pathlib import Path

import pytest

from tests.calibration.data import RATES, needs_data, write
from worldmarkets.calibration.curve import adapted, error_at, rate_at
from worldmarkets.calibration.rates import POOLS, Rates, follow, rates_table, read_rates, summarize
from worldmarkets.marketdata.tables import MalformedRowError, SelectionError, UnknownFormatError

YEAR = 365 * 86_400
ROWS = """asset,block_timestamp,liquidity_rate,variable_borrow_rate
DAI,2023-08-14 00:00:00,x,y
USDC,2023-08-14 00:01:00,0.0567,0.065
USDC,2023-08-14 00:00:00,0.00675,0.0175
"""


def test_error_at_is_from_unused_to_all_lent() -> None:
    assert [error_at(share) for share in (0, 0.45, 0.9, 0.95, 1)] == pytest.approx(
        [-1, -0.5, 0, 0.5, 1]
    )


def test_rate_at_is_a_quarter_unused_and_fourfold_all_lent() -> None:
    found = [rate_at(share, 0.04) for share in (0, 0.45, 0.9, 0.95, 1)]
    assert found == pytest.approx([0.01, 0.025, 0.04, 0.1, 0.16])


def test_adapted_moves_by_the_error_and_stays_within_bounds() -> None:
    assert adapted(0.04, 0.9, YEAR) == 0.04
    assert adapted(0.04, 1, YEAR // 50) == pytest.approx(0.04 * 2.718281828)
    assert adapted(0.04, 0.45, YEAR // 25) == pytest.approx(0.04 / 2.718281828)
    assert adapted(0.04, 1, YEAR) == 2.0
    assert adapted(0.04, 0, YEAR) == 0.001


def test_follow_adapts_by_what_utilisation_was_until_then() -> None:
    rates = Rates("USDC", (0, YEAR // 50, YEAR // 25), (1, 1, 1), (1.0, 0.9, 0.9), (1, 1, 1))
    path, end = follow(rates)
    assert path == pytest.approx((0.16, 0.04 * 2.718281828, 0.04 * 2.718281828))
    assert end == path[-1]


def test_utilisation_of_a_pool_is_told_from_its_curve() -> None:
    pool = POOLS["WETH"]
    found = [pool.utilisation(rate) for rate in (0.005, 0.01, 0.029, 0.048, 0.448, 0.848, 1.0)]
    assert found == pytest.approx([0, 0, 0.4, 0.8, 0.9, 1, 1])


def test_read_rates_known_pools_in_order_of_time(tmp_path: Path) -> None:
    (found,) = read_rates(write(tmp_path, ROWS, "x.csv"))
    assert (found.asset, found.borrow) == ("USDC", (0.0175, 0.065))
    assert found.times[1] - found.times[0] == 60
    assert found.utilisation == pytest.approx((0.45, 0.905))
    # 1.75 % · 0.45 · 0.9 is 5 % more than was earned, 6.5 % · 0.905 · 0.9 7 % less.
    assert found.supply_errors == pytest.approx((-0.0662698, 0.05), abs=1e-6)
    assert "| USDC | 67.8 % | 4.12 % | 1.75-6.50 % | -6.6 % / +5.0 % |" in rates_table([found])


def test_read_rates_wrong_file_is_refused(tmp_path: Path) -> None:
    header = ROWS.splitlines()[0]
    for text, error in (
        ("a,b\n1,2\n", UnknownFormatError),
        (f"{header}\nDAI,2023-08-14 00:00:00,0.1,0.1\n", SelectionError),
        (f"{header}\nUSDC,noon,0.1,0.1\n", MalformedRowError),
        (f"{header}\nUSDC,2023-08-14 00:00:00,x,0.1\n", MalformedRowError),
        (f"{header}\nUSDC,2023-08-14 00:00:00,0,0.1\n", MalformedRowError),
    ):
        with pytest.raises(error):
            read_rates(write(tmp_path, text, "x.csv"))


@needs_data
def test_read_rates_supply_rates_confirm_the_pools_curves() -> None:
    """Of WETH exactly; of USDC to 3 %, for some of its debt is at other rates."""
    found = {one.asset: one for one in read_rates(RATES)}
    assert max(map(abs, found["WETH"].supply_errors)) < 1e-9
    assert max(map(abs, found["USDC"].supply_errors)) < 0.03
    usdc = summarize(found["USDC"])
    assert 0.900 < usdc.utilisation < 0.905
    assert 0.04 < usdc.at_target_end < 0.042

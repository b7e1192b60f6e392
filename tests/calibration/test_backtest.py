"""The back-test, by hand, and what the shipped sets promise about real crashes."""

import numpy as np
import pytest

from tests.calibration.data import CANDLES, needs_data
from tests.calibration.test_paths import candles
from worldmarkets.atlas import AssetRisk, GlobalRisk, RiskSet, load_risk_set
from worldmarkets.calibration.backtest import CASES, Case, CaseLosses, measure, outcome
from worldmarkets.calibration.series import Series, read_series

MINE = RiskSet(
    "mine",
    GlobalRisk(600, 80, 50),
    {"BTC": AssetRisk(1_000, 300, 200, 100, 50), "ETH": AssetRisk(1_500, 300, 200, 100, 50)},
)
LONG, SPOT, SPREAD = (
    Case("long", (("BTC", 1),)),
    Case("spot", (("BTC", 1),), spot=True),
    Case("spread", (("BTC", 1), ("ETH", -1))),
)


def test_maintenance_is_the_engines_by_leg() -> None:
    """Half of 9 % and the exit; of the spread half of 3 + 3 + 3 % and both exits."""
    assert LONG.maintenance(MINE) == pytest.approx(0.045 + 0.005)
    assert SPOT.maintenance(MINE) == pytest.approx(0.045 + 0.01)
    assert SPREAD.maintenance(MINE) == pytest.approx(0.045 + 0.01)


def test_outcome_counts_minutes_and_the_largest_shortfall() -> None:
    found = outcome(np.array([0.0, 0.05, 0.06, 0.08]), 0.05)
    assert (found.minutes, found.below_zero) == (4, 2)
    assert found.shortfall == pytest.approx(0.03)
    assert outcome(np.array([0.05]), 0.05).shortfall == 0


def test_measure_takes_the_worse_order_and_the_usual_one() -> None:
    """A rising minute: by the worst order it falls from 110 to 88, by the usual one to 100."""
    series = [candles((90, 110, 88, 100))]
    (found,) = measure(series, [LONG])
    assert found.minutes == 1
    assert found.worst[60][0] == pytest.approx(22 / 110)
    assert found.usual[60][0] == pytest.approx(10 / 110)


def test_measure_worst_is_never_less_than_usual() -> None:
    """High late in one minute and low early in the next: the usual order is the worse one here."""
    series = [candles((100, 110, 99, 109), (109, 109, 80, 81), (81, 82, 80, 81))]
    (found,) = measure(series, [LONG])
    for delay, lost in found.usual.items():
        assert (found.worst[delay] >= lost).all()


def test_measure_spread_takes_minutes_that_both_assets_have() -> None:
    btc = candles((100, 100, 100, 100), (100, 100, 100, 90), (90, 90, 90, 90))
    eth = Series("ETH", "", "", btc.times[1:], btc.prices[1:])
    elsewhere = Series("ETH", "", "other", btc.times, btc.prices)
    (found,) = measure([btc, eth], [SPREAD])
    assert found.minutes == 2
    assert found.usual[60].tolist() == pytest.approx([0, 0])
    assert measure([btc, elsewhere], [SPREAD]) == ()


@pytest.fixture(scope="module")
def measured() -> dict[str, CaseLosses]:
    return {one.case.title: one for one in measure(read_series(CANDLES))}


@needs_data
def test_measure_looks_at_every_case_in_the_real_crashes(measured: dict[str, CaseLosses]) -> None:
    assert list(measured) == [case.title for case in CASES]
    assert measured["long BTC"].minutes == 103_645
    assert measured["long BTC, short ETH"].minutes == 27_694


@needs_data
def test_conservative_single_assets_outlast_a_minute(measured: dict[str, CaseLosses]) -> None:
    chosen = load_risk_set("conservative")
    for one in measured.values():
        path = one.worst if len(one.case.legs) == 1 else one.usual
        assert outcome(path[60], one.case.maintenance(chosen)).below_zero == 0, one.case.title


@needs_data
def test_standard_outlasts_ten_seconds_and_not_a_minute(measured: dict[str, CaseLosses]) -> None:
    chosen = load_risk_set("standard")
    for one in measured.values():
        path = one.worst if len(one.case.legs) == 1 else one.usual
        assert outcome(path[10], one.case.maintenance(chosen)).below_zero == 0, one.case.title
        assert outcome(path[60], one.case.maintenance(chosen)).below_zero > 0, one.case.title

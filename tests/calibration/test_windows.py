"""Windows of candles in exact integers."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.calibration.data import write
from worldmarkets.calibration.windows import (
    Point,
    Window,
    atom_price,
    decisive,
    from_first,
    from_lowest,
    minutes,
    read_windows,
    worst_funding,
)
from worldmarkets.marketdata.candles import Candle

OCTOBER_10 = 1_760_054_400
DOLLAR = 10**10
"""Price of an atom of a token that costs a dollar."""


def candles(*rows: tuple[int, int, int, int], first: int = OCTOBER_10) -> tuple[Candle, ...]:
    """Candles a minute apart, from open, high, low and close."""
    return tuple(
        Candle(first + 60 * place, *(Decimal(price) for price in row))
        for place, row in enumerate(rows)
    )


def window(*rows: tuple[int, int, int, int]) -> Window:
    return Window("2025-10-10", "BTC", candles(*rows))


V_SHAPED = window((100, 101, 90, 95), (95, 96, 50, 60), (60, 80, 55, 70), (70, 75, 69, 70))


def test_minutes_sum_the_highs_by_the_second() -> None:
    assert list(minutes(V_SHAPED.candles)) == [
        Point(60, 90 * DOLLAR, 101 * DOLLAR, 60 * 101 * DOLLAR),
        Point(120, 50 * DOLLAR, 96 * DOLLAR, 60 * 197 * DOLLAR),
        Point(180, 55 * DOLLAR, 80 * DOLLAR, 60 * 277 * DOLLAR),
        Point(240, 69 * DOLLAR, 75 * DOLLAR, 60 * 352 * DOLLAR),
    ]


def test_minutes_without_a_candle_count_at_the_next_high() -> None:
    one, two = candles((10, 10, 10, 10))[0], candles((20, 30, 20, 20), first=OCTOBER_10 + 180)[0]
    last = list(minutes((one, two)))[1]
    assert (last.seconds, last.price_seconds) == (240, (60 * 10 + 180 * 30) * DOLLAR)


def test_from_first_opens_with_the_first_price() -> None:
    run = from_first(V_SHAPED)
    assert (run.asset, run.price, len(run.points)) == ("BTC", 100 * DOLLAR, 4)


def test_from_lowest_opens_at_the_low_before_the_largest_rise() -> None:
    run = from_lowest(V_SHAPED)
    assert run.price == 50 * DOLLAR
    assert run.points[0] == Point(60, 50 * DOLLAR, 96 * DOLLAR, 60 * 96 * DOLLAR)
    # The lowest price of all is at the end here, and nothing comes after it.
    falling = window((10, 30, 10, 20), (9, 9, 9, 9))
    assert from_lowest(falling).price == 10 * DOLLAR


def test_decisive_minutes_are_those_no_later_one_exceeds() -> None:
    points = list(minutes(V_SHAPED.candles))
    assert decisive(points) == tuple(points)
    risen = list(minutes(window((1, 2, 1, 1), (1, 3, 1, 1), (1, 3, 1, 1), (1, 2, 1, 1)).candles))
    assert decisive(risen) == (risen[2], risen[3])


def test_atom_price_is_exact_and_cut_off_below_its_unit() -> None:
    assert atom_price(Decimal("114994.8")) == 114_994_8 * 10**9
    assert atom_price(Decimal("1.00000000009")) == 10**10


@pytest.mark.parametrize(
    ("seconds", "paid"),
    [
        (60, (3_750, 3_750)),
        (8 * 3_600, (3_750, 3_750)),
        (8 * 3_600 + 1, (1_729, 3_567)),
        (72 * 3_600, (847, 2_514)),
        (100 * 3_600, (847, 2_514)),
    ],
)
def test_worst_funding_is_the_mean_over_the_least_hours_that_fit(
    seconds: int, paid: tuple[int, int]
) -> None:
    """5,187 and 10,700 ppm in 24 hours are thirds of it in 8; 7,616 and 22,626 in 72 ninths."""
    assert worst_funding("BTC", seconds) == paid


def test_read_windows_are_those_that_reach_into_a_day(tmp_path: Path) -> None:
    rows = "".join(
        f"{name},{pair},{ts},10,12,9,11\n"
        for name, ts in (("before", OCTOBER_10 - 60), ("day", OCTOBER_10), ("after", 1_760_140_800))
        for pair in ("ETHUSD", "BTCUSD", "LTCUSD")
    )
    path = write(tmp_path, f"window,pair,ts,open,high,low,close\n{rows}", "x.csv")
    found = read_windows([path])
    assert [(one.day, one.asset) for one in found] == [("2025-10-10", "BTC"), ("2025-10-10", "ETH")]
    assert [one.candles[0].ts for one in found] == [OCTOBER_10, OCTOBER_10]

"""Minutes without gaps, turnover in dollars, and where a crash is worst."""

import itertools
from decimal import Decimal
from pathlib import Path

import pytest

from tests.calibration.data import write
from tests.crash.setting import BTC, ETH, START, candle, falling, tape
from worldmarkets.crash.tape import MINUTE, Pair, largest_hour, read_tape
from worldmarkets.marketdata.tables import SelectionError

TWO_PAIRS = f"""window,pair,ts,open,high,low,close,volume
w,BTCUSD,{START},100,110,90,100,2
w,BTCUSD,{START + 120},100,120,100,110,3
w,ETHUSD,{START},10,10,10,10,1
w,ETHUSD,{START + 60},10,10,9,9,5
w,ETHUSD,{START + 120},9,9,8,8,1
"""


def test_read_tape_fills_minutes_that_a_file_lacks(tmp_path: Path) -> None:
    found = read_tape("x", write(tmp_path, TWO_PAIRS, "x.csv"), [BTC, ETH], "w")
    assert [minute.start for minute in found.minutes] == [START, START + 60, START + 120]
    filled = found.minutes[1].candles[0]
    assert {filled.open, filled.high, filled.low, filled.close} == {Decimal(100)}
    assert found.minutes[1].turnover[0] == 0


def test_read_tape_counts_turnover_in_dollars(tmp_path: Path) -> None:
    found = read_tape("x", write(tmp_path, TWO_PAIRS, "x.csv"), [BTC, ETH], "w")
    assert [minute.turnover[0] for minute in found.minutes] == [200, 0, 330]
    assert [minute.turnover[1] for minute in found.minutes] == [10, 45, 8]


def test_read_tape_takes_the_volume_of_a_file_in_dollars_as_it_is(tmp_path: Path) -> None:
    text = f"ts,open,high,low,close,volume\n{START},100,100,100,100,7\n"
    of_dollars = read_tape("x", write(tmp_path, text, "ftx_x.csv"), [Pair("BTC", "")])
    of_coins = read_tape("x", write(tmp_path, text, "x.csv"), [Pair("BTC", "")])
    assert of_dollars.minutes[0].turnover == (Decimal(7),)
    assert of_coins.minutes[0].turnover == (Decimal(700),)


def test_read_tape_of_prices_at_points_knows_no_turnover(tmp_path: Path) -> None:
    text = "time,WETH\n2023-08-13 00:00:00,1848\n2023-08-13 00:01:00,1850\n"
    found = read_tape("x", write(tmp_path, text, "x.csv"), [Pair("ETH", "WETH")])
    assert [minute.turnover for minute in found.minutes] == [(0,), (0,)]
    assert found.median_turnover(0) == 0


def test_read_tape_without_the_series_says_what_there_is(tmp_path: Path) -> None:
    path = write(tmp_path, TWO_PAIRS, "x.csv")
    with pytest.raises(SelectionError) as caught:
        read_tape("x", path, [Pair("LTC", "LTCUSD")], "w")
    assert caught.value.held == ("BTCUSD w", "ETHUSD w")


def test_largest_hour_tells_a_fall_from_a_rise() -> None:
    calm = [candle(place, (100, 100, 100, 100)) for place in range(60)]
    up = candle(60, (100, 150, 100, 150))
    down = candle(61, (150, 150, 90, 95))
    assert largest_hour([*calm, up]) == (1, False)
    assert largest_hour([*calm, up, down]) == (2, True)
    assert largest_hour([candle(0, (100, 120, 80, 90))])[1] is True
    assert largest_hour([candle(0, (100, 120, 80, 110))])[1] is False


def test_worst_keeps_the_largest_hour_in_the_middle() -> None:
    rows = [(100, 100, 100, 100)] * 300
    rows[200] = (100, 100, 80, 100)
    whole = tape(rows)
    part = whole.worst(100)
    assert len(part.minutes) == 100
    lows = [minute.candles[0].low for minute in part.minutes]
    assert 20 < lows.index(Decimal(80)) < 80
    assert whole.worst(300) is whole
    assert whole.worst(1_000) is whole


def test_moved_to_keeps_minutes_apart() -> None:
    moved = falling(2, 1).moved_to(START + 100_000_001)
    starts = [minute.start for minute in moved.minutes]
    assert starts[0] >= START + 100_000_001
    assert starts[0] % MINUTE == 0
    assert {after - before for before, after in itertools.pairwise(starts)} == {MINUTE}


def test_median_turnover_is_of_all_minutes(tmp_path: Path) -> None:
    found = read_tape("x", write(tmp_path, TWO_PAIRS, "x.csv"), [BTC, ETH], "w")
    assert found.median_turnover(0) == 200
    assert found.median_turnover(1) == 10

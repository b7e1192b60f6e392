"""Candle files as series: which asset, which window, and the price of a stable coin."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.calibration.data import write
from worldmarkets.calibration.series import read_series
from worldmarkets.marketdata.candles import Candle, read_every_series
from worldmarkets.marketdata.tables import (
    MalformedRowError,
    SelectionError,
    UnknownFormatError,
)

TWO_PAIRS = """window,pair,ts,open,high,low,close,volume
a,BTCUSD,60,10,12,9,11,1
a,BTCUSD,120,11,11,8,9,1
a,ETHUSD,60,1,2,1,2,1
a,LTCUSD,60,1,2,1,2,1
b,BTCUSD,600,20,20.5,19.5,20,1
"""
COINS = """pair,ts,open,high,low,close
BTCUSD,60,100,100,100,100
BTCUSD,120,100,120,80,90
BTCUSD,180,90,90,90,90
BTCUSDC,60,100,100,100,100
BTCUSDC,120,100,31000,80,100
"""
POINTS = "time,WETH,USDC\n2023-08-13 00:02:00,2.5,1\n2023-08-13 00:01:00,2,1\n"


def test_read_every_series_splits_pairs_and_windows(tmp_path: Path) -> None:
    found = read_every_series(write(tmp_path, TWO_PAIRS, "x.csv"))
    assert list(found) == [("BTCUSD", "a"), ("ETHUSD", "a"), ("LTCUSD", "a"), ("BTCUSD", "b")]
    assert [candle.ts for candle in found["BTCUSD", "a"]] == [60, 120]
    assert found["BTCUSD", "b"][0].high == Decimal("20.5")


def test_read_every_series_points_are_candles_in_order_of_time(tmp_path: Path) -> None:
    found = read_every_series(write(tmp_path, POINTS, "x.csv"))
    assert list(found) == [("WETH", ""), ("USDC", "")]
    two = Decimal(2)
    assert found["WETH", ""][0] == Candle(1_691_884_860, two, two, two, two)
    assert [candle.close for candle in found["WETH", ""]] == [two, Decimal("2.5")]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a,b\n1,2\n", UnknownFormatError),
        ("ts,open,high,low,close\n", SelectionError),
        ("ts,open,high,low,close\n60,1,1,1,1\n60,1,1,1,1\n", MalformedRowError),
        ("ts,open,high,low,close\n60,1,1,2,1\n", MalformedRowError),
        ("time,WETH\nnoon,1\n", MalformedRowError),
        ("time,WETH\n2023-08-13 00:01:00,0\n", MalformedRowError),
        ("time,WETH\n2023-08-13 00:01:00,1\n2023-08-13 00:01:00,1\n", MalformedRowError),
    ],
    ids=["columns", "empty", "twice", "range", "time", "price", "point twice"],
)
def test_read_every_series_wrong_file_is_refused(
    tmp_path: Path, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_every_series(write(tmp_path, text, "x.csv"))


def test_read_series_knows_assets_and_joins_by_window(tmp_path: Path) -> None:
    found = read_series([write(tmp_path, TWO_PAIRS, "crash_1m.csv")])
    assert [(one.asset, one.title, one.window) for one in found] == [
        ("BTC", "crash a BTCUSD", "crash_1m a"),
        ("ETH", "crash a ETHUSD", "crash_1m a"),
        ("BTC", "crash b BTCUSD", "crash_1m b"),
    ]
    assert found[0].prices.tolist() == [[10, 12, 9, 11], [11, 11, 8, 9]]


def test_read_series_without_pair_is_named_by_its_file(tmp_path: Path) -> None:
    candles = "ts,open,high,low,close\n60,1,2,1,2\n"
    names = ("ftx_btcperp_1m.csv", "other.csv")
    found = read_series([write(tmp_path, candles, name) for name in names])
    assert [(one.asset, one.title) for one in found] == [("BTC", "ftx btcperp 1m")]
    assert [one.asset for one in read_series([write(tmp_path, POINTS, "pool.csv")])] == ["ETH"]


def test_read_series_pair_in_a_coin_gives_the_price_of_the_coin(tmp_path: Path) -> None:
    """From closes of minutes that both have, so that a lone wick of the coin's pair is nothing."""
    asset, coin = read_series([write(tmp_path, COINS, "us.csv")])
    assert (asset.asset, len(asset.times)) == ("BTC", 3)
    assert (coin.asset, coin.title) == ("STABLE", "us BTCUSDC")
    assert coin.times.tolist() == [60, 120]
    assert coin.prices.tolist() == [[1] * 4, [0.9] * 4]

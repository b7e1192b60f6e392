"""The crashes that lie beside the project, and how any candle file is read as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from worldmarkets.artifacts import project_root
from worldmarkets.calibration.series import asset_of
from worldmarkets.crash.tape import Pair, Tape, read_tape
from worldmarkets.marketdata.candles import read_every_series
from worldmarkets.marketdata.tables import SelectionError

ACCOUNTS_FILE = "hyperliquid_20251010_adl_by_account.csv.gz"
"""Accounts that were auto-deleveraged on 10 October 2025."""
_BITFINEX = "bitfinex_btc_eth_ltc_xrp_1m_crashes_2017_2019.csv.gz"
_QUOTES = ("USDT", "USDC", "USD")


@dataclass(frozen=True)
class Source:
    """Where a crash is: a file, and in it the series and the window."""

    name: str
    file: str
    columns: tuple[str, ...]
    window: str = ""


SOURCES = (
    *(
        Source(f"{day[:4]}-{day[4:6]}-{day[6:]}", _BITFINEX, ("BTCUSD", "ETHUSD"), day)
        for day in (
            "20170914",
            "20171222",
            "20180116",
            "20180205",
            "20181114",
            "20181119",
            "20190626",
            "20190924",
            "20191025",
        )
    ),
    Source("2022-01", "ftx_btcperp_1m_202201.csv.gz", ("",)),
    Source("2023-08-17", "uniswap_polygon_weth_usdc_1m_20230813_17.csv.gz", ("WETH",)),
    Source("2025-10-10", "binance_btcusdt_perp_1m_20251010_2106_2200.csv.gz", ("",)),
)
"""In order of time: eight falls and a rise on Bitfinex, a month of a falling perp, a fall on chain,
and the fourteen minutes of 10 October 2025."""


def data_folder() -> Path:
    """Return where market data lies beside the project, if it does."""
    return project_root().parent / "shared" / "data"


def read_source(source: Source, folder: Path, minutes: int) -> Tape:
    """Read the worst minutes of a crash.

    Raises:
        DataFileError: its file can not be read, or lacks a series.
    """
    path = folder / source.file
    pairs = [Pair(_symbol(column, path), column) for column in source.columns]
    return read_tape(source.name, path, pairs, source.window).worst(minutes)


def read_prices(path: Path, columns: Sequence[str], window: str, minutes: int) -> Tape:
    """Read the worst minutes of some series of a candle file; of the only one if none is named.

    Raises:
        DataFileError: the file can not be read, or lacks a series.
        SelectionError: several series or windows are there, and none is named.
    """
    held = read_every_series(path)
    windows = sorted({key[1] for key in held})
    if not window and len(windows) > 1:
        raise SelectionError(path, "window", None, windows)
    window = window or windows[0]
    known = sorted({pair for pair, of in held if of == window})
    if not columns and len(known) > 1:
        raise SelectionError(path, "pair", None, known)
    source = Source(window or path.name.split(".")[0], path.name, tuple(columns or known), window)
    return read_source(source, path.parent, minutes)


def _symbol(column: str, path: Path) -> str:
    """Return what the exchange calls the asset of a series: BTC and ETH by the risk set's names."""
    known = asset_of(column or path.name)
    if known:
        return known
    quote = next((one for one in _QUOTES if column.endswith(one)), "")
    return column.removesuffix(quote) or "ASSET"

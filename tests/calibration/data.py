"""Market data beside the project, for the back-test, and small files for the rest."""

from pathlib import Path

from tests.replay.data import CRASH_DAY, CRASHES, FOLDER, needs_data

__all__ = ["BASIS", "CANDLES", "FUNDING", "RATES", "needs_data", "write"]

CANDLES = (
    CRASHES,
    CRASH_DAY,
    FOLDER / "ftx_btcperp_1m_202201.csv.gz",
    FOLDER / "binanceus_btc_usd_usdt_usdc_1m_202303.csv.gz",
    FOLDER / "uniswap_polygon_weth_usdc_1m_20230813_17.csv.gz",
)
BASIS = FOLDER / "binance_btcusdt_hourly_mark_index_oi_202312_202410.csv.gz"
FUNDING = FOLDER / "funding_btc_eth_7venues_2020_2023.csv.gz"
RATES = FOLDER / "aave_v3_polygon_usdc_weth_rates_1m_202308.csv.gz"


def write(folder: Path, text: str, name: str) -> Path:
    """Write a file into a folder and return its path."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path

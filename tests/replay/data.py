"""Market data beside the project, for tests that replay it."""

import pytest

from worldmarkets.artifacts import project_root

FOLDER = project_root().parent / "shared" / "data"
EVENTS = FOLDER / "aapl_20120621_l3_clean_events_0930_1030.csv.gz"
MESSAGES = FOLDER / "aapl_20120621_l10_messages_first999.csv.gz"
BOOK_ROWS = FOLDER / "aapl_20120621_l10_book_first999.csv.gz"
BEST_QUOTES = FOLDER / "aapl_20120621_l1_book_fullday.csv.gz"
STREAM = FOLDER / "bitstamp_btcusd_20150501_l3_events.csv.gz"
CRASHES = FOLDER / "bitfinex_btc_eth_ltc_xrp_1m_crashes_2017_2019.csv.gz"
CRASH_DAY = FOLDER / "binance_btcusdt_perp_1m_20251010_2106_2200.csv.gz"

needs_data = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"the market data is not beside the project, at {FOLDER.name}"
)

"""Readers of market data files: formats, filters and errors."""

import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from tests.replay.data import CRASHES, EVENTS, STREAM, needs_data
from worldmarkets.marketdata.candles import Candle, read_candles
from worldmarkets.marketdata.flow import FlowFormat, FlowKind, open_flow
from worldmarkets.marketdata.snapshots import collapse, count_aligned, read_snapshots
from worldmarkets.marketdata.tables import (
    MalformedRowError,
    SelectionError,
    UnknownFormatError,
    UnreadableFileError,
)

MESSAGES = """time,type,order_id,size,price,direction
34200.004241176,1,16113575,18,5853300,1
34200.5,2,16113575,3,5853300,1
34201,4,16113575,15,5853300,1
34201,5,0,7,5853350,-1
"""
STREAM_ROWS = """ts_ms,action,order_id,side,price,amount_left,exch_ts_s
1430438404518,created,65595247,bid,236.47,2.00009999,1430438404
1430438404635,changed,65595247,bid,236.47,1.78855669,1430438404
1430438404700,deleted,65595247,bid,236.47,0.00000000,1430438404
"""
CANDLES = """window,pair,ts,open,high,low,close,volume
a,BTCUSD,60,10,12,9,11,1
a,BTCUSD,120,11,11,8,9,1
a,ETHUSD,60,1,2,1,2,1
b,BTCUSD,600,20,20.5,19.5,20,1
"""


def write(folder: Path, text: str, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


# ---------------------------------------------------------------------- order flows


def test_open_flow_messages_parses_every_field(tmp_path: Path) -> None:
    flow = open_flow(write(tmp_path, MESSAGES))
    added, reduced, executed, hidden = flow.events()
    assert flow.format is FlowFormat.MESSAGES
    assert (added.time_ns, added.kind, added.order_id) == (34200004241176, FlowKind.ADD, 16113575)
    assert (added.lots, added.tick, added.is_ask, added.synthetic) == (18, 58533, False, False)
    assert (reduced.kind, reduced.lots) == (FlowKind.REDUCE, 3)
    assert (executed.kind, executed.lots) == (FlowKind.EXECUTE, 15)
    assert (hidden.kind, hidden.tick, hidden.is_ask) == (FlowKind.HIDDEN, 58533, True)


def test_open_flow_synthetic_column_is_read(tmp_path: Path) -> None:
    rows = "time,type,order_id,size,price,direction,synthetic\n" + "".join(
        f"1,1,{number},5,100,1,{mark}\n" for number, mark in ((1, 2), (2, 1), (3, 0))
    )
    events = list(open_flow(write(tmp_path, rows)).events())
    assert [event.synthetic for event in events] == [True, True, False]
    assert events[2].row == ("1", "1", "3", "5", "100", "1")


def test_open_flow_stream_rounds_sizes_down(tmp_path: Path) -> None:
    flow = open_flow(write(tmp_path, STREAM_ROWS))
    created, changed, deleted = flow.events()
    assert flow.format is FlowFormat.STREAM
    assert (created.kind, created.lots, created.tick) == (FlowKind.ADD, 20_000, 23_647)
    assert (changed.kind, changed.lots) == (FlowKind.LEFT, 17_885)
    assert (deleted.kind, deleted.lots) == (FlowKind.CANCEL, 0)


def test_open_flow_gzip_equals_plain(tmp_path: Path) -> None:
    plain = write(tmp_path, MESSAGES)
    packed = tmp_path / "packed.csv"
    packed.write_bytes(gzip.compress(MESSAGES.encode()))
    assert list(open_flow(packed).events()) == list(open_flow(plain).events())


def test_open_flow_unknown_columns_names_found_and_expected(tmp_path: Path) -> None:
    path = write(tmp_path, "ts,open,close\n1,2,3\n")
    with pytest.raises(UnknownFormatError) as caught:
        open_flow(path)
    assert caught.value.found == ("ts", "open", "close")
    assert "\n" not in str(caught.value)
    for name in ("ts, open, close", "time, type, order_id", "ts_ms, action, order_id"):
        assert name in str(caught.value)


@pytest.mark.parametrize(
    "row",
    [
        "1,9,1,5,100,1",
        "1,1,1,5,150,1",
        "1,1,1,x,100,1",
        "1,1,1,5,100,0",
        "1,1,1,5,100",
        "x,1,1,5,100,1",
    ],
    ids=["type", "half tick", "size", "direction", "fields", "time"],
)
def test_events_malformed_row_names_the_line(tmp_path: Path, row: str) -> None:
    flow = open_flow(write(tmp_path, f"{MESSAGES}{row}\n"))
    with pytest.raises(MalformedRowError) as caught:
        list(flow.events())
    assert caught.value.line == 6


def test_open_flow_missing_or_broken_file_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError):
        open_flow(tmp_path / "missing.csv")
    with pytest.raises(UnreadableFileError):
        open_flow(write(tmp_path, ""))
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(gzip.compress(MESSAGES.encode())[:40])
    with pytest.raises(UnreadableFileError):
        list(open_flow(broken).events())


@needs_data
def test_open_flow_real_files_are_read_whole() -> None:
    assert sum(1 for _ in open_flow(EVENTS).events()) == 92_077
    assert sum(1 for _ in open_flow(STREAM).events()) == 50_414


# ---------------------------------------------------------------------- candles


def test_read_candles_filters_choose_one_series(tmp_path: Path) -> None:
    path = write(tmp_path, CANDLES)
    candles = read_candles(path, "BTCUSD", "a")
    assert [candle.ts for candle in candles] == [60, 120]
    assert candles[0] == Candle(60, Decimal(10), Decimal(12), Decimal(9), Decimal(11))
    assert len(read_candles(path, "BTCUSD", "b")) == 1
    assert len(read_candles(path, "ETHUSD")) == 1, "one window is left, so none need be chosen"


@pytest.mark.parametrize(
    ("pair", "window", "held"),
    [
        (None, None, ("BTCUSD", "ETHUSD")),
        ("XRPUSD", None, ("BTCUSD", "ETHUSD")),
        ("BTCUSD", None, ("a", "b")),
        ("BTCUSD", "c", ("a", "b")),
    ],
)
def test_read_candles_unclear_choice_lists_what_there_is(
    tmp_path: Path, pair: str | None, window: str | None, held: tuple[str, ...]
) -> None:
    with pytest.raises(SelectionError) as caught:
        read_candles(write(tmp_path, CANDLES), pair, window)
    assert caught.value.held == held
    assert all(name in str(caught.value) for name in held)


def test_read_candles_filter_without_column_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "ts,open,high,low,close\n60,1,1,1,1\n")
    with pytest.raises(SelectionError):
        read_candles(path, "BTCUSD")
    assert len(read_candles(path)) == 1


@pytest.mark.parametrize(
    "row",
    [
        "60,0,1,0,1",
        "60,-1,1,-1,1",
        "60,2,1,1,1",
        "60,1,2,1,3",
        "x,1,1,1,1",
        "60,NaN,1,1,1",
        "60,1,1,1",
    ],
)
def test_read_candles_impossible_row_is_refused(tmp_path: Path, row: str) -> None:
    path = write(tmp_path, f"ts,open,high,low,close\n{row}\n")
    with pytest.raises(MalformedRowError) as caught:
        read_candles(path)
    assert caught.value.line == 2


def test_read_candles_time_going_back_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "ts,open,high,low,close\n60,1,1,1,1\n60,1,1,1,1\n")
    with pytest.raises(MalformedRowError):
        read_candles(path)


def test_read_candles_unknown_columns_names_found_and_expected(tmp_path: Path) -> None:
    with pytest.raises(UnknownFormatError) as caught:
        read_candles(write(tmp_path, "time,WETH,USDC\n1,2,3\n"))
    assert "time, WETH, USDC" in str(caught.value)
    assert "ts, open, high, low, close" in str(caught.value)


def test_path_of_candle_visits_the_far_side_first() -> None:
    low, high = Decimal(1), Decimal(9)
    rising = Candle(0, Decimal(3), high, low, Decimal(5))
    falling = Candle(0, Decimal(5), high, low, Decimal(3))
    assert rising.path() == (3, 1, 9, 5)
    assert falling.path() == (5, 9, 1, 3)


@needs_data
def test_read_candles_real_crash_is_one_series() -> None:
    candles = read_candles(CRASHES, "ETHUSD", "20171222")
    assert len(candles) == 4_320
    assert candles[0].open == Decimal("794.45")


# ---------------------------------------------------------------------- snapshots


def test_read_snapshots_returns_ticks(tmp_path: Path) -> None:
    header = "ask_px_1,ask_sz_1,bid_px_1,bid_sz_1"
    path = write(tmp_path, f"{header}\n5859400,200,5853300,18\n")
    assert list(read_snapshots(path)) == [(58_594, 200, 58_533, 18)]
    with pytest.raises(MalformedRowError):
        list(read_snapshots(write(tmp_path, f"{header}\n5859450,200,5853300,18\n")))
    with pytest.raises(UnknownFormatError):
        list(read_snapshots(write(tmp_path, "bid_px_1,bid_sz_1,ask_px_1,ask_sz_1\n1,1,1,1\n")))


def test_collapse_repetitions_keeps_returns() -> None:
    assert collapse([(1,), (1,), (2,), (1,), (1,)]) == [(1,), (2,), (1,)]


@pytest.mark.parametrize(
    ("ours", "theirs", "aligned"),
    [
        ("abcd", "abcd", 4),
        ("abcd", "abcdefgh", 4),
        ("abXcd", "abcd", 4),
        ("abcd", "abYYcd", 4),
        ("abXcd", "abYcd", 4),
        ("abc", "xyz", 0),
        ("abc", "", 0),
        ("", "abc", 0),
        ("bacd", "abcd", 3),
    ],
)
def test_count_aligned_counts_common_states_in_order(ours: str, theirs: str, aligned: int) -> None:
    found = count_aligned([(ord(one),) for one in ours], [(ord(one),) for one in theirs])
    assert found == aligned


def test_count_aligned_hopeless_sequences_ends_early() -> None:
    ours, theirs = [(number,) for number in range(20_000)], [(-number,) for number in range(40_000)]
    assert count_aligned(ours, theirs, most_skips=50) <= 1

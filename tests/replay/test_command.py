"""The command on a node: equal to the market's own books, or status 1."""

import csv
import gzip
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.replay.data import BEST_QUOTES, BOOK_ROWS, EVENTS, MESSAGES, needs_data
from worldmarkets.replay.command import command

pytestmark = [needs_data, pytest.mark.node]

ROWS = 60


def test_command_first_events_equal_both_files() -> None:
    result = CliRunner().invoke(command, [str(EVENTS), "--node", "--events", "1500"])
    assert result.exit_code == 0, result.output
    assert "equal  10-level book after each message: 999 compared, 0 differ\n" in result.output
    assert "best-quote states, repetitions collapsed: 565 compared, 0 differ" in result.output
    assert "106 of 106 executions hit the head of the queue" in result.output


def test_command_events_off_the_queue_are_reduced() -> None:
    """Three of the 24 executions that do not hit the head of the queue, and what follows them."""
    result = CliRunner().invoke(command, [str(EVENTS), "--events", "2700"])
    assert result.exit_code == 0, result.output
    assert "for the other 3 the named order was reduced" in result.output
    assert "999 compared, 0 differ\n" in result.output


def test_command_altered_files_end_with_status_1(tmp_path: Path) -> None:
    """One size in one row of the snapshots, and one state of the best quotes, are other ones."""
    flow = tmp_path / EVENTS.name
    flow.write_bytes(EVENTS.read_bytes())
    copy_rows(MESSAGES, tmp_path, ROWS)
    copy_rows(BOOK_ROWS, tmp_path, ROWS, change=7)
    copy_rows(BEST_QUOTES, tmp_path, 5_000, change=9)
    arguments = [str(flow), "--events", "400", "--most-unaligned", "0"]
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 1, result.output
    assert f"DIFFERENT  10-level book after each message: {ROWS} compared, 1 differ\n" in (
        result.output
    )
    assert "DIFFERENT  best-quote states" in result.output


def test_command_flow_alone_compares_nothing(tmp_path: Path) -> None:
    flow = tmp_path / EVENTS.name
    flow.write_bytes(EVENTS.read_bytes())
    result = CliRunner().invoke(command, [str(flow), "--events", "200", "--block", "7"])
    assert result.exit_code == 0, result.output
    assert "there is no file beside the flow to compare its book with" in result.output


def copy_rows(path: Path, folder: Path, rows: int, change: int | None = None) -> None:
    """Copy the first rows of a table, one more share at the best ask in row `change`."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        header, *table = [row for row, _ in zip(csv.reader(text), range(rows + 1), strict=False)]
    if change is not None:
        table[change][1] = str(int(table[change][1]) + 1)
    with (folder / path.name.removesuffix(".gz")).open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([header, *table])

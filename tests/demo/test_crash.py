"""Borrowers when prices fall and nobody liquidates them, and beside the book of a flow."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest

from tests.demo.finished import recording
from worldmarkets.demo import command as demo
from worldmarkets.demo.command import DemoOptions
from worldmarkets.demo.conclude import conclude
from worldmarkets.demo.source import Source

pytestmark = pytest.mark.node

STEPS = 60
CALM = [Decimal(100)] * 5
NO_FLOW = "time,type,order_id,size,price,direction"


@contextmanager
def played(tmp_path: Path, closes: Sequence[Decimal]) -> Iterator[tuple[Source, str]]:
    """Play candles of a minute each with these prices at their ends; yield what was printed."""
    path = tmp_path / "prices.csv"
    rows = [
        f"XYZUSD,{60 * minute},{first},{max(first, last)},{min(first, last)},{last}"
        for minute, (first, last) in enumerate(pairwise(closes))
    ]
    path.write_text("pair,ts,open,high,low,close\n" + "\n".join(rows) + "\n", encoding="utf-8")
    options = DemoOptions(prices=path, pair="XYZUSD", steps=STEPS, wall_seconds=0)
    console = recording()
    with demo.prepared(options, console) as source:
        demo.play(source, console, options)
        assert conclude(console, source, 1.0, tmp_path / "crash.png").passes
        yield source, console.export_text()


def notes_of(source: Source, name: str) -> list[str]:
    return [text.split(": ", 1)[1] for who, text in source.credit.notes if who == name]


def test_crash_stubborn_falls_below_maintenance_and_sells_himself(tmp_path: Path) -> None:
    fall = [Decimal(100 - 2 * minute) for minute in range(1, 9)]
    with played(tmp_path, CALM + fall) as (source, printed):
        notes = notes_of(source, "stretched long")
        starts = [note.split(" ")[0:3] for note in notes]
        assert starts.index(["is", "below", "maintenance;"]) < starts.index(["has", "to", "lower"])
        refused = [note for note in notes if "refused by" in note]
        assert len(refused) == 2, "for taking out what backs his position, and for adding below it"
        assert all("BelowInitialMargin" in note for note in refused)
        assert source.session.counts["reverted"] == 0
        long, short, stretched = source.credit.cast.borrowers
        assert stretched.forced > 0
        assert (long.forced, short.forced) == (0, 0)
        levels = [sample.margins[2] for sample in source.credit.samples]
        below = [one for one in levels if one.owes and one.equity < one.maintenance]
        assert below
        # What he sold has brought his requirement down, not his equity up.
        assert levels[-1].initial < below[0].initial // 2
        assert levels[-1].equity < below[0].equity
        report = source.credit.reports()[0][2]
        assert report.margin.equity_atoms > 0
        (row,) = (line for line in printed.splitlines() if line.startswith("had to lower"))
        assert row.split() == [
            *row.split()[:5],
            *f"0 times 0 times {stretched.forced} times".split(),
        ]
        assert "nobody liquidates him" in printed


def test_crash_gap_leaves_a_debt_nobody_covers_and_nothing_reverts(tmp_path: Path) -> None:
    """The price falls by more than his equity within one step or two: he can not sell at a loss."""
    gap = [Decimal(75)] * 4 + [Decimal(76)] * 3
    with played(tmp_path, CALM + gap) as (source, printed):
        assert any(
            note.startswith("owes more than he has") for note in notes_of(source, "stretched long")
        )
        assert source.session.counts["reverted"] == 0
        report = source.credit.reports()[0][2]
        assert report.margin.equity_atoms < 0
        assert report.debt_atoms > 0
        account = source.credit.cast.borrowers[2].account.account_id
        (row,) = (one for one in source_audit(printed) if f"account {account} " in one)
        assert "below maintenance, it may only lower its risk" in row
        assert " holds " in row
        assert source.session.inventory[account, source.session.venue.market_id] > 0


def source_audit(printed: str) -> list[str]:
    return [line for line in printed.splitlines() if line.startswith("RISK-1")]


def test_crash_unaffected_short_gains_what_longs_lose(tmp_path: Path) -> None:
    fall = [Decimal(100 - 2 * minute) for minute in range(1, 9)]
    with played(tmp_path, CALM + fall) as (source, _):
        first, last = source.credit.samples[30].margins[1], source.credit.samples[-1].margins[1]
        assert last.equity > first.equity
        assert last.initial < first.initial


def test_flow_borrowers_take_out_and_repay_beside_the_book(tmp_path: Path) -> None:
    flow = tmp_path / "xyz_flow.csv"
    rows = [
        f"{number},1,{number},{10 + number},{100 * (10_000 + (number if number % 2 else -number))},"
        f"{-1 if number % 2 else 1}"
        for number in range(1, 81)
    ]
    flow.write_text("\n".join([NO_FLOW, *rows]) + "\n", encoding="utf-8")
    options = replace(DemoOptions(flow=flow), block_size=2)
    console = recording()
    with demo.prepared(options, console) as source:
        demo.play(source, console, options)
        assert conclude(console, source, 1.0, tmp_path / "flow.png").passes
        session, credit = source.session, source.credit
        long, short, stretched = credit.cast.borrowers
        assert session.moved[long.account.account_id, 0] > 0, "interest, with what he took out"
        assert session.moved[short.account.account_id, 1] < 0
        assert session.moved[stretched.account.account_id, 0] < 0
        assert session.counts["placed"] == 80
        assert session.counts["reverted"] == 0
        reports, pools = credit.reports()
        assert [report.margin.is_paid for report in reports] == [True, False, False]
        assert -session.moved[short.account.account_id, 1] < reports[1].debt_atoms
        for pool in pools:
            assert pool.paid > pool.earned > 0
        refused = [text for name, text in credit.notes if name == "stretched long"]
        assert any("refused by BelowInitialMargin" in text for text in refused)

"""Short demonstrations on a local node: what they leave behind, and an audit that must fail."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from worldmarkets.audit.report import AuditReport, audit_exchange
from worldmarkets.audit.words import words_at
from worldmarkets.demo import command as demo
from worldmarkets.demo.cast import MAKERS
from worldmarkets.demo.command import ConflictingOptionsError, DemoOptions
from worldmarkets.demo.conclude import conclude
from worldmarkets.demo.screen import LiveScreen
from worldmarkets.demo.session import Session
from worldmarkets.demo.source import Source
from worldmarkets.marketdata.tables import UnknownFormatError
from worldmarkets.model import slots
from worldmarkets.model.packing import Word
from worldmarkets.model.reading import Book, WordReader, read_book
from worldmarkets.model.words import (
    BookWord,
    LedgerWord,
    LevelWord,
    TapeWord,
)
from worldmarkets.rpc import quantity

pytestmark = pytest.mark.node

STEPS = 60
OPTIONS = DemoOptions(minutes=1, steps=STEPS, wall_seconds=0, seed=3)
PNG = b"\x89PNG\r\n\x1a\n"
WIDTH = 160


def recording() -> Console:
    return Console(file=io.StringIO(), width=WIDTH, record=True)


@dataclass
class Finished:
    """A demonstration that has played, on a node that is still there."""

    source: Source
    report: AuditReport
    printed: str
    picture: Path

    @property
    def session(self) -> Session:
        return self.source.session

    def audit(self) -> AuditReport:
        """The audit of a block made now."""
        stage = self.session.stage
        stage.rpc.call("evm_mine")
        block = int(stage.rpc.call("eth_blockNumber"), 16)
        return audit_exchange(stage.rpc, stage.deployment.exchange, block)

    def read_word(self, slot: int) -> int:
        stage = self.session.stage
        block = int(stage.rpc.call("eth_blockNumber"), 16)
        return words_at(stage.rpc, stage.deployment.exchange, block)([slot])[0]

    def write_word(self, slot: int, word: int) -> None:
        exchange = self.session.stage.deployment.exchange
        value = f"0x{word:064x}"
        self.session.stage.rpc.call("anvil_setStorageAt", exchange, quantity(slot), value)

    def change_word(self, slot: int, kind: type[Word], **changes: Callable[[int], int]) -> None:
        word = kind.unpack(self.read_word(slot))
        fields = {name: change(getattr(word, name)) for name, change in changes.items()}
        self.write_word(slot, replace(word, **fields).pack())

    def book(self) -> Book:
        return read_book(WordReader(lambda wanted: [*map(self.read_word, wanted)]), self.market)

    @property
    def market(self) -> int:
        return self.session.venue.market_id


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Finished]:
    picture = tmp_path_factory.mktemp("demo") / "deep" / "simulation.png"
    console = recording()
    with demo.prepared(OPTIONS, console) as source:
        demo.play(source, console, OPTIONS)
        report = conclude(console, source.session, source.title, 1.0, picture)
        yield Finished(source, report, console.export_text(), picture)


def test_demo_simulation_trades_on_both_sides_of_the_book(finished: Finished) -> None:
    session = finished.session
    assert session.counts["blocks"] == STEPS
    assert session.counts["reverted"] == 0
    assert session.counts["fills"] > STEPS
    assert {trade.taker_sold for trade in session.trades} == {True, False}
    makers = {account.account_id for account in session.accounts[: len(MAKERS)]}
    assert len(makers) == 4
    assert {order.account for order in session.book.orders.values()} == makers
    assert session.seconds == 60


def test_demo_prices_move_with_the_blocks(finished: Finished) -> None:
    stage = finished.session.stage
    times = [
        int(stage.rpc.call("eth_getBlockByNumber", quantity(number), False)["timestamp"], 16)
        for number in (finished.session.block - STEPS + 1, finished.session.block)
    ]
    assert times[1] - times[0] == 59
    prices = {sample.reference_price for sample in finished.session.samples}
    assert len(prices) == STEPS


def test_demo_book_of_the_log_is_the_book_of_the_chain(finished: Finished) -> None:
    told = finished.session.book
    book = finished.book()
    for is_ask in (False, True):
        levels = {level.tick: level.word.lots for level in book.side(is_ask)}
        assert levels == told.levels(finished.market, is_ask)
        assert levels


def test_demo_profits_and_fees_add_up_to_nothing(finished: Finished) -> None:
    session = finished.session
    fees = Decimal(session.fees_atoms()).scaleb(-6)
    assert fees > 0
    assert sum((standing.profit for standing in session.standings()), fees) == 0
    assert sum(session.inventory.values()) == 0
    for standing in session.standings():
        lots = session.inventory[standing.account.account_id]
        gained = standing.base_atoms - standing.account.base_atoms
        assert gained == lots * session.venue.atoms_per_lot


def test_demo_summary_says_what_it_is(finished: Finished) -> None:
    assert "seeded simulation (seed 3)" in finished.printed
    for text in ("a second", "maker tight", "fees of the market", "every invariant holds"):
        assert text in finished.printed
    for invariant in ("SOLV-1", "BOOK-1", "BOOK-2", "BOOK-3", "BOOK-4"):
        assert f"{invariant}  " in finished.printed


def test_demo_picture_is_a_png(finished: Finished) -> None:
    content = finished.picture.read_bytes()
    assert content.startswith(PNG)
    assert len(content) > 20_000


def test_audit_covers_every_asset_and_market(finished: Finished) -> None:
    deployment = finished.session.stage.deployment
    expected = {("SOLV-1", f"asset {asset.asset_id}") for asset in deployment.assets}
    expected |= {
        (f"BOOK-{number}", f"market {market.market_id}")
        for market in deployment.markets
        for number in range(1, 5)
    }
    assert {(row.invariant, row.subject) for row in finished.report.rows} == expected
    assert finished.report.passes


@pytest.mark.parametrize("width", [80, 130])
def test_live_screen_shows_book_trades_and_accounts(finished: Finished, width: int) -> None:
    console = Console(file=io.StringIO(), width=width, height=30, record=True, force_terminal=True)

    class Frames:
        def __init__(self) -> None:
            self.console = console

        def update(self, frame: object, *, refresh: bool) -> None:
            assert refresh
            console.print(frame, height=30)

    screen = LiveScreen(Frames(), finished.session, finished.source.title, 60)  # type: ignore[arg-type]
    screen.update()
    shown = console.export_text()
    assert len(shown.splitlines()) == 30
    for text in ("simulation", "spread", "last trades", "maker tight", "transactions/s"):
        assert text in shown


# ---------------------------------------------------------------------- audits that must fail


def break_balance(finished: Finished) -> None:
    account = finished.session.accounts[0].account_id
    slot = slots.ledger(account, 0)
    finished.change_word(slot, LedgerWord, balance=lambda atoms: atoms + 1)


def break_fees(finished: Finished) -> None:
    finished.change_word(slots.tape(finished.market), TapeWord, fees=lambda atoms: atoms - 1)


def break_level(finished: Finished) -> None:
    level = finished.book().levels[0]
    slot = slots.level(finished.market, level.tick)
    finished.change_word(slot, LevelWord, lots=lambda lots: lots + 1)


def break_best(finished: Finished) -> None:
    finished.change_word(slots.book(finished.market), BookWord, best_bid=lambda tick: tick - 1)


def break_bitmap(finished: Finished) -> None:
    tick = finished.book().levels[0].tick
    slot = slots.bitmap(finished.market, 0, tick // 255)
    finished.write_word(slot, finished.read_word(slot) & ~(1 << tick % 255))


def break_queue(finished: Finished) -> None:
    """The first order of a level loses its place."""
    level = finished.book().levels[0]
    slot = slots.level(finished.market, level.tick)
    finished.change_word(slot, LevelWord, head_live=lambda live: live & (live - 1))


def break_stale(finished: Finished) -> None:
    """An order is cancelled, and its level put back to what it was before."""
    session = finished.session
    level = finished.book().levels[0]
    order = level.orders[0]
    slot = slots.level(finished.market, level.tick)
    before = finished.read_word(slot)
    (owner,) = (one for one in session.accounts if one.account_id == order.lane.account)
    owner.client.send(owner.client.calls.cancel(order.lane.account, order.order_id))
    session.stage.rpc.call("evm_mine")
    # The chain is reverted after the test.
    owner.client.sender.resynchronise()
    assert finished.read_word(slot) != before
    finished.write_word(slot, before)


def break_open_total(finished: Finished) -> None:
    account = finished.session.accounts[1].account_id
    slot = slots.ledger(account, finished.session.venue.base_asset_id)
    finished.change_word(slot, LedgerWord, open_asks=lambda atoms: atoms + 1)


@pytest.mark.parametrize(
    ("corrupt", "invariant"),
    [
        (break_balance, "SOLV-1"),
        (break_fees, "SOLV-1"),
        (break_level, "BOOK-1"),
        (break_best, "BOOK-1"),
        (break_bitmap, "BOOK-1"),
        (break_queue, "BOOK-2"),
        (break_stale, "BOOK-3"),
        (break_open_total, "BOOK-4"),
    ],
)
def test_audit_corrupted_word_breaks_its_invariant(
    finished: Finished, corrupt: Callable[[Finished], None], invariant: str
) -> None:
    rpc = finished.session.stage.rpc
    assert finished.audit().passes
    snapshot = rpc.call("evm_snapshot")
    try:
        corrupt(finished)
        report = finished.audit()
    finally:
        assert rpc.call("evm_revert", snapshot)
    assert not report.passes
    broken = {row.invariant for row in report.rows if not row.passes}
    assert invariant in broken
    lines = [line for row in report.rows if not row.passes for line in row.lines()]
    assert any(line.startswith(invariant) and "BROKEN" in line for line in lines)


def test_command_corrupted_word_ends_with_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole command, with one word changed between the last block and the audit."""

    def corrupt_first(console: Console, session: Session, *rest: object) -> AuditReport:
        stage = session.stage
        slot = slots.ledger(session.accounts[0].account_id, 0)
        word = words_at(stage.rpc, stage.deployment.exchange, session.block)([slot])[0]
        value = f"0x{word + (1 << 160):064x}"
        stage.rpc.call("anvil_setStorageAt", stage.deployment.exchange, quantity(slot), value)
        stage.rpc.call("evm_mine")
        session.block += 1
        return conclude(console, session, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(demo, "conclude", corrupt_first)
    picture = tmp_path / "demo.png"
    arguments = ["--minutes", "1", "--steps", "5", "--seconds", "0", "--picture", str(picture)]
    result = CliRunner().invoke(demo.command, arguments)
    assert result.exit_code == 1, result.output
    assert "SOLV-1  asset 0     BROKEN" in result.output
    assert "an invariant is BROKEN" in result.output
    assert picture.read_bytes().startswith(PNG)


# ---------------------------------------------------------------------- files


def test_command_candles_drive_the_price(tmp_path: Path) -> None:
    candles = tmp_path / "prices.csv"
    rows = [
        f"XYZUSD,{60 * minute},{100 - minute},{100 - minute},{98 - minute},{99 - minute}"
        for minute in range(10)
    ]
    candles.write_text("pair,ts,open,high,low,close\n" + "\n".join(rows) + "\n", encoding="utf-8")
    picture = tmp_path / "demo.png"
    arguments = ["--prices", str(candles), "--pair", "XYZUSD", "--steps", "20", "--seconds", "0"]
    result = CliRunner().invoke(demo.command, [*arguments, "--picture", str(picture)])
    assert result.exit_code == 0, result.output
    assert "XYZ/USDM: candles of prices.csv XYZUSD" in result.output
    assert "10:00 min" in result.output
    assert "98.00 to 90.00, between 89.00 and 99.00" in result.output
    assert "simulation" not in result.output
    assert picture.read_bytes().startswith(PNG)


def test_command_order_flow_is_replayed(tmp_path: Path) -> None:
    flow = tmp_path / "xyz_flow.csv"
    rows = []
    for number in range(1, 41):
        price, side = (10_000 + number, -1) if number % 2 else (10_000 - number, 1)
        rows.append(f"{number},1,{number},{10 + number},{100 * price},{side}")
    rows += ["41,4,1,5,1000100,-1", "42,4,4,6,999600,1", "43,2,8,3,999200,1", "44,3,10,20,999000,1"]
    rows += ["45,5,0,9,1000000,1", "46,3,777,1,999000,1"]
    header = "time,type,order_id,size,price,direction"
    flow.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    picture = tmp_path / "demo.png"
    arguments = ["--flow", str(flow), "--picture", str(picture)]
    result = CliRunner().invoke(demo.command, arguments)
    assert result.exit_code == 0, result.output
    assert "XYZ/USDM: order flow of xyz_flow.csv" in result.output
    # The execution of order 4 is behind order 2, so order 4 is reduced instead.
    assert "40 placed, 1 takes, 1 cancelled, 2 reduced" in " ".join(result.output.split())
    assert picture.read_bytes().startswith(PNG)


def test_run_demo_unusable_files_start_no_node(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    for options in (DemoOptions(flow=path), DemoOptions(prices=path)):
        with pytest.raises(UnknownFormatError) as caught:
            demo.run_demo(options, recording())
        assert caught.value.found == ("a", "b")


@pytest.mark.parametrize(
    "options",
    [
        DemoOptions(flow=Path("x"), prices=Path("y")),
        DemoOptions(flow=Path("x"), pair="BTCUSD"),
        DemoOptions(pair="BTCUSD"),
        DemoOptions(window="20171222"),
    ],
)
def test_run_demo_options_that_exclude_each_other_are_refused(options: DemoOptions) -> None:
    with pytest.raises(ConflictingOptionsError):
        demo.run_demo(options, recording())


def test_prepared_same_seed_plays_the_same_market_on_any_console() -> None:
    options = replace(OPTIONS, steps=12)
    terminal = Console(file=io.StringIO(), width=130, height=40, force_terminal=True)
    seen = []
    for console in (recording(), terminal):
        with demo.prepared(options, recording()) as source:
            demo.play(source, console, options)
            seen.append((source.session.samples, source.session.counts["fills"]))
    assert seen[0] == seen[1]
    assert seen[0][1] > 0

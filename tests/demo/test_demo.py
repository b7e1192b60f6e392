"""Short demonstrations on a local node: what they leave behind, and an audit that must fail."""

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from tests.demo.finished import OPTIONS, STEPS, Finished, recording
from worldmarkets.audit.report import AuditReport
from worldmarkets.audit.words import words_at
from worldmarkets.client.records import Action, Placed, Removed
from worldmarkets.demo import command as demo
from worldmarkets.demo.cast import ARBITRAGEUR, MAKERS
from worldmarkets.demo.command import ConflictingOptionsError, DemoOptions
from worldmarkets.demo.conclude import conclude
from worldmarkets.demo.screen import LiveScreen
from worldmarkets.demo.session import Session, exactly
from worldmarkets.demo.source import Source
from worldmarkets.logbook import LogBook
from worldmarkets.marketdata.tables import UnknownFormatError
from worldmarkets.model import slots
from worldmarkets.model.interface import Removal
from worldmarkets.model.words import AccountWord, LedgerWord, RegistryWord, SeasonWord
from worldmarkets.rpc import quantity

pytestmark = pytest.mark.node

PNG = b"\x89PNG\r\n\x1a\n"


def owner_of(finished: Finished, account: int) -> int:
    return AccountWord.unpack(finished.read_word(slots.account(account))).owner


def test_demo_simulation_trades_on_both_sides_of_the_book(finished: Finished) -> None:
    session = finished.session
    assert session.counts["blocks"] == STEPS
    assert session.counts["reverted"] == 0
    assert session.counts["fills"] > STEPS
    assert {trade.taker_sold for trade in session.trades} == {True, False}
    makers = {account.account_id for account in session.accounts[: len(MAKERS)]}
    assert len(makers) == 4
    market = session.venue.market_id
    quoting = {one.account for one in session.book.orders.values() if one.market == market}
    assert makers < quoting
    hedgers = {account.account_id for account in finished.perps.cast.hedgers}
    assert quoting - makers == hedgers
    assert session.seconds == 60


def test_demo_makers_quote_with_expiries_and_amend(finished: Finished) -> None:
    session = finished.session
    counts = session.counts
    assert all(order.expiry for order in session.book.orders.values())
    assert counts["amended"] > STEPS
    # Some amendments only make an order smaller, others move it.
    assert 0 < counts["reduced"] < counts["amended"]
    assert counts["expired"] > 0
    assert counts["expired"] + counts["self_trades"] <= counts["removed"]


def test_note_records_removals_are_counted_by_their_reason(finished: Finished) -> None:
    session = Session(finished.session.stage, (), LogBook())
    reasons = [Removal.CANCELLED, Removal.DUST, Removal.EXPIRED, Removal.SELF_TRADE]
    reasons += [Removal.BUDGET_SPENT] * 2
    removed = tuple(Removed(number, 1, 3, reason) for number, reason in enumerate(reasons))
    session.note_records(Action(3, (*removed, Placed(0, 0, client_id=9)), 0, "", 0))
    assert +session.counts == {
        "cancelled": 1,
        "removed": 5,
        "expired": 1,
        "self_trades": 1,
        "over_budget": 2,
    }


def test_demo_owners_of_makers_sign_nothing_while_it_runs_but_for_arbitrage(
    finished: Finished,
) -> None:
    session = finished.session
    operated = [one.account for one in session.standings() if one.is_budgeted]
    assert [account.name for account in operated] == [plan.name for plan in MAKERS]
    stage = session.stage
    owners = {f"0x{owner_of(finished, account.account_id):040x}" for account in operated}
    operators = {account.client.address.lower() for account in operated}
    first = session.block - STEPS + 1
    blocks = [
        stage.rpc.call("eth_getBlockByNumber", quantity(number), True)
        for number in range(first, session.block + 1)
    ]
    senders = {one["from"].lower() for block in blocks for one in block["transactions"]}
    assert operators < senders
    (arbitrageur,) = (one for one in session.accounts if one.name == ARBITRAGEUR)
    assert owners & senders == {arbitrageur.client.address.lower()}
    assert len(owners) == len(operators) == len(MAKERS)


def test_demo_operators_lose_less_than_their_budgets(finished: Finished) -> None:
    standings = finished.session.standings()
    budgets = [standing.budget_atoms for standing in standings]
    assert budgets == [10_000 * 10**6] * 4 + [0] * 15
    assert sum(standing.lost_atoms for standing in standings) > 0
    assert all(standing.lost_atoms <= standing.budget_atoms for standing in standings)


def test_demo_wallet_comes_and_goes_with_native_tokens(finished: Finished) -> None:
    (note,) = (text for name, text in finished.session.notes if name == "wallet")
    assert note == (
        "3 WETH wrapped on their way in, 1 WETH taken out and brought back with a signed "
        "allowance, 2 WETH unwrapped on their way out, 1 WETH left"
    )
    account = RegistryWord.unpack(finished.read_word(slots.registry())).accounts
    assert LedgerWord.unpack(finished.read_word(slots.ledger(account, 1))).balance == 10**8
    season = SeasonWord.unpack(finished.read_word(slots.season(account, 1)))
    assert season.today + season.yesterday + season.seasoned == 10**8


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
    with exactly():
        kept = session.kept_worth(session.reader())
        total = sum((standing.profit for standing in session.standings()), fees + kept)
    assert fees > 0
    assert kept > 0
    assert total == 0
    for market in session.venues:
        found = [lots for (_, traded), lots in session.inventory.items() if traded == market]
        assert any(found)
        assert sum(found) == 0
    standings = session.standings()
    assert len(standings) == 19
    for standing in standings[:9]:
        lots = session.inventory[standing.account.account_id, session.venue.market_id]
        gained = standing.base_atoms - standing.account.base_atoms
        assert gained == standing.gained_base_atoms == lots * session.venue.atoms_per_lot


def test_demo_summary_says_what_it_is(finished: Finished) -> None:
    assert "seeded simulation (seed 3)" in finished.printed
    for text in (
        "a second",
        "amendments",
        "had expired",
        "with their own owner",
        "1 WETH left",
        "maker tight",
        "fees of the market",
        "kept in the pools",
        "levered long",
        "free collateral",
        "interest paid",
        "utilisation",
        "lenders earned",
        "refused by BelowInitialMargin",
        "budget of a day",
        "WBTC-PERP",
        "basis trader, 60,000 dollars at 10 times",
        "profit, exactly their sum",
        "every invariant holds",
    ):
        assert text in finished.printed
    others = ("LEND-1", "LEND-2", "RISK-1", "RISK-3", "RISK-4")
    for invariant in (
        "SOLV-1",
        "SOLV-2",
        "FUND-1",
        "FLOW-1",
        "AUTH-2",
        *others,
        *(f"BOOK-{number}" for number in range(1, 6)),
    ):
        assert f"{invariant}  " in finished.printed


def test_demo_picture_is_a_png(finished: Finished) -> None:
    content = finished.picture.read_bytes()
    assert content.startswith(PNG)
    assert len(content) > 20_000


@pytest.mark.parametrize("width", [80, 130])
def test_live_screen_shows_book_trades_and_accounts(finished: Finished, width: int) -> None:
    console = Console(file=io.StringIO(), width=width, height=30, record=True, force_terminal=True)

    class Frames:
        def __init__(self) -> None:
            self.console = console

        def update(self, frame: object, *, refresh: bool) -> None:
            assert refresh
            console.print(frame, height=30)

    screen = LiveScreen(Frames(), finished.source)  # type: ignore[arg-type]
    screen.update()
    shown = console.export_text()
    assert len(shown.splitlines()) == 30
    for text in ("simulation", "spread", "last trades", "maker tight", "transactions/s"):
        assert text in shown
    credit = finished.source.credit
    pool = credit.samples[-1].pools[credit.symbols.index("WETH")]
    used, rate = (Decimal(one) / 10**16 for one in (pool.utilisation, pool.borrow_rate))
    assert used > 50, "most of it is lent out"
    assert f"{used:.0f} % of WETH lent out at {rate:.2f} %" in shown
    long, short, stretched = credit.samples[-1].margins
    lines = {
        line.rsplit("\u2502", 2)[-2].strip() for line in shown.splitlines() if "\u2502" in line
    }
    for name, levels in (("short", short), ("stretched long", stretched)):
        (line,) = (one for one in lines if one.startswith(name))
        used = f"{100 * levels.initial // levels.equity} %"
        assert line.endswith(used) == (width == 130)
    assert long.owes is False


def test_command_corrupted_word_ends_with_status_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The whole command, with one word changed between the last block and the audit."""

    def corrupt_first(console: Console, source: Source, *rest: object) -> AuditReport:
        session, stage = source.session, source.session.stage
        slot = slots.ledger(session.accounts[0].account_id, 0)
        word = words_at(stage.rpc, stage.deployment.exchange, session.block)([slot])[0]
        value = f"0x{word + (1 << 160):064x}"
        stage.rpc.call("anvil_setStorageAt", stage.deployment.exchange, quantity(slot), value)
        stage.rpc.call("evm_mine")
        session.block += 1
        return conclude(console, source, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(demo, "conclude", corrupt_first)
    picture = tmp_path / "demo.png"
    arguments = ["--minutes", "1", "--steps", "5", "--seconds", "0", "--picture", str(picture)]
    arguments.append("--no-stress")
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
    assert "XYZ/USDM and XYZ-PERP, candles of prices.csv XYZUSD" in result.output
    assert "10:00 min" in result.output
    assert "98.00 to 90.00, between 89.00 and 99.00" in result.output
    assert "simulation" not in result.output
    assert "the feed of XYZ is silent" in result.output
    assert "never flagged" in result.output
    assert picture.read_bytes().startswith(PNG)


def test_command_candle_files_of_two_underlyings(tmp_path: Path) -> None:
    arguments = ["--no-stress"]
    for name, price in (("abc", 100), ("xyz", 7)):
        file = tmp_path / f"{name}usd_1m.csv"
        rows = [f"{60 * minute},{price},{price},{price},{price}" for minute in range(3)]
        file.write_text("ts,open,high,low,close\n" + "\n".join(rows) + "\n", encoding="utf-8")
        arguments += ["--prices", str(file)]
    arguments += ["--steps", "10", "--seconds", "0", "--picture", str(tmp_path / "demo.png")]
    result = CliRunner().invoke(demo.command, arguments)
    assert result.exit_code == 0, result.output
    assert "ABC/USDM and ABC-PERP, XYZ/USDM and XYZ-PERP" in " ".join(result.output.split())
    assert "every invariant holds" in result.output
    assert "stress act" not in result.output


def test_command_order_flow_is_replayed(tmp_path: Path) -> None:
    flow = tmp_path / "xyz_flow.csv"
    rows = []
    for number in range(1, 41):
        price, side = (10_000 + number, -1) if number % 2 else (10_000 - number, 1)
        rows.append(f"{number},1,{number},{10 + number},{100 * price},{side}")
    rows += ["41,4,1,5,1000100,-1", "42,4,4,6,999600,1", "43,2,8,3,999200,1", "44,3,10,20,999000,1"]
    rows += ["45,5,0,9,1000000,1", "46,3,777,1,999000,1"]
    # Orders that trade at once: the first with two others, the second with what is left of it.
    rows += ["47,1,100,25,1000300,1", "48,1,102,10,1000300,-1"]
    header = "time,type,order_id,size,price,direction"
    flow.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    picture = tmp_path / "demo.png"
    arguments = ["--flow", str(flow), "--picture", str(picture)]
    result = CliRunner().invoke(demo.command, arguments)
    assert result.exit_code == 0, result.output
    assert "XYZ/USDM: order flow of xyz_flow.csv" in result.output
    assert "account with an operator" not in result.output, "the flow has no budgets"
    # The execution of order 4 is behind order 2, so order 4 is reduced instead.
    assert "42 placed, 3 takes, 1 cancelled, 2 reduced" in " ".join(result.output.split())
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
        DemoOptions(prices=Path("x"), other_prices=(Path("y"),), pair="BTCUSD"),
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
            session, scene = source.session, source.perps
            assert scene is not None
            split = scene.split(session.reader())
            credit = source.credit.samples
            seen.append((session.samples, session.counts["fills"], credit, scene.samples, split))
    assert seen[0] == seen[1]
    assert seen[0][1] > 0

"""The demonstration on the terminal: drawn in place, or in plain lines where that can not be."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from worldmarkets.demo.credit import Credit
from worldmarkets.demo.samples import Standing
from worldmarkets.demo.session import Session
from worldmarkets.demo.source import Source
from worldmarkets.demo.words import amount, duration, money, price_places

_FRAME_SECONDS = 0.15
_LINE_SECONDS = 5.0
_BAR = 12
_NARROW = 110
_FEW_ROWS = 5
_FRAME_ROWS = 13
_RATE_SECONDS = 5.0


class Meter:
    """Transactions and orders a second: over the last few seconds, and in all."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._marks: list[tuple[float, int, int]] = [(self._began, 0, 0)]

    @property
    def seconds(self) -> float:
        """Wall time so far."""
        return time.monotonic() - self._began

    def rates(self, session: Session) -> tuple[int, int]:
        """Return transactions and order operations a second of late."""
        now = time.monotonic()
        counts = session.counts["transactions"], operations(session)
        self._marks.append((now, *counts))
        while len(self._marks) > 1 and self._marks[1][0] < now - _RATE_SECONDS:
            self._marks.pop(0)
        then, transactions, orders = self._marks[0]
        span = max(now - then, 0.001)
        return round((counts[0] - transactions) / span), round((counts[1] - orders) / span)


def operations(session: Session) -> int:
    """Return how many orders were placed, taken with, cancelled and reduced."""
    counts = session.counts
    return counts["placed"] + counts["takes"] + counts["cancelled"] + counts["reduced"]


class Screen(Protocol):
    """Shows a session while it runs."""

    def update(self) -> None:
        """Show how things stand, if it is time to."""


class LiveScreen:
    """Ladder, trades, accounts and throughput, drawn in place."""

    def __init__(self, live: Live, source: Source) -> None:
        self._live = live
        self._source = source
        self._session = source.session
        self._credit = source.credit
        self._title = source.title
        self._market_seconds = source.market_seconds
        self._meter = Meter()
        self._next = 0.0
        self._standings: list[Standing] = []

    def update(self) -> None:
        """Draw a frame, if the last one is old enough."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _FRAME_SECONDS
        self._standings = self._session.standings()
        self._live.update(
            self._frame(self._live.console.height, self._live.console.width < _NARROW), refresh=True
        )

    def _frame(self, height: int, narrow: bool) -> Layout:
        rows = max(_FEW_ROWS, (height - _FRAME_ROWS) // 2)
        frame = Layout()
        frame.split_column(
            Layout(self._header(), size=4), Layout(name="body"), Layout(self._footer(), size=5)
        )
        frame["body"].split_row(
            Layout(_ladder(self._session, rows, narrow), ratio=5),
            Layout(_trades(self._session, 2 * rows + 1, narrow), ratio=5),
            Layout(self._accounts(narrow), ratio=6),
        )
        return frame

    def _header(self) -> RenderableType:
        session = self._session
        done = ProgressBar(total=float(self._market_seconds), completed=float(session.seconds))
        passed = f"{duration(session.seconds)} of {duration(self._market_seconds)} market time"
        top = Table.grid(expand=True)
        top.add_column()
        top.add_column(justify="right")
        top.add_row(Text(f"{session.venue.symbol}/USDM  {self._title}", style="bold"), passed)
        return Panel(Group(top, done), border_style="blue")

    def _footer(self) -> RenderableType:
        session, counts = self._session, self._session.counts
        transactions, orders = self._meter.rates(session)
        volume = money(session.volume_dollars(), 0)
        line = Text.assemble(
            (f"{transactions:,}", "bold"),
            " transactions/s   ",
            (f"{orders:,}", "bold"),
            " orders/s   ",
            f"{counts['transactions']:,} transactions in {counts['blocks']:,} blocks",
            no_wrap=True,
            overflow="ellipsis",
        )
        more = Text(
            f"{counts['placed']:,} placed  {counts['amended']:,} amended  "
            f"{counts['cancelled']:,} cancelled  {counts['expired']:,} expired  "
            f"{counts['fills']:,} fills  {volume} dollars traded",
            style="dim",
            no_wrap=True,
            overflow="ellipsis",
        )
        lending = Text(_rates(self._source), "dim", no_wrap=True, overflow="ellipsis")
        return Panel(Group(line, more, lending), border_style="blue")

    def _accounts(self, narrow: bool) -> Panel:
        """Gains of the base asset, profits at the reference price, what is used of limits."""
        venue, margins = self._session.venue, _margins(self._credit)
        chosen = slice(0, 3, 2) if narrow else slice(0, 4)
        columns: list[JustifyMethod] = ["left", "right", "right", "right"]
        table = _table(columns[chosen])
        heading = [Text(text, "dim") for text in ("", venue.symbol, "profit", "limit")]
        table.add_row(*heading[chosen])
        for standing in self._standings:
            style = "green" if standing.profit > 0 else "red" if standing.profit < 0 else "dim"
            cells = [
                Text(standing.account.name),
                Text(f"{standing.gained_base(venue):+,.3f}"),
                Text(money(standing.profit, sign=True), style),
                Text(margins.get(standing.account.name) or _budget(standing), "dim"),
            ]
            table.add_row(*cells[chosen])
        return Panel(table, title=Text("accounts [dollars]"), border_style="dim")


class PlainScreen:
    """A line every few seconds."""

    def __init__(self, console: Console, source: Source) -> None:
        self._console = console
        self._source = source
        self._session = source.session
        self._market_seconds = source.market_seconds
        self._meter = Meter()
        self._next = 0.0

    def update(self) -> None:
        """Print a line, if the last one is old enough."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _LINE_SECONDS
        session, venue = self._session, self._session.venue
        places = price_places(venue.tick_dollars)
        sides = [session.book.best(venue.market_id, is_ask) for is_ask in (False, True)]
        bid, ask = (money(venue.price(side[0]), places) if side else "-" for side in sides)
        transactions, orders = self._meter.rates(session)
        text = (
            f"{duration(session.seconds)} of {duration(self._market_seconds)}: "
            f"bid {bid} ask {ask}, {session.counts['fills']:,} fills, "
            f"{transactions:,} transactions/s, {orders:,} orders/s; {_rates(self._source)}"
        )
        self._console.print(text, highlight=False, soft_wrap=True)


@contextmanager
def shown(console: Console, source: Source) -> Iterator[Screen]:
    """Show a demonstration on a console, in the way it can."""
    if not console.is_terminal:
        yield PlainScreen(console, source)
        return
    with Live(console=console, auto_refresh=False, screen=True) as live:
        yield LiveScreen(live, source)


def _ladder(session: Session, rows: int, narrow: bool) -> Panel:
    """Asks above bids, best in the middle."""
    venue, market = session.venue, session.venue.market_id
    places = price_places(venue.tick_dollars)
    asks = session.book.ladder(market, True, rows)
    bids = session.book.ladder(market, False, rows)
    most = max([lots for _, lots in (*asks, *bids)], default=1)
    table = _table(("right", "right") if narrow else ("right", "right", "left"))
    for _ in range(rows - len(asks)):
        table.add_row("")
    for style, levels in (("red", asks[::-1]), ("green", bids)):
        if style == "green":
            table.add_row(_spread(session, places))
        for tick, lots in levels:
            cells = [Text(money(venue.price(tick), places), style), Text(amount(venue.size(lots)))]
            if not narrow:
                cells.append(Text("█" * max(1, lots * _BAR // most), style))
            table.add_row(*cells)
    return Panel(table, title=Text(f"book [{venue.symbol}]"), border_style="dim")


def _spread(session: Session, places: int) -> Text:
    quotes = session.book.quotes(session.venue.market_id)
    if quotes is None:
        return Text("-", "dim")
    spread = session.venue.price(quotes[0] - quotes[2])
    return Text(f"spread {money(spread, places)}", "dim")


def _trades(session: Session, rows: int, narrow: bool) -> Panel:
    venue = session.venue
    places = price_places(venue.tick_dollars)
    table = _table(("right", "right") if narrow else ("left", "right", "right"))
    for trade in list(session.trades)[: -rows - 1 : -1]:
        style = "red" if trade.taker_sold else "green"
        price = Text(money(venue.price(trade.tick), places), style)
        cells = [price, Text(amount(venue.size(trade.lots)))]
        taker = Text(session.names.get(trade.taker, ""))
        table.add_row(*(cells if narrow else [taker, *cells]))
    return Panel(table, title="last trades", border_style="dim")


def _lending(credit: Credit) -> str:
    """Return how much of each pool is borrowed, and at what rate of a year."""
    if not credit.samples:
        return ""
    rates = credit.samples[-1].pools
    return "  ".join(
        f"{100 * one.utilisation / 10**18:.0f} % of {symbol} lent out at "
        f"{100 * one.borrow_rate / 10**18:.2f} %"
        for symbol, one in zip(credit.symbols, rates, strict=True)
    )


def _rates(source: Source) -> str:
    """Return what lending costs, and what perps pay each 8 hours."""
    scene = source.perps
    if scene is None or not scene.samples:
        return _lending(source.credit)
    perps = zip(source.session.underlyings, scene.samples[-1].perps, strict=True)
    funding = (f"{one.symbol}-PERP funding {100 * told.funding_8h:.3f} %" for one, told in perps)
    return "  ".join([_lending(source.credit), *funding])


def _margins(credit: Credit) -> dict[str, str]:
    """Return how much of the equity of each borrower who owes is required, by his name."""
    if not credit.samples:
        return {}
    names = [borrower.plan.name for borrower in credit.cast.borrowers]
    margins = dict(zip(names, credit.samples[-1].margins, strict=True))
    return {
        name: f"{100 * one.initial // one.equity} %" if one.equity > 0 else "lost"
        for name, one in margins.items()
        if one.owes
    }


def _budget(standing: Standing) -> str:
    """Return how much of the operators' budget of the day is used up, nothing if there is none."""
    if not standing.is_budgeted:
        return ""
    return f"{100 * standing.lost_atoms // standing.budget_atoms} %"


def _table(columns: Sequence[JustifyMethod]) -> Table:
    """Return a table without lines that cuts what is too long instead of breaking it."""
    table = Table.grid(expand=True, padding=(0, 1))
    for justify in columns:
        table.add_column(justify=justify, no_wrap=True)
    return table

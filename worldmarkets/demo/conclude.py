"""The end of a demonstration: summary, picture and audit."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.table import Table

from worldmarkets.audit.report import AuditReport, audit_exchange
from worldmarkets.demo.chart import draw
from worldmarkets.demo.credit_tables import print_credit
from worldmarkets.demo.perpchart import draw_perps
from worldmarkets.demo.perptables import print_perps
from worldmarkets.demo.samples import Standing
from worldmarkets.demo.screen import operations
from worldmarkets.demo.session import Session, exactly
from worldmarkets.demo.source import Source
from worldmarkets.demo.stress import StressAct
from worldmarkets.demo.stresspath import Crash
from worldmarkets.demo.stresstables import play_stress
from worldmarkets.demo.words import amount, duration, money, price_places
from worldmarkets.model.reading import WordReader

_QUOTE_ATOM = Decimal("0.000001")


def conclude(
    console: Console,
    source: Source,
    seconds: float,
    picture: Path,
    crash: Crash | None = None,
) -> AuditReport:
    """Print the summary, draw the picture, and audit the exchange at the newest block.

    Args:
        console: Where to.
        source: What has been played.
        seconds: How long that took [seconds of wall time].
        picture: Where the pictures go.
        crash: Prices of a stress act to play before the audit; None for none.

    Raises:
        LedgerError: events of the stress act do not tell what has become of the funds.
    """
    _tell(console, source, seconds, picture)
    if crash is None:
        return print_audit(console, source.session)
    act = StressAct(source, crash)
    play_stress(console, act)
    return print_audit(console, act.session)


def _tell(console: Console, source: Source, seconds: float, picture: Path) -> None:
    """Print the summary and draw the pictures."""
    session, title = source.session, source.title
    summarize(console, session, title, seconds)
    print_credit(console, source.credit, session)
    if source.perps is not None:
        print_perps(console, source.perps, session)
    venue = session.venue
    subtitle = (
        f"{duration(session.seconds)} of market time on a local node, "
        f"{session.counts['transactions']:,} transactions, {session.counts['fills']:,} fills"
    )
    heading = f"{venue.symbol}/USDM on chain: {title}"
    draw(picture, heading, subtitle, venue, session.samples, source.credit)
    console.print(f"\npicture: {picture}", highlight=False, soft_wrap=True)
    scene = source.perps
    if scene is not None:
        page = picture.with_name(f"{picture.stem}-perps{picture.suffix}")
        draw_perps(page, f"perps on chain: {title}", session, scene, source.credit.samples)
        console.print(f"picture: {page}", highlight=False, soft_wrap=True)


def summarize(console: Console, session: Session, title: str, seconds: float) -> None:
    """Print what happened, and what every account made of it."""
    console.rule(f"{session.venue.symbol}/USDM: {title}")
    table = Table.grid(padding=(0, 2))
    for name, text in (*_happenings(session, seconds), *session.notes):
        table.add_row(name, text)
    console.print(table, highlight=False)
    console.print()
    reader = session.reader()
    standings = session.standings(reader)
    _print_accounts(console, session, standings, reader)
    _print_operators(console, standings)


def _happenings(session: Session, seconds: float) -> list[tuple[str, str]]:
    """Return what happened, by heading."""
    counts = session.counts
    transactions = (
        f"{counts['transactions']:,} in {counts['blocks']:,} blocks, "
        f"{counts['transactions'] / seconds:,.0f} a second, "
        f"{counts['gas'] / 10**6:,.0f} million gas, {counts['reverted']:,} reverted"
    )
    orders = (
        f"{operations(session):,} operations, {operations(session) / seconds:,.0f} a second: "
        f"{counts['placed']:,} placed, {counts['takes']:,} takes, "
        f"{counts['cancelled']:,} cancelled, {counts['reduced']:,} reduced, "
        f"{counts['amended']:,} amendments, {counts['refused']:,} skipped"
    )
    removed = (
        f"{counts['removed']:,} orders by whoever met them: {counts['expired']:,} had expired, "
        f"{counts['self_trades']:,} would have traded with their own owner, "
        f"{counts['over_budget']:,} would have lost more than their operator may"
    )
    return [
        ("market time", f"{duration(session.seconds)} in {seconds:.1f} s of wall time"),
        ("transactions", transactions),
        ("orders", orders),
        *([("removed", removed)] if counts["removed"] else []),
        ("trades", f"{counts['fills']:,} fills, {money(session.volume_dollars())} dollars"),
        ("price", _prices(session)),
        ("posted", f"{counts['posted']:,} times, before all else of a block: no margin is older"),
    ]


def print_audit(console: Console, session: Session) -> AuditReport:
    """Audit the exchange at the newest block and print every row."""
    deployment = session.stage.deployment
    report = audit_exchange(
        session.stage.rpc,
        deployment.exchange,
        session.block,
        deployment.first_block,
        [asset.symbol for asset in deployment.assets],
    )
    console.print(f"\naudit of the words on the chain at block {report.block:,}", highlight=False)
    for row in report.rows:
        style = "green" if row.passes else "bold red"
        for line in row.lines():
            console.print(line, style=style, highlight=False, soft_wrap=True)
    verdict = "every invariant holds" if report.passes else "an invariant is BROKEN"
    console.print(verdict, style="bold green" if report.passes else "bold red")
    return report


def _print_accounts(
    console: Console, session: Session, standings: Sequence[Standing], reader: WordReader
) -> None:
    """Print every account's profit, exact: with fees and reserves they add up to nothing."""
    venue = session.venue
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("account")
    for heading in (f"{venue.symbol} gained", "USDM gained", "profit [dollars]"):
        table.add_column(heading, justify="right")
    for standing in standings:
        quote = standing.gained_quote_atoms * _QUOTE_ATOM
        table.add_row(
            standing.account.name,
            amount(standing.gained_base(venue)),
            money(quote, 6, sign=True),
            money(standing.profit, 6, sign=True),
        )
    fees = session.fees_atoms() * _QUOTE_ATOM
    table.add_row("fees of the market", "", "", money(fees, 6, sign=True))
    with exactly():
        kept = session.kept_worth(reader)
        total = sum((standing.profit for standing in standings), fees + kept)
    table.add_row("kept in the pools", "", "", money(kept, 6, sign=True))
    # What one gains another loses: anything but a plain zero is a fault.
    table.add_row("sum", "", "", str(total.normalize()), end_section=True)
    console.print(table, highlight=False)


def _print_operators(console: Console, standings: Sequence[Standing]) -> None:
    """Print what the operators of each account have lost, and what they may."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("account with an operator")
    for heading in ("lost today [dollars]", "budget of a day"):
        table.add_column(heading, justify="right")
    for standing in standings:
        if standing.is_budgeted:
            lost, budget = (
                money(atoms * _QUOTE_ATOM, 6)
                for atoms in (standing.lost_atoms, standing.budget_atoms)
            )
            table.add_row(standing.account.name, lost, budget)
    if table.row_count:
        console.print()
        console.print(table, highlight=False)


def _prices(session: Session) -> str:
    prices = [sample.reference_price for sample in session.samples]
    if not prices:
        return "none"
    places = price_places(session.venue.tick_dollars)
    first, last, low, high = (
        money(price, places) for price in (prices[0], prices[-1], min(prices), max(prices))
    )
    return f"{first} to {last}, between {low} and {high}"

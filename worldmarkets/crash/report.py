"""What a crash has come to, for people: tables on the screen."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from worldmarkets.crash.payments import Paid
from worldmarkets.crash.population import DOLLAR, PPM
from worldmarkets.crash.results import Result
from worldmarkets.crash.rivals import Measures

_MEASURES = (
    ("accounts liquidated", "accounts"),
    ("gross they lost", "closed"),
    ("of it beyond R_end", "needless"),
    ("what that cost them", "costs"),
    ("losses beyond margins", "deficits"),
    ("funds: paid, net", "fund_paid"),
    ("funds: earned", "fund_earned"),
    ("paid by nobody", "unpaid"),
    ("borne by winners and lenders", "cut"),
    ("healthy accounts closed by force", "forced_accounts"),
    ("their gross", "forced"),
    ("hedges broken", "broken_hedges"),
)
_COUNTS = ("accounts", "forced_accounts", "broken_hedges")


def show(result: Result, console: Console) -> None:
    """Print a result as tables."""
    console.print(_title(result), style="bold", highlight=False)
    for table in (_healths(result), _payments(result), _measures(result), _others(result)):
        console.print(table)
    for fault in result.faults:
        console.print(f"FAULT {fault}", highlight=False, soft_wrap=True)
    if not result.faults:
        console.print(
            f"{result.health.healthy} accounts were healthy at every step and have what they had; "
            "all sums add up, everything was paid in order, every invariant holds",
            highlight=False,
            soft_wrap=True,
        )


def dollars(atoms: int) -> str:
    """Return quote atoms in dollars, rounded to what is read best."""
    whole = abs(atoms) // DOLLAR
    sign = "-" if atoms < 0 and whole else ""
    for size, letter in ((10**9, "bn"), (10**6, "m"), (10**3, "k")):
        if whole >= size:
            tenths = whole * 10 // size
            return f"{sign}${tenths // 10}.{tenths % 10}{letter}"
    return f"{sign}${whole}"


def _title(result: Result) -> str:
    one = result.setting
    moves = ", ".join(f"{name} {_percent(ppm)}" for name, ppm in one.worst_ppm.items())
    return (
        f"{one.crash}: {one.minutes} minutes, {moves} at worst; {one.accounts} portfolios "
        f"({one.population}, seed {one.seed}) of {dollars(one.held)}, set {one.risk_set}, "
        f"funds {dollars(one.funds)}"
    )


def _healths(result: Result) -> Table:
    found, plans = result.health, result.plans
    rows = (
        ("accounts that were below R_maint", found.unhealthy),
        ("times an account fell below it", found.crossings),
        ("of these from R_init or more, in one step", found.gaps),
        ("of these to below zero, in one step", found.below_zero),
        ("accounts flagged", found.flagged),
        ("accounts of which slices were bought", result.sliced),
        ("slices", result.slices),
        ("accounts still flagged", found.still_flagged),
        ("dead orders that left the books", found.dead_orders),
        ("accounts with a plan", plans.accounts),
        ("of these with a trigger that fired", plans.fired),
        ("previews that reached R_end", f"{plans.reached} of {plans.previews}"),
        ("of these that were kept", plans.kept),
        ("accounts with a plan flagged", plans.flagged),
        ("of these saved by it", plans.saved),
        ("auctioned after a gap", plans.gapped),
        ("auctioned for want of depth", plans.thin),
        ("auctioned with nothing left of it", plans.used),
    )
    return _table("health", ("", "number"), ((name, str(value)) for name, value in rows))


def _payments(result: Result) -> Table:
    losses = result.losses
    rows = [
        _paid_row("deficits", losses.deficits),
        _paid_row("to bidders", losses.bidders),
    ]
    heads = ("", "wanted", "bonds", "lines", "insurance", "backstop", "winners", "lenders")
    return _table("who paid", heads, rows)


def _measures(result: Result) -> Table:
    ways = result.ways
    rows = [
        (title, *(_measured(measures, name) for _, measures in ways)) for title, name in _MEASURES
    ]
    return _table("compared", ("", *(title for title, _ in ways)), rows)


def _others(result: Result) -> Table:
    losses, straddle, sample = result.losses, result.straddle, result.sample
    rows = [
        ("bankrupt accounts", str(losses.bankrupt)),
        ("left to them in the end", dollars(losses.left)),
        ("repaid to the insurance fund", dollars(losses.repaid_insurance)),
        ("repaid to the backstop", dollars(losses.repaid_backstop)),
        ("lines drawn", dollars(losses.drawn_lines)),
        ("lines repaid", dollars(losses.repaid_lines)),
        *((f"shortfall of {name}", dollars(atoms)) for name, atoms in losses.shortfalls.items()),
        *(
            (f"of it cancelled with profits of {losses.cut_accounts} accounts", dollars(atoms))
            for atoms in losses.cancelled.values()
        ),
        ("profits drawn", dollars(losses.drawn)),
        *((f"atoms of {name} lost by lenders", str(n)) for name, n in losses.pool_losses.items()),
    ]
    if straddle:
        rows += [
            ("straddle: sides abandoned", str(straddle.abandoned)),
            ("straddle: earned", dollars(straddle.earned)),
            ("straddle: paid by others", dollars(straddle.paid_by_others)),
        ]
    if sample:
        text = f"{sample.words} words of {sample.accounts} accounts, {sample.slices} slices"
        rows.append(("same on a node", f"{text}, {sample.transactions} transactions"))
    return _table("the rest", ("", ""), rows)


def _measured(measures: Measures, name: str) -> str:
    value = getattr(measures, name)
    return str(value) if name in _COUNTS else dollars(value)


def _paid_row(title: str, paid: Paid) -> tuple[str, ...]:
    parts = (paid.wanted, paid.bonds, paid.lines, paid.insurance, paid.backstop)
    return (title, *map(dollars, (*parts, paid.shortfall, paid.lenders)))


def _percent(ppm: int) -> str:
    tenths = abs(ppm) * 1_000 // PPM
    return f"{'-' if ppm < 0 else '+'}{tenths // 10}.{tenths % 10} %"


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    table = Table(title=title, title_justify="left", show_edge=False)
    for place, head in enumerate(heads):
        table.add_column(head, justify="right" if place else "left")
    for row in rows:
        table.add_row(*row)
    return table

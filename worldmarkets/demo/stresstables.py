"""What has become of everybody in the stress act, and who paid, in tables."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from worldmarkets.demo.stress import StressAct
from worldmarkets.demo.stresscast import TRADERS
from worldmarkets.demo.stressledger import ONE, Steps, sold_ppm
from worldmarkets.demo.stresstold import STEP_NAMES, Teller, dollars
from worldmarkets.demo.words import duration, money
from worldmarkets.model.events import Settled
from worldmarkets.model.liquidation_events import (
    Flagged,
    LineDrawn,
    LineRepaid,
    SliceTaken,
    StepExecuted,
)
from worldmarkets.staging import Account

_PERCENT = 100
_OFTEN = {0: "never", 1: "once", 2: "twice"}


def play_stress(console: Console, act: StressAct) -> None:
    """Play a stress act, say what happens in it, and print what has become of everybody.

    Raises:
        LedgerError: the events do not tell what has become of the funds.
    """
    console.print()
    console.rule("stress act")
    console.print(_prices(act), highlight=False, soft_wrap=True)
    names = {one.account_id: one.name for one in act.session.accounts}
    teller, told = Teller(names, act.calm.perp), 0
    for _ in act.play():
        found = act.ledger.happenings[told:]
        told += len(found)
        for line in teller.lines(found, act.ledger.payments() if found else ()):
            console.print(str(line), style=line.style, highlight=False, soft_wrap=True)
    print_stress(console, act)


def _prices(act: StressAct) -> str:
    """Return what prices do."""
    crash = act.crash
    return (
        f"{crash.path.title}: down by {crash.depth * _PERCENT:.1f} % after "
        f"{duration(crash.lowest_at)}; the feed of {act.gapped.symbol} is silent for "
        f"{crash.silent_until - crash.silent_from} s, in which it falls by "
        f"{crash.gap * _PERCENT:.1f} %"
    )


def print_stress(console: Console, act: StressAct) -> None:
    """Print what has become of everybody, and who paid what."""
    console.print()
    told = [one for one in act.session.accounts if _is_told(act, one)]
    console.print(_accounts(act, told), highlight=False)
    console.print()
    became = Table.grid(padding=(0, 2))
    for account in told:
        became.add_row(account.name, outcome(act, account.account_id))
    console.print(became, highlight=False)
    console.print()
    if act.ledger.payments():
        console.print(_waterfall(act), highlight=False)
    else:
        console.print("nobody has come to owe more than he has", highlight=False)
    for text in _funds(act):
        console.print(text, highlight=False, soft_wrap=True)


def outcome(act: StressAct, account_id: int) -> str:
    """Return what has become of an account, in a few words."""
    return "; ".join(_outcome(act, account_id)) or "untouched"


def _outcome(act: StressAct, account_id: int) -> Iterator[str]:
    ledger, standing = act.ledger, act.after[account_id]
    steps = [*ledger.of(StepExecuted, account_id)]
    drawn = sum(one.atoms for one in ledger.of(LineDrawn, account_id))
    if steps:
        yield "its plan has acted"
    if drawn:
        yield f"line drew {dollars(drawn)}, {dollars(standing.drawn_atoms)} still owed"
    flags = [*ledger.of(Flagged, account_id)]
    slices = [*ledger.of(SliceTaken, account_id)]
    if (steps or drawn) and not flags:
        yield "never flagged"
    if slices:
        yield f"{Decimal(sold_ppm(slices) * _PERCENT) / ONE:.0f} % sold"
    if flags and standing.is_flagged:
        yield "still for sale"
    elif flags:
        yield "restored" if standing.gross_atoms else "nothing left"
    if standing.claim_atoms:
        yield f"owes funds {dollars(standing.claim_atoms)}"


def _is_told(act: StressAct, account: Account) -> bool:
    """Whether something has happened to somebody, or he was to be safe from it."""
    kinds = (Flagged, SliceTaken, StepExecuted, LineDrawn, LineRepaid)
    if any(True for kind in kinds for _ in act.ledger.of(kind, account.account_id)):
        return True
    return account.name in TRADERS or account in (*act.lenders, act.scene.cast.basis)


def _accounts(act: StressAct, accounts: Sequence[Account]) -> Table:
    """Return what accounts had and have, and what was sold of them."""
    table = _table("account [dollars]", "equity", "after", "flagged", "slices", "for", "fees")
    for account in accounts:
        account_id = account.account_id
        slices = [*act.ledger.of(SliceTaken, account_id)]
        flags = sum(1 for _ in act.ledger.of(Flagged, account_id))
        sold = sum(one.paid_atoms for one in slices), sum(one.fee_atoms for one in slices)
        table.add_row(
            account.name,
            _whole(act.before[account_id].equity_atoms),
            _whole(act.after[account_id].equity_atoms),
            _OFTEN.get(flags, f"{flags} times"),
            *([str(len(slices)), *map(_whole, sold)] if slices else ()),
        )
    return table


def _waterfall(act: StressAct) -> Table:
    """Return what each step has paid for each account, with what bidders had to be paid."""
    owing = dict.fromkeys(one.event.account_id for one in act.ledger.payments())
    names = {one.account_id: one.name for one in act.session.accounts}
    table = _table("waterfall [dollars]", *(names[one] for one in owing), "all")
    columns = [_paid(act, one) for one in (*owing, None)]
    for name, atoms in zip(
        STEP_NAMES, zip(*(one.parts for one in columns), strict=True), strict=True
    ):
        table.add_row(name, *map(_exact, atoms))
    table.add_row("sum, as of the events", *(_exact(one.total) for one in columns))
    return table


def _paid(act: StressAct, account_id: int | None) -> Steps:
    both = (act.ledger.paid(account_id, to_bidders=one) for one in (False, True))
    return sum(both, Steps())


def _funds(act: StressAct) -> Iterator[str]:
    before, after = act.funds
    insurance, backstop = act.ledger.fees
    for name, was, now, fees in (
        ("insurance fund", before.insurance, after.insurance, insurance),
        ("backstop", before.backstop, after.backstop, backstop),
    ):
        yield f"{name}: {dollars(was)} before, {dollars(now)} after, with {dollars(fees)} of fees"
    cut = sum(one.cancelled_atoms for one in act.ledger.of(Settled))
    yield (
        f"shortfall of perps: {dollars(after.shortfall)} to be taken from profits that are drawn, "
        f"{dollars(cut)} has been"
    )
    yield "funds, bonds, lines, shortfalls and claims are what the events tell, to the atom"


def _whole(atoms: int) -> str:
    return money(Decimal(atoms).scaleb(-6), 0)


def _exact(atoms: int) -> str:
    return f"{Decimal(atoms).scaleb(-6):,.6f}" if atoms else ""


def _table(first: str, *headings: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(first, no_wrap=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table

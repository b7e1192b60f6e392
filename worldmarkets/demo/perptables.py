"""What became of perps and of the basis trader, in tables."""

from decimal import Decimal

from rich.console import Console
from rich.table import Table

from worldmarkets.demo.perpcast import CAPITAL_DOLLARS, LEVERAGE
from worldmarkets.demo.perps import PerpSample, PerpScene
from worldmarkets.demo.session import Session, exactly
from worldmarkets.demo.split import Split
from worldmarkets.demo.words import amount, duration, money, price_places
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.reading import WordReader
from worldmarkets.strategies import Action as Decided

_QUOTE_ATOM = Decimal("0.000001")
_PERCENT = 100


class SplitError(WorldMarketsError):
    """The parts of a profit do not add up to what the account has gained."""

    def __init__(self, split: Split) -> None:
        super().__init__(f"the parts add up to {split.total}, the profit is {split.profit}")


def print_perps(console: Console, scene: PerpScene, session: Session) -> None:
    """Print how perps stand, what the basis trader did, and his profit in its parts.

    Raises:
        SplitError: the parts are not the whole.
    """
    reader = session.reader()
    console.print()
    console.print(_perps(scene, session, reader), highlight=False)
    happened = Table.grid(padding=(0, 2))
    for text in scene.basis.notes:
        happened.add_row(scene.basis.account.name, text)
    counts = scene.basis.decisions
    told = ", ".join(f"{one.value} {counts[one]:,}" for one in Decided if counts[one])
    happened.add_row("decisions", told)
    for text in _shock(scene):
        happened.add_row("basis shock", text)
    console.print()
    console.print(happened, highlight=False)
    console.print()
    console.print(_profit(checked(scene.split(reader))), highlight=False)


def _perps(scene: PerpScene, session: Session, reader: WordReader) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("perp")
    for heading in (
        "index",
        "mark",
        "premium of the mark, least to most",
        "funding of 8 hours, least to most",
        "open interest",
    ):
        table.add_column(heading, justify="right")
    for place, one in enumerate(session.underlyings):
        found = [sample.perps[place] for sample in scene.samples]
        last, places = found[-1], price_places(one.perp.tick_dollars)
        premiums = [each.mark / each.index - 1 for each in found]
        rates = [each.funding_8h for each in found]
        longs = sum(
            max(0, one.position(reader, account.account_id).size) for account in session.accounts
        )
        table.add_row(
            f"{one.symbol}-PERP",
            money(last.index, places),
            money(last.mark, places),
            f"{_percent(min(premiums))} to {_percent(max(premiums))}",
            f"{_percent(min(rates), 4)} to {_percent(max(rates), 4)}",
            f"{amount(one.perp.size(longs))} {one.symbol}",
        )
    return table


def checked(split: Split) -> Split:
    """Return a split whose parts are the whole, to the last digit.

    Raises:
        SplitError: they are not.
    """
    with exactly():
        if split.total != split.profit:
            raise SplitError(split)
    return split


def _profit(split: Split) -> Table:
    """Return the basis trader's profit in its parts."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(f"basis trader, {CAPITAL_DOLLARS:,} dollars at {LEVERAGE} times")
    table.add_column("[dollars]", justify="right")
    for name, part in split.parts:
        table.add_row(name, money(part, 6, sign=True))
    table.add_row("profit, exactly their sum", money(split.profit, 6, sign=True))
    return table


def _shock(scene: PerpScene) -> list[str]:
    """Return what the shock did to the basis trader, nothing without one."""
    shock = scene.premiums[0].shock
    if shock is None:
        return []
    begins = (
        f"{duration(shock.begins)}: the index moves by {_percent(shock.move)} within a minute, its "
        f"worst, and perps trade {_percent(shock.size)} further away for {duration(shock.seconds)}"
    )
    during, lowest = scene.lowest(shocked=True), scene.lowest()
    told = [begins]
    if during is not None:
        told.append(f"{_lived(during)} while it is on: {_margin(during)}")
    if lowest is not None:
        told.append(f"{_lived(lowest)} all the time: at the lowest {_margin(lowest)}")
    return told


def _lived(sample: PerpSample) -> str:
    is_above = sample.margin.equity >= sample.margin.maintenance
    return "the basis trader lives" if is_above else "the basis trader could be liquidated, not"


def _margin(sample: PerpSample) -> str:
    margin = sample.margin
    equity, needed = (money(one * _QUOTE_ATOM, 0) for one in (margin.equity, margin.maintenance))
    return (
        f"{sample.order():.2f} times what he needs to be left alone at "
        f"{duration(sample.seconds)}, {equity} over {needed}"
    )


def _percent(part: Decimal, places: int = 3) -> str:
    return f"{part * _PERCENT:+.{places}f} %"

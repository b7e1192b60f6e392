"""What became of perps and of the basis trader, in tables."""

from decimal import Decimal

from rich.console import Console
from rich.table import Table

from worldmarkets.demo.perpcast import CAPITAL_DOLLARS, LEVERAGE
from worldmarkets.demo.perps import PerpScene
from worldmarkets.demo.session import Session, exactly
from worldmarkets.demo.split import Split
from worldmarkets.demo.words import amount, duration, money, price_places
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.reading import WordReader

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
    for text in _shock(scene):
        happened.add_row("basis shock", text)
    console.print()
    console.print(happened, highlight=False)
    console.print()
    console.print(_profit(scene.split(reader)), highlight=False)


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


def _profit(split: Split) -> Table:
    """Return the basis trader's profit in its parts, which must be all of it."""
    with exactly():
        if split.total != split.profit:
            raise SplitError(split)
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column(f"basis trader, {CAPITAL_DOLLARS:,} dollars at {LEVERAGE} times")
    table.add_column("[dollars]", justify="right")
    for name, part in split.parts:
        table.add_row(name, money(part, 6, sign=True))
    table.add_row("profit, exactly their sum", money(split.profit, 6, sign=True))
    return table


def _shock(scene: PerpScene) -> list[str]:
    """Return what the shock did to the basis trader, nothing without one."""
    shock, lowest = scene.premiums[0].shock, scene.lowest
    if shock is None:
        return []
    begins = (
        f"{duration(shock.begins)}: the index moves by {_percent(shock.move)} within a minute, its "
        f"worst, and perps trade {_percent(shock.size)} further above it for "
        f"{duration(shock.seconds)}"
    )
    if lowest is None:
        return [begins, "the basis trader had no position"]
    margin = lowest.margin
    ratio = Decimal(margin.equity) / margin.maintenance
    lived = (
        "lived: nobody could have liquidated him" if ratio >= 1 else "could have been liquidated"
    )
    equity, needed = (money(one * _QUOTE_ATOM) for one in (margin.equity, margin.maintenance))
    return [
        begins,
        f"the basis trader {lived}; at the lowest, at {duration(lowest.seconds)}, he had "
        f"{ratio:.2f} times what he needed to be left alone, {equity} over {needed}",
    ]


def _percent(part: Decimal, places: int = 3) -> str:
    return f"{part * _PERCENT:+.{places}f} %"

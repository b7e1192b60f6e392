"""How much capital well-known books need under a set of risk parameters."""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.atlas.margin import initial_requirement
from worldmarkets.atlas.portfolio import Leg, Perp, Portfolio
from worldmarkets.atlas.sets import SHIPPED, RiskSet, load_risk_set

DOLLAR = 10**6
"""Quote atoms in a dollar."""
BTC, ETH = "BTC", "ETH"
BTC_DOLLARS, ETH_DOLLARS = 60_000, 4_000
"""Prices that the books are valued at [dollars]."""

_IDS = {BTC: 1, ETH: 2}
_DOLLARS = {BTC: BTC_DOLLARS, ETH: ETH_DOLLARS}
_ATOMS_A_TOKEN = 10**8
_DOLLAR_PRICE = 10**18 // _ATOMS_A_TOKEN
"""Price of an atom of a token that costs a dollar [1e-18 dollars]."""


@dataclass(frozen=True)
class Book:
    """A portfolio to be judged by any set: whole tokens of spot and of perp by asset."""

    title: str
    cash_dollars: int
    spot: dict[str, int]
    perp: dict[str, int]

    def under(self, chosen: RiskSet) -> Portfolio:
        """Return the portfolio with the risk parameters of a set.

        Raises:
            RiskSetError: the set lacks one of its assets.
        """
        names = [name for name in _IDS if name in self.spot or name in self.perp]
        return Portfolio(
            self.cash_dollars * DOLLAR, tuple(self._leg(name, chosen) for name in names)
        )

    def _leg(self, name: str, chosen: RiskSet) -> Leg:
        value = self.perp.get(name, 0) * _DOLLARS[name] * DOLLAR
        return Leg(
            _IDS[name],
            chosen.asset(name),
            _DOLLARS[name] * _DOLLAR_PRICE,
            self.spot.get(name, 0) * _ATOMS_A_TOKEN,
            perp=Perp(value, value, value, pnl=0) if value else None,
        )


BOOKS = (
    Book("+100 ETH spot, -100 ETH perp", -400_000, {ETH: 100}, {ETH: -100}),
    Book("+10 BTC perp, -150 ETH perp", 0, {}, {BTC: 10, ETH: -150}),
    Book("20k equity borrowing 100k into 30 ETH spot, -30 perp", -100_000, {ETH: 30}, {ETH: -30}),
)
"""A hedged spot holding, a spread between two assets, and a hedged holding on credit."""


@dataclass(frozen=True)
class CapitalRow:
    """What each book needs under one set: R_init [quote atoms]."""

    name: str
    needed: tuple[int, ...]


def capital_row(chosen: RiskSet, books: Sequence[Book] = BOOKS) -> CapitalRow:
    """Return the capital that books need under a set, size terms included."""
    needed = (initial_requirement(book.under(chosen), chosen.risk) for book in books)
    return CapitalRow(chosen.name, tuple(needed))


def capital_table(sets: Sequence[RiskSet] | None = None) -> tuple[CapitalRow, ...]:
    """Return a row for each set, without `sets` for those that come with the project."""
    return tuple(capital_row(chosen) for chosen in sets or [load_risk_set(n) for n in SHIPPED])


def capital_markdown(rows: Sequence[CapitalRow], books: Sequence[Book] = BOOKS) -> str:
    """Return the table in Markdown, in dollars, rounded up."""
    lines = [
        "| set | " + " | ".join(book.title for book in books) + " |",
        "|---" * (len(books) + 1) + "|",
    ]
    for row in rows:
        cells = (f"{-(-atoms // DOLLAR):,}" for atoms in row.needed)
        lines.append(f"| {row.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)

"""A replay's prices and portfolios under other ways to liquidate."""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.crash.population import DOLLAR
from worldmarkets.crash.replay import Posted
from worldmarkets.crash.rivals import BookExits, IdealExits, Measures, Rival
from worldmarkets.crash.scene import Scene
from worldmarkets.crash.table import FINE, Mark, without_funding
from worldmarkets.crash.venue import ATOM_PRICE_UNITS, Underlying
from worldmarkets.model import accounts, balances, reference

WHOLE, ADL = "whole", "ADL"
IDEAL, BOOKS = "ideal", "books"


@dataclass(frozen=True)
class Compared:
    """What another way to liquidate has done."""

    title: str
    measures: Measures


class Rivals:
    """The portfolios of a scene as they are now, for other ways to liquidate to begin with."""

    def __init__(self, scene: Scene) -> None:
        """Copy portfolios and funds; what is a bond here is margin there."""
        state, watch = scene.desk.state, scene.watch
        marks = watch.marks()
        self._table = without_funding(watch.table, marks)
        for one in scene.portfolios:
            self._table.cash[watch.row_of[one.account_id]] += one.holder.bond * DOLLAR
        self._paid = watch.paid.copy()
        self._risks, self._shared = watch.risks(), reference.market_risk(state)
        self._start = [Mark(mark.spot, mark.perp, 0) for mark in marks]
        self._fund = sum(
            balances.atoms_of(state, fund, 0) for fund in (accounts.INSURANCE, scene.backstop_id)
        )
        self._underlyings = scene.desk.underlyings

    def run(self, steps: Sequence[Posted]) -> list[Compared]:
        """Return what each way has done by the end of the same steps."""
        return [
            Compared(f"{way}, {exits}", self._run(steps, way == ADL, exits == BOOKS))
            for exits in (IDEAL, BOOKS)
            for way in (WHOLE, ADL)
        ]

    def _run(self, steps: Sequence[Posted], deleverages: bool, into_books: bool) -> Measures:
        books = BookExits(len(self._underlyings))
        ideal = IdealExits([one.perp_exit_bps for one in self._risks])
        rival = Rival(
            self._table.copy(),
            self._paid,
            self._risks,
            self._shared,
            self._start,
            self._fund,
            books if into_books else ideal,
            deleverages,
        )
        before = 0
        for step in steps:
            books.pass_time(step.seconds - before, step.depths)
            before = step.seconds
            rival.step(self._marks(step.prices))
        return rival.measures

    def _marks(self, prices: Sequence[int]) -> list[Mark]:
        pairs = zip(self._underlyings, prices, strict=True)
        return [_mark(known, price) for known, price in pairs]


def _mark(known: Underlying, price: int) -> Mark:
    """Return what a lot is worth if spot and perp are at the index."""
    whole = 10**known.spot.base_decimals * ATOM_PRICE_UNITS
    worth = (price * known.spot.atoms_per_lot << FINE) // whole
    return Mark(worth, worth, 0)

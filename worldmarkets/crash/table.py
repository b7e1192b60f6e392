"""Many portfolios side by side in 64-bit integers: what they are worth, and what is required.

Values are rounded, to lots and to 2^-8 of an atom, so that sums of many accounts take no time. What
they are off by is bounded; whoever has to be exact asks the engine about those who are close.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from worldmarkets.atlas import AssetRisk, GlobalRisk
from worldmarkets.atlas.arithmetic import BPS

Integers = npt.NDArray[np.int64]

FINE = 8
"""Bits behind the point of what a lot is worth."""
MARGIN_SHIFT = 13
"""Values are off by less than this power of two as a part of the gross."""
MARGIN_ATOMS = 4 * 10**6
"""And by less than four dollars besides: a lot for every leg, and roundings [quote atoms]."""
_MILLI = 1_000
_PERCENT = 100


@dataclass(frozen=True)
class Mark:
    """What a lot of an asset is worth at a moment [2^-8 quote atoms]."""

    spot: int
    perp: int
    paid: int
    """Funding that a lot held long has paid."""


@dataclass(frozen=True)
class Levels:
    """Equity and requirements of all portfolios, about [quote atoms], a row each."""

    equity: Integers
    maintenance: Integers
    end: Integers
    initial: Integers
    """Without the terms of size and distrust."""
    exit: Integers
    gross: Integers
    margin: Integers
    """How far off they may be."""


@dataclass
class Table:
    """Portfolios, a row each: dollars, and by asset lots of spot and perp."""

    cash: Integers
    """Quote atoms."""
    spot: Integers
    """Lots, by asset and row."""
    sizes: Integers
    """Lots of perps, by asset and row."""
    perp_cash: Integers
    """What is booked of perps, by asset and row [2^-8 quote atoms]."""

    @classmethod
    def empty(cls, rows: int, assets: int) -> "Table":
        """Return a table of nothing."""
        of_assets = (np.zeros((assets, rows), dtype=np.int64) for _ in range(3))
        return cls(np.zeros(rows, dtype=np.int64), *of_assets)

    def copy(self) -> "Table":
        """Return a table of its own with the same portfolios."""
        return Table(self.cash.copy(), self.spot.copy(), self.sizes.copy(), self.perp_cash.copy())

    def with_row(self) -> "Table":
        """Return a table with one more portfolio, of nothing."""
        parts = (self.spot, self.sizes, self.perp_cash)
        return Table(np.append(self.cash, [0]), *(np.pad(part, ((0, 0), (0, 1))) for part in parts))

    def values(self, place: int, mark: Mark) -> tuple[Integers, Integers, Integers]:
        """Return spot and perp legs of an asset, and profits not settled yet [quote atoms]."""
        sizes = self.sizes[place]
        profit = sizes * (mark.perp - mark.paid) + self.perp_cash[place] >> FINE
        return self.spot[place] * mark.spot >> FINE, sizes * mark.perp >> FINE, profit

    def levels(
        self, marks: Sequence[Mark], risks: Sequence[AssetRisk], shared: GlobalRisk
    ) -> Levels:
        """Return where all portfolios stand."""
        equity, net = self.cash.copy(), np.zeros_like(self.cash)
        exits, shocks, gross = (np.zeros_like(net) for _ in range(3))
        for place, (mark, risk) in enumerate(zip(marks, risks, strict=True)):
            spot, perp, profit = self.values(place, mark)
            equity += spot + profit
            both = spot + perp
            net += both * risk.beta_milli // _MILLI
            of_spot, of_perp = np.abs(spot), np.abs(perp)
            own = np.abs(both) * (2 * risk.iota_bps - risk.basis_bps)
            shocks += (own + (of_spot + of_perp) * risk.basis_bps) // (2 * BPS)
            exits += (of_spot * risk.spot_exit_bps + of_perp * risk.perp_exit_bps) // BPS
            gross += of_spot + of_perp
        shocks += np.abs(net) * shared.sigma_bps // BPS
        return Levels(
            equity,
            exits + shocks * shared.maintenance_percent // _PERCENT,
            exits + shocks * shared.end_percent // _PERCENT,
            exits + shocks,
            exits,
            gross,
            (gross + np.abs(self.cash) >> MARGIN_SHIFT) + MARGIN_ATOMS,
        )


def without_funding(table: Table, marks: Sequence[Mark]) -> Table:
    """Return portfolios that have paid the funding so far, and pay no more."""
    table = table.copy()
    for place, mark in enumerate(marks):
        table.perp_cash[place] -= table.sizes[place] * mark.paid
    return table

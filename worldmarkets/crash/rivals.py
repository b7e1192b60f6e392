"""What two usual ways to liquidate would have done to the same portfolios at the same prices.

Both close a whole account from the very step at which it is below R_maint, and keep a penalty for a
fund, out of which deficits are paid. It begins with as much as insurance fund and backstop have
here; once it is empty, deficits are nobody's. *Auto-deleveraging* does not let it come to that with
perps: what is left of those of a bankrupt is closed against winners, at the price at which nothing
is left of him; those of the most profit times leverage come first, whatever else they hold.

Either is shown twice: *ideal*, with a buyer at once for everything at the mark less what getting
out costs, and *into the books*, where a percent of the price buys what it does in the books here,
and nothing is traded further than five percent away. Funding and interest are left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from worldmarkets.atlas import AssetRisk, GlobalRisk, slice_fraction
from worldmarkets.atlas.arithmetic import BPS, PPM
from worldmarkets.crash.table import FINE, Integers, Levels, Mark, Table

PENALTY_PPM = 5_000
"""What is kept of the gross that is closed: as much as the fee of a slice."""
MOST_PERCENT = 5
"""How far from the mark anything is closed."""
_MINUTE = 60
_PERCENT = 100


@dataclass
class Measures:
    """What a way to liquidate has done; amounts in quote atoms."""

    accounts: int = 0
    """Accounts that were liquidated."""
    closed: int = 0
    """Gross that they lost."""
    needless: int = 0
    """Gross of it beyond what would have brought them to R_end."""
    costs: int = 0
    """What closing cost them, penalties not included."""
    deficits: int = 0
    """What losses were beyond margins."""
    fund_paid: int = 0
    fund_earned: int = 0
    unpaid: int = 0
    """Deficits that nobody paid."""
    cut: int = 0
    """What others lost of their profits."""
    forced_accounts: int = 0
    """Healthy accounts whose positions were closed against their will."""
    forced: int = 0
    """Gross that they lost."""
    broken_hedges: int = 0
    """Of these accounts, those that held a perp against another leg."""


class Exits(Protocol):
    """Where positions are closed."""

    def close(self, place: int, lots: int, worth: int) -> tuple[int, int]:
        """Close at most some lots, bought ones if positive; return how many, and what it costs.

        `worth` is what a lot is worth [2^-8 quote atoms]; the cost is in quote atoms.
        """


class IdealExits:
    """Everything is closed at once, for what getting out costs by the risk parameters."""

    def __init__(self, exits_bps: Sequence[int]) -> None:
        self._bps = exits_bps

    def close(self, place: int, lots: int, worth: int) -> tuple[int, int]:
        """See `Exits`."""
        return lots, (abs(lots) * worth >> FINE) * self._bps[place] // BPS


class BookExits:
    """Books in which the price falls in proportion to what is sold, and recovers in a minute."""

    def __init__(self, assets: int) -> None:
        self._depths = [0] * assets
        self._used = [[0, 0] for _ in range(assets)]

    def pass_time(self, seconds: int, depths: Sequence[int]) -> None:
        """Let books recover, as deep as they are then [quote atoms within one percent]."""
        self._depths = list(depths)
        for used, depth in zip(self._used, depths, strict=True):
            for side in (0, 1):
                used[side] = max(0, used[side] - depth * MOST_PERCENT * seconds // _MINUTE)

    def close(self, place: int, lots: int, worth: int) -> tuple[int, int]:
        """See `Exits`."""
        side, depth, used = int(lots > 0), self._depths[place], self._used[place]
        room = max(0, depth * MOST_PERCENT - used[side])
        done = min(abs(lots), (room << FINE) // worth)
        value = done * worth >> FINE
        cost = value * (2 * used[side] + value) // (2 * _PERCENT * depth) if depth else 0
        used[side] += value
        return (done if lots > 0 else -done), cost


@dataclass
class Rival:
    """Portfolios under another way to liquidate."""

    table: Table
    paid: npt.NDArray[np.bool_]
    """Rows of which nothing is required."""
    risks: Sequence[AssetRisk]
    shared: GlobalRisk
    start: Sequence[Mark]
    """Marks at which all positions were opened."""
    fund: int
    exits: Exits
    deleverages: bool
    measures: Measures = field(default_factory=Measures)
    _closing: dict[int, None] = field(default_factory=dict)
    _accounts: set[int] = field(default_factory=set)
    _forced: set[int] = field(default_factory=set)
    _broken: set[int] = field(default_factory=set)

    def step(self, marks: Sequence[Mark]) -> None:
        """Liquidate whoever is below R_maint, and go on with whoever was before."""
        levels = self.table.levels(marks, self.risks, self.shared)
        below = np.flatnonzero((levels.equity < levels.maintenance) & ~self.paid)
        for row in map(int, below):
            if row not in self._closing:
                self._begin(row, levels)
        for row in list(self._closing):
            self._go_on(row, marks)

    def _begin(self, row: int, levels: Levels) -> None:
        gross, out = int(levels.gross[row]), int(levels.exit[row])
        known = (int(levels.equity[row]), int(levels.end[row]), gross)
        part = slice_fraction(*known, out * BPS // max(1, gross))
        self._closing[row] = None
        self._accounts.add(row)
        self.measures.accounts = len(self._accounts)
        self.measures.needless += gross - int(part * gross)

    def _go_on(self, row: int, marks: Sequence[Mark]) -> None:
        """Close what can be closed of an account; settle what is left once that is all."""
        closed = self._sell(row, marks)
        equity = self._equity(row, marks)
        if self._is_open(row):
            if self.deleverages and equity < 0:
                self._settle(row, self._deleverage(row, marks, -equity) + equity)
            return
        self._settle(row, equity, closed)

    def _sell(self, row: int, marks: Sequence[Mark]) -> int:
        """Close lots of every leg, and return the gross that was closed [quote atoms]."""
        table, gross = self.table, 0
        for place, mark in enumerate(marks):
            for lots, worth in ((table.spot, mark.spot), (table.sizes, mark.perp)):
                held = int(lots[place, row])
                done, cost = self.exits.close(place, held, worth) if held else (0, 0)
                lots[place, row] -= done
                table.cash[row] += (done * worth >> FINE) - cost
                gross += abs(done) * worth >> FINE
                self.measures.costs += cost
        self.measures.closed += gross
        return gross

    def _settle(self, row: int, equity: int, closed: int = 0) -> None:
        """End a liquidation: a penalty of what was closed last, or a deficit, is the fund's."""
        found = self.measures
        kept = min(closed * PENALTY_PPM // PPM, max(0, equity))
        deficit = max(0, -equity)
        from_fund = min(deficit, self.fund)
        self.fund += kept - from_fund
        found.fund_earned += kept
        found.deficits += deficit
        found.fund_paid += from_fund
        found.unpaid += deficit - from_fund
        self._closing.pop(row)
        self.table.cash[row] = max(0, equity - kept)
        for part in (self.table.spot, self.table.sizes, self.table.perp_cash):
            part[:, row] = 0

    def _deleverage(self, row: int, marks: Sequence[Mark], deficit: int) -> int:
        """Close the perps of a bankrupt against winners, who bear its deficit by what they close.

        Returns what they bear: no more than its perps have lost [quote atoms].
        """
        sizes = self.table.sizes
        losses = [max(0, -int(self._gained(place, marks)[row])) for place, _ in enumerate(marks)]
        of_perps = min(deficit, sum(losses))
        self.measures.deficits += of_perps
        for place, loss in enumerate(losses):
            lots = int(sizes[place, row])
            if lots:
                share = of_perps * loss // max(1, sum(losses))
                self._close_winners(place, lots, marks, share)
        return of_perps

    def _close_winners(self, place: int, lots: int, marks: Sequence[Mark], share: int) -> None:
        """Close lots of who is on the other side, by rank, at a loss of some atoms together."""
        table, worth, left = self.table, marks[place].perp, abs(lots)
        for row in self._ranked(place, lots, marks):
            size = int(table.sizes[place, row])
            taken = min(left, abs(size))
            signed = taken if size > 0 else -taken
            cost = share * taken // abs(lots)
            table.cash[row] += (signed * worth >> FINE) - cost
            table.sizes[place, row] -= signed
            self._note_forced(row, taken * worth >> FINE, cost, place)
            left -= taken
            if not left:
                return
        # Of portfolios nobody is on the other side any more: makers are.
        self.measures.cut += share * left // abs(lots)

    def _ranked(self, place: int, lots: int, marks: Sequence[Mark]) -> list[int]:
        """Return who profits on the other side, the most profit times leverage first."""
        levels, sizes = self.table.levels(marks, self.risks, self.shared), self.table.sizes[place]
        gained = self._gained(place, marks)
        is_winner = (sizes * np.sign(-lots) > 0) & (gained > 0) & (levels.equity > 0)
        score = {
            row: int(gained[row]) * int(levels.gross[row]) // int(levels.equity[row])
            for row in map(int, np.flatnonzero(is_winner))
            if row not in self._closing
        }
        return sorted(score, key=lambda row: (-score[row], row))

    def _note_forced(self, row: int, gross: int, cost: int, place: int) -> None:
        found, table = self.measures, self.table
        found.forced += gross
        found.cut += cost
        self._forced.add(row)
        held = (table.spot[:, row] != 0) | (table.sizes[:, row] != 0)
        held[place] = table.spot[place, row] != 0
        if held.any():
            self._broken.add(row)
        found.forced_accounts, found.broken_hedges = len(self._forced), len(self._broken)

    def _gained(self, place: int, marks: Sequence[Mark]) -> Integers:
        """Return what positions in a perp have gained since they were opened [quote atoms]."""
        moved = marks[place].perp - self.start[place].perp
        gained: Integers = self.table.sizes[place] * moved >> FINE
        return gained

    def _equity(self, row: int, marks: Sequence[Mark]) -> int:
        total = int(self.table.cash[row])
        for place, mark in enumerate(marks):
            spot = int(self.table.spot[place, row]) * mark.spot >> FINE
            perp = int(self.table.sizes[place, row]) * mark.perp
            total += spot + (perp + int(self.table.perp_cash[place, row]) >> FINE)
        return total

    def _is_open(self, row: int) -> bool:
        return bool(self.table.spot[:, row].any() or self.table.sizes[:, row].any())

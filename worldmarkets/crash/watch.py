"""Finding out of many accounts those that need a look, without looking at each of them.

Equity and requirements of all accounts are computed at once and roughly; whoever is within what
that may be off by is judged exactly, by the engine.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from worldmarkets.atlas import AssetRisk
from worldmarkets.atlas.arithmetic import ATOM_PRICE_SCALE
from worldmarkets.crash.table import FINE, Levels, Mark, Table
from worldmarkets.crash.venue import Desk, Underlying
from worldmarkets.model import accounts, balances, holdings, reference
from worldmarkets.model.perps import funding, positions

REFRESH_SECONDS = 600
"""Interest of so long is within what a table may be off by [seconds]."""
_Q24_TO_FINE = 24 - FINE


class Watch:
    """The accounts of a replay, a row of a table each."""

    def __init__(self, desk: Desk, account_ids: Sequence[int]) -> None:
        """Read accounts, which are the only ones watched."""
        self.desk = desk
        self.account_ids = list(account_ids)
        self.row_of = {account_id: row for row, account_id in enumerate(account_ids)}
        self.table = Table.empty(len(account_ids), len(desk.underlyings))
        self.paid = np.zeros(len(account_ids), dtype=bool)
        """Who owes nothing and uses no perp: nothing is required of them."""
        self._refreshed = desk.time
        self.read(account_ids)

    def add(self, account_id: int) -> None:
        """Watch one more account."""
        self.row_of[account_id] = len(self.account_ids)
        self.account_ids.append(account_id)
        self.table = self.table.with_row()
        self.paid = np.append(self.paid, [False])
        self.read([account_id])

    def levels(self) -> Levels:
        """Return where all accounts stand now, those that have changed read anew."""
        self._catch_up()
        shared = reference.market_risk(self.desk.state)
        return self.table.levels(self.marks(), self.risks(), shared)

    def unsure(self, levels: Levels) -> Iterator[int]:
        """Yield the accounts that may be below R_maint."""
        near = levels.equity - levels.margin < levels.maintenance
        for row in np.flatnonzero(near & ~self.paid):
            yield self.account_ids[row]

    def read(self, account_ids: Iterable[int]) -> None:
        """Read accounts anew; those that are not watched are passed over."""
        for account_id in account_ids:
            if account_id in self.row_of:
                self._read(account_id, self.row_of[account_id])

    def marks(self) -> list[Mark]:
        """Return what lots are worth now."""
        return [self._mark(known) for known in self.desk.underlyings]

    def risks(self) -> list[AssetRisk]:
        """Return the risk parameters of all assets."""
        state = self.desk.state
        legs = (holdings.underlying(state, known.asset_id) for known in self.desk.underlyings)
        return [
            AssetRisk(
                word.beta_milli,
                word.iota_bps,
                word.basis_bps,
                word.spot_exit_bps,
                word.perp_exit_bps,
                word.depth,
            )
            for word in legs
        ]

    def _catch_up(self) -> None:
        self.read(self.desk.changed)
        self.desk.changed.clear()
        if self.desk.time - self._refreshed >= REFRESH_SECONDS:
            self._refreshed = self.desk.time
            self.read(self.account_ids[row] for row in np.flatnonzero(~self.paid))

    def _read(self, account_id: int, row: int) -> None:
        state, table = self.desk.state, self.table
        table.cash[row] = cash = balances.atoms_of(state, account_id, 0)
        owes, perps = cash < 0, accounts.used_perps(state, account_id)
        for place, known in enumerate(self.desk.underlyings):
            atoms = balances.atoms_of(state, account_id, known.asset_id)
            owes = owes or atoms < 0
            table.spot[place, row] = atoms // known.spot.atoms_per_lot
            word = positions.load(state, account_id, known.perp.market_id)
            table.sizes[place, row] = word.size
            table.perp_cash[place, row] = word.cash * known.perp.tick_value >> _Q24_TO_FINE
        self.paid[row] = not owes and not perps

    def _mark(self, known: Underlying) -> Mark:
        state = self.desk.state
        price = holdings.underlying(state, known.asset_id).price
        market = funding.load(state, known.perp.market_id)
        index = funding.index_at(market, state.time)
        spot = (price * known.spot.atoms_per_lot << FINE) // ATOM_PRICE_SCALE
        perp, paid = (part * market.tick_value >> _Q24_TO_FINE for part in (market.mark, index))
        return Mark(spot, perp, paid)

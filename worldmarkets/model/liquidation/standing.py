"""Where an account stands: its equity, what is required of it, and what protects it.

Resting orders are left out: those of a flagged account are dead.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.atlas.margin import equity, exposures, requirement
from worldmarkets.model import accounts, holdings, reference
from worldmarkets.model.errors import UnknownAccount
from worldmarkets.model.holdings import At, Holding
from worldmarkets.model.liquidation import protection
from worldmarkets.model.state import State


@dataclass(frozen=True)
class Standing:
    """An account's equity and requirements; all in quote atoms.

    `perp_gross` is the gross of each perp in use, by its base asset, ascending.
    """

    equity: int
    maintenance: int
    end: int
    exit_cost: int
    gross: int
    protected: int
    is_paid: bool
    perp_gross: tuple[tuple[int, int], ...]

    @property
    def covered(self) -> int:
        """E + B: equity with what is locked for the account."""
        return self.equity + self.protected

    @property
    def is_healthy(self) -> bool:
        """Whether it owes nothing and uses no perp, or meets its maintenance requirement."""
        return self.is_paid or self.equity >= self.maintenance

    @property
    def is_safe(self) -> bool:
        """Whether it can not be flagged: it is healthy, or what protects it would make it so."""
        return self.is_healthy or self.covered >= self.maintenance

    @property
    def is_restored(self) -> bool:
        """Whether a flag is cleared."""
        return self.is_paid or self.equity >= self.end


def read(state: State, account_id: int) -> Standing:
    """Return where an account stands now; raises UnknownAccount."""
    if accounts.owner_of(state, account_id) == 0:
        raise UnknownAccount(account_id)
    return _of(state, account_id, holdings.read(state, account_id), At.PRICE)


def read_waiting(state: State, account_id: int) -> Standing | None:
    """Return where an account would stand at the prices that wait for their confirmation.

    None if no price of what it has does.
    """
    held = holdings.read(state, account_id)
    return _of(state, account_id, held, At.WAITING) if holdings.waits(state, held) else None


def _of(state: State, account_id: int, held: Sequence[Holding], at: At) -> Standing:
    portfolio, shared = holdings.portfolio(state, held, at=at), reference.market_risk(state)
    seen = exposures(portfolio, orders=False)
    perps = {known.asset_id for known in held if known.perp}
    return Standing(
        equity(portfolio),
        requirement(portfolio, shared, shared.maintenance_percent),
        requirement(portfolio, shared, shared.end_percent),
        requirement(portfolio, shared, 0),
        sum(exposure.gross for exposure in seen),
        protection.protected_atoms(state, account_id),
        is_paid=not perps and all(known.atoms >= 0 for known in held),
        perp_gross=tuple(
            (exposure.leg.asset_id, exposure.perp.largest)
            for exposure in seen
            if exposure.leg.asset_id in perps
        ),
    )

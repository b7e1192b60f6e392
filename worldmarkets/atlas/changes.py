"""What a bundle of actions would leave of a portfolio, before anything is signed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from worldmarkets.atlas.derisking import passes
from worldmarkets.atlas.errors import UncoveredChangeError
from worldmarkets.atlas.margin import Health, health
from worldmarkets.atlas.parameters import GlobalRisk
from worldmarkets.atlas.portfolio import QUOTE, Portfolio


@dataclass(frozen=True)
class Atoms:
    """Atoms of an asset come (or go, negative): a deposit, a repayment, one side of a trade."""

    asset_id: int
    atoms: int


@dataclass(frozen=True)
class Orders:
    """Spot orders of an asset come (or are cancelled, negative) [atoms]."""

    asset_id: int
    bids: int = 0
    asks: int = 0


@dataclass(frozen=True)
class Borrow:
    """Atoms are borrowed and leave the account: whatever is there of the asset stays."""

    asset_id: int
    atoms: int


@dataclass(frozen=True)
class Withdrawal:
    """Atoms leave the account out of what is there, and never as a loan."""

    asset_id: int
    atoms: int


Change = Atoms | Orders | Borrow | Withdrawal


@dataclass(frozen=True)
class WhatIf:
    """Health before and after a bundle."""

    before: Health
    after: Health

    @property
    def passes(self) -> bool:
        """Whether R_init is met after it, or it is a de-risking one."""
        return passes(self.before, self.after)


def what_if(portfolio: Portfolio, risk: GlobalRisk, changes: Sequence[Change]) -> WhatIf:
    """Return the health before and after a bundle of changes, judged once, at its end.

    Raises:
        UnknownLegError: a change is of an asset that the portfolio has no leg of; give it one with
            price, risk and a balance of zero.
        UncoveredChangeError: a withdrawal exceeds what is there, or a cancel what rests.
    """
    return WhatIf(health(portfolio, risk), health(changed(portfolio, changes), risk))


def changed(portfolio: Portfolio, changes: Sequence[Change]) -> Portfolio:
    """Return the portfolio after a bundle of changes, one after the other.

    Raises:
        UnknownLegError, UncoveredChangeError: see `what_if`.
    """
    for change in changes:
        portfolio = _apply(portfolio, change)
    return portfolio


def _apply(portfolio: Portfolio, change: Change) -> Portfolio:
    if isinstance(change, Orders):
        return _with_orders(portfolio, change)
    if isinstance(change, Atoms):
        return _credited(portfolio, change.asset_id, change.atoms)
    held = _held(portfolio, change.asset_id)
    if change.atoms < 0 or (isinstance(change, Withdrawal) and change.atoms > held):
        raise UncoveredChangeError(change.asset_id, held, change.atoms)
    return _credited(portfolio, change.asset_id, -change.atoms)


def _held(portfolio: Portfolio, asset_id: int) -> int:
    return portfolio.cash if asset_id == QUOTE else portfolio.leg(asset_id).balance


def _credited(portfolio: Portfolio, asset_id: int, atoms: int) -> Portfolio:
    if asset_id == QUOTE:
        return replace(portfolio, cash=portfolio.cash + atoms)
    leg = portfolio.leg(asset_id)
    return portfolio.with_leg(replace(leg, balance=leg.balance + atoms))


def _with_orders(portfolio: Portfolio, change: Orders) -> Portfolio:
    leg = portfolio.leg(change.asset_id)
    bids, asks = leg.open_bids + change.bids, leg.open_asks + change.asks
    if bids < 0:
        raise UncoveredChangeError(change.asset_id, leg.open_bids, -change.bids)
    if asks < 0:
        raise UncoveredChangeError(change.asset_id, leg.open_asks, -change.asks)
    return portfolio.with_leg(replace(leg, open_bids=bids, open_asks=asks))

"""Which positions to settle, and in which order: decided without a chain, in quote atoms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class SettlingRules:
    """What is worth a transaction."""

    least_atoms: int = 10_000_000
    """Least that is moved by one settlement: ten dollars [quote atoms]."""
    most: int = 100
    """Most settlements a round."""


@dataclass(frozen=True)
class Unsettled:
    """A position with something to settle; a loss is negative [quote atoms]."""

    account_id: int
    market_id: int
    profit_atoms: int
    paid_atoms: int
    """What settling it now, by itself, would move: of a loss what its balance reaches."""


@dataclass(frozen=True)
class PerpPool:
    """What losers of a perp have paid and winners not drawn, and what nobody paid [quote atoms]."""

    cash_atoms: int
    shortfall_atoms: int


@dataclass(frozen=True)
class Settling:
    """A settlement to send; what it is expected to move, negative of a loss [quote atoms]."""

    account_id: int
    market_id: int
    atoms: int


def plan(
    rules: SettlingRules, found: Iterable[Unsettled], pools: Mapping[int, PerpPool]
) -> list[Settling]:
    """Return the settlements of a round: losers first, the largest first, and then winners.

    A loser pays what its positive cash allows; a winner is paid from what is in the pool then. In a
    shortfall when to draw a profit is its owner's choice, so winners of that market are left alone.

    Args:
        rules: What is worth it.
        found: Positions of any accounts.
        pools: Of each market.
    """
    found = sorted(found, key=lambda one: (-abs(one.profit_atoms), one.account_id, one.market_id))
    cash = {market_id: pool.cash_atoms for market_id, pool in pools.items()}
    settlings = [
        Settling(one.account_id, one.market_id, one.paid_atoms)
        for one in found
        if one.profit_atoms < 0 and -one.paid_atoms >= rules.least_atoms
    ]
    for loss in settlings:
        cash[loss.market_id] -= loss.atoms
    for one in found:
        if one.profit_atoms <= 0 or pools[one.market_id].shortfall_atoms:
            continue
        atoms = min(one.profit_atoms, cash[one.market_id])
        if atoms >= rules.least_atoms:
            cash[one.market_id] -= atoms
            settlings.append(Settling(one.account_id, one.market_id, atoms))
    return settlings[: rules.most]

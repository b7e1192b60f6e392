"""Whose deficit it is: parts of it by the perps that lost, the rest by the assets that are owed."""

from collections.abc import Iterable
from dataclasses import dataclass

from worldmarkets.atlas.arithmetic import value_down
from worldmarkets.model import accounts, balances, holdings
from worldmarkets.model.perps import funding, positions
from worldmarkets.model.state import State
from worldmarkets.model.words import perp_market


@dataclass(frozen=True)
class Part:
    """A part of a deficit [quote atoms]: of a perp market, or of an asset that is owed."""

    key: int
    atoms: int


def parts_of(state: State, account_id: int, deficit: int, rest: int) -> list[Part]:
    """Return the parts of what a deficit leaves after all that protects its account.

    Perps come first, and pay for as much of the whole deficit as their losses are; each part is
    rounded up by an atom. `deficit` and `rest` are in quote atoms.
    """
    losses, debts = perp_losses(state, account_id), debts_of(state, account_id)
    of_perps = rest * min(deficit, sum(losses.values())) // deficit
    parts = split(of_perps, losses.items()) + split(rest - of_perps, debts.items())
    return [Part(key, atoms + 1) for key, atoms in parts]


def perp_losses(state: State, account_id: int) -> dict[int, int]:
    """Return what is lost and not settled of perps, by market, ascending [quote atoms]."""
    losses = {}
    for asset_id in accounts.used_perps(state, account_id):
        market_id = perp_market(asset_id)
        units = positions.unsettled_now(state, account_id, market_id)
        loss = -positions.atoms_down(units, funding.load(state, market_id).tick_value)
        if loss > 0:
            losses[market_id] = loss
    return losses


def debts_of(state: State, account_id: int) -> dict[int, int]:
    """Return what debts are worth, by asset, ascending [quote atoms]."""
    debts = {}
    for asset_id in sorted({0, *accounts.used_assets(state, account_id)}):
        atoms = balances.atoms_of(state, account_id, asset_id)
        price = holdings.underlying(state, asset_id).price
        worth = value_down(atoms, price) if asset_id else atoms
        if worth < 0:
            debts[asset_id] = -worth
    return debts


def split(atoms: int, weights: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Divide atoms by weights, each part rounded down; the last one gets what is left.

    What has no weight gets no part; without any weight nothing is divided.
    """
    weighed = [(key, weight) for key, weight in weights if weight]
    total, left, parts = sum(weight for _, weight in weighed), atoms, []
    for place, (key, weight) in enumerate(weighed, start=1):
        part = left if place == len(weighed) else atoms * weight // total
        parts.append((key, part))
        left -= part
    return parts

"""The worst loss over every corner of the shock box, written down without the engine's formula."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from worldmarkets.atlas import AssetRisk, GlobalRisk, Portfolio

Pair = tuple[Fraction, Fraction]
"""Value of the spot leg and of the perp leg of an underlying [quote atoms]."""


def worst_loss(portfolio: Portfolio, risk: GlobalRisk, percent: int = 100) -> Fraction:
    """Largest loss over all corners, and getting out at them, of a portfolio without orders.

    Each corner is a sign of the market's move, of each asset's own move and of the extra move of
    each leg; a part `percent` of the moves.
    """
    held = [_now(portfolio, place) for place in range(len(portfolio.legs))]
    return _worst(held, [leg.risk for leg in portfolio.legs], risk, Fraction(percent, 100))


def worst_loss_with_orders(portfolio: Portfolio, risk: GlobalRisk) -> Fraction:
    """The same over every set of orders that may have filled, at unchanged prices."""
    terms = [leg.risk for leg in portfolio.legs]
    return max(_worst(held, terms, risk, Fraction(1)) for held in filled(portfolio))


def filled(portfolio: Portfolio) -> Iterator[list[Pair]]:
    """Yield the values of all legs after each set of fills."""
    choices = []
    for place, leg in enumerate(portfolio.legs):
        spot, perp = _now(portfolio, place)
        bids, asks = (
            Fraction(atoms * leg.price, 10**12) for atoms in (leg.open_bids, leg.open_asks)
        )
        spots = [spot + bought - sold for bought in (0, bids) for sold in (0, asks)]
        up, down = (leg.perp.high - perp, perp - leg.perp.low) if leg.perp else (0, 0)
        perps = [perp + bought - sold for bought in (0, up) for sold in (0, down)]
        choices.append(list(product(spots, perps)))
    for held in product(*choices):
        yield list(held)


def _now(portfolio: Portfolio, place: int) -> Pair:
    leg = portfolio.legs[place]
    spot = Fraction(leg.balance * leg.price, 10**12)
    return spot, Fraction(leg.perp.value if leg.perp else 0)


def _worst(held: list[Pair], terms: list[AssetRisk], risk: GlobalRisk, part: Fraction) -> Fraction:
    getting_out = sum(
        (
            abs(spot) * Fraction(asset.spot_exit_bps, 10_000)
            + abs(perp) * Fraction(asset.perp_exit_bps, 10_000)
            for (spot, perp), asset in zip(held, terms, strict=True)
        ),
        Fraction(0),
    )
    # Once the market's move is chosen, an underlying's loss does not depend on the others' moves.
    worst = max(
        sum(
            (
                _worst_of_one(pair, asset, part, part * sign * Fraction(risk.sigma_bps, 10_000))
                for pair, asset in zip(held, terms, strict=True)
            ),
            Fraction(0),
        )
        for sign in (-1, 1)
    )
    return worst + getting_out


def _worst_of_one(pair: Pair, asset: AssetRisk, part: Fraction, market: Fraction) -> Fraction:
    spot, perp = pair
    half_basis = part * Fraction(asset.basis_bps, 20_000)
    own = part * Fraction(asset.iota_bps, 10_000) - half_basis
    common = market * Fraction(asset.beta_milli, 1_000)
    return max(
        -spot * (common + own_sign * own + spot_sign * half_basis)
        - perp * (common + own_sign * own + perp_sign * half_basis)
        for own_sign, spot_sign, perp_sign in product((-1, 1), repeat=3)
    )

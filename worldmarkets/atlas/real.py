"""Free collateral before any rounding, as a rational number.

The integer engine rounds every value outward, so what it says is never more than this, and less by
a few atoms at most. Along a straight line of portfolios this is concave, which the rounded figures
are not quite; searches lean on it and then look at the integers.
"""

from fractions import Fraction

from worldmarkets.atlas.arithmetic import ATOM_PRICE_SCALE, BPS, PPM
from worldmarkets.atlas.parameters import FREE_BAND_BPS, GlobalRisk
from worldmarkets.atlas.portfolio import Leg, Portfolio

_BETA = 10**3


def real_free_collateral(
    portfolio: Portfolio, risk: GlobalRisk, notional: int = 0, fee_ppm: int = 0
) -> Fraction:
    """Return E - R_init without any rounding [quote atoms].

    Args:
        portfolio: What is judged; its cash without the fee below.
        risk: Sigma and peg.
        notional: Traded, to be charged a fee [quote atoms].
        fee_ppm: That fee [ppm].
    """
    equity = portfolio.cash - Fraction(notional * fee_ppm, PPM)
    low = high = base = other = Fraction(0)
    for leg in portfolio.legs:
        spot_low, spot_high = (
            _value(leg, leg.balance - leg.open_asks),
            _value(leg, leg.balance + leg.open_bids),
        )
        perp_low, perp_high = (leg.perp.low, leg.perp.high) if leg.perp else (0, 0)
        spot = max(abs(spot_low), abs(spot_high))
        perp = Fraction(max(abs(perp_low), abs(perp_high)))
        net = max(abs(spot_low + perp_low), abs(spot_high + perp_high))
        equity += _value(leg, leg.balance) + (leg.perp.pnl if leg.perp else 0)
        low += Fraction(leg.risk.beta_milli, _BETA) * (spot_low + perp_low)
        high += Fraction(leg.risk.beta_milli, _BETA) * (spot_high + perp_high)
        base += _own(leg, spot, perp, net)
        other += _size(leg, spot, perp, net)
        other += Fraction(BPS - leg.confidence_bps, BPS) * (spot + perp)
        orders = _value(leg, leg.open_bids + leg.open_asks) + perp_high - perp_low
        other += Fraction(FREE_BAND_BPS, BPS) * orders
    base += Fraction(risk.sigma_bps, BPS) * max(abs(low), abs(high))
    return equity - Fraction(risk.peg_factor_bps, BPS) * base - other


def _value(leg: Leg, atoms: int) -> Fraction:
    return Fraction(atoms * leg.price, ATOM_PRICE_SCALE)


def _own(leg: Leg, spot: Fraction, perp: Fraction, net: Fraction) -> Fraction:
    risk = leg.risk
    half_basis = Fraction(risk.basis_bps, 2)
    shock = (risk.iota_bps - half_basis) * net + half_basis * (spot + perp)
    return (shock + risk.spot_exit_bps * spot + risk.perp_exit_bps * perp) / BPS


def _size(leg: Leg, spot: Fraction, perp: Fraction, net: Fraction) -> Fraction:
    risk = leg.risk
    if risk.depth == 0:
        return Fraction(0)
    weighted = risk.iota_bps * net**2 + risk.spot_exit_bps * spot**2 + risk.perp_exit_bps * perp**2
    return weighted / (BPS * risk.depth_atoms)

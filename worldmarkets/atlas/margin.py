"""ATLAS: what a portfolio is worth and what it must be worth, in exact integers.

For each underlying S is the spot leg, P the perp leg, D = S + P their net, all at mark in quote
atoms. Resting orders make each of them an interval. The requirement is

    exit  = sum of gs·|S| + gp·|P|
    shock = sigma·|sum of beta·D| + sum of (iota - b/2)·|D| + b/2·(|S| + |P|)
    R_k   = exit + k·shock

with the largest absolute value over each interval. It is the worst case over market ±sigma, own
±(iota - b/2) and each leg ±b/2, exactly without orders and from above with them; it is subadditive,
and homogeneous but for rounding. Every rounding is against the account.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.atlas.arithmetic import BPS, divide_up, value_down, value_up
from worldmarkets.atlas.parameters import FREE_BAND_BPS, GlobalRisk
from worldmarkets.atlas.portfolio import Leg, Portfolio

SCALE = 2 * 10**7
"""Denominator of exit and shock: half basis points times thousandths of beta."""
_PERCENT = 100


@dataclass(frozen=True)
class Interval:
    """Where the value of a leg may be, as its orders fill [quote atoms]."""

    low: int
    high: int

    @property
    def largest(self) -> int:
        """The largest absolute value."""
        return max(abs(self.low), abs(self.high))

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high)


@dataclass(frozen=True)
class Exposure:
    """The intervals of a leg: spot S, perp P, and their net D."""

    leg: Leg
    spot: Interval
    perp: Interval

    @property
    def net(self) -> Interval:
        """D = S + P."""
        return self.spot + self.perp

    @property
    def gross(self) -> int:
        """The largest |S| and the largest |P| [quote atoms]."""
        return self.spot.largest + self.perp.largest


@dataclass(frozen=True)
class Health:
    """Equity of a portfolio, and the levels it is compared with [quote atoms]."""

    equity: int
    initial: int
    """R_init, resting orders at their worst: what any action but a de-risking one must leave."""
    end: int
    """R_end: what a liquidation restores."""
    maintenance: int
    """R_maint: below it the account is liquidated."""

    @property
    def free(self) -> int:
        """Free collateral: equity above R_init; negative if it is not met [quote atoms]."""
        return self.equity - self.initial


def equity(portfolio: Portfolio, *, profits: bool = True) -> int:
    """Return E: cash, each spot leg rounded down, and unsettled perp profits [quote atoms].

    Args:
        portfolio: What is valued.
        profits: Without them, positive unsettled profits count as zero: E0, which governs debt
            and what leaves.
    """
    total = portfolio.cash
    for leg in portfolio.legs:
        total += value_down(leg.balance, leg.price)
        if leg.perp:
            total += leg.perp.pnl if profits else min(0, leg.perp.pnl)
    return total


def gross(portfolio: Portfolio) -> int:
    """Return G: the sum of |S| and |P| without orders, each rounded up [quote atoms]."""
    return sum(exposure.gross for exposure in exposures(portfolio, orders=False))


def exposures(portfolio: Portfolio, *, orders: bool) -> tuple[Exposure, ...]:
    """Return the intervals of every leg, outward to whole quote atoms."""
    return tuple(_exposure(leg, orders=orders) for leg in portfolio.legs)


def requirement(
    portfolio: Portfolio, risk: GlobalRisk, percent: int = _PERCENT, *, orders: bool = False
) -> int:
    """Return R_k = exit + k·shock, rounded up, without peg, size and confidence [quote atoms].

    Args:
        portfolio: What is judged.
        risk: The market-wide shock.
        percent: k, the part of the shock.
        orders: Whether resting orders count, at their worst. With the maintenance percentage this
            is what a maker must keep after a fill.
    """
    seen = exposures(portfolio, orders=orders)
    return divide_up(
        _PERCENT * _exit(seen) + percent * _shock(seen, risk.sigma_bps), _PERCENT * SCALE
    )


def initial_requirement(portfolio: Portfolio, risk: GlobalRisk) -> int:
    """Return R_init: resting orders at their worst, with every term [quote atoms].

    Beyond exit + shock, which a broken peg of the quote asset multiplies: for each asset its size
    against the market's depth and what its price is not to be trusted for, and for all resting
    orders the free band of their notional. Each term is rounded up by itself.
    """
    seen = exposures(portfolio, orders=True)
    base = _exit(seen) + _shock(seen, risk.sigma_bps)
    return (
        divide_up(risk.peg_factor_bps * base, BPS * SCALE)
        + sum(_size(exposure) for exposure in seen)
        + divide_up(FREE_BAND_BPS * order_notional(portfolio), BPS)
        + sum(_distrust(exposure) for exposure in seen)
    )


def order_notional(portfolio: Portfolio) -> int:
    """Return the notional of all resting orders at mark, rounded up an asset [quote atoms]."""
    return sum(
        value_up(leg.open_bids + leg.open_asks, leg.price)
        + (leg.perp.order_notional if leg.perp else 0)
        for leg in portfolio.legs
    )


def health(portfolio: Portfolio, risk: GlobalRisk) -> Health:
    """Return equity and all levels of a portfolio."""
    return Health(
        equity(portfolio),
        initial_requirement(portfolio, risk),
        requirement(portfolio, risk, risk.end_percent),
        requirement(portfolio, risk, risk.maintenance_percent),
    )


def free_collateral(portfolio: Portfolio, risk: GlobalRisk) -> int:
    """Return what could be lost or taken out with R_init still met [quote atoms, signed]."""
    return equity(portfolio) - initial_requirement(portfolio, risk)


def _exposure(leg: Leg, *, orders: bool) -> Exposure:
    asks, bids = (leg.open_asks, leg.open_bids) if orders else (0, 0)
    spot = Interval(
        value_down(leg.balance - asks, leg.price), value_up(leg.balance + bids, leg.price)
    )
    if leg.perp is None:
        return Exposure(leg, spot, Interval(0, 0))
    if orders:
        return Exposure(leg, spot, Interval(leg.perp.low, leg.perp.high))
    return Exposure(leg, spot, Interval(leg.perp.value, leg.perp.highest_value))


def _shock(seen: Sequence[Exposure], sigma_bps: int) -> int:
    """Return the shock of market, own prices and basis [quote atoms times SCALE]."""
    low = sum(exposure.leg.risk.beta_milli * exposure.net.low for exposure in seen)
    high = sum(exposure.leg.risk.beta_milli * exposure.net.high for exposure in seen)
    total = 2 * sigma_bps * Interval(low, high).largest
    for exposure in seen:
        risk = exposure.leg.risk
        own = (2 * risk.iota_bps - risk.basis_bps) * exposure.net.largest
        total += 1_000 * (own + risk.basis_bps * exposure.gross)
    return total


def _exit(seen: Sequence[Exposure]) -> int:
    """Return the cost of getting out of every leg [quote atoms times SCALE]."""
    return 2_000 * sum(
        exposure.leg.risk.spot_exit_bps * exposure.spot.largest
        + exposure.leg.risk.perp_exit_bps * exposure.perp.largest
        for exposure in seen
    )


def _size(exposure: Exposure) -> int:
    """Return what shocks and exit grow by with the size of a leg, rounded up [quote atoms]."""
    risk = exposure.leg.risk
    if risk.depth == 0:
        return 0
    weighted = (
        risk.iota_bps * exposure.net.largest**2
        + risk.spot_exit_bps * exposure.spot.largest**2
        + risk.perp_exit_bps * exposure.perp.largest**2
    )
    return divide_up(weighted, BPS * risk.depth_atoms)


def _distrust(exposure: Exposure) -> int:
    """Return the part of the gross that a stale or wide price does not support, rounded up."""
    return divide_up((BPS - exposure.leg.confidence_bps) * exposure.gross, BPS)

"""The largest order that a portfolio can carry, to the lot."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from worldmarkets.atlas.arithmetic import fee_up
from worldmarkets.atlas.errors import UndecidedError
from worldmarkets.atlas.margin import free_collateral
from worldmarkets.atlas.parameters import GlobalRisk
from worldmarkets.atlas.portfolio import Portfolio
from worldmarkets.atlas.real import real_free_collateral

MAX_LOTS = 2**40 - 1
"""The most lots an order can have."""
MAX_LOOKS = 10_000
"""Sizes that are looked at one by one, far more than any book with a risk of its own needs."""


@dataclass(frozen=True)
class SpotMarket:
    """What a spot market trades, and what it charges."""

    asset_id: int
    atoms_per_lot: int
    tick_value: int
    """Price of a lot at tick 1 [quote atoms]."""
    taker_ppm: int = 0
    """Fee on the notional, negative for a rebate [ppm]."""


def rested(portfolio: Portfolio, terms: SpotMarket, lots: int, *, is_ask: bool) -> Portfolio:
    """Return the portfolio with a further resting order of a spot market.

    Raises:
        UnknownLegError: it has no leg of the market's asset.
    """
    leg, atoms = portfolio.leg(terms.asset_id), lots * terms.atoms_per_lot
    if is_ask:
        return portfolio.with_leg(replace(leg, open_asks=leg.open_asks + atoms))
    return portfolio.with_leg(replace(leg, open_bids=leg.open_bids + atoms))


def executed(
    portfolio: Portfolio, terms: SpotMarket, lots: int, tick: int, *, is_ask: bool
) -> Portfolio:
    """Return the portfolio after taking `lots` at `tick` in one fill, its fee rounded up.

    Raises:
        UnknownLegError: it has no leg of the market's asset.
    """
    notional = lots * tick * terms.tick_value
    traded = _traded(portfolio, terms, lots, notional, is_ask=is_ask)
    return replace(traded, cash=traded.cash - fee_up(notional, terms.taker_ppm))


def largest_resting(
    portfolio: Portfolio,
    risk: GlobalRisk,
    terms: SpotMarket,
    *,
    is_ask: bool,
    most: int = MAX_LOTS,
) -> int:
    """Return the most lots that may rest with R_init still met; 0 if none.

    A larger order never lowers R_init, so halving finds the answer.

    Raises:
        UnknownLegError: the portfolio has no leg of the market's asset.
    """

    def fits(lots: int) -> bool:
        return free_collateral(rested(portfolio, terms, lots, is_ask=is_ask), risk) >= 0

    return _last(fits, 0, most) if fits(0) else 0


def largest_execution(
    portfolio: Portfolio,
    risk: GlobalRisk,
    terms: SpotMarket,
    tick: int,
    *,
    is_ask: bool,
    most: int = MAX_LOTS,
) -> int:
    """Return the most lots that may be taken at `tick`, fee paid, with R_init met; 0 if none.

    Free collateral before rounding is concave in the lots, so it is positive between two of them
    only; the rounded one lies at most a few atoms below. From the last lot where the former is
    positive, lots are counted down until the latter is.

    Raises:
        UnknownLegError: the portfolio has no leg of the market's asset.
        UndecidedError: free collateral is zero but for rounding over very many lots.
    """

    def real(lots: int) -> Fraction:
        notional = lots * tick * terms.tick_value
        traded = _traded(portfolio, terms, lots, notional, is_ask=is_ask)
        return real_free_collateral(traded, risk, notional, terms.taker_ppm)

    peak = _last(lambda lots: lots == 0 or real(lots) > real(lots - 1), 0, most)
    if real(peak) < 0:
        return 0
    lots = _last(lambda lots: real(lots) >= 0, peak, most)
    for _ in range(MAX_LOOKS):
        if lots == 0 or real(lots) < 0:
            return 0
        after = executed(portfolio, terms, lots, tick, is_ask=is_ask)
        if free_collateral(after, risk) >= 0:
            return lots
        lots -= 1
    raise UndecidedError(f"lots of asset {terms.asset_id}", MAX_LOOKS)


def _traded(
    portfolio: Portfolio, terms: SpotMarket, lots: int, notional: int, *, is_ask: bool
) -> Portfolio:
    """Return the portfolio after an exchange of lots and notional, before any fee."""
    sign = -1 if is_ask else 1
    leg = portfolio.leg(terms.asset_id)
    leg = replace(leg, balance=leg.balance + sign * lots * terms.atoms_per_lot)
    return replace(portfolio.with_leg(leg), cash=portfolio.cash - sign * notional)


def _last(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the last number up to `high` for which a condition holds that ends once.

    It holds at `low`.
    """
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low

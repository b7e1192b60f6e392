"""At which prices of an asset a portfolio is liquidated, to the last unit of the price.

With everything else as it is, spot leg, perp leg and their net are each in proportion to the price
q, so E - R_maint before rounding is the lower one of two straight lines in q: one for each sign of
the market-wide exposure A + beta·d·q. It is at least y on one interval, whose ends are rational.
The integers of the engine are within a margin of the lines; inside the margin they are looked at
one by one, from one price where a rounded value changes to the next.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

from worldmarkets.atlas.arithmetic import ATOM_PRICE_SCALE, BPS
from worldmarkets.atlas.errors import PortfolioError, UndecidedError
from worldmarkets.atlas.margin import equity, requirement
from worldmarkets.atlas.parameters import GlobalRisk
from worldmarkets.atlas.portfolio import Leg, Portfolio

MAX_PRICE = 2**64 - 1
"""The highest price a word can hold [1e-18 dollars an atom]; the lowest is 1."""
MAX_LOOKS = 100_000
"""Prices that are looked at one by one, far more than any book with a risk of its own needs."""
_BETA = 10**3


@dataclass(frozen=True)
class Crossing:
    """Two neighbouring prices, on one of which the portfolio is liquidated [1e-18 dollars]."""

    healthy: int
    """E >= R_maint here."""
    liquidated: int
    """E < R_maint here."""
    exact: Fraction | None
    """Where E = R_maint before rounding; None if nothing but rounding makes the crossing."""


@dataclass(frozen=True)
class LiquidationPrices:
    """The nearest crossings from the present price; None where there is none."""

    below: Crossing | None
    above: Crossing | None


@dataclass(frozen=True)
class _Line:
    slope: Fraction
    start: Fraction

    def at_least(self, level: Fraction) -> tuple[Fraction, Fraction]:
        """Return the ends of the prices where the line is at least `level`; empty if crossed."""
        everything = Fraction(0), Fraction(MAX_PRICE + 1)
        if self.slope == 0:
            return everything if self.start >= level else everything[::-1]
        root = (level - self.start) / self.slope
        return (root, everything[1]) if self.slope > 0 else (everything[0], root)


@dataclass(frozen=True)
class _Range:
    """Prices where E - R_maint before rounding is at least some level."""

    low: Fraction
    high: Fraction

    def __contains__(self, price: int) -> bool:
        return self.low <= price <= self.high

    @property
    def whole(self) -> tuple[int, int]:
        """The first and the last whole price of it."""
        return ceil(self.low), floor(self.high)


def liquidation_prices(portfolio: Portfolio, risk: GlobalRisk, asset_id: int) -> LiquidationPrices:
    """Return the nearest prices of an asset at which the portfolio's state changes.

    Of a healthy portfolio they are where it is liquidated, of one that is not where it is healthy
    again. A perp's mark moves in proportion to the price.

    Raises:
        UnknownLegError: the portfolio has no leg of the asset.
        PortfolioError: the asset has no price.
        UndecidedError: E and R_maint differ by no more than rounding wherever the price goes.
    """
    leg = portfolio.leg(asset_id)
    if leg.price == 0:
        raise PortfolioError(f"asset {asset_id} has no price to start from")
    search = _Search(portfolio, risk, leg)
    return LiquidationPrices(search.walk(-1), search.walk(1))


class _Search:
    """Walks from the present price until the state of the portfolio changes."""

    def __init__(self, portfolio: Portfolio, risk: GlobalRisk, leg: Leg) -> None:
        self.portfolio, self.risk, self.leg = portfolio, risk, leg
        lines, margin = _lines(portfolio, risk, leg), _margin(portfolio, risk)
        self.sound = _range(lines, Fraction(0))
        self.surely_healthy = _range(lines, margin)
        self.perhaps_healthy = _range(lines, -margin)
        self.was_healthy = self.is_healthy(leg.price)

    def is_healthy(self, price: int) -> bool:
        """Return whether E >= R_maint at a price, by the engine."""
        moved = self.portfolio.with_price(self.leg.asset_id, price)
        needed = requirement(moved, self.risk, self.risk.maintenance_percent)
        return equity(moved) >= needed

    def walk(self, step: int) -> Crossing | None:
        """Return the first crossing downward (-1) or upward (1)."""
        price: int | None = self.leg.price
        for _ in range(MAX_LOOKS):
            if price is None or not 1 <= price <= MAX_PRICE:
                return None
            if self.is_healthy(price) != self.was_healthy:
                return self._crossing(price, step)
            price = self._next(price, step)
        raise UndecidedError(f"price of asset {self.leg.asset_id}", MAX_LOOKS)

    def _next(self, price: int, step: int) -> int | None:
        """Return the next price worth a look; None if the state can not change any more."""
        if self.was_healthy and price in self.surely_healthy:
            low, high = self.surely_healthy.whole
            return (high if step > 0 else low) + step
        if not self.was_healthy and price not in self.perhaps_healthy:
            low, high = self.perhaps_healthy.whole
            ahead = low if step > 0 else high
            return ahead if low <= high and (ahead - price) * step > 0 else None
        low, high = _unchanged(self.leg, price)
        return (high if step > 0 else low) + step

    def _crossing(self, price: int, step: int) -> Crossing:
        before = price - step
        healthy, liquidated = (before, price) if self.was_healthy else (price, before)
        end = self.sound.low if healthy > liquidated else self.sound.high
        exact = end if self.sound.low <= self.sound.high and 0 <= end <= MAX_PRICE else None
        return Crossing(healthy, liquidated, exact)


def _lines(portfolio: Portfolio, risk: GlobalRisk, leg: Leg) -> tuple[_Line, _Line]:
    """Return the two lines whose lower one is E - R_maint before rounding."""
    part = Fraction(risk.maintenance_percent, 100)
    fixed, elsewhere = Fraction(portfolio.cash), Fraction(0)
    for other in portfolio.legs:
        fixed += other.perp.pnl if other.perp else 0
        if other.asset_id != leg.asset_id:
            spot, perp = _values(other)
            fixed += spot - _needs(other, part, spot, perp)
            elsewhere += Fraction(other.risk.beta_milli, _BETA) * (spot + perp)
    spot, perp = _values(leg)
    fixed -= perp
    slope = (spot + perp - _needs(leg, part, spot, perp)) / leg.price
    sigma = part * Fraction(risk.sigma_bps, BPS)
    market = sigma * Fraction(leg.risk.beta_milli, _BETA) * (spot + perp) / leg.price
    return (
        _Line(slope - market, fixed - sigma * elsewhere),
        _Line(slope + market, fixed + sigma * elsewhere),
    )


def _values(leg: Leg) -> tuple[Fraction, Fraction]:
    """Return what spot and perp leg are worth before rounding [quote atoms]."""
    spot = Fraction(leg.balance * leg.price, ATOM_PRICE_SCALE)
    return spot, Fraction(leg.perp.value if leg.perp else 0)


def _needs(leg: Leg, part: Fraction, spot: Fraction, perp: Fraction) -> Fraction:
    """Return what a leg adds to R_k but for the market-wide shock, before rounding."""
    risk, half_basis = leg.risk, Fraction(leg.risk.basis_bps, 2)
    shock = (risk.iota_bps - half_basis) * abs(spot + perp) + half_basis * (abs(spot) + abs(perp))
    getting_out = risk.spot_exit_bps * abs(spot) + risk.perp_exit_bps * abs(perp)
    return (part * shock + getting_out) / BPS


def _margin(portfolio: Portfolio, risk: GlobalRisk) -> Fraction:
    """Return more than the engine's integers differ from the lines [quote atoms].

    Of each leg, spot and perp are each off by less than one atom, in E and in every term of R that
    they appear in; R is rounded up once more.
    """
    total = Fraction(1)
    for leg in portfolio.legs:
        terms = leg.risk
        weights = terms.iota_bps + terms.basis_bps + terms.spot_exit_bps + terms.perp_exit_bps
        market = Fraction(risk.sigma_bps * terms.beta_milli, BPS * _BETA)
        total += 2 * (1 + Fraction(weights, BPS) + market)
    return total


def _range(lines: tuple[_Line, _Line], level: Fraction) -> _Range:
    ends = [line.at_least(level) for line in lines]
    return _Range(max(low for low, _ in ends), min(high for _, high in ends))


def _unchanged(leg: Leg, price: int) -> tuple[int, int]:
    """Return the first and last price around `price` where no rounded value of the leg differs."""
    low, high = 1, MAX_PRICE
    for amount, scale in (
        (abs(leg.balance), ATOM_PRICE_SCALE),
        (abs(leg.perp.value) if leg.perp else 0, leg.price),
    ):
        if amount == 0:
            continue
        whole, rest = divmod(amount * price, scale)
        if rest == 0:
            return price, price
        low = max(low, whole * scale // amount + 1)
        high = min(high, -(-(whole + 1) * scale // amount) - 1)
    return low, high

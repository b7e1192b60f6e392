"""Whether a levered basis account lives through a crash, by the engine itself, in exact integers.

A basis account is long spot, bought with borrowed dollars, and short as many perps; its mirror is
short spot, borrowed and sold, and long perps. Its equity does not move with the price, but what it
needs does: a rise makes it larger. Costs run all the time at worst values, and at the worst minute
the perp parts from spot.

Money is in quote atoms (1e-6 dollars), prices are in 1e-18 dollars an atom, and every rounding is
against the account.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from worldmarkets.atlas import Leg, Perp, Portfolio, RiskSet, equity, initial_requirement
from worldmarkets.atlas.arithmetic import (
    ATOM_PRICE_SCALE,
    BPS,
    PPM,
    divide_up,
    fee_up,
    value_down,
    value_up,
)
from worldmarkets.atlas.margin import requirement
from worldmarkets.calibration.windows import Point, Replay

LONG_SPOT, SHORT_SPOT = 1, -1
"""Directions of an account: the sign of its spot leg."""
CAPITAL_ATOMS = 10_000 * 10**6
"""What an account begins with [quote atoms]: so little that the size of its legs is no term."""
TAKER_PPM = 350
"""Fee of each leg at the opening [ppm of its notional]."""
BORROW_BPS = 2_500
"""Borrow rate [bps a year]: by the curve of the pools, where everything is borrowed from the first
second on it is 16 % a year, and 24 % after three days."""
SHOCK_BPS = 100
"""How far the perp parts from spot [bps of spot]."""
MOST_LEVERAGE = 200
"""The largest leverage that is tried."""
YEAR_SECONDS, FUNDING_SECONDS = 365 * 86_400, 8 * 3_600

_ASSET_ID = 1


@dataclass(frozen=True)
class BasisAccount:
    """A basis account under one set of risk parameters."""

    chosen: RiskSet
    asset: str
    direction: int
    """`LONG_SPOT`, with a short perp, or `SHORT_SPOT`, with a long one."""
    leverage: int
    """Notional of the spot leg over the capital, before fees, at the opening."""
    price: int
    """Price of both legs at the opening [1e-18 dollars an atom]."""
    funding_ppm: int
    """What the perp leg pays [ppm of its notional in 8 hours]."""
    hedged: bool = True
    """Without it there is no perp leg."""

    @property
    def atoms(self) -> int:
        """Size of each leg [atoms of the asset]."""
        return self.leverage * CAPITAL_ATOMS * ATOM_PRICE_SCALE // self.price

    def opened(self) -> Portfolio:
        """Return what it is right after its opening, fees paid."""
        return self.at(Point(0, self.price, self.price, 0), self.price, 0)

    def at(self, point: Point, price: int, shock_bps: int) -> Portfolio:
        """Return what it is at a price within a minute, all costs up to its end paid.

        Args:
            point: The minute.
            price: Price of spot [1e-18 dollars an atom].
            shock_bps: How far the perp is above spot, negative for below [bps of spot].
        """
        cash, balance = self._spot(point.seconds)
        held = self._perp(point, price * (BPS + shock_bps) // BPS) if self.hedged else None
        leg = Leg(_ASSET_ID, self.chosen.asset(self.asset), price, balance, perp=held)
        return Portfolio(cash, (leg,))

    def _spot(self, seconds: int) -> tuple[int, int]:
        """Return cash and balance, interest added to whichever is owed."""
        legs = 2 if self.hedged else 1
        fees = legs * fee_up(value_up(self.atoms, self.price), TAKER_PPM)
        balance = self.direction * self.atoms
        cash = CAPITAL_ATOMS + value_down(-balance, self.price) - fees
        return cash - _interest(cash, seconds), balance - _interest(balance, seconds)

    def _perp(self, point: Point, mark: int) -> Perp:
        size = -self.direction * self.atoms
        funding = divide_up(
            self.atoms * point.price_seconds * self.funding_ppm,
            ATOM_PRICE_SCALE * PPM * FUNDING_SECONDS,
        )
        value = value_down(size, mark)
        return Perp(value, value, value, value_down(size, mark - self.price) - funding)


@dataclass(frozen=True)
class Survival:
    """What became of an account."""

    opens: bool
    """Whether it had R_init at its opening."""
    lowest: Fraction
    """The lowest E / R_maint there was."""

    @property
    def lives(self) -> bool:
        """Whether it was opened, and E was never below R_maint."""
        return self.opens and self.lowest >= 1


def initial_share(account: BasisAccount) -> Fraction:
    """Return R_init / E at the opening; above 1 it is refused."""
    portfolio = account.opened()
    return Fraction(initial_requirement(portfolio, account.chosen.risk), equity(portfolio))


def margin(portfolio: Portfolio, chosen: RiskSet) -> Fraction:
    """Return E / R_maint by the engine."""
    needed = requirement(portfolio, chosen.risk, chosen.risk.maintenance_percent)
    return Fraction(equity(portfolio), needed)


def replay(account: BasisAccount, points: Sequence[Point], shock_bps: int) -> Survival:
    """Follow an account over minutes, with the basis shock at the one where it does most harm.

    Each minute is judged at its high and at its low, with the shock and without.
    """
    opened = account.opened()
    fits = equity(opened) >= initial_requirement(opened, account.chosen.risk)
    lowest = min(
        margin(account.at(point, price, shock), account.chosen)
        for point in points
        for price in (point.high, point.low)
        for shock in (0, shock_bps)
    )
    return Survival(fits, min(lowest, margin(opened, account.chosen)))


def largest_leverage(account: BasisAccount, points: Sequence[Point]) -> int:
    """Return the largest whole leverage at which it lives with either shock, 0 if with none.

    What lives at some leverage lives at each smaller one.
    """

    def lives(leverage: int) -> bool:
        tried = replace(account, leverage=leverage)
        return all(replay(tried, points, shock).lives for shock in (SHOCK_BPS, -SHOCK_BPS))

    low, high = 0, MOST_LEVERAGE
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if lives(middle) else (low, middle - 1)
    return low


def account_in(
    run: Replay, chosen: RiskSet, direction: int, leverage: int, *, hedged: bool = True
) -> BasisAccount:
    """Return the account that is opened where a replay begins, at the worst funding it may pay."""
    paid = run.funding_ppm[0 if direction == LONG_SPOT else 1]
    return BasisAccount(chosen, run.asset, direction, leverage, run.price, paid, hedged)


def _interest(balance: int, seconds: int) -> int:
    """Return what is owed on a debt beyond it, rounded up; nothing on what is no debt."""
    return divide_up(max(0, -balance) * BORROW_BPS * seconds, BPS * YEAR_SECONDS)

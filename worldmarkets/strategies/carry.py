"""What a basis position earns: funding less interest, less fees, on the capital."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

from worldmarkets.strategies.batch import MarketTerms

FUNDINGS_A_YEAR = 365 * 24 // 8
"""Periods of 8 hours in a year of 365 days, 1,095."""
DAYS_A_YEAR = 365


class Direction(IntEnum):
    """The sign of the spot leg; the perp leg has the other one."""

    LONG_SPOT = 1
    """Spot bought with borrowed dollars, perp sold: earns funding while it is positive."""
    SHORT_SPOT = -1
    """Spot borrowed and sold, perp bought: earns funding while it is negative."""


@dataclass(frozen=True)
class Rates:
    """What positions and debts cost."""

    funding_8h: Decimal
    """What a long perp pays a short one, signed [part of the notional in 8 hours]."""
    borrow_quote: Decimal
    """Interest on borrowed dollars [part of the debt a year]."""
    borrow_base: Decimal
    """Interest on borrowed tokens [part of the debt a year]."""


def funding_a_year(rates: Rates) -> Fraction:
    """Return funding over a year without compounding, signed: 1,095 times that of 8 hours."""
    return FUNDINGS_A_YEAR * Fraction(rates.funding_8h)


def carry(rates: Rates, direction: Direction, leverage: Decimal) -> Fraction:
    """Return what a position earns, before fees [part of the capital a year].

    leverage · (funding - borrow rate), funding and the rate being those of the direction. The
    interest is charged on the whole spot leg. Long spot owes less than that by its capital, and so
    this is what it earns beyond lending the capital at the same rate.

    Args:
        rates: The rates, held to stay as they are.
        direction: Which leg is long.
        leverage: Notional of the spot leg over the capital.
    """
    borrow = rates.borrow_quote if direction == Direction.LONG_SPOT else rates.borrow_base
    return Fraction(leverage) * (direction * funding_a_year(rates) - Fraction(borrow))


def better_direction(rates: Rates) -> Direction:
    """Return the direction that earns more; long spot if both earn the same."""
    both = (carry(rates, direction, Decimal(1)) for direction in Direction)
    long_spot, short_spot = both
    return Direction.LONG_SPOT if long_spot >= short_spot else Direction.SHORT_SPOT


def fees_a_year(
    spot: MarketTerms, perp: MarketTerms, leverage: Decimal, holding_days: int
) -> Fraction:
    """Return the takers' fees of opening and closing both legs [part of the capital a year].

    They are spread over the time that the position is expected to be held.

    Args:
        spot: Where the spot leg trades.
        perp: Where the perp leg trades.
        leverage: Notional of each leg over the capital.
        holding_days: How long it is expected to be held [days].
    """
    once = spot.fee(Fraction(leverage)) + perp.fee(Fraction(leverage))
    return 2 * once * DAYS_A_YEAR / holding_days


@dataclass(frozen=True)
class CarryWatch:
    """Since when the carry has been too low."""

    below_since: int | None = None
    """When it fell below the threshold [seconds]; None while it is not below."""

    def seen(self, earned: Fraction, threshold: Decimal, now: int) -> "CarryWatch":
        """Return the watch after a look at the carry; at the threshold it is not below."""
        if earned >= Fraction(threshold):
            return CarryWatch()
        return self if self.below_since is not None else CarryWatch(now)

    def lasted(self, seconds: int, now: int) -> bool:
        """Return whether it has been below for so long."""
        return self.below_since is not None and now - self.below_since >= seconds

"""What the client returns of perps: prices, sizes and amounts as decimals of whole tokens.

Rates and parameters are fractions of one: a rate of `Decimal("0.0001")` is 0.01 % for 8 hours.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class PerpMarket:
    """A perp: what its positions are valued at, its funding, and how much is open.

    `mark` and `index` are in quote tokens a base token, None before the first price; the index is
    the reference price, rounded down to a fraction of a tick. `funding_index` is what a base token
    held long has paid since the listing, up to now [quote tokens]; `funding_rate` is what it pays
    from now on for 8 hours, as a fraction of the mark, until `rate_until` [seconds] unless somebody
    pokes the market before. `premium` and `basis` are the averages that rate and mark are made
    of: of impact prices and of the middle of the book over the index. `pool` is what losers have
    paid and winners have not drawn; with a `shortfall` a profit is paid only in part.
    """

    market: str
    mark: Decimal | None
    index: Decimal | None
    funding_index: Decimal
    funding_rate: Decimal
    mark_time: int
    rate_until: int
    premium: Decimal
    basis: Decimal
    open_interest: Decimal
    open_interest_cap: Decimal
    position_cap: Decimal
    pool: Decimal
    shortfall: Decimal
    fees: Decimal
    impact_notional: Decimal
    mark_band: Decimal
    funding_cap: Decimal
    interest: Decimal
    clamp: Decimal

    @property
    def paid_share(self) -> Decimal:
        """What is paid of a profit that is drawn now: all of it, unless there is a shortfall."""
        return self.pool / (self.pool + self.shortfall) if self.shortfall else Decimal(1)


@dataclass(frozen=True)
class Position:
    """What an account has of a perp; the size of a short is negative [base tokens].

    `profit` is what the position has made at the mark and not settled, rounded down; a loss is
    negative: size · (mark - funding_index) + cash [quote tokens].
    """

    market: str
    size: Decimal
    cash: Decimal
    open_bids: Decimal
    open_asks: Decimal
    mark: Decimal | None
    funding_index: Decimal
    profit: Decimal

    @property
    def notional(self) -> Decimal:
        """Worth of the position at the mark; negative of a short [quote tokens]."""
        return self.size * (self.mark or Decimal(0))


@dataclass(frozen=True)
class TrueUp:
    """What settling a position now would pay, by itself [quote tokens].

    `profit` is all there is to settle; `funding` the part of it that the open lots have received,
    or paid if negative, since they were opened or settled last, `price` the rest: moves of the
    mark, closed lots and fees. `paid` is what would come to the quote balance: of a profit what the
    market's pool has, in a shortfall less what is `cancelled` for good; negative of a loss: what
    the balance can pay.
    """

    market: str
    profit: Decimal
    funding: Decimal
    price: Decimal
    paid: Decimal
    cancelled: Decimal

    @property
    def left(self) -> Decimal:
        """What would still be to settle."""
        return self.profit - self.paid - self.cancelled


@dataclass(frozen=True)
class Settlement:
    """What a settlement has done [quote tokens].

    `paid` came to the quote balance, or was taken from it if negative; `cancelled` is the part of a
    profit that went against the market's shortfall.
    """

    paid: Decimal
    cancelled: Decimal

"""A basis position: how it is run, where it trades, and what an account has of it."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pydantic import Field, model_validator

from worldmarkets.strategies.batch import Config, MarketTerms, StrategyError
from worldmarkets.strategies.carry import Direction


class BasisConfig(Config):
    """How a basis position is run."""

    leverage: Decimal = Field(gt=0)
    """Notional of the spot leg over the equity, at the opening and after a change of leverage."""
    lowest_leverage: Decimal = Field(ge=0)
    highest_leverage: Decimal
    """Beyond these it is brought back to `leverage`; upward only while the carry is worth it."""
    net_tolerance: Decimal = Field(ge=0, lt=1)
    """How far the legs may differ [part of the larger one]."""
    settle_profit: Decimal = Field(gt=0)
    """Unsettled perp profit that is settled [part of the equity]."""
    settle_loss: Decimal | None = Field(default=None, gt=0)
    """Unsettled perp loss that is settled [part of the equity]; None for never: it may become a
    debt that costs interest, and margin counts it either way."""
    entry_carry: Decimal
    """Carry, amortised fees deducted, from which on it is opened or grown [part of the capital a
    year]."""
    exit_carry: Decimal
    """Carry below which it is closed, after a while [part of the capital a year]."""
    patience_seconds: int = Field(ge=0)
    """That while [seconds]."""
    holding_days: int = Field(gt=0)
    """Time over which fees are amortised [days]."""
    slippage_bps: int = Field(ge=0, lt=10_000)
    """How much worse than the price an order may trade [bps]."""

    @model_validator(mode="after")
    def _check(self) -> "BasisConfig":
        if not self.lowest_leverage <= self.leverage <= self.highest_leverage:
            raise ValueError("lowest_leverage, leverage and highest_leverage are not in order")
        if not self.exit_carry < self.entry_carry:
            raise ValueError("exit_carry is not below entry_carry")
        return self


@dataclass(frozen=True)
class BasisMarkets:
    """The two markets of one underlying, and what they trade at.

    Raises:
        StrategyError: a price is not positive.
    """

    spot: MarketTerms
    perp: MarketTerms
    spot_price: Decimal
    """What the spot leg trades at and is valued at [dollars a token]."""
    perp_price: Decimal
    """What the perp leg trades at [dollars a token]."""

    def __post_init__(self) -> None:
        if min(self.spot_price, self.perp_price) <= 0:
            raise StrategyError(f"prices {self.spot_price} and {self.perp_price}")

    def matched(self, size: Fraction) -> tuple[int, int]:
        """Return the lots of spot and of perp for a size [tokens], zero or more.

        First those of the market with the larger lot, then as many of the other one as fit: they
        differ by less than the smaller lot.
        """
        if self.perp.lot_size >= self.spot.lot_size:
            perp_lots = self.perp.lots_in(size)
            return self.spot.lots_in(self.perp.size_of(perp_lots)), perp_lots
        spot_lots = self.spot.lots_in(size)
        return spot_lots, self.perp.lots_in(self.spot.size_of(spot_lots))


@dataclass(frozen=True)
class BasisPosition:
    """What the account has."""

    cash: Decimal
    """Dollars, negative for debt; unsettled profit not included."""
    spot: Decimal = Decimal(0)
    """Tokens, negative for debt, interest included."""
    perp_lots: int = 0
    """Signed size of the perp position."""
    perp_pnl: Decimal = Decimal(0)
    """Unsettled profit of the perp position, funding included [dollars, signed]."""

    def equity(self, spot_price: Decimal) -> Fraction:
        """Return cash, spot at its price, and unsettled profit [dollars]."""
        return (
            Fraction(self.cash)
            + Fraction(self.spot) * Fraction(spot_price)
            + Fraction(self.perp_pnl)
        )

    @property
    def direction(self) -> Direction:
        """Which way it is, told by the perp leg and without one by the spot leg."""
        sign = -self.perp_lots or self.spot
        return Direction.LONG_SPOT if sign >= 0 else Direction.SHORT_SPOT

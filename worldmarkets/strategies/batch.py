"""What a strategy wants done: one batch call of cancels and places, and perps to settle."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce

BPS, PPM = 10_000, 1_000_000
"""Basis points and parts per million in a whole."""


class StrategyError(WorldMarketsError):
    """A strategy was given what it can not decide about."""


class Config(BaseModel):
    """Settings of a strategy: exact decimals and whole numbers, never floats."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


@dataclass(frozen=True)
class MarketTerms:
    """What a strategy must know of a spot or perp market.

    Raises:
        StrategyError: a lot, a tick or the smallest order is not positive.
    """

    market_id: int
    lot_size: Decimal
    """A lot [tokens]."""
    tick_size: Decimal
    """Step of the price [dollars a token]."""
    min_lots: int = 1
    """Smallest order [lots]."""
    taker_ppm: int = 0
    """Fee of a taker [ppm of the notional]."""

    def __post_init__(self) -> None:
        if self.lot_size <= 0 or self.tick_size <= 0 or self.min_lots <= 0:
            raise StrategyError(f"market {self.market_id}: a lot, tick or minimum of nothing")

    def lots_in(self, size: Fraction) -> int:
        """Return the whole lots in a size of zero or more [tokens]."""
        return floor(size / Fraction(self.lot_size))

    def size_of(self, lots: int) -> Fraction:
        """Return lots, signed, as a size [tokens]."""
        return lots * Fraction(self.lot_size)

    def fee(self, notional: Fraction) -> Fraction:
        """Return what taking a notional costs [dollars]."""
        return notional * self.taker_ppm / PPM

    def tick_below(self, price: Fraction) -> int:
        """Return the last tick at or below a price [dollars a token]; 0 is no tick."""
        return floor(price / Fraction(self.tick_size))

    def tick_above(self, price: Fraction) -> int:
        """Return the first tick at or above a price [dollars a token]."""
        return ceil(price / Fraction(self.tick_size))

    def price_of(self, tick: int) -> Fraction:
        """Return the price of a tick [dollars a token]."""
        return tick * Fraction(self.tick_size)


@dataclass(frozen=True)
class Batch:
    """What one call is to do, in this order: cancel, place, settle."""

    cancels: tuple[int, ...] = ()
    """Ids of orders."""
    places: tuple[OrderRequest, ...] = ()
    settles: tuple[int, ...] = ()
    """Ids of perp markets of which the account's profit or loss becomes cash."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.cancels or self.places or self.settles)


class BatchExecutor(Protocol):
    """Who carries batches out for one account; strategies themselves touch no chain."""

    def execute(self, batch: Batch) -> None:
        """Carry out a batch in one transaction, its orders each by itself."""


def taking(
    terms: MarketTerms,
    side: Side,
    lots: int,
    price: Decimal,
    slippage_bps: int,
    *,
    reduce_only: bool = False,
    max_fills: int = 64,
) -> OrderRequest:
    """Return an immediate-or-cancel order that trades no worse than a price and a slippage.

    The limit is rounded to a tick towards the price.

    Args:
        terms: The market.
        side: Whether it buys or sells.
        lots: Its size [lots].
        price: What the market trades at [dollars a token].
        slippage_bps: How much worse it may trade [bps of the price].
        reduce_only: Whether it may only make a position smaller.
        max_fills: The most orders it may meet.

    Raises:
        StrategyError: the limit is below the first tick.
    """
    sign = 1 if side == Side.BID else -1
    limit = Fraction(price) * (BPS + sign * slippage_bps) / BPS
    tick = terms.tick_below(limit) if side == Side.BID else terms.tick_above(limit)
    if tick <= 0:
        raise StrategyError(f"market {terms.market_id}: no tick at {price}")
    return OrderRequest(
        terms.market_id,
        side,
        tick,
        lots,
        TimeInForce.IMMEDIATE_OR_CANCEL,
        max_fills,
        reduce_only=reduce_only,
    )

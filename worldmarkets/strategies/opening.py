"""How a basis position is opened: which way, how large, on how much credit, and for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from worldmarkets.model.interface import OrderRequest, Side
from worldmarkets.strategies.batch import Batch, MarketTerms, StrategyError, taking
from worldmarkets.strategies.carry import Direction, Rates, better_direction, carry, fees_a_year
from worldmarkets.strategies.position import BasisConfig, BasisMarkets, BasisPosition


@dataclass(frozen=True)
class Opening:
    """A position to open."""

    direction: Direction
    spot_lots: int
    perp_lots: int
    """Sizes, unsigned: the direction says which is bought."""
    spot_notional: Fraction
    perp_notional: Fraction
    """Both at the prices of their markets [dollars]."""
    net: Fraction
    """What the legs leave, signed: less than the smaller lot [tokens]."""
    fees: Fraction
    """Takers' fees of the opening [dollars]."""
    borrowed_dollars: Fraction
    """Long spot: what its cost and all fees exceed the capital by [dollars]; else zero."""
    borrowed_tokens: Fraction
    """Short spot: what is sold [tokens]; else zero."""
    carry: Fraction
    """leverage · (funding - borrow rate) [part of the capital a year]."""
    fees_a_year: Fraction
    """Fees of opening and closing, amortised [part of the capital a year]."""
    batch: Batch
    """Both legs."""

    @property
    def expected(self) -> Fraction:
        """The carry less amortised fees [part of the capital a year]."""
        return self.carry - self.fees_a_year


def plan_opening(
    config: BasisConfig, markets: BasisMarkets, rates: Rates, capital: Decimal
) -> Opening | None:
    """Return the position to open with a capital, in the direction that earns more.

    None if it is not expected to earn `entry_carry`, or a leg would be below the smallest order.

    Args:
        config: How the position is run.
        markets: Its markets and prices.
        rates: Funding and interest.
        capital: Dollars in the account, which has nothing else.

    Raises:
        StrategyError: the capital is not positive.
    """
    if capital <= 0:
        raise StrategyError(f"a capital of {capital} dollars")
    direction = better_direction(rates)
    size = Fraction(config.leverage) * Fraction(capital) / Fraction(markets.spot_price)
    spot_lots, perp_lots = markets.matched(size)
    if spot_lots < markets.spot.min_lots or perp_lots < markets.perp.min_lots:
        return None
    found = _opening(config, markets, rates, Fraction(capital), direction, (spot_lots, perp_lots))
    return found if found.expected >= Fraction(config.entry_carry) else None


def leg_orders(
    config: BasisConfig,
    markets: BasisMarkets,
    spot_lots: int,
    perp_lots: int,
    held: BasisPosition | None = None,
) -> tuple[OrderRequest, ...]:
    """Return the orders that buy (or sell, negative) lots; a leg below its smallest order not.

    An order of the perp leg that makes the position smaller may do nothing else.
    """
    reduces = held is not None and held.perp_lots * perp_lots < 0
    legs: Sequence[tuple[MarketTerms, int, Decimal, bool]] = (
        (markets.spot, spot_lots, markets.spot_price, False),
        (markets.perp, perp_lots, markets.perp_price, reduces),
    )
    return tuple(
        taking(
            terms,
            Side.BID if lots > 0 else Side.ASK,
            abs(lots),
            price,
            config.slippage_bps,
            reduce_only=reduce_only,
        )
        for terms, lots, price, reduce_only in legs
        if abs(lots) >= terms.min_lots
    )


def _opening(
    config: BasisConfig,
    markets: BasisMarkets,
    rates: Rates,
    capital: Fraction,
    direction: Direction,
    lots: tuple[int, int],
) -> Opening:
    spot_size, perp_size = markets.spot.size_of(lots[0]), markets.perp.size_of(lots[1])
    spot_notional = spot_size * Fraction(markets.spot_price)
    perp_notional = perp_size * Fraction(markets.perp_price)
    fees = markets.spot.fee(spot_notional) + markets.perp.fee(perp_notional)
    is_long = direction == Direction.LONG_SPOT
    return Opening(
        direction,
        *lots,
        spot_notional,
        perp_notional,
        net=direction * (spot_size - perp_size),
        fees=fees,
        borrowed_dollars=max(Fraction(0), spot_notional + fees - capital)
        if is_long
        else Fraction(0),
        borrowed_tokens=Fraction(0) if is_long else spot_size,
        carry=carry(rates, direction, config.leverage),
        fees_a_year=fees_a_year(markets.spot, markets.perp, config.leverage, config.holding_days),
        batch=Batch(places=leg_orders(config, markets, direction * lots[0], -direction * lots[1])),
    )

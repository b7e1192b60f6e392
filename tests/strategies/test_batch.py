"""Orders and terms that strategies share."""

from decimal import Decimal
from fractions import Fraction

import pytest

from tests.strategies.settings import PERP, SPOT
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.strategies import Batch, MarketTerms, StrategyError, taking


@pytest.mark.parametrize(
    ("lot", "tick", "least"), [("0", "1", 1), ("1", "0", 1), ("1", "1", 0), ("-1", "1", 1)]
)
def test_terms_of_nothing_are_refused(lot: str, tick: str, least: int) -> None:
    with pytest.raises(StrategyError):
        MarketTerms(1, Decimal(lot), Decimal(tick), least)


def test_terms_round_sizes_down_and_ticks_as_they_say() -> None:
    assert SPOT.lots_in(Fraction(19_999, 10_000_000)) == 1
    assert SPOT.size_of(-3) == Fraction(-3, 1_000)
    assert (PERP.tick_below(Fraction(1_499, 1_000)), PERP.tick_above(Fraction(1_001, 1_000))) == (
        2,
        3,
    )
    assert PERP.tick_below(Fraction(1)) == PERP.tick_above(Fraction(1)) == 2
    assert PERP.price_of(3) == Fraction(3, 2)
    assert SPOT.fee(Fraction(1_000_000)) == 350


def test_taking_limit_is_the_slippage_rounded_towards_the_price() -> None:
    """Of 3,003: up to 3,006.003 and down to 2,999.997, in halves."""
    bought = taking(PERP, Side.BID, 5, Decimal(3_003), 10)
    assert bought == OrderRequest(2, Side.BID, 6_012, 5, TimeInForce.IMMEDIATE_OR_CANCEL, 64)
    sold = taking(PERP, Side.ASK, 5, Decimal(3_003), 10, reduce_only=True)
    assert (sold.side, sold.tick, sold.reduce_only) == (Side.ASK, 6_000, True)


def test_taking_below_the_first_tick_is_refused() -> None:
    with pytest.raises(StrategyError):
        taking(PERP, Side.BID, 5, Decimal("0.4"), 10)


def test_batch_is_empty_only_with_nothing_in_it() -> None:
    order = taking(PERP, Side.BID, 1, Decimal(3_000), 0)
    assert Batch().is_empty
    for batch in (Batch(cancels=(1,)), Batch(places=(order,)), Batch(settles=(2,))):
        assert not batch.is_empty

"""What a basis position earns, by hand."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies.settings import PAYING, PERP, RECEIVING, SPOT
from worldmarkets.strategies import (
    CarryWatch,
    Direction,
    Rates,
    better_direction,
    carry,
    fees_a_year,
    funding_a_year,
)

RATE = st.decimals(Decimal("-0.01"), Decimal("0.01"), places=6)
INTEREST = st.decimals(0, 1, places=4)


def test_funding_a_year_is_1095_times_that_of_eight_hours() -> None:
    assert funding_a_year(PAYING) == Fraction(219, 1_000)


def test_carry_long_spot_receives_funding_and_pays_for_dollars() -> None:
    assert carry(PAYING, Direction.LONG_SPOT, Decimal(10)) == Fraction(139, 100)
    assert carry(RECEIVING, Direction.LONG_SPOT, Decimal(10)) == Fraction(-299, 100)


def test_carry_short_spot_receives_negative_funding_and_pays_for_tokens() -> None:
    assert carry(RECEIVING, Direction.SHORT_SPOT, Decimal("2.5")) == Fraction(4_725, 10_000)
    assert carry(PAYING, Direction.SHORT_SPOT, Decimal("2.5")) == Fraction(-6_225, 10_000)


def test_better_direction_counts_interest_and_prefers_long_spot() -> None:
    assert better_direction(PAYING) == Direction.LONG_SPOT
    assert better_direction(RECEIVING) == Direction.SHORT_SPOT
    # 5.475 % a year are received by short spot, but tokens cost more than dollars by twice that.
    dear = Rates(Decimal("-0.00005"), Decimal(0), Decimal("0.1095"))
    assert better_direction(dear) == Direction.LONG_SPOT


@given(RATE, INTEREST, INTEREST)
def test_better_direction_earns_no_less(funding: Decimal, quote: Decimal, base: Decimal) -> None:
    rates = Rates(funding, quote, base)
    best = carry(rates, better_direction(rates), Decimal(7))
    assert best == max(carry(rates, direction, Decimal(7)) for direction in Direction)


def test_fees_a_year_are_of_both_legs_in_and_out_over_the_holding_time() -> None:
    """Ten times 600 ppm, twice, five times a year."""
    assert fees_a_year(SPOT, PERP, Decimal(10), 73) == Fraction(6, 100)


def test_watch_remembers_when_the_carry_fell_and_forgets_when_it_is_back() -> None:
    low, threshold = Fraction(1, 100), Decimal("0.02")
    watch = CarryWatch().seen(low, threshold, 100).seen(low, threshold, 200)
    assert watch == CarryWatch(100)
    assert watch.seen(Fraction(2, 100), threshold, 300) == CarryWatch()


@pytest.mark.parametrize(
    ("watch", "lasted"), [(CarryWatch(100), True), (CarryWatch(101), False), (CarryWatch(), False)]
)
def test_watch_has_lasted_from_the_second_on(watch: CarryWatch, lasted: bool) -> None:
    assert watch.lasted(50, 150) is lasted


def test_watch_that_began_at_the_first_second_has_begun() -> None:
    assert CarryWatch().seen(Fraction(0), Decimal(1), 0).lasted(10, 10)

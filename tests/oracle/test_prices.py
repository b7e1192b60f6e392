"""Prices as a report carries them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worldmarkets.oracle.prices import UnpackablePriceError, round_price, split_price, to_price

HIGHEST = (2**40 - 1) * 10**26


@pytest.mark.parametrize(
    ("price", "rounded"),
    [
        (1, 1),
        (2**40 - 1, 2**40 - 1),
        (2**40, 1_099_511_627_780),
        (2**40 + 9, 1_099_511_627_790),
        (10 * (2**40 - 1) + 4, 10 * (2**40 - 1)),
        (10 * (2**40 - 1) + 5, 10_995_116_277_800),
        (2_000 * 10**18, 2_000 * 10**18),
        (123_456_789_012_499, 123_456_789_012_000),
        (123_456_789_012_500, 123_456_789_013_000),
        (HIGHEST, HIGHEST),
        (HIGHEST + 10**26 // 2 - 1, HIGHEST),
    ],
)
def test_round_price_is_the_nearest_a_report_carries(price: int, rounded: int) -> None:
    assert round_price(price) == rounded


@pytest.mark.parametrize("price", [0, -1, -(10**18), HIGHEST + 10**26 // 2, 2**128])
def test_round_price_out_of_range_is_refused(price: int) -> None:
    with pytest.raises(UnpackablePriceError, match=f"no report can carry the price {price}"):
        round_price(price)


@given(st.integers(1, HIGHEST))
def test_round_price_is_within_its_bound_and_splits(price: int) -> None:
    rounded = round_price(price)
    assert abs(rounded - price) * 10**12 < 5 * price
    mantissa, exponent = split_price(rounded)
    assert mantissa * 10**exponent == rounded
    assert 0 < mantissa < 2**40
    assert 0 <= exponent <= 26
    assert round_price(rounded) == rounded


@pytest.mark.parametrize(
    ("price", "split"),
    [
        (1, (1, 0)),
        (10, (1, 1)),
        (2**40 - 1, (2**40 - 1, 0)),
        (2_050 * 10**18, (205, 19)),
        (10**38, (10**12, 26)),
    ],
)
def test_split_price_has_the_smallest_mantissa(price: int, split: tuple[int, int]) -> None:
    assert split_price(price) == split


@pytest.mark.parametrize("price", [0, -1, -10, 2**40 + 1, HIGHEST + 1, 10**39])
def test_split_price_of_too_many_digits_or_none_is_refused(price: int) -> None:
    with pytest.raises(UnpackablePriceError):
        split_price(price)


@pytest.mark.parametrize(
    ("dollars", "price"),
    [
        ("1", 10**18),
        ("2012.5", 20_125 * 10**17),
        ("60123.456789012345", 601_234_567_890 * 10**11),
        ("0.000012345678901", 12_345_678_901_000),
        ("1e-18", 1),
        ("1.5e-18", 2),
    ],
)
def test_to_price_rounds_to_what_a_report_carries(dollars: str, price: int) -> None:
    assert to_price(Decimal(dollars)) == price


@pytest.mark.parametrize("dollars", ["0", "-1", "4e-19", "NaN", "Infinity", "1e30"])
def test_to_price_of_no_price_is_refused(dollars: str) -> None:
    with pytest.raises(UnpackablePriceError):
        to_price(Decimal(dollars))

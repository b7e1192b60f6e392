"""Fees: rounding always against the one who pays or receives, and the exact payable maximum."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.harness import Harness

PPM = st.sampled_from((-32_767, -1, 0, 1, 350, 32_767)) | st.integers(-32_767, 32_767)
NOTIONAL = st.integers(0, 10**7) | st.integers(0, 2**95)
LOT_PRICE = st.integers(1, 10**6) | st.integers(1, 2**56)


@pytest.fixture(scope="module")
def fees() -> Harness:
    return Harness("FeesHarness")


@given(NOTIONAL, PPM)
@example(1, 1)
@example(1, -1)
@example(10**6, 1)
@example(10**6 - 1, -1)
@example(2**95, 32_767)
def test_fee_up_rounds_charges_up_and_rebates_down(fees: Harness, notional: int, ppm: int) -> None:
    exact = Fraction(notional * ppm, 10**6)
    expected = ceil(exact) if ppm > 0 else -floor(-exact)
    assert fees.read("feeUp", notional, ppm) == expected


@given(st.lists(NOTIONAL, min_size=1, max_size=64), st.integers(0, 32_767), st.data())
def test_taker_fee_covers_all_rebates(
    fees: Harness, notionals: list[int], taker_ppm: int, data: st.DataObject
) -> None:
    """One charge on the sum, a rebate on each part, at most as high: never less than nothing."""
    maker_ppm = data.draw(st.integers(-taker_ppm, 0))
    charge = fees.read("feeUp", sum(notionals), taker_ppm)
    rebates = sum(fees.read("feeUp", notional, maker_ppm) for notional in notionals)
    assert charge + rebates >= 0


@given(st.lists(NOTIONAL, min_size=1, max_size=20), st.integers(0, 32_767), st.data())
def test_maker_charges_cover_a_taker_rebate(
    fees: Harness, notionals: list[int], maker_ppm: int, data: st.DataObject
) -> None:
    taker_ppm = data.draw(st.integers(-maker_ppm, 0))
    charges = sum(fees.read("feeUp", notional, maker_ppm) for notional in notionals)
    assert charges + fees.read("feeUp", sum(notionals), taker_ppm) >= 0


@given(st.integers(-(2**95), 2**95 - 1) | st.integers(-10, 10**9), LOT_PRICE, PPM)
@example(0, 1, 0)
@example(-1, 1, -32_767)
@example(2**95 - 1, 1, -32_767)
@example(2**95 - 1, 2**56, 32_767)
def test_payable_lots_is_the_exact_maximum(
    fees: Harness, cash: int, lot_price: int, ppm: int
) -> None:
    lots = fees.read("payableLots", cash, lot_price, ppm)
    assert _cost(lots, lot_price, ppm) <= max(cash, 0)
    if cash > 0:
        assert _cost(lots + 1, lot_price, ppm) > cash


@given(st.integers(1, 1_000), LOT_PRICE.filter(lambda price: price < 2**50), PPM)
def test_payable_lots_of_the_exact_cost_and_one_atom_less(
    fees: Harness, lots: int, lot_price: int, ppm: int
) -> None:
    cost = _cost(lots, lot_price, ppm)
    assert fees.read("payableLots", cost, lot_price, ppm) >= lots
    if cost > 0:
        assert fees.read("payableLots", cost - 1, lot_price, ppm) < lots


def _cost(lots: int, lot_price: int, ppm: int) -> int:
    notional = lots * lot_price
    exact = Fraction(notional * ppm, 10**6)
    return notional + (ceil(exact) if ppm > 0 else -floor(-exact))

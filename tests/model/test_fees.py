"""Fees: the side of every rounding, and what a buyer can pay to the lot."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from worldmarkets.model.fees import fee_up, payable_lots


@pytest.mark.parametrize(
    ("notional", "ppm", "expected"),
    [(0, 350, 0), (1, 350, 1), (10**6, 1, 1), (10**6 + 1, 1, 2), (999_999, -1, 0), (10**6, -1, -1)],
)
def test_fee_up_rounds_against_the_payer(notional: int, ppm: int, expected: int) -> None:
    assert fee_up(notional, ppm) == expected


@given(st.integers(0, 10**12), st.integers(1, 10**6), st.integers(-32_768, 32_767))
def test_payable_lots_is_the_largest(cash: int, lot_price: int, ppm: int) -> None:
    def cost(lots: int) -> int:
        return lots * lot_price + fee_up(lots * lot_price, ppm)

    lots = payable_lots(cash, lot_price, ppm, 2**40)
    assert cost(lots) <= cash < cost(lots + 1)


def test_payable_lots_debt_pays_nothing() -> None:
    assert payable_lots(-1, 1, 0, 10) == 0

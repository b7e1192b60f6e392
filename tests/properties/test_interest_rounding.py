"""A rate is rounded up to the unit in which growth is counted, which shows over decades alone."""

from decimal import Decimal, localcontext

import pytest

from tests.support.harness import Harness
from worldmarkets.model.words import PoolIndexWord, PoolTotalsWord

INDEX = 7 * 10**22
"""Of 2^76, which is 7.5e22: there a unit is the smallest part."""
DECADES = 2**31
"""Seconds in 68 years."""


@pytest.fixture(scope="module")
def maths() -> Harness:
    return Harness("LendingMathHarness")


@pytest.mark.parametrize("rate", [1, 7, 99])
def test_borrow_index_of_decades_is_no_less_than_exact(maths: Harness, rate: int) -> None:
    """The exact index to 80 digits; the one counted is above it by parts of 1e-18."""
    index = PoolIndexWord(10**18, INDEX, 0, rate, 10**9).pack()
    totals = PoolTotalsWord(0, 1, 0, 100, 1).pack()
    [fields] = [maths.read("accrued", index, totals, DECADES)]
    with localcontext() as context:
        context.prec = 80
        exact = INDEX * (1 + Decimal(rate) / 10**16) ** DECADES
        assert exact <= fields[1] <= exact * (1 + Decimal(10) ** -18)

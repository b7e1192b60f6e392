"""Growth, the rate curve and the slow price against exact fractions."""

from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.harness import Harness

ONE = 2**96
MOST = 2**127
WAD = 10**18
YEAR = 365 * 86_400
TARGET = 9 * WAD // 10
START = 4 * WAD // 100 // YEAR
LOWEST = WAD // 1_000 // YEAR
HIGHEST = 2 * WAD // YEAR
HOUR = 3_600

RATES = st.integers(0, ONE // 10**6)
"""Up to a millionth a second; the highest borrow rate is a quarter of it."""
TIMES = st.integers(0, 10**4) | st.integers(0, YEAR)
UTILISATION = st.integers(0, WAD) | st.sampled_from((0, TARGET - 1, TARGET, TARGET + 1, WAD))
TARGETS = st.integers(LOWEST, HIGHEST)


@pytest.fixture(scope="module")
def maths() -> Harness:
    return Harness("LendingMathHarness")


def rounding(factor: int, time: int) -> int:
    """How far a factor may be from the exact one: a product rounds by one unit of 2^-96, and a
    square doubles the relative error of its root, so it is about one unit a second."""
    return 2 * factor * (time + 100) // ONE + 100


# --------------------------------------------------------------- growth


@given(RATES, st.integers(0, 300))
@example(ONE // 10**6, 1)
@example(0, 300)
@example(1, 299)
def test_growth_is_rounded_up_by_less_than_an_atom_a_product(
    maths: Harness, rate: int, time: int
) -> None:
    """Never below (1 + rate)^time, and above it by a few units of 2^-96 for each squaring."""
    exact = Fraction(ONE + rate, ONE) ** time * ONE
    factor = maths.read("growthUp", rate, time)
    assert ceil(exact) <= factor <= exact + 4 * (time + 1)


@pytest.mark.parametrize("time", [0, 1, 2, 3, 63, 64, 65])
def test_growth_without_rate_is_one(maths: Harness, time: int) -> None:
    assert maths.read("growthUp", 0, time) == ONE


def test_growth_of_one_second_is_exact(maths: Harness) -> None:
    assert maths.read("growthUp", 12_345, 1) == ONE + 12_345


@pytest.mark.parametrize("rate", [ONE, ONE // 2, MOST - ONE])
def test_growth_stays_at_the_most_a_factor_may_be(maths: Harness, rate: int) -> None:
    assert maths.read("growthUp", rate, 2**32 - 1) == MOST


@given(RATES, st.lists(st.integers(0, 10**6), min_size=2, max_size=8))
def test_growth_in_steps_is_that_of_one_to_dust(
    maths: Harness, rate: int, times: list[int]
) -> None:
    whole = maths.read("growthUp", rate, sum(times))
    product = ONE
    for time in times:
        product = -(-product * maths.read("growthUp", rate, time) // ONE)
    if whole < MOST and product < MOST:
        assert abs(whole - product) <= rounding(whole, sum(times))


@given(RATES, RATES, TIMES, TIMES)
def test_growth_is_monotone_in_rate_and_time(
    maths: Harness, rate: int, other_rate: int, time: int, other_time: int
) -> None:
    low, high = sorted((rate, other_rate))
    early, late = sorted((time, other_time))
    assert maths.read("growthUp", low, early) <= maths.read("growthUp", high, early)
    # Another time is another chain of squares, rounded otherwise.
    later = maths.read("growthUp", low, late)
    assert maths.read("growthUp", low, early) <= later + rounding(later, late)


# --------------------------------------------------------------- rate curve


def exact_rate(rate_at_target: int, utilisation: int) -> Fraction:
    """The curve as docs/lending.md has it, in 1e-16 a second: 4 times the target rate
    at 100 %, a quarter at 0 %, straight between."""
    u = Fraction(utilisation, WAD)
    t = Fraction(TARGET, WAD)
    error = (u - t) / (1 - t) if u >= t else (u - t) / t
    multiple = 1 + 3 * error if error >= 0 else 1 + error * Fraction(3, 4)
    return rate_at_target * multiple / 100


@given(TARGETS, UTILISATION)
@example(HIGHEST, WAD)
@example(LOWEST, 0)
def test_rate_is_the_curve_rounded_down(
    maths: Harness, rate_at_target: int, utilisation: int
) -> None:
    exact = exact_rate(rate_at_target, utilisation)
    rate = maths.read("rate", rate_at_target, utilisation)
    # The distance is rounded down, too: below the target that makes the rate higher by less than
    # one part in 10^18.
    assert exact - 1 < rate <= exact + Fraction(1, 10**6)
    assert rate < 2**32


@given(TARGETS, UTILISATION, UTILISATION)
def test_rate_is_monotone_in_utilisation(
    maths: Harness, rate_at_target: int, utilisation: int, other: int
) -> None:
    low, high = sorted((utilisation, other))
    assert maths.read("rate", rate_at_target, low) <= maths.read("rate", rate_at_target, high)


@pytest.mark.parametrize("rate_at_target", [LOWEST, START, HIGHEST])
def test_rate_is_continuous_at_the_target(maths: Harness, rate_at_target: int) -> None:
    at_target = rate_at_target // 100
    for utilisation in (TARGET - 1, TARGET, TARGET + 1):
        assert abs(maths.read("rate", rate_at_target, utilisation) - at_target) <= 1
    assert maths.read("rate", rate_at_target, TARGET) == at_target
    assert maths.read("rate", rate_at_target, WAD) == 4 * rate_at_target // 100
    assert maths.read("rate", rate_at_target, 0) == rate_at_target // 400


@given(TARGETS, UTILISATION, TIMES)
@example(LOWEST, 0, YEAR)
@example(HIGHEST, WAD, YEAR)
def test_drift_stays_in_its_bounds_and_goes_towards_demand(
    maths: Harness, rate_at_target: int, utilisation: int, time: int
) -> None:
    moved = maths.read("drifted", rate_at_target, utilisation, time)
    assert LOWEST <= moved <= HIGHEST
    if utilisation >= TARGET:
        assert moved >= rate_at_target
    else:
        assert moved <= rate_at_target


@pytest.mark.parametrize("time", [0, 1, YEAR])
def test_drift_at_the_target_or_without_time_is_none(maths: Harness, time: int) -> None:
    assert maths.read("drifted", START, TARGET, time) == START
    assert maths.read("drifted", START, WAD, 0) == START
    assert maths.read("drifted", START, 0, 0) == START


def test_drift_of_a_day_at_the_ends_is_that_of_the_speed(maths: Harness) -> None:
    """(1 + 50 / year)^day, exactly: by 14.7 % a day at 100 %, and back at 0 %."""
    factor = Fraction(YEAR + 50, YEAR) ** 86_400
    assert abs(maths.read("drifted", START, WAD, 86_400) - START * factor) <= 1
    assert abs(maths.read("drifted", START, 0, 86_400) - START / factor) <= 1
    assert Fraction(1_146, 1_000) < factor < Fraction(1_147, 1_000)


# --------------------------------------------------------------- slow price

PRICES = st.integers(1, 2**55)
AGES = st.integers(0, 2 * HOUR) | st.integers(0, 2**32 - 1)


@given(PRICES, PRICES, AGES)
@example(10**12, 2 * 10**12, 1)
@example(2**55, 1, 2**32 - 1)
def test_slow_price_goes_towards_the_price_and_never_past_it(
    maths: Harness, slow: int, price: int, age: int
) -> None:
    moved = maths.read("slowPriceAt", slow, price, age)
    assert min(slow, price) <= moved <= max(slow, price)
    assert abs(moved - slow) <= slow * 6 * age // (100 * HOUR)


@given(PRICES, PRICES)
def test_slow_price_without_time_stays(maths: Harness, slow: int, price: int) -> None:
    assert maths.read("slowPriceAt", slow, price, 0) == slow


@given(st.integers(10**9, 2**55), st.integers(-50, 50), st.integers(0, 300))
def test_slow_price_is_the_exact_average_while_drift_is_not_limited(
    maths: Harness, slow: int, promille: int, age: int
) -> None:
    """A price near by: the distance shrinks by 1 + 1/3,600 a second."""
    price = slow + slow * promille // 1_000
    exact = price + (slow - price) / Fraction(HOUR + 1, HOUR) ** age
    moved = maths.read("slowPriceAt", slow, price, age)
    assert abs(moved - exact) <= 2


@given(st.integers(10**12, 2**50), st.integers(-50, 50), st.lists(st.integers(1, 600), max_size=6))
def test_slow_price_does_not_depend_on_how_often_it_is_sampled(
    maths: Harness, slow: int, promille: int, ages: list[int]
) -> None:
    """ORA-4: the same path at another rhythm gives the same average, to a unit a sample."""
    price = slow + slow * promille // 1_000
    stepped = slow
    for age in ages:
        stepped = maths.read("slowPriceAt", stepped, price, age)
    once = maths.read("slowPriceAt", slow, price, sum(ages))
    assert abs(stepped - once) <= len(ages) + 1


@given(st.integers(10**6, 2**50), st.integers(1, 9), st.integers(0, 5 * HOUR))
def test_slow_price_is_symmetric_in_its_limit(
    maths: Harness, slow: int, multiple: int, age: int
) -> None:
    """A price far away is followed by 6 % an hour, up as down."""
    limit = floor(Fraction(slow * 6 * age, 100 * HOUR))
    up = maths.read("slowPriceAt", slow, slow * (multiple + 1), age) - slow
    down = slow - maths.read("slowPriceAt", slow, slow // (multiple + 1), age)
    assert up <= limit
    assert down <= limit

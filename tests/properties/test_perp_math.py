"""Rates, averages, marks, impact prices and settlement, against the formulas in plain numbers."""

from math import exp

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.bits import ceiling, pack
from tests.support.harness import Harness
from tests.support.perp_formulas import (
    CONFIG,
    MARK,
    MAX_PART,
    PARTS,
    POSITION,
    Q24,
    SAMPLE,
    averaged,
    common,
    deviation,
    mark_at,
    rate_of,
)
from tests.support.properties import signed, unsigned
from worldmarkets.model.words import MAX_TICK, NO_ASK, BookWord

MAX_AVERAGE = MAX_PART * 10**4
MAX_RATE = 4_000_000
PRICE = st.integers(1, 2**55) | st.integers(1, 10**12)
LOT = st.integers(1_000, 10**9) | st.integers(1_000, 2**64 - 1)
TICK_VALUE = st.integers(1, 1_000) | st.integers(1, 2**32 - 1)
INDEX = st.integers(1, 2**48) | st.integers(1, 2**104 - 1)
PART = st.integers(-MAX_PART, MAX_PART)
AVERAGE = st.integers(-MAX_AVERAGE, MAX_AVERAGE)
RATE = st.integers(-MAX_RATE, MAX_RATE)
UNSIGNED_RATE = st.integers(0, MAX_RATE)
TAU = st.sampled_from((150, 3_600))


@pytest.fixture(scope="module")
def maths() -> Harness:
    return Harness("PerpMathHarness")


@pytest.fixture(scope="module")
def samples() -> Harness:
    return Harness("SampleWordHarness")


@pytest.fixture(scope="module")
def band() -> Harness:
    return Harness("PriceBandHarness")


# ------------------------------------------------------------------ funding rate


@given(AVERAGE | st.integers(-30_000, 30_000), UNSIGNED_RATE, UNSIGNED_RATE, UNSIGNED_RATE)
@example(-1, 10_000, 50_000, 4_000_000)
@example(-19_999, 0, 0, 4_000_000)
@example(MAX_AVERAGE, MAX_RATE, MAX_RATE, MAX_RATE)
@example(-MAX_AVERAGE, MAX_RATE, MAX_RATE, MAX_RATE)
def test_rate_is_the_premium_drawn_towards_the_interest_within_the_cap(
    maths: Harness, average: int, interest: int, clamp: int, cap: int
) -> None:
    config = pack(CONFIG, interest=interest, clamp=clamp, funding_cap=cap)
    assert maths.read("rateOf", config, average) == rate_of(average, interest, clamp, cap)


@given(AVERAGE, UNSIGNED_RATE, UNSIGNED_RATE)
def test_rate_without_interest_is_symmetric_in_sign(
    maths: Harness, average: int, clamp: int, cap: int
) -> None:
    config = pack(CONFIG, clamp=clamp, funding_cap=cap)
    assert maths.read("rateOf", config, average) == -maths.read("rateOf", config, -average)


# ------------------------------------------------------------------ samples and averages


@given(signed(24) | st.integers(-2, 2), signed(24) | st.integers(-2, 2))
@example(5, -5)
@example(-3, -7)
@example(0, 9)
def test_interval_counts_for_what_both_its_ends_have_in_common(
    maths: Harness, first: int, second: int
) -> None:
    counted = maths.read("commonOf", first, second)
    assert counted == common(first, second)
    assert abs(counted) <= min(abs(first), abs(second))


@given(AVERAGE, PART, st.integers(0, 300), TAU)
@example(-MAX_AVERAGE, MAX_PART, 300, 150)
@example(MAX_AVERAGE, -MAX_PART, 300, 3_600)
@example(1, 0, 1, 3_600)
@example(-1, 0, 1, 3_600)
@example(12_345, 77, 0, 150)
def test_average_moves_towards_what_held_and_not_beyond(
    maths: Harness, average: int, held: int, span: int, tau: int
) -> None:
    moved = maths.read("averaged", average, held, span, tau)
    assert moved == averaged(average, held, span, tau)
    target = held * 10_000
    assert min(average, target) <= moved <= max(average, target)
    if span == 0:
        assert moved == average
    assert maths.read("averaged", -average, -held, span, tau) == -moved


@given(AVERAGE, PART, st.lists(st.integers(1, 60), min_size=2, max_size=5), TAU)
@example(0, MAX_PART, [60] * 5, 150)
def test_average_does_not_depend_on_its_rhythm_but_for_dust(
    maths: Harness, average: int, held: int, steps: list[int], tau: int
) -> None:
    once = maths.read("averaged", average, held, sum(steps), tau)
    stepped = average
    for step in steps:
        stepped = maths.read("averaged", stepped, held, step, tau)
    # A step rounds by less than one part in 1e12, and factors far less.
    assert abs(once - stepped) <= len(steps)


@pytest.mark.parametrize("tau", [150, 3_600])
def test_average_closes_most_of_the_distance_in_its_time_constant(maths: Harness, tau: int) -> None:
    average = 0
    for _ in range(tau // 150):
        average = maths.read("averaged", average, MAX_PART, 150, tau)
    # One less 1/e, a little off because growth is compounded by the second.
    assert abs(average / MAX_AVERAGE - (1 - exp(-1))) < 0.002


@given(st.tuples(*[PART] * 6), st.integers(0, 300), AVERAGE, AVERAGE, PART)
def test_word_counts_the_interval_between_its_samples(
    samples: Harness, parts: tuple[int, ...], span: int, premium: int, middle: int, book: int
) -> None:
    word = pack(SAMPLE, span=span, premium=premium, middle=middle, book_counted=book)
    for field, value in zip(PARTS, parts, strict=True):
        word = field.put(word, value)
    held = [common(parts[i], parts[i + 3]) for i in range(3)]
    expected = SAMPLE["premium"].put(word, averaged(premium, held[0], span, 3_600))
    expected = SAMPLE["middle"].put(expected, averaged(middle, held[1], span, 150))
    expected = SAMPLE["book_counted"].put(expected, held[2])
    assert samples.read("counted", word) == expected


@given(unsigned(48) | unsigned(104), INDEX)
@example(2**104 - 1, 1)
@example(0, 2**104 - 1)
@example(108, 100)
@example(109, 100)
@example(92, 100)
@example(91, 100)
def test_deviation_is_towards_zero_and_bounded(maths: Harness, price: int, index: int) -> None:
    assert maths.read("deviationOf", price, index) == deviation(price, index)


@given(unsigned(48), unsigned(48), unsigned(48))
def test_median_is_the_middle_one(maths: Harness, first: int, second: int, third: int) -> None:
    assert maths.read("median", first, second, third) == sorted((first, second, third))[1]


@given(st.integers(1, 2**32 - 1), INDEX, TICK_VALUE)
@example(1, 2**104 - 1, 2**32 - 1)
@example(2**32 - 1, 1, 1)
@example(10, 10 * 10**6 * Q24, 1)
def test_impact_size_is_rounded_up(
    maths: Harness, dollars: int, index: int, tick_value: int
) -> None:
    lots = ceiling(dollars * 10**6 * Q24, index * tick_value)
    assert maths.read("lotsOf", dollars, index, tick_value) == lots >= 1


# ------------------------------------------------------------------ marks and bands


@given(PRICE, LOT, TICK_VALUE)
@example(2**55, 2**64 - 1, 1)
@example(1, 1_000, 2**32 - 1)
def test_index_is_the_price_of_a_lot_rounded_down_and_never_zero(
    maths: Harness, price: int, lot: int, tick_value: int
) -> None:
    expected = price * lot * Q24 // (10**12 * tick_value)
    index = maths.read("indexOf", pack(CONFIG, atoms_per_lot=lot), tick_value, price)
    assert index == max(1, expected) < 2**104


@given(PRICE, LOT, TICK_VALUE, AVERAGE, PART, RATE, st.integers(1, 4_095))
@example(2**55, 2**64 - 1, 1, MAX_AVERAGE, MAX_PART, MAX_RATE, 4_095)
@example(2**55, 2**64 - 1, 1, -MAX_AVERAGE, -MAX_PART, -MAX_RATE, 4_095)
@example(1, 1_000, 2**32 - 1, -MAX_AVERAGE, -MAX_PART, -MAX_RATE, 1)
@example(20 * 10**12, 100_000, 100, MAX_AVERAGE, MAX_PART, MAX_RATE, 300)
@example(20 * 10**12, 100_000, 100, -MAX_AVERAGE, -MAX_PART, -MAX_RATE, 300)
def test_mark_is_the_median_within_its_band(
    maths: Harness,
    price: int,
    lot: int,
    tick_value: int,
    middle: int,
    book: int,
    rate: int,
    band_bps: int,
) -> None:
    config = pack(CONFIG, atoms_per_lot=lot, mark_band_bps=band_bps)
    word = pack(MARK, tick_value=tick_value, rate=rate, mark=5)
    sampled = pack(SAMPLE, middle=middle, book_counted=book)
    mark = maths.read("markAt", config, word, sampled, price)
    index = max(1, price * lot * Q24 // (10**12 * tick_value))
    assert mark == mark_at(index, middle, book, rate, band_bps)
    # What a band that reaches to two prices relies on.
    if price < 2**55:
        assert maths.read("markAt", config, word, sampled, price + 1) >= mark


@given(unsigned(48), unsigned(48), st.integers(1, 4_095), st.booleans())
@example(2**48 - 1, 1, 4_095, True)
@example(1, 1, 4_095, False)
@example(20 * Q24, 20 * Q24, 500, False)
@example(21 * Q24 + 1, 20 * Q24 + 1, 1, False)
def test_band_around_marks_rounds_inwards_and_clamps(
    band: Harness, first: int, second: int, bps: int, unconfirmed: bool
) -> None:
    low, high = sorted((first, second))
    book = BookWord(best_bid=5, best_ask=7, min_lots=3, tick_value=11)
    word = band.read("withBandAroundMark", book.pack(), bps, low, high, unconfirmed)
    moved = BookWord.unpack(word)
    highest = high * (10_000 + bps) // (10_000 * Q24)
    lowest = ceiling(low * (10_000 - bps), 10_000 * Q24)
    assert moved.highest_bid == min(highest, MAX_TICK)
    assert moved.lowest_ask == min(lowest, NO_ASK)
    assert moved.unconfirmed == unconfirmed
    assert (moved.best_bid, moved.best_ask, moved.min_lots, moved.tick_value) == (5, 7, 3, 11)
    if low:
        assert moved.lowest_ask >= 1


# ------------------------------------------------------------------ settlement


@given(
    POSITION["size"].values,
    POSITION["cash"].values,
    unsigned(48),
    signed(64),
)
@example(-(2**35), 2**95 - 1, 2**48 - 1, -(2**63))
@example(2**35 - 1, -(2**95), 0, 2**63 - 1)
def test_position_has_made_what_it_is_worth_modulo_the_width_of_cash(
    maths: Harness, size: int, cash: int, mark: int, funding: int
) -> None:
    exact = size * (mark - funding) + cash
    units = maths.read("unitsOf", pack(POSITION, size=size, cash=cash), mark, funding)
    assert units == (exact + 2**95) % 2**96 - 2**95


UNITS = st.integers(1, 2**60) | st.integers(1, 2**95 - 1)


def pool_word(cash: int, shortfall: int) -> int:
    return cash | shortfall << 80 | 1 << 160


@given(UNITS, TICK_VALUE, unsigned(79) | st.integers(0, 10**6), unsigned(79), unsigned(79))
@example(1, 1, 0, 0, 0)
@example(1, 1, 1, 0, 0)
@example(2**95, 2**32 - 1, 2**79 - 1, 2**79 - 1, 2**80 - 1)
def test_loss_pays_all_or_what_there_is(
    maths: Harness, lost: int, tick_value: int, available: int, cash: int, shortfall: int
) -> None:
    owed = ceiling(lost * tick_value, Q24)
    paid = min(owed, available)
    units = lost if paid == owed else paid * Q24 // tick_value
    settled = maths.read("ofLoss", -lost, tick_value, available, pool_word(cash, shortfall))
    assert settled == (-paid, units, 0, cash + paid, shortfall)
    # What the pool got covers what the position was let off; a loss never becomes a profit.
    assert paid * Q24 >= units * tick_value
    assert units <= lost


@given(UNITS, TICK_VALUE, unsigned(79) | st.integers(0, 10**6), st.just(0) | unsigned(79))
@example(1, 1, 0, 0)
@example(2**95 - 1, 2**32 - 1, 2**80 - 1, 2**80 - 1)
@example(Q24 * 10, 1, 3, 7)
@example(Q24 * 10, 1, 0, 10)
def test_profit_draws_the_pools_share_and_cancels_the_rest(
    maths: Harness, made: int, tick_value: int, cash: int, shortfall: int
) -> None:
    due = made * tick_value // Q24
    settled = min(due, cash + shortfall)
    paid = settled * cash // (cash + shortfall) if shortfall else settled
    units = made if settled == due else ceiling(settled * Q24, tick_value)
    payment = maths.read("ofProfit", made, tick_value, pool_word(cash, shortfall))
    cancelled = settled - paid
    assert payment == (paid, -units, cancelled, cash - paid, shortfall - cancelled)
    # What the position gave up covers what left pool and shortfall.
    assert units * tick_value >= settled * Q24 or settled == 0
    assert 0 <= cancelled <= shortfall


@given(st.lists(st.integers(1, 10**9), min_size=2, max_size=6), unsigned(40), unsigned(40))
def test_profit_drawn_in_parts_is_no_more_than_at_once(
    maths: Harness, parts: list[int], cash: int, shortfall: int
) -> None:
    word = pool_word(cash, shortfall)
    once = maths.read("ofProfit", sum(parts) * Q24, 1, word)[0]
    stepped = 0
    for part in parts:
        paid, _, _, left, short = maths.read("ofProfit", part * Q24, 1, word)
        stepped += paid
        word = pool_word(left, short)
    assert once - len(parts) <= stepped <= once

"""Funding and marks: who pays, how much, and what nobody can move within a second."""

from dataclasses import replace
from fractions import Fraction
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.perps import (
    LOT_ATOMS,
    PERP_MARKET,
    TERMS,
    TICK,
    assert_sound,
    book_word,
    change,
    fund,
    jump,
    make_perps,
    mark_word,
    move,
    perp_order,
    position,
    reader_of,
    sample_word,
    trade,
)
from tests.model.setting import FEED, MARKET
from tests.support.system import DOLLAR
from worldmarkets.model import Exchange, Side, slots
from worldmarkets.model.errors import PriceUnavailable, UnknownMarket
from worldmarkets.model.events import MarkUpdated, PriceJumped, PriceUpdated
from worldmarkets.model.liquidation_events import PriceMoved
from worldmarkets.model.perp_words import MAX_MARK, Q24, MarkWord, SampleWord
from worldmarkets.model.perps import funding, marks, positions
from worldmarkets.model.perps.invariants import check_funding
from worldmarkets.model.words import UnderlyingWord

MAKER, LONG, SHORT = 0x11, 0x22, 0x33
FREE = replace(TERMS, interest=0, clamp=0)
"""The rate is the premium."""
IMPACT = 10_000
"""Lots that the impact notional buys at the index."""


def poke(exchange: Exchange, seconds: int = 1) -> MarkUpdated:
    exchange.time += seconds
    exchange.poke_markets([PERP_MARKET])
    (event,) = exchange.events
    assert isinstance(event, MarkUpdated)
    return event


def quoted(ticks: int) -> Exchange:
    """An exchange where the impact notional is bid."""
    exchange = make_perps(FREE)
    maker = fund(exchange, MAKER, 10**7)
    exchange.place(MAKER, maker, perp_order(Side.BID, ticks, IMPACT))
    return exchange


# ---------------------------------------------------------------------- arithmetic


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (5, 7, 5),
        (7, 5, 5),
        (-5, -7, -5),
        (-7, -5, -5),
        (5, -7, 0),
        (-5, 7, 0),
        (0, 7, 0),
        (7, 0, 0),
    ],
)
def test_counted_is_the_smaller_of_one_sign(first: int, second: int, expected: int) -> None:
    assert marks.counted(first, second) == expected


@pytest.mark.parametrize("tau", [marks.MID_TAU, marks.PREMIUM_TAU])
@given(
    old=st.integers(-8 * 10**10, 8 * 10**10),
    now=st.integers(-8 * 10**6, 8 * 10**6),
    steps=st.lists(st.integers(0, 100), min_size=1, max_size=6),
)
def test_average_in_steps_is_average_at_once(
    old: int, now: int, steps: list[int], tau: int
) -> None:
    """ORA-4: to a unit of rounding a step, and never beyond the target."""
    stepped = old
    for seconds in steps:
        stepped = marks.average(stepped, now, seconds, tau)
    at_once = marks.average(old, now, sum(steps), tau)
    assert abs(stepped - at_once) <= len(steps)
    target = now * 10_000
    assert min(old, target) <= stepped <= max(old, target)


@given(
    old=st.integers(-8 * 10**10, 8 * 10**10),
    now=st.integers(-8 * 10**6, 8 * 10**6),
    seconds=st.integers(0, 300),
)
def test_average_and_rate_are_the_same_on_both_sides(old: int, now: int, seconds: int) -> None:
    up, down = marks.average(old, now, seconds, 150), marks.average(-old, -now, seconds, 150)
    assert down == -up
    one, other = (funding.rate_of(sign * old, 0, 50_000, 4_000_000) for sign in (1, -1))
    assert other == -one


def test_average_after_its_time_constant_is_most_of_the_way() -> None:
    left = 10**8 * Fraction(150, 151) ** 150
    assert marks.average(0, 10_000, 150, 150) == 10**8 - floor(left) == 63_089_769


@pytest.mark.parametrize(
    ("premium", "rate"),
    [
        (0, 10_000),
        (20_000, 10_000),
        (60_000, 10_000),
        (60_001, 10_001),
        (-40_001, 9_999),
        (4_050_000, 4_000_000),
        (4_050_001, 4_000_000),
        (-4_050_001, -4_000_000),
        (8_000_000, 4_000_000),
        (-8_000_000, -4_000_000),
    ],
)
def test_rate_is_drawn_to_the_interest_and_capped(premium: int, rate: int) -> None:
    assert funding.rate_of(premium * 10_000, 10_000, 50_000, 4_000_000) == rate
    # Less than a unit of the premium is none, on both sides.
    off = 9_999 if premium >= 0 else -9_999
    assert funding.rate_of(premium * 10_000 + off, 10_000, 50_000, 4_000_000) == rate


@pytest.mark.parametrize(
    ("mid", "book", "rate", "expected"),
    [
        (0, 0, 0, 10**8),
        (10**9, 10**6, 0, 10**8 + 10**5),
        (10**9, -(10**6), 0, 10**8),
        (10**9, 10**6, 10**6, 10**8 + 10**6),
        (-(10**9), -(10**6), -(10**6), 10**8 - 10**6),
        (8 * 10**10, 8 * 10**6, 0, 103 * 10**6),
        (-8 * 10**10, -8 * 10**6, 0, 97 * 10**6),
    ],
)
def test_mark_at_is_the_middle_of_three_within_the_band(
    mid: int, book: int, rate: int, expected: int
) -> None:
    sampled = SampleWord(mid_average=mid, book_counted=book)
    assert marks.mark_at(10**8, sampled, rate, 300) == expected


def test_mark_at_stays_in_its_field() -> None:
    assert marks.mark_at(2**60, SampleWord(), 0, 300) == MAX_MARK
    assert marks.mark_at(1, SampleWord(mid_average=-1, book_counted=-1), 0, 300) == 1


def test_index_is_rounded_down_and_never_zero() -> None:
    exchange = make_perps(replace(TERMS, tick_value=3))
    # 2·10^13 · 100,000 · 2^24 / (10^12 · 3)
    assert mark_word(exchange).mark == 2 * 10**6 * Q24 // 3
    config = marks.config_of(exchange.state, PERP_MARKET)
    assert marks.index_ticks(1, config, 2**32 - 1) == 1


# ---------------------------------------------------------------------- samples


def test_poke_first_only_samples() -> None:
    exchange = quoted(ticks=20_400)
    event = poke(exchange)
    assert event == MarkUpdated(PERP_MARKET, TICK * Q24, 0, 0, exchange.time)
    assert sample_word(exchange) == SampleWord(premium_b=2 * 10**6)
    assert mark_word(exchange).until == exchange.time + 300


def test_poke_premium_counts_after_two_samples_have_it() -> None:
    exchange = quoted(ticks=20_400)
    poke(exchange)
    assert poke(exchange, 100).rate == 0
    assert sample_word(exchange).span == 100
    event = poke(exchange, 1)
    # 2 % have counted for 100 s: 2·10^10·(1 - (1 + 1/3,600)^-100).
    expected = marks.average(0, 2 * 10**6, 100, 3_600)
    assert sample_word(exchange).premium_average == expected
    assert event.rate == expected // 10_000
    assert 0 < event.rate < 2 * 10**6 * 100 // 3_600


@pytest.mark.parametrize("interval", [1, 5, 20, 50])
def test_poke_rhythm_does_not_matter(interval: int) -> None:
    """ORA-4: with a book that stays, averages are those of the time that has passed."""
    often, once = quoted(ticks=20_400), quoted(ticks=20_400)
    for exchange in (often, once):
        poke(exchange)
    for _ in range(100 // interval):
        poke(often, interval)
    poke(once, 100)
    for exchange in (often, once):
        poke(exchange)
    found, expected = sample_word(often), sample_word(once)
    assert expected.premium_average > 0
    assert abs(found.premium_average - expected.premium_average) <= 100 // interval
    assert often.time == once.time


@pytest.mark.parametrize(("side", "ticks"), [(Side.BID, 20_500), (Side.ASK, 19_500)])
@pytest.mark.parametrize(
    "gaps", [(1, 1, 1, 1), (200, 1, 1, 250), (1, 300, 5_000, 1), (30, 30, 7, 7)]
)
def test_push_poke_pull_earns_nothing(side: Side, ticks: int, gaps: tuple[int, ...]) -> None:
    """ORA-5: what is quoted at one poke only, or between pokes only, changes no mark or rate."""
    pushed, calm = make_perps(), make_perps()
    attacker = fund(pushed, MAKER, 10**7)
    for exchange in (pushed, calm):
        poke(exchange)
        poke(exchange)
    order = pushed.place(MAKER, attacker, perp_order(side, ticks, 2 * IMPACT))
    for exchange in (pushed, calm):
        poke(exchange, gaps[0])
    assert sample_word(pushed).premium_b != 0
    pushed.cancel(MAKER, attacker, order.order_id)
    for gap in gaps[1:]:
        assert poke(pushed, gap) == poke(calm, gap)
    for field in ("premium_average", "mid_average", "book_counted"):
        assert getattr(sample_word(pushed), field) == 0


def test_poke_trade_and_quotes_of_the_same_second_change_nothing() -> None:
    exchange = make_perps()
    buyer, seller = (LONG, fund(exchange, LONG, 10**6)), (SHORT, fund(exchange, SHORT, 10**6))
    for _ in range(3):
        before = poke(exchange)
    sampled = sample_word(exchange)
    trade(exchange, buyer, seller, 100, tick=20_900)
    assert poke(exchange, 0) == before
    assert sample_word(exchange) == sampled


def test_poke_again_in_a_second_leaves_what_both_samples_have_in_common() -> None:
    exchange = make_perps()
    maker = fund(exchange, MAKER, 10**7)
    poke(exchange)
    high = exchange.place(MAKER, maker, perp_order(Side.BID, 20_500, IMPACT))
    poke(exchange)
    before = mark_word(exchange)
    assert sample_word(exchange).premium_b == 2_500_000
    # Less of the same sign takes its place, more does not, nor does it bring back what is gone.
    exchange.cancel(MAKER, maker, high.order_id)
    exchange.place(MAKER, maker, perp_order(Side.BID, 20_100, IMPACT))
    poke(exchange, 0)
    assert sample_word(exchange) == SampleWord(premium_b=500_000, span=1)
    high = exchange.place(MAKER, maker, perp_order(Side.BID, 20_500, IMPACT))
    poke(exchange, 0)
    assert sample_word(exchange) == SampleWord(premium_b=500_000, span=1)
    exchange.cancel_many(MAKER, maker, [high.order_id])
    assert mark_word(exchange) == before


@pytest.mark.parametrize("sign", [1, -1])
def test_poke_again_in_a_second_on_the_other_side_leaves_nothing(sign: int) -> None:
    exchange = make_perps()
    maker = fund(exchange, MAKER, 10**7)
    poke(exchange)
    sides = (Side.BID, Side.ASK)[::sign]
    order = exchange.place(MAKER, maker, perp_order(sides[0], TICK + sign * 400, IMPACT))
    poke(exchange)
    assert sample_word(exchange).premium_b == sign * 2_000_000
    exchange.cancel(MAKER, maker, order.order_id)
    exchange.place(MAKER, maker, perp_order(sides[1], TICK - sign * 400, IMPACT))
    poke(exchange, 0)
    assert sample_word(exchange) == SampleWord(span=1)


def test_impact_price_looks_at_twenty_levels() -> None:
    exchange = make_perps()
    maker = fund(exchange, MAKER, 10**7)
    for place in range(20):
        exchange.place(MAKER, maker, perp_order(Side.BID, TICK - place, 10))

    def price(lots: int) -> int | None:
        return marks.impact_price(exchange.state, PERP_MARKET, is_ask=False, lots=lots)

    assert price(10) == TICK * Q24
    # 10 lots at 20,000, 5 at 19,999.
    assert price(15) == (10 * TICK + 5 * (TICK - 1)) * Q24 // 15
    assert price(200) == sum(TICK - place for place in range(20)) * Q24 // 20
    assert price(201) is None
    exchange.place(MAKER, maker, perp_order(Side.BID, TICK - 20, 10))
    assert price(201) is None
    assert marks.impact_price(exchange.state, PERP_MARKET, is_ask=True, lots=1) is None


def test_sample_of_both_sides_and_a_trade() -> None:
    exchange = make_perps()
    maker, buyer = fund(exchange, MAKER, 10**7), fund(exchange, LONG, 10**6)
    trade(exchange, (LONG, buyer), (MAKER, maker), 1, tick=20_300)
    exchange.place(MAKER, maker, perp_order(Side.BID, 20_100, IMPACT))
    poke(exchange)
    assert sample_word(exchange) == SampleWord(premium_b=500_000)
    exchange.place(MAKER, maker, perp_order(Side.ASK, 20_201, IMPACT))
    poke(exchange)
    # Mid 20,150.5: 0.7525 %; the median of 20,100, 20,201 and 20,300: 1.005 %.
    assert sample_word(exchange) == SampleWord(
        premium_a=500_000, premium_b=500_000, mid_b=752_500, book_b=1_005_000, span=1
    )


def test_poke_of_what_is_no_perp_changes_nothing() -> None:
    exchange = make_perps()
    before = dict(exchange.state.words)
    for market in (MARKET, 514, 0):
        with pytest.raises(UnknownMarket):
            exchange.poke_markets([PERP_MARKET, market])
    assert exchange.state.words == before
    assert exchange.events == []


def test_poke_without_a_price_is_refused() -> None:
    exchange = make_perps()
    change(exchange, UnderlyingWord, slots.underlying(1), price=0)
    before = dict(exchange.state.words)
    with pytest.raises(PriceUnavailable) as refused:
        exchange.poke_markets([PERP_MARKET])
    assert refused.value.arguments == (1,)
    assert exchange.state.words == before


# ---------------------------------------------------------------------- funding


def with_rate(rate: int, until: int = 300) -> tuple[Exchange, int, int]:
    """A long and a short of 1,000 lots, at a rate that holds for so many seconds."""
    exchange = make_perps()
    buyer, seller = fund(exchange, LONG, 10**4), fund(exchange, SHORT, 10**4)
    trade(exchange, (LONG, buyer), (SHORT, seller), 1_000)
    change(exchange, MarkWord, slots.mark(PERP_MARKET), rate=rate, until=exchange.time + until)
    return exchange, buyer, seller


@pytest.mark.parametrize("rate", [4_000_000, -4_000_000, 1, -1, 12_345])
def test_funding_what_longs_pay_shorts_get(rate: int) -> None:
    exchange, buyer, seller = with_rate(rate)
    exchange.state.time = exchange.time + 300
    paid = [positions.unsettled_now(exchange.state, one, PERP_MARKET) for one in (buyer, seller)]
    assert sum(paid) == 0
    grown = TICK * 2**40 * abs(rate) * 300 // (28_800 * 10**8)
    index = (grown if rate > 0 else -grown) >> 16
    assert paid[0] == -1_000 * index
    assert (paid[0] < 0) == (rate > 0)
    assert check_funding(reader_of(exchange), PERP_MARKET, [buyer, seller]) == []


@pytest.mark.parametrize("sign", [1, -1])
def test_funding_at_the_cap_is_half_a_percent_an_hour(sign: int) -> None:
    exchange, buyer, _ = with_rate(sign * 4_000_000, until=3_600)
    exchange.state.time = exchange.time + 3_600
    units = positions.unsettled_now(exchange.state, buyer, PERP_MARKET)
    # 2,000 dollars; rounded down for both.
    assert positions.atoms_down(units, 100) in (-sign * 10 * 10**6, -sign * 10 * 10**6 - 1)


def test_funding_index_at_a_negative_rate_is_the_mirror_image_to_a_unit() -> None:
    (up, _, _), (down, _, _) = with_rate(12_345), with_rate(-12_345)
    ahead = [funding.accrued(mark_word(one), one.time + 77).funding for one in (up, down)]
    assert ahead[0] == -ahead[1] > 0


@pytest.mark.parametrize("days", [1, 30, 3_650])
def test_funding_stops_300_seconds_after_the_last_sample(days: int) -> None:
    exchange, _, _ = with_rate(10_000, until=0)
    poke(exchange)
    poke(exchange)
    begun = mark_word(exchange)
    event = poke(exchange, days * 86_400)
    grown = begun.mark * 2**16 * begun.rate * 300 // (28_800 * 10**8)
    assert event.funding_index == begun.funding + grown
    assert sample_word(exchange).span == 300
    assert_sound(exchange)


def test_funding_accrued_in_steps_is_accrued_at_once() -> None:
    word = MarkWord(mark=TICK * Q24 + 12_345, rate=-77_777, time=0, until=300)
    stepped = word
    for second in range(1, 301):
        stepped = funding.accrued(stepped, second)
    assert 0 <= stepped.funding - funding.accrued(word, 300).funding <= 300


def test_funding_of_a_trade_begins_when_it_is_made() -> None:
    """Whoever comes later pays nothing of what was before, whoever was there pays all of it."""
    exchange, buyer, _ = with_rate(4_000_000)
    late = fund(exchange, MAKER, 10**4)
    exchange.time += 60
    trade(exchange, (MAKER, late), (LONG, buyer), 1_000)
    index = funding.index_now(exchange.state, PERP_MARKET)
    assert index > 0
    assert position(exchange, late).funding_entry == index >> 14
    units = {
        one: positions.unsettled_now(exchange.state, one, PERP_MARKET) for one in (late, buyer)
    }
    assert units == {late: 0, buyer: -1_000 * index}
    assert_sound(exchange)


# ---------------------------------------------------------------------- prices


def test_price_moves_mark_and_band_and_accrues_at_the_old_mark() -> None:
    exchange, _, _ = with_rate(10_000)
    begun, began = mark_word(exchange), exchange.time
    jump(exchange, 2_050)
    exchange.time += 99
    jump(exchange, 2_100)
    first = begun.mark * 2**16 * 10_000 // (28_800 * 10**8)
    second = 20_500 * Q24 * 2**16 * 10_000 * 100 // (28_800 * 10**8)
    assert exchange.time == began + 101
    moved, updated, marked = exchange.events
    assert isinstance(updated, PriceUpdated)
    assert moved == PriceMoved(1, exchange.time + 10)
    assert marked == MarkUpdated(PERP_MARKET, 21_000 * Q24, first + second, 10_000, exchange.time)
    assert (book_word(exchange).highest_bid, book_word(exchange).lowest_ask) == (22_050, 19_950)


def test_price_that_waits_widens_the_band_and_leaves_the_mark() -> None:
    exchange, _, _ = with_rate(10_000)
    begun = mark_word(exchange)
    exchange.time += 10
    exchange.feeds[FEED].post(1, 3_000 * DOLLAR, exchange.time)
    exchange.poke([1])
    moved, event = exchange.events
    assert (type(moved), type(event)) == (PriceMoved, PriceJumped)
    assert mark_word(exchange) == begun
    book = book_word(exchange)
    assert (book.highest_bid, book.lowest_ask, book.unconfirmed) == (31_500, 19_000, 1)
    exchange.poke_markets([PERP_MARKET])
    assert book_word(exchange) == book
    assert mark_word(exchange).mark == begun.mark
    exchange.time += 3
    exchange.feeds[FEED].post(1, 3_000 * DOLLAR, exchange.time)
    exchange.poke([1])
    book = book_word(exchange)
    assert (book.highest_bid, book.lowest_ask, book.unconfirmed) == (31_500, 28_500, 0)
    assert mark_word(exchange).mark == 30_000 * Q24


def test_mark_is_what_a_position_is_worth() -> None:
    exchange, buyer, seller = with_rate(0)
    move(exchange, 2_100)
    margin, _ = exchange.preview_margin(buyer)
    assert margin.equity_atoms == 10**10 + 1_000 * LOT_ATOMS // 20
    margin, _ = exchange.preview_margin(seller)
    assert margin.equity_atoms == 10**10 - 1_000 * LOT_ATOMS // 20

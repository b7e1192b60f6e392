"""Orders on a perp: positions, open interest, caps, and what only reduces."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.perps import (
    FEES,
    PERP_MARKET,
    TERMS,
    TICK,
    assert_sound,
    book_word,
    cash_of,
    change,
    fund,
    make_perps,
    mark_word,
    move,
    perp_order,
    position,
    tape_word,
    trade,
)
from tests.model.setting import LISTER, MARKET
from worldmarkets.model import Exchange, OrderResult, Refusal, Removal, Side, accounts, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import (
    BelowInitialMargin,
    NotFilledWhole,
    NothingToReduce,
    OpenInterestCapReached,
    PositionCapReached,
    TooManyAssets,
    TooMuchOpen,
)
from worldmarkets.model.perp_words import Q24, MarkWord, PositionWord, cap_of, code_of
from worldmarkets.model.perps import positions
from worldmarkets.model.records import Filled, Removed, Skipped, Taken
from worldmarkets.model.words import AccountWord, TapeWord

A, B, C = 0x11, 0x22, 0x33
IOC = Tif.IMMEDIATE_OR_CANCEL
PERP = slots.mark(PERP_MARKET)


@pytest.fixture
def exchange() -> Exchange:
    return make_perps()


def rich(exchange: Exchange, owner: int) -> tuple[int, int]:
    return owner, fund(exchange, owner, 10**7)


def caps(exchange: Exchange, open_interest: int, of_position: int = 2**24) -> None:
    exchange.set_perp_limits(LISTER, PERP_MARKET, open_interest, of_position)


def sizes(exchange: Exchange, *who: tuple[int, int]) -> list[int]:
    return [position(exchange, account).size for _, account in who]


# ---------------------------------------------------------------------- trades


def test_trade_books_price_and_fees_of_both_sides() -> None:
    exchange = make_perps(FEES)
    buyer, seller = rich(exchange, A), rich(exchange, B)
    resting = exchange.place(*seller, perp_order(Side.ASK, 20_001, 3))
    result = exchange.place(*buyer, perp_order(Side.BID, 20_001, 3))
    assert result == OrderResult(0, 3, 0)
    # 3 lots · 20,001 ticks · 100 atoms = 6,000,300; 350 ppm are 2,100.105, 100 ppm 600.03.
    fee, rebate = -(-2_101 * Q24 // 100), 600 * Q24 // 100
    booked = 3 * 20_001 * Q24
    assert position(exchange, buyer[1]) == PositionWord(size=3, cash=-booked - fee, touched=1)
    assert position(exchange, seller[1]) == PositionWord(size=-3, cash=booked + rebate, touched=1)
    tape = tape_word(exchange)
    assert (tape.open_interest, tape.last, tape.fees, tape.sequence) == (3, 20_001, 1_501, 1)
    (records,) = exchange.events
    taken = Taken(6_000_300, 2_101, 3, 1, PERP_MARKET, 0)
    assert records.records == (Filled(resting.order_id, 3, seller[1], 1, 1, 1), taken)
    assert cash_of(exchange, buyer[1]) == cash_of(exchange, seller[1]) == 10**13
    for account in (buyer[1], seller[1]):
        word = exchange.state.load(AccountWord, slots.account(account))
        assert (word.perps, word.assets) == (0b10, 0b1)
    assert_sound(exchange, 3)


def test_fee_units_are_rounded_against_the_account_where_a_tick_is_no_power_of_two() -> None:
    exchange = make_perps(replace(FEES, tick_value=9))
    buyer, seller = rich(exchange, A), rich(exchange, B)
    tick = 2_000_000 // 9
    trade(exchange, buyer, seller, 3, tick)
    notional = 3 * tick * 9
    fee, rebate = -(-notional * 350 // 10**6), notional * 100 // 10**6
    assert position(exchange, buyer[1]).cash == -3 * tick * Q24 - -(-fee * Q24 // 9)
    assert position(exchange, seller[1]).cash == 3 * tick * Q24 + rebate * Q24 // 9
    assert 0 not in (fee % 9, rebate % 9), "the rounding is looked at"
    assert_sound(exchange, 3)


def test_position_flips_through_zero(exchange: Exchange) -> None:
    a, b, c = rich(exchange, A), rich(exchange, B), rich(exchange, C)
    change(exchange, MarkWord, PERP, funding=5 << 40)
    trade(exchange, a, b, 10)
    change(exchange, MarkWord, PERP, funding=9 << 40)
    trade(exchange, c, a, 25)
    assert sizes(exchange, a, b, c) == [-15, -10, 25]
    word = position(exchange, a[1])
    assert word.cash == (-10 * (TICK - 5) + 25 * (TICK - 9)) * Q24
    assert word.funding_entry == 9 << 10
    assert position(exchange, b[1]).funding_entry == 5 << 10
    assert tape_word(exchange).open_interest == 25
    # Long 10 while 4 ticks of funding were paid.
    index, mark = 9 * Q24, mark_word(exchange).mark
    assert positions.unsettled_units(word, mark, index) == -40 * Q24
    assert_sound(exchange)


def test_position_taker_meets_makers_on_both_sides_of_zero(exchange: Exchange) -> None:
    a, b, c = rich(exchange, A), rich(exchange, B), rich(exchange, C)
    trade(exchange, a, b, 7)
    exchange.place(*a, perp_order(Side.ASK, TICK, 12))
    exchange.place(*c, perp_order(Side.ASK, TICK, 4))
    exchange.place(*b, perp_order(Side.BID, TICK, 16, time_in_force=IOC))
    assert sizes(exchange, a, b, c) == [-5, 9, -4]
    assert tape_word(exchange).open_interest == 9
    assert_sound(exchange)


@given(buyer=st.integers(-50, 50), seller=st.integers(-50, 50), lots=st.integers(1, 60))
def test_open_interest_change_is_what_is_held_long_more(buyer: int, seller: int, lots: int) -> None:
    rest = -(buyer + seller)

    def held(*each: int) -> int:
        return sum(size for size in each if size > 0)

    change = positions.open_interest_change(buyer, seller, lots)
    assert change == held(buyer + lots, seller - lots, rest) - held(buyer, seller, rest)
    if lots <= max(0, -buyer, seller):
        assert change <= 0


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(-(10**9), 10**9)), min_size=1))
def test_entry_is_the_average_index_of_what_was_bought(bought: list[tuple[int, int]]) -> None:
    size, entry, exact = 0, 0, Fraction(0)
    for lots, index in bought:
        entry = positions.entry_after(entry, size, size + lots, index << 14)
        exact = (exact * size + index * lots) / (size + lots)
        size += lots
    signed = (entry + 2**33) % 2**34 - 2**33
    assert abs(signed - exact) <= len(bought)
    assert positions.entry_after(entry, size, size - 1, 77 << 14) == (entry if size > 1 else 77)
    assert positions.entry_after(entry, size, -1, 77 << 14) == 77
    mirrored = positions.entry_after(entry, -size, -size - 5, 77 << 14)
    assert mirrored == positions.entry_after(entry, size, size + 5, 77 << 14)


# ---------------------------------------------------------------------- caps


@pytest.mark.parametrize("code", [0, 1, 7, 8, 9, 15, 127, 168, 254, 255])
def test_cap_code_there_and_back(code: int) -> None:
    assert code_of(cap_of(code)) == code
    assert cap_of(code) == (8 + code % 8) * 2 ** (code // 8)
    assert cap_of(code) < 2**35


@pytest.mark.parametrize("cap", [0, 1, 7, 17, 2**24 + 1, 2**35, 2**39])
def test_cap_without_a_code(cap: int) -> None:
    assert code_of(cap) is None


def test_place_beyond_the_position_cap_is_refused(exchange: Exchange) -> None:
    a, b = rich(exchange, A), rich(exchange, B)
    caps(exchange, 2**30, 15)
    trade(exchange, a, b, 6)
    exchange.place(*a, perp_order(Side.BID, TICK - 100, 5))
    before = dict(exchange.state.words)
    with pytest.raises(PositionCapReached) as refused:
        exchange.place(*a, perp_order(Side.BID, TICK - 100, 5))
    assert refused.value.arguments == (a[1], PERP_MARKET, 16, 15)
    with pytest.raises(PositionCapReached) as refused:
        exchange.place(*b, perp_order(Side.ASK, TICK + 100, 10))
    assert refused.value.arguments == (b[1], PERP_MARKET, 16, 15)
    assert exchange.state.words == before
    # The other way there is room for what is closed, too.
    assert exchange.place(*a, perp_order(Side.ASK, TICK + 100, 21)).resting_lots == 21
    assert exchange.place(*a, perp_order(Side.BID, TICK - 100, 4)).resting_lots == 4


def test_batch_skips_what_is_beyond_the_position_cap(exchange: Exchange) -> None:
    a = rich(exchange, A)
    caps(exchange, 2**30, 8)
    places = [perp_order(Side.BID, TICK, 9), perp_order(Side.BID, TICK, 8)]
    _, results = exchange.batch(*a, [], places, 2**64, False)
    assert [result.refusal for result in results] == [Refusal.POSITION_CAP, Refusal.NONE]
    assert exchange.events[0].records[0] == Skipped(0, Refusal.POSITION_CAP)
    assert position(exchange, a[1]).open_bids == 8


def test_maker_beyond_a_lowered_cap_is_cut_and_goes(exchange: Exchange) -> None:
    a, b = rich(exchange, A), rich(exchange, B)
    trade(exchange, a, b, 6)
    resting = exchange.place(*a, perp_order(Side.BID, TICK, 10)).order_id
    full = exchange.place(*a, perp_order(Side.BID, TICK, 4)).order_id
    caps(exchange, 2**30, 8)
    result = exchange.place(*rich(exchange, C), perp_order(Side.ASK, TICK, 5, time_in_force=IOC))
    assert result.filled_lots == 2
    records = exchange.events[0].records[:3]
    assert records == (
        Filled(resting, 2, a[1], 2, 0, 1),
        Removed(resting, 8, a[1], Removal.POSITION_CAP),
        Removed(full, 4, a[1], Removal.POSITION_CAP),
    )
    assert position(exchange, a[1]).size == 8
    assert position(exchange, a[1]).open_bids == 0
    assert_sound(exchange)


def test_open_interest_at_its_cap_stops_the_taker(exchange: Exchange) -> None:
    a, b, c = rich(exchange, A), rich(exchange, B), rich(exchange, C)
    caps(exchange, 10)
    trade(exchange, a, b, 7)
    exchange.place(*a, perp_order(Side.ASK, TICK, 4))
    resting = exchange.place(*b, perp_order(Side.ASK, TICK, 9)).order_id
    # 4 are sold by who is long; of the rest 3 have room, and what is left does not rest.
    result = exchange.place(*c, perp_order(Side.BID, TICK, 12))
    assert result == OrderResult(0, 7, 0)
    assert sizes(exchange, a, b, c) == [3, -10, 7]
    assert tape_word(exchange).open_interest == 10
    assert position(exchange, b[1]).open_asks == 6
    before = dict(exchange.state.words)
    with pytest.raises(OpenInterestCapReached) as refused:
        exchange.place(*c, perp_order(Side.BID, TICK, 1))
    assert refused.value.arguments == (PERP_MARKET, 10, 10)
    with pytest.raises(NotFilledWhole):
        exchange.place(*c, perp_order(Side.BID, TICK, 1, time_in_force=Tif.FILL_OR_KILL))
    assert exchange.state.words == before
    _, results = exchange.batch(*c, [], [perp_order(Side.BID, TICK, 1)], 2**64, False)
    assert results == [OrderResult(refusal=Refusal.OPEN_INTEREST_CAP)]
    exchange.cancel(*b, resting)
    assert_sound(exchange)


def test_open_interest_beyond_a_lowered_cap_only_closes(exchange: Exchange) -> None:
    a, b, c = rich(exchange, A), rich(exchange, B), rich(exchange, C)
    trade(exchange, a, b, 7)
    caps(exchange, 3)
    trade(exchange, c, a, 5)
    assert sizes(exchange, a, b, c) == [2, -7, 5]
    assert tape_word(exchange).open_interest == 7
    trade(exchange, b, c, 9)
    # Seven lots close a short, the other two would be new ones.
    assert sizes(exchange, a, b, c) == [2, 0, -2]
    assert tape_word(exchange).open_interest == 2
    assert_sound(exchange)


def test_capped_taker_does_not_rest_though_the_maker_has_gone(exchange: Exchange) -> None:
    exchange = make_perps(replace(TERMS, min_lots=5))
    a, b = rich(exchange, A), rich(exchange, B)
    caps(exchange, 8)
    resting = exchange.place(*b, perp_order(Side.ASK, TICK, 10)).order_id
    result = exchange.place(*a, perp_order(Side.BID, TICK, 20))
    assert result == OrderResult(0, 8, 0)
    assert Removed(resting, 2, b[1], Removal.DUST) in exchange.events[0].records
    assert (book_word(exchange).best_bid, book_word(exchange).best_ask) == (0, 2**24 - 1)


def test_open_total_has_a_limit(exchange: Exchange) -> None:
    a = rich(exchange, A)
    slot = slots.position(a[1], 1)
    change(exchange, PositionWord, slot, open_bids=2**40 - 3, size=-(2**35) + 1, touched=1)
    change(exchange, MarkWord, PERP, cap_code=255)
    before = dict(exchange.state.words)
    with pytest.raises(PositionCapReached):
        exchange.place(*a, perp_order(Side.BID, TICK, 3))
    change(exchange, PositionWord, slot, open_asks=2**40 - 3, size=2**35 - 1, open_bids=0)
    before = dict(exchange.state.words)
    order = perp_order(Side.ASK, TICK, 3, reduce_only=True)
    with pytest.raises(TooMuchOpen) as refused:
        exchange.place(*a, order)
    assert refused.value.arguments == (a[1], 1)
    assert exchange.state.words == before


def test_account_uses_sixteen_perps_at_most(exchange: Exchange) -> None:
    a = rich(exchange, A)
    change(exchange, AccountWord, slots.account(a[1]), perps=0xFFFF << 4)
    before = dict(exchange.state.words)
    with pytest.raises(TooManyAssets) as refused:
        exchange.place(*a, perp_order(Side.BID, TICK, 3))
    assert refused.value.arguments == (a[1], 17, 16)
    assert exchange.state.words == before
    change(exchange, AccountWord, slots.account(a[1]), perps=0x7FFF << 4)
    assert accounts.used_perps(exchange.state, a[1]) == list(range(4, 19))
    assert accounts.check_use_perp(exchange.state, a[1], 1).perps == 0x7FFF << 4 | 2


# ---------------------------------------------------------------------- reducing


def test_reduce_only_taker_is_cut_to_the_position(exchange: Exchange) -> None:
    a, b, c = rich(exchange, A), rich(exchange, B), rich(exchange, C)
    trade(exchange, a, b, 6)
    exchange.place(*c, perp_order(Side.BID, TICK, 20))
    order = perp_order(Side.ASK, TICK, 50, reduce_only=True)
    assert exchange.place(*a, order).filled_lots == 6
    before = dict(exchange.state.words)
    for side in Side:
        with pytest.raises(NothingToReduce) as refused:
            exchange.place(*a, perp_order(side, TICK, 5, reduce_only=True))
        assert refused.value.arguments == (a[1], PERP_MARKET, 0)
    with pytest.raises(NothingToReduce):
        exchange.place(*b, perp_order(Side.ASK, TICK, 5, reduce_only=True))
    assert exchange.state.words == before


def test_reduce_only_maker_is_cut_to_the_position(exchange: Exchange) -> None:
    a, b, c = rich(exchange, A), rich(exchange, B), rich(exchange, C)
    trade(exchange, a, b, 6)
    resting = exchange.place(*a, perp_order(Side.ASK, TICK, 6, reduce_only=True)).order_id
    trade(exchange, b, a, 4, tick=TICK - 1)
    result = exchange.place(*c, perp_order(Side.BID, TICK, 5, time_in_force=IOC))
    assert result.filled_lots == 2
    assert exchange.events[0].records[:2] == (
        Filled(resting, 2, a[1], 3, 1, 1),
        Removed(resting, 4, a[1], Removal.NOTHING_TO_REDUCE),
    )
    assert sizes(exchange, a, b, c) == [0, -2, 2]
    assert_sound(exchange)


def test_open_interest_never_cuts_what_a_reduce_only_maker_closes(exchange: Exchange) -> None:
    a, b, c = rich(exchange, A), rich(exchange, B), rich(exchange, C)
    trade(exchange, a, b, 6)
    exchange.place(*a, perp_order(Side.ASK, TICK, 6, reduce_only=True))
    caps(exchange, 1)
    assert exchange.place(*c, perp_order(Side.BID, TICK, 6)).filled_lots == 6
    assert tape_word(exchange).open_interest == 6
    assert_sound(exchange)


def test_orders_cancelled_and_reduced_lower_the_open_total(exchange: Exchange) -> None:
    a = rich(exchange, A)
    ids = [exchange.place(*a, perp_order(Side.BID, TICK - 9, 10)).order_id for _ in range(2)]
    exchange.reduce(*a, ids[0], 4)
    assert position(exchange, a[1]).open_bids == 14
    exchange.cancel(*a, ids[1])
    assert position(exchange, a[1]).open_bids == 4
    assert_sound(exchange)
    exchange.cancel(*a, ids[0])
    assert position(exchange, a[1]) == PositionWord(touched=1)


def test_order_that_comes_to_nothing_leaves_a_touched_word_and_no_use(exchange: Exchange) -> None:
    a = rich(exchange, A)
    result = exchange.place(*a, perp_order(Side.BID, TICK, 1, time_in_force=IOC))
    assert result == OrderResult()
    assert position(exchange, a[1]) == PositionWord(touched=1)
    assert accounts.used_perps(exchange.state, a[1]) == []


def test_maker_beyond_the_free_band_without_margin_goes(exchange: Exchange) -> None:
    a, b = (A, fund(exchange, A, 140)), rich(exchange, B)
    resting = exchange.place(*a, perp_order(Side.BID, TICK, 1_000)).order_id
    change(exchange, PositionWord, slots.position(a[1], 1), cash=-20 * 10**6 * Q24 // 100)
    move(exchange, 1_950)
    exchange.place(*b, perp_order(Side.ASK, TICK, 1_000, time_in_force=IOC))
    (removed,) = exchange.events[0].records
    assert removed == Removed(resting, 1_000, a[1], Removal.BELOW_MARGIN)


def test_maker_who_closes_a_position_at_a_loss_is_de_risking(exchange: Exchange) -> None:
    a, b = (A, fund(exchange, A, 150)), rich(exchange, B)
    trade(exchange, a, b, 1_000)
    move(exchange, 1_940)
    exchange.place(*a, perp_order(Side.ASK, 19_400, 1_000, reduce_only=True))
    move(exchange, 1_960)
    result = exchange.place(*b, perp_order(Side.BID, 19_400, 1_000))
    assert result.filled_lots == 1_000
    assert sizes(exchange, a, b) == [0, 0]
    assert_sound(exchange)


def test_place_refused_at_the_check_changes_nothing(exchange: Exchange) -> None:
    a, b = (A, fund(exchange, A, 100)), rich(exchange, B)
    exchange.place(*b, perp_order(Side.ASK, TICK, 1_000))
    before = dict(exchange.state.words)
    with pytest.raises(BelowInitialMargin) as refused:
        exchange.place(*a, perp_order(Side.BID, TICK, 1_000))
    # 6.5 % of 2,000 dollars.
    assert refused.value.arguments == (a[1], 100 * 10**6, 130 * 10**6)
    assert exchange.state.words == before
    tape = exchange.state.load(TapeWord, slots.tape(MARKET))
    assert tape.open_interest == 0

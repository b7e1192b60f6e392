"""Listing of perps, their limits, accounts of their own, and when they are no longer in use."""

from dataclasses import replace

import pytest

from tests.model.perps import (
    FEES,
    PERP_MARKET,
    TERMS,
    TICK,
    assert_sound,
    cash_of,
    fund,
    make_perps,
    mark_word,
    perp_order,
    pool_word,
    position,
    sample_word,
    tape_word,
    trade,
)
from tests.model.setting import FEED, LISTER, MARKET, make_exchange, set_price
from tests.support.system import DOLLAR
from worldmarkets.model import Exchange, OrderResult, Permission, Side, slots
from worldmarkets.model.errors import (
    AccessManagedUnauthorized,
    BelowInitialMargin,
    InvalidParameter,
    MarketAlreadyListed,
    MarketInUse,
    MarketPaused,
    NotAccountOwner,
    PriceUnavailable,
    UnknownMarket,
    UnlistedAsset,
    ZeroAmount,
)
from worldmarkets.model.events import (
    AccountCreated,
    BookRecords,
    MarketDeactivated,
    MarkUpdated,
    PerpLimitsSet,
    PerpMarketListed,
    Transferred,
)
from worldmarkets.model.interface import Refusal, Removal
from worldmarkets.model.perp_words import Q24, MarkWord, PerpPoolWord, SampleWord
from worldmarkets.model.words import BookWord, ConfigWord, TapeWord, UnderlyingWord

A, B = 0x11, 0x22


def test_list_perp_market_writes_its_words() -> None:
    exchange = make_exchange()
    assert exchange.list_perp_market(LISTER, 1, FEES) == PERP_MARKET
    listed, marked = exchange.events
    assert listed == PerpMarketListed(PERP_MARKET, 1, FEES)
    assert marked == MarkUpdated(PERP_MARKET, TICK * Q24, 0, 10_000, exchange.time)
    state = exchange.state
    assert state.load(ConfigWord, slots.config(PERP_MARKET)) == ConfigWord(
        1, 2, 500, 100_000, 20_000, 300, 4_000_000, 10_000, 50_000
    )
    book = state.load(BookWord, slots.book(PERP_MARKET))
    assert replace(book, atoms_per_lot=0) == BookWord(
        best_ask=2**24 - 1,
        highest_bid=21_000,
        lowest_ask=19_000,
        min_lots=1,
        tick_value=100,
        maker_ppm=-100,
    )
    # A new asset's own shock is all of it, and an eighth more for its size.
    assert (book.flat_until, book.flat_bps, book.flat_limit) == (exchange.time + 60, 11_250, 65_535)
    assert tape_word(exchange) == TapeWord(taker_ppm=350, touched=1, open_interest_cap=2**30)
    assert mark_word(exchange) == MarkWord(
        TICK * Q24, rate=10_000, time=exchange.time, tick_value=100, cap_code=168
    )
    assert mark_word(exchange).position_cap == 2**24
    assert sample_word(exchange) == SampleWord()
    assert pool_word(exchange) == PerpPoolWord(touched=1)


def test_list_perp_market_before_the_first_price_waits_for_it() -> None:
    exchange = make_exchange()
    price = exchange.state.load(UnderlyingWord, slots.underlying(1))
    exchange.state.store(slots.underlying(1), replace(price, price=0, slow_price=0))
    exchange.list_perp_market(LISTER, 1, TERMS)
    assert mark_word(exchange).mark == 0
    account = fund(exchange, A, 1_000)
    for action in (
        lambda: exchange.place(A, account, perp_order(Side.BID, TICK, 1)),
        lambda: exchange.poke_markets([PERP_MARKET]),
    ):
        with pytest.raises(PriceUnavailable):
            action()
    exchange.time += 1
    set_price(exchange, 2_000 * DOLLAR)
    assert mark_word(exchange).mark == TICK * Q24


@pytest.mark.parametrize(
    ("changed", "name", "value"),
    [
        ({"tick_value": 0}, "tickValue", 0),
        ({"atoms_per_lot": 999}, "atomsPerLot", 999),
        ({"min_lots": 0}, "minLots", 0),
        ({"band_bps": 0}, "bandBps", 0),
        ({"band_bps": 4_096}, "bandBps", 4_096),
        ({"taker_ppm": 99, "maker_ppm": -100}, "makerPpm", 2**16 - 100),
        ({"open_interest_cap_lots": 0}, "openInterestCapLots", 0),
        ({"open_interest_cap_lots": 2**39}, "openInterestCapLots", 2**39),
        ({"position_cap_lots": 0}, "positionCapLots", 0),
        ({"position_cap_lots": 17}, "positionCapLots", 17),
        ({"position_cap_lots": 2**35}, "positionCapLots", 2**35),
        ({"impact_notional": 0}, "impactNotional", 0),
        ({"mark_band_bps": 0}, "markBandBps", 0),
        ({"mark_band_bps": 4_096}, "markBandBps", 4_096),
        ({"funding_cap": 4_000_001}, "fundingCap", 4_000_001),
        ({"interest": 4_000_001}, "interest", 4_000_001),
        ({"clamp": 4_000_001}, "clamp", 4_000_001),
    ],
)
def test_list_perp_market_impossible_terms_are_refused(
    changed: dict[str, int], name: str, value: int
) -> None:
    exchange = make_exchange()
    before = dict(exchange.state.words)
    with pytest.raises(InvalidParameter) as refused:
        exchange.list_perp_market(LISTER, 1, replace(TERMS, **changed))
    assert refused.value.arguments == (name.encode().ljust(32, b"\0"), value)
    assert exchange.state.words == before


def test_list_perp_market_extreme_terms_are_taken() -> None:
    exchange = make_exchange()
    extreme = replace(
        TERMS,
        open_interest_cap_lots=2**39 - 1,
        position_cap_lots=15 << 31,
        impact_notional=2**32 - 1,
        mark_band_bps=4_095,
        interest=4_000_000,
        clamp=4_000_000,
    )
    exchange.list_perp_market(LISTER, 1, extreme)
    assert mark_word(exchange).position_cap == 15 << 31
    assert mark_word(exchange).rate == 4_000_000


def test_list_perp_market_who_what_and_twice() -> None:
    exchange = make_perps()
    before = dict(exchange.state.words)
    with pytest.raises(AccessManagedUnauthorized):
        exchange.list_perp_market(A, 1, TERMS)
    with pytest.raises(UnlistedAsset):
        exchange.list_perp_market(LISTER, 2, TERMS)
    with pytest.raises(InvalidParameter):
        exchange.list_perp_market(LISTER, 0, TERMS)
    with pytest.raises(MarketAlreadyListed) as refused:
        exchange.list_perp_market(LISTER, 1, TERMS)
    assert refused.value.arguments == (PERP_MARKET,)
    assert exchange.state.words == before


def test_set_perp_limits_changes_both_caps_and_nothing_else() -> None:
    exchange = make_perps()
    tape, mark = tape_word(exchange), mark_word(exchange)
    exchange.set_perp_limits(LISTER, PERP_MARKET, 100, 48)
    assert exchange.events == [PerpLimitsSet(PERP_MARKET, 100, 48)]
    assert tape_word(exchange) == replace(tape, open_interest_cap=100)
    assert mark_word(exchange) == replace(mark, cap_code=8 * 2 + 4)
    before = dict(exchange.state.words)
    with pytest.raises(AccessManagedUnauthorized):
        exchange.set_perp_limits(A, PERP_MARKET, 100, 48)
    with pytest.raises(UnknownMarket):
        exchange.set_perp_limits(LISTER, MARKET, 100, 48)
    for caps in ((0, 48), (2**39, 48), (100, 0), (100, 49 * 2**20 + 1)):
        with pytest.raises(InvalidParameter):
            exchange.set_perp_limits(LISTER, PERP_MARKET, *caps)
    assert exchange.state.words == before


def test_paused_perp_takes_only_what_reduces() -> None:
    exchange = make_perps()
    exchange.guardians = frozenset([0x6A])
    a, b = (A, fund(exchange, A, 1_000)), (B, fund(exchange, B, 1_000))
    trade(exchange, a, b, 10)
    exchange.place(*b, perp_order(Side.BID, TICK - 1, 10))
    exchange.pause_markets(0x6A, [PERP_MARKET], 1)
    before = dict(exchange.state.words)
    with pytest.raises(MarketPaused):
        exchange.place(*a, perp_order(Side.ASK, TICK - 1, 10))
    assert exchange.state.words == before
    result = exchange.place(*a, perp_order(Side.ASK, TICK - 1, 10, reduce_only=True))
    assert result.filled_lots == 10


def test_deactivate_market_when_nothing_of_it_is_left() -> None:
    exchange = make_perps()
    a, b = (A, fund(exchange, A, 1_000)), (B, fund(exchange, B, 1_000))
    resting = exchange.place(*a, perp_order(Side.BID, TICK - 1, 10)).order_id

    def refuses() -> None:
        before = dict(exchange.state.words)
        with pytest.raises(MarketInUse) as refused:
            exchange.deactivate_market(*a, PERP_MARKET)
        assert refused.value.arguments == (a[1], PERP_MARKET)
        assert exchange.state.words == before

    refuses()
    exchange.cancel(*a, resting)
    trade(exchange, a, b, 5)
    refuses()
    trade(exchange, b, a, 5, tick=TICK + 3)
    assert position(exchange, a[1]).size == 0
    refuses()
    exchange.settle(*b, PERP_MARKET)
    exchange.settle(*a, PERP_MARKET)
    with pytest.raises(NotAccountOwner):
        exchange.deactivate_market(B, a[1], PERP_MARKET)
    with pytest.raises(UnknownMarket):
        exchange.deactivate_market(*a, 514)
    exchange.deactivate_market(*a, PERP_MARKET)
    assert exchange.events == [MarketDeactivated(a[1], PERP_MARKET)]
    assert_sound(exchange)


def test_open_isolated_is_an_account_of_its_own() -> None:
    exchange = make_perps()
    a, b = (A, fund(exchange, A, 1_000)), (B, fund(exchange, B, 1_000))
    exchange.place(*b, perp_order(Side.ASK, TICK, 100))
    order = perp_order(Side.BID, TICK, 100)
    account, result = exchange.open_isolated(*a, 50 * 10**6, order)
    assert account == b[1] + 1
    assert result == OrderResult(0, 100, 0)
    created, transferred, records = exchange.events
    assert created == AccountCreated(account, A)
    assert transferred == Transferred(a[1], account, 0, 50 * 10**6, 950 * 10**6, 50 * 10**6)
    assert isinstance(records, BookRecords)
    assert records.account_id == account
    assert position(exchange, account).size == 100
    assert (cash_of(exchange, account), cash_of(exchange, a[1])) == (50 * 10**6, 950 * 10**6)
    assert_sound(exchange)


def test_open_isolated_refused_makes_no_account() -> None:
    exchange = make_perps()
    a, b = (A, fund(exchange, A, 1_000)), (B, fund(exchange, B, 1_000))
    exchange.place(*b, perp_order(Side.ASK, TICK, 1_000))
    exchange.set_operator(*a, 0x44, sum(Permission), 2**32 - 1, 10**12)
    order = perp_order(Side.BID, TICK, 1_000)
    before = dict(exchange.state.words)
    with pytest.raises(BelowInitialMargin):
        exchange.open_isolated(*a, 129 * 10**6, order)
    with pytest.raises(ZeroAmount):
        exchange.open_isolated(*a, 0, order)
    with pytest.raises(UnknownMarket):
        exchange.open_isolated(*a, 1, replace(order, market_id=514))
    for caller in (B, 0x44):
        with pytest.raises(NotAccountOwner):
            exchange.open_isolated(caller, a[1], 130 * 10**6, order)
    assert exchange.state.words == before
    assert exchange.events == []
    assert exchange.open_isolated(*a, 130 * 10**6, order)[1].filled_lots == 1_000


def test_numbers_of_refusals_and_removals() -> None:
    assert (Refusal.POSITION_CAP, Refusal.OPEN_INTEREST_CAP, Removal.POSITION_CAP) == (16, 17, 9)


def test_slots_of_perps() -> None:
    assert slots.position(3, 2) == 4 << 64 | 0x302
    assert slots.mark(PERP_MARKET) == 10 << 64 | 513
    assert slots.sample(PERP_MARKET) == 25 << 64 | 513
    assert slots.perp_pool(PERP_MARKET) == 26 << 64 | 513


def test_price_of_an_asset_without_a_perp_moves_no_mark() -> None:
    exchange = make_exchange()
    exchange.time += 1
    exchange.feeds[FEED].post(1, 2_001 * DOLLAR, exchange.time)
    exchange.poke([1])
    assert len(exchange.events) == 1
    assert isinstance(exchange, Exchange)
    assert slots.mark(PERP_MARKET) not in exchange.state.words

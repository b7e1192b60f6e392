"""The model by itself: what-if, all or nothing, and cases that the random flows rarely meet."""

import copy

import pytest

from tests.model.setting import (
    EXCHANGE,
    MARKET,
    QUOTE,
    WIDE,
    add_user,
    balance,
    make_exchange,
    set_price,
)
from worldmarkets.model import (
    Exchange,
    OrderRequest,
    OrderResult,
    Refusal,
    Side,
    SpotTerms,
    WordReader,
    slots,
)
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import (
    FractionalAtoms,
    InsufficientBalance,
    LevelFull,
    NotFilledWhole,
    TooMuchOpen,
)
from worldmarkets.model.interface import Removal
from worldmarkets.model.records import Filled, Placed, Removed, Skipped, Taken
from worldmarkets.model.words import BookWord, LedgerWord, LevelWord

MAKER, TAKER = 0x11, 0x22
HUGE = SpotTerms(**{**WIDE.__dict__, "atoms_per_lot": 2**63})
"""With atoms of 1e-18 dollars, a lot is worth 9.2 dollars."""


@pytest.fixture
def exchange() -> Exchange:
    return make_exchange()


def bid(tick: int, lots: int, tif: Tif = Tif.GOOD_TILL_CANCELLED, fills: int = 64) -> OrderRequest:
    return OrderRequest(MARKET, Side.BID, tick, lots, tif, fills)


def ask(tick: int, lots: int, tif: Tif = Tif.GOOD_TILL_CANCELLED, fills: int = 64) -> OrderRequest:
    return OrderRequest(MARKET, Side.ASK, tick, lots, tif, fills)


def test_place_taker_pays_fee_up_and_maker_gets_rebate_down(exchange: Exchange) -> None:
    maker, taker = add_user(exchange, MAKER), add_user(exchange, TAKER)
    maker_cash, taker_cash = balance(exchange, maker, 0), balance(exchange, taker, 0)
    resting = exchange.place(MAKER, maker, ask(20_001, 3)).order_id
    result = exchange.place(TAKER, taker, bid(20_001, 3))
    # 3 lots · 20,001 ticks · 100 atoms = 6,000,300; 350 ppm are 2,100.105, 100 ppm 600.03.
    assert result == OrderResult(0, 3, 0)
    assert balance(exchange, taker, 0) == taker_cash - 6_000_300 - 2_101
    assert balance(exchange, maker, 0) == maker_cash + 6_000_300 + 600
    filled = Filled(resting, 3, maker, 1, is_ask=1, gone=1)
    assert exchange.events[0].records == (filled, Taken(6_000_300, 2_101, 3, 1, MARKET, 0))


def test_what_if_on_a_copy_leaves_the_original(exchange: Exchange) -> None:
    maker = add_user(exchange, MAKER)
    what_if = copy.deepcopy(exchange)
    assert what_if.place(MAKER, maker, ask(20_000, 5)).resting_lots == 5
    assert exchange.state.load(BookWord, slots.book(MARKET)).best_ask == 2**24 - 1


def test_what_if_on_words_read_says_what_will_happen(exchange: Exchange) -> None:
    maker, taker = add_user(exchange, MAKER), add_user(exchange, TAKER)
    exchange.place(MAKER, maker, ask(20_000, 5))
    before = dict(exchange.state.words)
    reader = WordReader(lambda wanted: [exchange.state.load_raw(slot) for slot in wanted])
    what_if = Exchange(EXCHANGE, reader, time=exchange.time)
    with pytest.raises(NotFilledWhole):
        what_if.place(TAKER, taker, bid(20_000, 6, Tif.FILL_OR_KILL))
    foreseen = what_if.place(TAKER, taker, bid(20_000, 8))
    assert exchange.state.words == before
    assert exchange.place(TAKER, taker, bid(20_000, 8)) == foreseen
    assert exchange.events == what_if.events


def test_place_refused_at_the_check_changes_nothing(exchange: Exchange) -> None:
    maker, poor = add_user(exchange, MAKER), add_user(exchange, TAKER, dollars=1, tokens=0)
    exchange.place(MAKER, maker, ask(20_000, 5))
    before = dict(exchange.state.words)
    with pytest.raises(InsufficientBalance) as refused:
        exchange.place(TAKER, poor, bid(20_000, 5, Tif.IMMEDIATE_OR_CANCEL))
    # 5 lots cost 10,000,000 and 3,500 of fee; there were 1,000,000.
    assert refused.value.arguments == (poor, 0, -9_003_500, 0)
    assert exchange.state.words == before
    assert exchange.events == []


def test_deposit_fraction_of_an_atom_moves_no_token(exchange: Exchange) -> None:
    account = add_user(exchange, MAKER, dollars=1)
    token = exchange.tokens[QUOTE]
    token.draw(MAKER, 10**18)
    with pytest.raises(FractionalAtoms):
        exchange.deposit(MAKER, account, 0, 10**12 + 1)
    assert token.balance_of(MAKER) == 10**18
    assert token.balance_of(EXCHANGE) == 10**18


def test_place_level_full_is_refused(exchange: Exchange) -> None:
    maker = add_user(exchange, MAKER)
    exchange.place(MAKER, maker, ask(20_000, 5))
    slot = slots.level(MARKET, 20_000)
    word = exchange.state.load(LevelWord, slot)
    exchange.state.store(slot, LevelWord(**{**word.__dict__, "live": 2**16 - 1}))
    before = dict(exchange.state.words)
    with pytest.raises(LevelFull):
        exchange.place(MAKER, maker, ask(20_000, 5))
    assert exchange.state.words == before


def test_place_fill_or_kill_short_by_a_lot_changes_nothing(exchange: Exchange) -> None:
    maker, taker = add_user(exchange, MAKER), add_user(exchange, TAKER)
    exchange.place(MAKER, maker, ask(20_000, 5))
    before = dict(exchange.state.words)
    with pytest.raises(NotFilledWhole) as refused:
        exchange.place(TAKER, taker, bid(20_000, 6, Tif.FILL_OR_KILL))
    assert refused.value.arguments == (5, 6)
    _, results = exchange.batch(TAKER, taker, [], [bid(20_000, 6, Tif.FILL_OR_KILL)], 1_000, False)
    assert results == [OrderResult(refusal=Refusal.NOT_FILLED_WHOLE)]
    assert exchange.state.words == before
    assert exchange.events[0].records == (Skipped(0, Refusal.NOT_FILLED_WHOLE),)


def test_batch_order_refused_after_removing_a_maker_leaves_the_book_in_order() -> None:
    exchange = make_exchange(HUGE, price=10**8)
    maker, taker = add_user(exchange, MAKER), add_user(exchange, TAKER)
    top = exchange.state.load(BookWord, slots.book(MARKET)).highest_bid
    resting = give_base(exchange, maker, top)
    set_price(exchange, 3 * 10**8)
    book = exchange.state.load(BookWord, slots.book(MARKET))
    assert top < book.lowest_ask, "the maker's ask is now outside the band"
    order = bid(book.lowest_ask, 2**14)
    with pytest.raises(TooMuchOpen):
        exchange.place(TAKER, taker, order)
    _, results = exchange.batch(TAKER, taker, [], [order], exchange.time, False)
    assert results == [OrderResult(refusal=Refusal.TOO_MUCH_OPEN)]
    removed = Removed(resting, 1, maker, Removal.OUTSIDE_BAND)
    assert exchange.events[0].records == (removed, Skipped(0, Refusal.TOO_MUCH_OPEN))
    assert exchange.state.load(BookWord, slots.book(MARKET)).best_ask == 2**24 - 1


def give_base(exchange: Exchange, maker: int, tick: int) -> int:
    """Rest an ask of one huge lot, and return its id."""
    slot = slots.ledger(maker, 1)
    exchange.state.store(slot, LedgerWord(touched=1, balance=2**63))
    result = exchange.place(MAKER, maker, ask(tick, 1))
    assert exchange.events[0].records == (Placed(result.order_id, 1, is_ask=1),)
    return result.order_id


def test_place_maker_below_his_bid_is_cut_to_the_lot(exchange: Exchange) -> None:
    maker, taker = add_user(exchange, MAKER, dollars=30), add_user(exchange, TAKER)
    resting = exchange.place(MAKER, maker, bid(20_000, 10)).order_id
    # What the maker has left now pays 4 lots of 2,000,000 less the rebate of 200, and not 5.
    slot = slots.ledger(maker, 0)
    exchange.state.store(slot, LedgerWord(touched=1, balance=5 * 1_999_800 - 1))
    result = exchange.place(TAKER, taker, ask(20_000, 10, Tif.IMMEDIATE_OR_CANCEL))
    assert result == OrderResult(0, 4, 0)
    assert exchange.events[0].records[:2] == (
        Filled(resting, 4, maker, 1, is_ask=0, gone=1),
        Removed(resting, 6, maker, Removal.UNPAYABLE),
    )
    assert balance(exchange, maker, 0) == 1_999_799

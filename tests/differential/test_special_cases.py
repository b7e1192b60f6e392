"""Cases that random actions reach rarely or never, each on model and chain at once."""

from collections.abc import Iterator

import pytest

from tests.differential.setting import ASSETS, HUGE_MARKET, MARKETS, PRICES, USERS
from tests.support.backend import rolled_back
from tests.support.mirror import Mirror
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.system import ETH_MARKET, INSURANCE_PPM, System, deploy_system
from worldmarkets.model import OrderRequest, OrderResult, Refusal, Removal, Side, slots
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.accounts import ledger
from worldmarkets.model.errors import InsufficientBalance, TooMuchHeld, TooMuchOpen
from worldmarkets.model.records import Filled, Removed, Skipped, Taken
from worldmarkets.model.words import MAX_HELD_ATOMS, BookWord

MAKER, TAKER = USERS[:2]
FOREVER = 2**64 - 1
HUGE_PRICE_TICK = 1_152


@pytest.fixture(scope="module")
def fresh_system() -> System:
    return deploy_system(PyrevmBackend(), assets=ASSETS, markets=MARKETS)


@pytest.fixture
def mirror(fresh_system: System) -> Iterator[Mirror]:
    owners = dict(fresh_system.owners)
    with rolled_back(fresh_system.backend):
        yield Mirror(fresh_system, ASSETS, MARKETS, INSURANCE_PPM)
    fresh_system.owners = owners


def book(mirror: Mirror, market: int) -> BookWord:
    return mirror.model.state.load(BookWord, slots.book(market))


def test_batch_order_refused_after_removing_makers_agrees(mirror: Mirror) -> None:
    maker = mirror.new_user(MAKER, {3: 2**64})
    taker = mirror.new_user(TAKER, {0: 10**6 * 10**18})
    order = OrderRequest(HUGE_MARKET, Side.ASK, HUGE_PRICE_TICK, 3)
    resting = mirror.place(MAKER, maker, order).order_id
    mirror.post_price(3, PRICES[3] * 2)
    mirror.poke(MAKER, [3])
    too_large = OrderRequest(HUGE_MARKET, Side.BID, book(mirror, HUGE_MARKET).lowest_ask, 2**16)
    with pytest.raises(TooMuchOpen):
        mirror.place(TAKER, taker, too_large)
    _, results = mirror.batch(TAKER, taker, [], [too_large], FOREVER, False)
    assert results == [OrderResult(refusal=Refusal.TOO_MUCH_OPEN)]
    assert mirror.records() == (
        Removed(resting, 3, maker, Removal.OUTSIDE_BAND),
        Skipped(0, Refusal.TOO_MUCH_OPEN),
    )
    assert book(mirror, HUGE_MARKET).best_ask == 2**24 - 1
    assert mirror.place(TAKER, taker, OrderRequest(HUGE_MARKET, Side.BID, 2_000, 5)).resting_lots


def test_place_remainder_too_large_to_rest_after_a_fill_is_dropped(mirror: Mirror) -> None:
    maker = mirror.new_user(MAKER, {3: 2**64})
    taker = mirror.new_user(TAKER, {0: 10**6 * 10**18})
    mirror.place(MAKER, maker, OrderRequest(HUGE_MARKET, Side.ASK, HUGE_PRICE_TICK, 3))
    order = OrderRequest(HUGE_MARKET, Side.BID, HUGE_PRICE_TICK, 2**16 + 3)
    assert mirror.place(TAKER, taker, order) == OrderResult(0, 3, 0)


def test_fill_of_a_maker_without_cash_marks_his_word_as_touched(mirror: Mirror) -> None:
    """R3: a word used once is never zero again, whoever used it first."""
    maker = mirror.new_user(MAKER, {1: 10**18})
    taker = mirror.new_user(TAKER, {0: 10**5 * 10**18})
    mirror.place(MAKER, maker, OrderRequest(ETH_MARKET, Side.ASK, 20_000, 10))
    mirror.place(TAKER, taker, OrderRequest(ETH_MARKET, Side.BID, 20_000, 10))
    cash = ledger(mirror.model.state, maker, 0).balance
    mirror.withdraw(MAKER, maker, 0, cash * 10**12, MAKER)
    assert mirror.system.read_word(slots.ledger(maker, 0)) != 0


def test_deposit_up_to_the_most_held_is_accepted_and_no_atom_more(mirror: Mirror) -> None:
    holder = mirror.new_user(MAKER, {3: MAX_HELD_ATOMS - 1})
    mirror.mint(MAKER, 3, 2)
    with pytest.raises(TooMuchHeld):
        mirror.deposit(MAKER, holder, 3, 2)
    assert mirror.deposit(MAKER, holder, 3, 1) == 1


def test_batch_of_cancels_alone_passes_for_an_account_that_is_short(mirror: Mirror) -> None:
    """A price that rises makes open bids dearer than the cash behind them."""
    maker = mirror.new_user(MAKER, {0: 2_100 * 10**18})
    orders = [OrderRequest(ETH_MARKET, Side.BID, 20_000, lots) for lots in (900, 100)]
    ids = [mirror.place(MAKER, maker, order).order_id for order in orders]
    mirror.post_price(1, PRICES[1] * 12 // 10)
    mirror.poke(MAKER, [1])
    small = OrderRequest(ETH_MARKET, Side.BID, 20_000, 1)
    with pytest.raises(InsufficientBalance):
        mirror.batch(MAKER, maker, [], [small], FOREVER, False)
    lots, _ = mirror.batch(MAKER, maker, ids[1:], [], FOREVER, True)
    assert lots == [100]
    with pytest.raises(InsufficientBalance):
        mirror.batch(MAKER, maker, [], [small], FOREVER, False)


def test_batch_own_ask_met_after_its_base_was_sold_is_removed(mirror: Mirror) -> None:
    maker = mirror.new_user(MAKER, {0: 10**5 * 10**18})
    washer = mirror.new_user(TAKER, {0: 10**5 * 10**18, 1: 10**16})
    mirror.place(MAKER, maker, OrderRequest(ETH_MARKET, Side.BID, 19_990, 10))
    ioc = Tif.IMMEDIATE_OR_CANCEL
    places = [
        OrderRequest(ETH_MARKET, Side.ASK, 20_000, 10),
        OrderRequest(ETH_MARKET, Side.ASK, 19_990, 10, ioc),
        OrderRequest(ETH_MARKET, Side.BID, 20_000, 10, ioc),
    ]
    _, results = mirror.batch(TAKER, washer, [], places, FOREVER, False)
    assert [result.filled_lots for result in results] == [0, 10, 0]
    kinds = [type(record) for record in mirror.records()]
    assert kinds[1:] == [Filled, Taken, Removed]
    assert mirror.records()[-1] == Removed(results[0].order_id, 10, washer, Removal.UNPAYABLE)


def test_place_against_own_order_moves_only_fees(mirror: Mirror) -> None:
    account = mirror.new_user(MAKER, {0: 10**5 * 10**18, 1: 10**18})
    before = ledger(mirror.model.state, account, 0).balance
    mirror.place(MAKER, account, OrderRequest(ETH_MARKET, Side.ASK, 20_000, 10))
    assert mirror.place(MAKER, account, OrderRequest(ETH_MARKET, Side.BID, 20_000, 10)).filled_lots
    # 20,000,000 traded: 7,000 of taker fee, 2,000 of maker rebate.
    assert ledger(mirror.model.state, account, 0).balance == before - 7_000 + 2_000
    assert ledger(mirror.model.state, account, 1).balance == 10**8


@pytest.mark.parametrize("keep", [0, 3, 4, 9, 10, 15, 16, 21, 22, 27, 28, 31])
def test_cancel_all_but_one_of_many_chunks_then_refill_agrees(mirror: Mirror, keep: int) -> None:
    """Whichever chunk stays alive, the others go to the pool and come back from it."""
    account = mirror.new_user(MAKER, {1: 10**18})
    order = OrderRequest(ETH_MARKET, Side.ASK, 20_000, 1)
    _, first = mirror.batch(MAKER, account, [], [order] * 32, FOREVER, True)
    ids = [result.order_id for result in first]
    mirror.cancel_many(MAKER, account, ids[:keep] + ids[keep + 1 :])
    _, second = mirror.batch(MAKER, account, [], [order] * 40, FOREVER, True)
    fresh = [result.order_id for result in second]
    assert not set(fresh) & set(ids), "BOOK-3"
    assert mirror.cancel_many(MAKER, account, [n for n in ids if n != ids[keep]]) == [0] * 31
    taker = mirror.new_user(TAKER, {0: 10**5 * 10**18})
    mirror.place(TAKER, taker, OrderRequest(ETH_MARKET, Side.BID, 20_000, 41))
    met = [record.order_id for record in mirror.records() if isinstance(record, Filled)]
    assert met == [ids[keep], *fresh], "BOOK-2"
    mirror.compare_all_words()

"""Orders that may only sell what the account has, or buy back what it owes."""

from dataclasses import replace

import pytest

from tests.support.lending import BORROWER, YEAR, LendingScene
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import (
    ASK,
    BID,
    DOLLARS,
    ETH_UNIT,
    FOK,
    GTC,
    IOC,
    LOT,
    MAKER,
    POST_ONLY,
    SLIDE,
    START_LOTS,
    STRANGER,
    UNIT,
    Scene,
    notional,
    order,
)
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET, ETH_MARKET, Side, Tif, order_tuple
from worldmarkets.model import slots
from worldmarkets.model.interface import OrderResult, Refusal, Removal
from worldmarkets.model.records import Filled, Placed, Removed, Skipped
from worldmarkets.model.words import Lane, OrderId, lane_of, pair_with


@pytest.fixture
def seller(scene: Scene) -> int:
    """An account with five lots, half a lot more, and some cash."""
    account = scene.new_account(STRANGER, notional(100, 21_000), 5)
    scene.system.fund(account, 1, LOT // 2 * ETH_UNIT)
    return account


@pytest.mark.parametrize("tif", [GTC, POST_ONLY, SLIDE])
@pytest.mark.parametrize(("lots", "rests"), [(4, 4), (5, 5), (6, 5), (2**40 - 1, 5)])
def test_ask_rests_at_most_what_the_account_has(
    scene: Scene, seller: int, tif: Tif, lots: int, rests: int
) -> None:
    result = scene.ask(seller, 20_000, lots, tif, reduce_only=True)
    assert result == OrderResult(result.order_id, 0, rests)
    assert scene.records() == [Placed(result.order_id, rests, is_ask=1, reduce_only=1)]
    [(_, lane)] = scene.orders(20_000)
    assert (lane.lots, lane.reduce_only) == (rests, 1)
    assert scene.ledger(seller, 1).open_asks == rests * LOT


def test_ask_sells_at_most_what_the_account_has(scene: Scene, seller: int) -> None:
    scene.bid(scene.maker, 20_000, 100)
    assert scene.ask(seller, 20_000, 50, IOC, reduce_only=True) == OrderResult(0, 5, 0)
    assert scene.base(seller) == LOT // 2


def test_ask_fill_or_kill_fills_whole_what_the_account_has(scene: Scene, seller: int) -> None:
    scene.bid(scene.maker, 20_000, 4)
    with refused(scene.system, "NotFilledWhole", 4, 5):
        scene.ask(seller, 20_000, 6, FOK, reduce_only=True)
    scene.bid(scene.maker, 20_000, 1)
    assert scene.ask(seller, 20_000, 6, FOK, reduce_only=True).filled_lots == 5


@pytest.mark.parametrize("lots", [1, 5])
def test_bid_where_nothing_is_owed_is_refused(scene: Scene, lots: int) -> None:
    with refused(scene.system, "NothingToReduce", scene.maker, ETH_MARKET, 0):
        scene.bid(scene.maker, 20_000, lots, reduce_only=True)


def test_ask_where_there_is_less_than_a_lot_is_refused(scene: Scene) -> None:
    pauper = scene.new_account(STRANGER, 10**9)
    with refused(scene.system, "NothingToReduce", pauper, ETH_MARKET, 0):
        scene.ask(pauper, 20_000, 1, reduce_only=True)
    scene.system.fund(pauper, 1, (LOT - 1) * ETH_UNIT)
    with refused(scene.system, "NothingToReduce", pauper, ETH_MARKET, 0):
        scene.ask(pauper, 20_000, 1, reduce_only=True)
    scene.system.fund(pauper, 1, ETH_UNIT)
    assert scene.ask(pauper, 20_000, 1, reduce_only=True).resting_lots == 1


def test_ask_where_there_is_less_than_the_minimum_is_refused(scene: Scene) -> None:
    """The second market's minimum is 20 lots of 1,000 atoms."""
    system = scene.system
    system.fund(scene.maker, 2, 19_999)
    with refused(system, "NothingToReduce", scene.maker, BTC_MARKET, 19):
        system.place(scene.maker, BTC_MARKET, ASK, 60_000, 50, reduce_only=True)
    system.fund(scene.maker, 2, 1)
    made = system.place(scene.maker, BTC_MARKET, ASK, 60_000, 50, reduce_only=True)
    assert made.resting_lots == 20


def test_ask_for_less_than_the_minimum_is_refused_for_that(scene: Scene) -> None:
    scene.system.fund(scene.maker, 2, 10**6)
    with refused(scene.system, "BelowMinimumSize", 19, 20):
        scene.system.place(scene.maker, BTC_MARKET, ASK, 60_000, 19, reduce_only=True)


def test_ask_counts_in_the_open_total_beside_others(scene: Scene, seller: int) -> None:
    """What is reduced is not reserved: both asks together must be covered."""
    scene.ask(seller, 20_100, 2)
    balance = 5 * LOT + LOT // 2
    with refused(scene.system, "InsufficientBalance", seller, 1, balance, 7 * LOT):
        scene.ask(seller, 20_000, 6, reduce_only=True)
    assert scene.ask(seller, 20_000, 3, reduce_only=True).resting_lots == 3


def test_batch_skips_an_order_with_nothing_to_reduce(scene: Scene) -> None:
    places = [order(BID, 20_000, 1, reduce_only=True), order(ASK, 20_000, 1, reduce_only=True)]
    _, results = scene.system.batch(scene.maker, (), places)
    assert [result.refusal for result in results] == [Refusal.NOTHING_TO_REDUCE, Refusal.NONE]
    assert scene.records()[0] == Skipped(0, Refusal.NOTHING_TO_REDUCE)


def test_batch_reduces_what_the_order_before_has_left(scene: Scene, seller: int) -> None:
    scene.bid(scene.maker, 20_000, 100)
    sale = order(ASK, 20_000, 3, IOC, reduce_only=True)
    _, results = scene.system.batch(seller, (), [sale, sale, sale])
    assert [result.filled_lots for result in results] == [3, 2, 0]
    assert results[2].refusal == Refusal.NOTHING_TO_REDUCE


def test_maker_trades_while_it_reduces(scene: Scene, seller: int) -> None:
    made = scene.ask(seller, 20_000, 5, reduce_only=True).order_id
    assert scene.bid(scene.taker, 20_000, 3).filled_lots == 3
    assert scene.bid(scene.taker, 20_000, 2).filled_lots == 2
    assert scene.records()[0] == Filled(made, 2, seller, 2, is_ask=1, gone=1)
    assert scene.base(seller) == LOT // 2


def test_reduce_only_outlives_a_partial_fill(scene: Scene, seller: int) -> None:
    scene.ask(seller, 20_000, 5, reduce_only=True)
    scene.bid(scene.taker, 20_000, 3)
    [(_, lane)] = scene.orders(20_000)
    assert (lane.lots, lane.reduce_only) == (2, 1)


def write(scene: Scene, slot: int, word: int) -> None:
    """Write a word of the exchange, to reach what no call reaches yet."""
    backend = scene.system.backend
    assert isinstance(backend, PyrevmBackend)
    backend._evm.insert_account_storage(scene.system.exchange, slot, word)


def mark_reduce_only(scene: Scene, order_id: int) -> None:
    """Make a resting order reduce-only: accounts that owe, whose bids could be, are to come."""
    where = OrderId.unpack(order_id)
    slot = slots.lanes(where.market, where.tick, where.chunk, where.place)
    pair = scene.system.read_word(slot)
    lane: Lane = lane_of(pair, where.place)
    write(scene, slot, pair_with(pair, where.place, replace(lane, reduce_only=1)))


def test_resting_bid_of_an_account_that_owes_nothing_is_removed(scene: Scene) -> None:
    dead = scene.bid(scene.maker, 20_000, 5).order_id
    live = scene.bid(scene.maker, 20_000, 5).order_id
    mark_reduce_only(scene, dead)
    assert scene.ask(scene.taker, 20_000, 3).filled_lots == 3
    assert scene.records()[:2] == [
        Removed(dead, 5, scene.maker, Removal.NOTHING_TO_REDUCE),
        Filled(live, 3, scene.maker, 1),
    ]
    assert scene.ledger(scene.maker, 1).open_bids == 2 * LOT


def test_resting_ask_of_an_account_with_too_little_is_cut(scene: Scene) -> None:
    """Three of its five lots are left, as if the others had gone another way."""
    made = scene.ask(scene.maker, 20_000, 5).order_id
    mark_reduce_only(scene, made)
    move_lots(scene, 3 - START_LOTS)
    assert scene.bid(scene.taker, 20_000, 5).filled_lots == 3
    assert scene.records()[:2] == [
        Filled(made, 3, scene.maker, 1, is_ask=1, gone=1),
        Removed(made, 2, scene.maker, Removal.NOTHING_TO_REDUCE),
    ]
    move_lots(scene, START_LOTS - 3)


def move_lots(scene: Scene, lots: int) -> None:
    """Add lots to the maker's balance by writing its word."""
    ledger = scene.ledger(scene.maker, 1)
    changed = replace(ledger, balance=ledger.balance + lots * LOT)
    write(scene, slots.ledger(scene.maker, 1), changed.pack())


def test_post_only_clears_an_order_with_nothing_to_reduce(scene: Scene) -> None:
    dead = scene.bid(scene.maker, 20_000, 5).order_id
    mark_reduce_only(scene, dead)
    assert scene.ask(scene.taker, 20_000, 3, POST_ONLY).resting_lots == 3
    assert scene.records()[0] == Removed(dead, 5, scene.maker, Removal.NOTHING_TO_REDUCE)


def test_withdrawal_of_what_a_reduce_only_ask_would_sell_is_refused(
    scene: Scene, seller: int
) -> None:
    scene.ask(seller, 20_000, 5, reduce_only=True)
    balance = 5 * LOT + LOT // 2
    with refused(scene.system, "InsufficientBalance", seller, 1, 5 * LOT - 1, 5 * LOT):
        scene.system.withdraw(seller, 1, (balance - 5 * LOT + 1) * ETH_UNIT)


@pytest.mark.parametrize("side", [BID, ASK])
def test_unknown_market_and_terms_come_before_what_there_is_to_reduce(
    scene: Scene, side: Side
) -> None:
    with refused(scene.system, "UnknownMarket", 999):
        scene.system.place(scene.maker, 999, side, 20_000, 1, reduce_only=True)
    terms = 1 << 113 | 7
    with refused(scene.system, "InvalidTerms", terms):
        request = (*order_tuple(order(side, 20_000, 1))[:-1], terms)
        scene.system.execute(MAKER, "place", scene.maker, request)


def test_seller_of_all_frees_the_slot_only_by_withdrawing(scene: Scene, seller: int) -> None:
    """Selling whole lots leaves a fraction; it is withdrawn like any balance."""
    scene.bid(scene.maker, 20_000, START_LOTS // 100)
    scene.ask(seller, 20_000, 5, IOC, reduce_only=True)
    scene.system.withdraw(seller, 1, LOT // 2 * ETH_UNIT)
    assert scene.account(seller).assets == 0b1
    scene.system.withdraw(seller, 0, UNIT)


# ------------------------------------------------------------------ shares and atoms


def test_bid_buys_back_what_is_owed_with_interest(lending: LendingScene) -> None:
    """A debt has grown beyond its shares: the lots of both, and none of a part of a lot."""
    account = lending.short(BORROWER, 30_000 * DOLLARS, 5_000)
    lending.wait(YEAR)
    lending.system.accrue_pools(1)
    owed = -lending.atoms(account, 1) // LOT
    assert owed > 5_000 == -lending.base(account) // LOT
    lending.ask(lending.maker, 20_000, 2 * owed)
    assert lending.bid(account, 20_000, 2 * owed, IOC, reduce_only=True).filled_lots == owed


def test_ask_sells_what_is_lent_with_interest(lending: LendingScene) -> None:
    lending.short(BORROWER, 30_000 * DOLLARS, 5_000)
    lending.wait(YEAR)
    lending.system.accrue_pools(1)
    account = lending.lender
    has = lending.atoms(account, 1) // LOT
    assert has > lending.base(account, 1) // LOT
    lending.bid(lending.maker, 20_000, 10_000)
    quoted = lending.ask(account, 20_100, 2**40 - 1, reduce_only=True)
    assert quoted.resting_lots == has

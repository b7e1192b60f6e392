"""Changing resting orders: where they stand if they only shrink, else as a cancel and a place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.support.abi import Reverted
from tests.support.scene import (
    ASK,
    BID,
    FOK,
    GTC,
    IOC,
    LOT,
    MAKER,
    POST_ONLY,
    SLIDE,
    START_CASH,
    START_LOTS,
    STRANGER,
    TAKER,
    Scene,
    fee_up,
    notional,
    order,
)
from tests.support.soundness import exchange_storage, refused
from tests.support.system import BTC_MARKET, ETH_MARKET, LAST_SECOND, Tif, order_tuple
from worldmarkets.model.interface import OrderRequest, OrderResult, Removal, SelfTrade
from worldmarkets.model.records import Expires, Filled, Placed, Reduced, Removed, Taken
from worldmarkets.model.words import MAX_TICK, OrderId

EXPIRY = LAST_SECOND
TERMS: dict[str, Any] = {"expiry": EXPIRY, "reduce_only": True, "client_id": 0x1234}


@pytest.fixture
def quote(scene: Scene) -> int:
    """An ask of seven lots with every term, first of two at its tick; its id."""
    made = scene.ask(scene.maker, 20_000, 7, **TERMS).order_id
    scene.ask(scene.taker, 20_000, 3)
    return made


def same(lots: int = 7, **changes: Any) -> OrderRequest:
    """What the quote is, changed."""
    return replace(order(ASK, 20_000, lots, **TERMS), **changes)


def queue(scene: Scene, tick: int = 20_000) -> list[tuple[int, int]]:
    return [(order_id, lane.lots) for order_id, lane in scene.orders(tick)]


# ------------------------------------------------------------------ in place


@pytest.mark.parametrize("lots", [1, 6])
def test_amend_to_fewer_lots_keeps_place_and_id(scene: Scene, quote: int, lots: int) -> None:
    behind = queue(scene)[1]
    result = scene.system.amend(scene.maker, quote, same(lots))
    assert result == OrderResult(quote, 0, lots)
    assert scene.records() == [Reduced(quote, lots, 7 - lots)]
    assert queue(scene) == [(quote, lots), behind]
    assert scene.level(20_000).lots == lots + 3
    assert scene.ledger(scene.maker, 1).open_asks == lots * LOT


def test_amend_to_what_it_is_changes_nothing(scene: Scene, quote: int) -> None:
    before = queue(scene)
    assert scene.system.amend(scene.maker, quote, same()) == OrderResult(quote, 0, 7)
    assert scene.system.events() == []
    assert queue(scene) == before


@pytest.mark.parametrize("tif", [GTC, POST_ONLY, SLIDE])
@pytest.mark.parametrize("mode", SelfTrade)
def test_amend_in_place_whatever_matters_only_when_placed(
    scene: Scene, quote: int, tif: Tif, mode: SelfTrade
) -> None:
    wanted = same(5, time_in_force=tif, self_trade=mode, max_fills=0)
    assert scene.system.amend(scene.maker, quote, wanted) == OrderResult(quote, 0, 5)


def test_amend_in_place_compares_the_low_bits_of_the_client_id(scene: Scene, quote: int) -> None:
    """A lane keeps twelve bits; the log keeps the client id the order was placed with."""
    wanted = same(5, client_id=0xFF234)
    assert scene.system.amend(scene.maker, quote, wanted) == OrderResult(quote, 0, 5)
    assert scene.records() == [Reduced(quote, 5, 2)]


def test_amend_of_an_expired_order_to_fewer_lots_leaves_it_expired(scene: Scene) -> None:
    now = scene.system.backend.time
    made = scene.ask(scene.maker, 20_000, 7, expiry=now).order_id
    scene.system.backend.set_time(now + 1)
    wanted = order(ASK, 20_000, 5, expiry=now)
    assert scene.system.amend(scene.maker, made, wanted) == OrderResult(made, 0, 5)
    scene.bid(scene.taker, 20_000, 5, IOC)
    assert scene.records() == [Removed(made, 5, scene.maker, Removal.EXPIRED)]


@pytest.mark.parametrize("lots", [0, 1, 19])
def test_amend_in_place_below_the_minimum_is_refused(scene: Scene, lots: int) -> None:
    system = scene.system
    system.fund(scene.maker, 2, 10**6)
    made = system.place(scene.maker, BTC_MARKET, ASK, 60_000, 45).order_id
    with refused(system, "BelowMinimumSize", lots, 20):
        system.amend(scene.maker, made, order(ASK, 60_000, lots, market=BTC_MARKET))


# ------------------------------------------------------------------ as a new order


CHANGES: dict[str, dict[str, Any]] = {
    "larger": {"lots": 8},
    "worse price": {"tick": 20_001},
    "better price": {"tick": 19_999},
    "sooner expiry": {"expiry": EXPIRY - 1},
    "no expiry": {"expiry": 0},
    "not reduce-only": {"reduce_only": False},
    "client id": {"client_id": 0x1235},
    "no client id": {"client_id": 0},
    "smaller at another price": {"tick": 20_001, "lots": 2},
    "smaller with another client id": {"client_id": 0x1235, "lots": 2},
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_amend_of_anything_else_places_a_new_order_at_the_end(
    scene: Scene, quote: int, changes: dict[str, Any]
) -> None:
    wanted = same(**changes)
    result = scene.system.amend(scene.maker, quote, wanted)
    assert result == OrderResult(result.order_id, 0, wanted.lots)
    assert result.order_id != quote
    expires = [Expires(result.order_id, wanted.expiry)] if wanted.expiry else []
    reduce_only = int(wanted.reduce_only)
    assert scene.records() == [
        Removed(quote, 7, scene.maker, Removal.CANCELLED),
        Placed(result.order_id, wanted.lots, wanted.client_id, 1, reduce_only),
        *expires,
    ]
    assert queue(scene, wanted.tick)[-1] == (result.order_id, wanted.lots)
    assert scene.ledger(scene.maker, 1).open_asks == wanted.lots * LOT
    with refused(scene.system, "StaleOrder", quote):
        scene.system.cancel(scene.maker, quote)


def test_amend_to_the_other_side_moves_the_open_total(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    result = scene.system.amend(scene.maker, made, order(BID, 20_000, 7))
    assert result.resting_lots == 7
    ledger = scene.ledger(scene.maker, 1)
    assert (ledger.open_bids, ledger.open_asks) == (7 * LOT, 0)


def test_amend_to_another_market_moves_both_totals(scene: Scene) -> None:
    made = scene.bid(scene.maker, 20_000, 25).order_id
    wanted = order(BID, 60_000, 25, market=BTC_MARKET)
    result = scene.system.amend(scene.maker, made, wanted)
    assert OrderId.unpack(result.order_id).market == BTC_MARKET
    assert scene.ledger(scene.maker, 1).open_bids == 0
    assert scene.ledger(scene.maker, 2).open_bids == 25_000
    assert scene.account(scene.maker).assets == 0b111


def test_amend_to_an_immediate_order_takes_and_leaves_nothing(scene: Scene) -> None:
    made = scene.bid(scene.maker, 19_900, 7).order_id
    theirs = scene.ask(scene.taker, 20_000, 3).order_id
    result = scene.system.amend(scene.maker, made, order(BID, 20_000, 7, IOC, client_id=5))
    paid = notional(3, 20_000)
    assert result == OrderResult(0, 3, 0)
    assert scene.records() == [
        Removed(made, 7, scene.maker, Removal.CANCELLED),
        Filled(theirs, 3, scene.taker, 1, is_ask=1, gone=1),
        Taken(paid, fee_up(paid, 350), 3, 1, ETH_MARKET),
        Placed(0, 0, 5),
    ]


def test_amend_to_an_immediate_order_of_the_same_price_is_no_change_in_place(
    scene: Scene,
) -> None:
    made = scene.bid(scene.maker, 20_000, 7).order_id
    result = scene.system.amend(scene.maker, made, order(BID, 20_000, 5, IOC))
    assert result == OrderResult()
    assert scene.records() == [Removed(made, 7, scene.maker, Removal.CANCELLED)]


def test_amend_across_the_book_trades_and_rests_the_remainder(scene: Scene) -> None:
    made = scene.bid(scene.maker, 19_900, 7).order_id
    scene.ask(scene.taker, 20_000, 3)
    result = scene.system.amend(scene.maker, made, order(BID, 20_000, 7))
    assert (result.filled_lots, result.resting_lots) == (3, 4)


def test_amend_meets_other_own_orders_as_a_place_does(scene: Scene) -> None:
    made = scene.bid(scene.maker, 19_900, 7).order_id
    own = scene.ask(scene.maker, 20_000, 3).order_id
    scene.system.amend(scene.maker, made, order(BID, 20_000, 7))
    assert scene.records()[1] == Removed(own, 3, scene.maker, Removal.SELF_TRADE)


def test_amend_may_use_what_the_old_order_held(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, START_LOTS).order_id
    wanted = order(ASK, 20_100, START_LOTS)
    assert scene.system.amend(scene.maker, made, wanted).resting_lots == START_LOTS
    lots = START_CASH // (21_000 * 100)
    bid = scene.bid(scene.maker, 19_000, lots).order_id
    assert scene.system.amend(scene.maker, bid, order(BID, 19_500, lots)).resting_lots == lots


def test_amend_of_the_best_moves_it(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    scene.ask(scene.maker, 20_050, 7)
    scene.system.amend(scene.maker, made, order(ASK, 20_100, 7))
    assert scene.book().best_ask == 20_050


def test_amend_alone_in_its_level_stands_there_again(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    result = scene.system.amend(scene.maker, made, order(ASK, 20_000, 8))
    assert queue(scene) == [(result.order_id, 8)]
    assert scene.book().best_ask == 20_000


# ------------------------------------------------------------------ refused


def refusals(scene: Scene) -> dict[str, tuple[OrderRequest, tuple[object, ...]]]:
    """For each error of a place, what amends an ask of 7 lots at 20,000 into it."""
    now = scene.system.backend.time
    return {
        "UnknownMarket": (order(ASK, 20_000, 7, market=999), (999,)),
        "TickOutOfRange": (order(ASK, MAX_TICK + 1, 7), (MAX_TICK + 1, MAX_TICK)),
        "BelowMinimumSize": (order(ASK, 60_000, 19, market=BTC_MARKET), (19, 20)),
        "TooManyFills": (order(ASK, 20_000, 8, fills=65), (65, 64)),
        "PriceOutsideBand": (order(ASK, 18_999, 7), (18_999, 19_000)),
        "WouldCross": (order(ASK, 19_900, 7, POST_ONLY), (19_900, 19_900)),
        "NotFilledWhole": (order(ASK, 19_900, 7, FOK), (5, 7)),
        "InvalidTerms": (order(ASK, 20_001, 7, self_trade=3), (3 << 3,)),
        "OrderExpired": (order(ASK, 20_000, 7, expiry=now - 1), (now - 1, now)),
        "NothingToReduce": (order(BID, 20_000, 7, reduce_only=True), (scene.maker, ETH_MARKET, 0)),
        "InsufficientBalance": (
            order(ASK, 20_000, START_LOTS + 1),
            (scene.maker, 1, START_LOTS * LOT, (START_LOTS + 1) * LOT),
        ),
    }


ERRORS = (
    "UnknownMarket",
    "TickOutOfRange",
    "BelowMinimumSize",
    "TooManyFills",
    "PriceOutsideBand",
    "WouldCross",
    "NotFilledWhole",
    "InvalidTerms",
    "OrderExpired",
    "NothingToReduce",
    "InsufficientBalance",
)


@pytest.mark.parametrize("error", ERRORS)
def test_amend_into_what_is_refused_leaves_the_old_order(scene: Scene, error: str) -> None:
    scene.bid(scene.taker, 19_900, 5)
    made = scene.ask(scene.maker, 20_000, 7).order_id
    wanted, arguments = refusals(scene)[error]
    with refused(scene.system, error, *arguments):
        scene.system.amend(scene.maker, made, wanted)
    assert queue(scene) == [(made, 7)]


def test_amend_of_a_stale_order_is_refused(scene: Scene) -> None:
    gone = scene.ask(scene.maker, 20_000, 7).order_id
    scene.system.cancel(scene.maker, gone)
    for order_id in (gone, 0, 2**128 - 1, OrderId(tick=20_000, market=ETH_MARKET).pack() + 1):
        for wanted in (order(ASK, 20_000, 7), order(BID, 19_000, 1, IOC)):
            with refused(scene.system, "StaleOrder", order_id):
                scene.system.amend(scene.maker, order_id, wanted)


def test_amend_twice_with_the_old_id_is_refused(scene: Scene, quote: int) -> None:
    scene.system.amend(scene.maker, quote, same(8))
    with refused(scene.system, "StaleOrder", quote):
        scene.system.amend(scene.maker, quote, same(9))


def test_amend_of_an_order_of_another_account_is_refused(scene: Scene, quote: int) -> None:
    second = scene.new_account(MAKER, START_CASH, START_LOTS)
    for account in (scene.taker, second):
        for wanted in (same(5), same(), same(8)):
            with refused(scene.system, "NotOrderOwner", quote, account):
                scene.system.amend(account, quote, wanted)


def test_amend_for_a_foreign_or_unknown_account_is_refused(scene: Scene, quote: int) -> None:
    for sender in (STRANGER, TAKER):
        with refused(scene.system, "NotAccountOwner", scene.maker, sender):
            scene.system.amend(scene.maker, quote, same(5), sender=sender)
    with refused(scene.system, "UnknownAccount", 99):
        scene.system.amend(99, quote, same(5), sender=MAKER)


Extreme = Callable[[int], tuple[int, tuple[int, ...]]]
"""Of the id of an order: the id and the order to amend it with."""

_PLAIN = order_tuple(order(ASK, 20_000, 7))


def with_field(index: int, number: int) -> Extreme:
    wanted = list(_PLAIN)
    wanted[index] = number
    return lambda made: (made, tuple(wanted))


EXTREMES: dict[str, tuple[str, Extreme]] = {
    "id 0": ("StaleOrder", lambda made: (0, _PLAIN)),
    "largest id": ("StaleOrder", lambda made: (2**128 - 1, _PLAIN)),
    "id of generation 2^48 - 1": ("StaleOrder", lambda made: (made | 2**48 - 1, _PLAIN)),
    "market 0": ("UnknownMarket", with_field(0, 0)),
    "largest market": ("UnknownMarket", with_field(0, 2**16 - 1)),
    "tick 0": ("TickOutOfRange", with_field(1, 0)),
    "largest tick": ("TickOutOfRange", with_field(1, 2**24 - 1)),
    "0 lots": ("BelowMinimumSize", with_field(3, 0)),
    "largest lots": ("InsufficientBalance", with_field(3, 2**40 - 1)),
    "terms of all bits": ("InvalidTerms", with_field(5, 2**256 - 1)),
}


@pytest.mark.parametrize(("error", "extreme"), EXTREMES.values(), ids=EXTREMES)
def test_ob_3_amend_with_the_extreme_of_each_integer_keeps_the_books_whole(
    scene: Scene, error: str, extreme: Extreme
) -> None:
    """No cast cuts a number down to one that passes."""
    made = scene.ask(scene.maker, 20_000, 7).order_id
    order_id, wanted = extreme(made)
    before = exchange_storage(scene.system)
    with pytest.raises(Reverted) as caught:
        scene.system.execute(MAKER, "amend", scene.maker, order_id, wanted)
    assert caught.value.name == error
    assert exchange_storage(scene.system) == before


@pytest.mark.parametrize("terms", [1 << 255, 1 << 5, 3 << 3, 1 << 114, 1 << 180])
@pytest.mark.parametrize("lots", [5, 7])
def test_ob_3_amend_in_place_with_terms_without_meaning_is_refused(
    scene: Scene, terms: int, lots: int
) -> None:
    made = scene.ask(scene.maker, 20_000, 7).order_id
    wanted = (*order_tuple(order(ASK, 20_000, lots))[:-1], terms)
    with refused(scene.system, "InvalidTerms", terms):
        scene.system.execute(MAKER, "amend", scene.maker, made, wanted)


@pytest.mark.parametrize("tick", [1, MAX_TICK])
def test_ob_3_amend_to_the_first_and_last_tick(scene: Scene, tick: int) -> None:
    side = BID if tick == 1 else ASK
    made = scene.system.place(scene.maker, ETH_MARKET, side, 20_000, 7).order_id
    result = scene.system.amend(scene.maker, made, order(side, tick, 9))
    assert OrderId.unpack(result.order_id).tick == tick
    assert queue(scene, tick) == [(result.order_id, 9)]

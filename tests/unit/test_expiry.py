"""Orders that expire: the last second counts, and afterwards they are in nobody's way."""

import pytest

from tests.support.backend import START_TIME
from tests.support.scene import ASK, BID, FOK, GTC, IOC, LOT, MAKER, Scene, order
from tests.support.soundness import refused
from tests.support.system import ETH_MARKET, LAST_SECOND, Side, Tif
from worldmarkets.model.interface import OrderResult, Refusal, Removal
from worldmarkets.model.records import Expires, Filled, Placed, Removed, Skipped, Taken
from worldmarkets.model.words import Lane

NOW = START_TIME


@pytest.mark.parametrize("expiry", [NOW, NOW + 1, LAST_SECOND])
def test_place_with_expiry_rests_and_says_so(scene: Scene, expiry: int) -> None:
    made = scene.ask(scene.maker, 20_000, 5, expiry=expiry).order_id
    assert scene.records() == [Placed(made, 5, is_ask=1), Expires(made, expiry)]
    owner_hash = int(MAKER, 16) & 0xFF
    lane = Lane(scene.maker, 5, expiry=expiry, owner_hash=owner_hash, is_ask=1)
    assert scene.orders(20_000) == [(made, lane)]


def test_place_already_expired_is_refused(scene: Scene) -> None:
    for expiry in (1, NOW - 1):
        with refused(scene.system, "OrderExpired", expiry, NOW):
            scene.ask(scene.maker, 20_000, 5, expiry=expiry)


def test_batch_skips_an_order_already_expired(scene: Scene) -> None:
    late = order(BID, 19_000, 5, expiry=NOW - 1)
    _, [result] = scene.system.batch(scene.maker, (), [late])
    assert result == OrderResult(refusal=Refusal.ORDER_EXPIRED)
    assert scene.records() == [Skipped(0, Refusal.ORDER_EXPIRED)]


@pytest.mark.parametrize("tif", [IOC, FOK])
def test_taker_at_its_last_second_trades_and_leaves_no_expiry(scene: Scene, tif: Tif) -> None:
    scene.ask(scene.maker, 20_000, 5)
    assert scene.bid(scene.taker, 20_000, 5, tif, expiry=NOW).filled_lots == 5
    assert [type(record) for record in scene.records()] == [Filled, Taken]


@pytest.mark.parametrize("side", [BID, ASK])
def test_maker_trades_at_its_last_second(scene: Scene, side: Side) -> None:
    made = scene.system.place(scene.maker, ETH_MARKET, side, 20_000, 5, expiry=NOW + 10)
    scene.system.backend.set_time(NOW + 10)
    taker_side = ASK if side == BID else BID
    result = scene.system.place(scene.taker, ETH_MARKET, taker_side, 20_000, 2)
    assert result.filled_lots == 2
    [(order_id, lane)] = scene.orders(20_000)
    assert (order_id, lane.lots, lane.expiry) == (made.order_id, 3, NOW + 10)


@pytest.mark.parametrize("side", [BID, ASK])
def test_maker_a_second_later_is_removed_and_the_next_trades(scene: Scene, side: Side) -> None:
    system = scene.system
    dead = system.place(scene.maker, ETH_MARKET, side, 20_000, 5, expiry=NOW + 10).order_id
    live = system.place(scene.maker, ETH_MARKET, side, 20_000, 5).order_id
    before = scene.cash(scene.maker), scene.base(scene.maker)
    system.backend.set_time(NOW + 11)
    taker_side = ASK if side == BID else BID
    result = system.place(scene.taker, ETH_MARKET, taker_side, 20_000, 2)
    assert result.filled_lots == 2
    is_ask = int(side == ASK)
    assert scene.records()[:2] == [
        Removed(dead, 5, scene.maker, Removal.EXPIRED),
        Filled(live, 2, scene.maker, 1, is_ask=is_ask),
    ]
    ledger = scene.ledger(scene.maker, 1)
    assert ledger.open_bids + ledger.open_asks == 3 * LOT
    assert (scene.cash(scene.maker), scene.base(scene.maker)) != before


def test_expired_makers_count_as_fills(scene: Scene) -> None:
    for _ in range(3):
        scene.ask(scene.maker, 20_000, 5, expiry=NOW)
    scene.ask(scene.maker, 20_000, 5)
    scene.system.backend.set_time(NOW + 1)
    assert scene.bid(scene.taker, 20_000, 5, GTC, fills=2) == OrderResult()
    assert scene.bid(scene.taker, 20_000, 5, GTC, fills=2).filled_lots == 5


def test_fill_or_kill_does_not_count_on_expired_makers(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 5, expiry=NOW)
    scene.ask(scene.maker, 20_000, 5)
    scene.system.backend.set_time(NOW + 1)
    with refused(scene.system, "NotFilledWhole", 5, 6):
        scene.bid(scene.taker, 20_000, 6, FOK)


def test_expired_order_holds_its_funds_until_it_leaves_the_book(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 5, expiry=NOW).order_id
    scene.system.backend.set_time(NOW + 1)
    assert scene.ledger(scene.maker, 1).open_asks == 5 * LOT
    scene.system.reduce(scene.maker, made, 3)
    assert scene.ledger(scene.maker, 1).open_asks == 3 * LOT
    assert scene.system.cancel(scene.maker, made) == 3
    assert scene.ledger(scene.maker, 1).open_asks == 0


def test_expiry_outlives_a_partial_fill(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 5, expiry=NOW + 10)
    scene.bid(scene.taker, 20_000, 2)
    scene.system.backend.set_time(NOW + 11)
    result = scene.bid(scene.taker, 20_000, 2)
    assert (result.filled_lots, result.resting_lots) == (0, 2)


def test_rest_of_a_taker_keeps_its_expiry(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 3)
    made = scene.bid(scene.taker, 20_000, 5, expiry=NOW).order_id
    assert scene.records()[-2:] == [Placed(made, 2), Expires(made, NOW)]
    scene.system.backend.set_time(NOW + 1)
    assert scene.ask(scene.maker, 20_000, 2, IOC).filled_lots == 0
    assert scene.records() == [Removed(made, 2, scene.taker, Removal.EXPIRED)]

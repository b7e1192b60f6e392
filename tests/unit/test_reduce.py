"""Making an order smaller where it stands."""

import pytest

from tests.support.scene import ASK, BID, LOT, MAKER, STRANGER, Scene
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET, ETH_MARKET, Side
from worldmarkets.model.records import Filled, Reduced


@pytest.mark.parametrize("side", [BID, ASK])
def test_reduce_keeps_the_place_and_frees_the_rest(scene: Scene, side: Side) -> None:
    first = scene.system.place(scene.maker, ETH_MARKET, side, 20_000, 10).order_id
    second = scene.system.place(scene.maker, ETH_MARKET, side, 20_000, 5).order_id

    scene.system.reduce(scene.maker, first, 4)

    assert scene.records() == [Reduced(first, 4, 6)]
    assert [(key, lane.lots) for key, lane in scene.orders(20_000)] == [(first, 4), (second, 5)]
    ledger = scene.ledger(scene.maker, 1)
    assert (ledger.open_bids, ledger.open_asks) == ((0, 9 * LOT) if side == ASK else (9 * LOT, 0))
    assert scene.level(20_000).lots == 9


def test_reduced_order_trades_first(scene: Scene) -> None:
    first = scene.ask(scene.maker, 20_000, 10).order_id
    scene.ask(scene.maker, 20_000, 5)
    scene.system.reduce(scene.maker, first, 1)
    scene.bid(scene.taker, 20_000, 1)
    assert scene.records()[0] == Filled(first, 1, scene.maker, 1, is_ask=1, gone=1)


@pytest.mark.parametrize("lots", [10, 11, 2**40 - 1])
def test_reduce_that_is_none_is_refused(scene: Scene, lots: int) -> None:
    made = scene.ask(scene.maker, 20_000, 10).order_id
    with refused(scene.system, "NotAReduction", made, lots, 10):
        scene.system.reduce(scene.maker, made, lots)


def test_reduce_to_nothing_is_refused(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 10).order_id
    with refused(scene.system, "BelowMinimumSize", 0, 1):
        scene.system.reduce(scene.maker, made, 0)


def test_reduce_below_the_minimum_is_refused(scene: Scene) -> None:
    made = scene.system.place(scene.maker, BTC_MARKET, BID, 60_000, 30).order_id
    with refused(scene.system, "BelowMinimumSize", 19, 20):
        scene.system.reduce(scene.maker, made, 19)
    scene.system.reduce(scene.maker, made, 20)
    assert scene.level(60_000, BTC_MARKET).lots == 20


def test_reduce_of_a_stale_order_is_refused(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 10).order_id
    scene.system.cancel(scene.maker, made)
    for order_id in (made, 0, 2**128 - 1):
        with refused(scene.system, "StaleOrder", order_id):
            scene.system.reduce(scene.maker, order_id, 5)


def test_reduce_of_somebody_elses_order_is_refused(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 10).order_id
    with refused(scene.system, "NotOrderOwner", made, scene.taker):
        scene.system.reduce(scene.taker, made, 5)


def test_reduce_for_a_foreign_or_unknown_account_is_refused(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 10).order_id
    with refused(scene.system, "NotAccountOwner", scene.maker, STRANGER):
        scene.system.reduce(scene.maker, made, 5, sender=STRANGER)
    with refused(scene.system, "UnknownAccount", 99):
        scene.system.reduce(99, made, 5, sender=MAKER)


def test_reduce_in_any_chunk_of_the_queue_touches_only_its_order(scene: Scene) -> None:
    made = [scene.ask(scene.maker, 20_000, 10).order_id for _ in range(20)]
    for index in (0, 3, 4, 9, 10, 16, 19):
        scene.system.reduce(scene.maker, made[index], 3)
    expected = [3 if index in (0, 3, 4, 9, 10, 16, 19) else 10 for index in range(20)]
    assert [lane.lots for _, lane in scene.orders(20_000)] == expected
    assert [key for key, _ in scene.orders(20_000)] == made

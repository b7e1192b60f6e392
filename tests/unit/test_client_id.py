"""The trader's own number of an order: logged once, whatever becomes of the order."""

import pytest

from tests.support.scene import ASK, BID, FOK, GTC, IOC, LOT, MAKER, POST_ONLY, SLIDE, Scene, order
from tests.support.soundness import refused
from tests.support.system import Side, Tif, order_tuple
from worldmarkets.model.interface import OrderResult, Refusal
from worldmarkets.model.records import Expires, Filled, Placed, Skipped, Taken

LARGEST = 2**64 - 1


@pytest.mark.parametrize("client_id", [1, 0xFFF, 0x1000, LARGEST])
@pytest.mark.parametrize("tif", [GTC, POST_ONLY, SLIDE])
def test_resting_order_is_logged_with_its_client_id(scene: Scene, tif: Tif, client_id: int) -> None:
    made = scene.ask(scene.maker, 20_000, 5, tif, client_id=client_id).order_id
    assert scene.records() == [Placed(made, 5, client_id, is_ask=1)]
    [(_, lane)] = scene.orders(20_000)
    assert lane.tag == client_id & 0xFFF


def test_client_id_stands_beside_every_other_term(scene: Scene) -> None:
    expiry = scene.system.backend.time
    made = scene.ask(
        scene.maker, 20_000, 5, client_id=LARGEST, expiry=expiry, reduce_only=True
    ).order_id
    assert scene.records() == [
        Placed(made, 5, LARGEST, is_ask=1, reduce_only=1),
        Expires(made, expiry),
    ]
    [(_, lane)] = scene.orders(20_000)
    assert (lane.expiry, lane.reduce_only, lane.by_operator, lane.tag) == (expiry, 1, 0, 0xFFF)


def test_taker_filled_whole_is_logged_with_no_order(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 5).order_id
    scene.bid(scene.taker, 20_000, 5, client_id=77)
    filled, taken, placed = scene.records()
    assert isinstance(filled, Filled)
    assert filled.order_id == made
    assert isinstance(taken, Taken)
    assert placed == Placed(0, 0, 77)


def test_taker_filled_in_part_is_logged_once_with_its_rest(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 3)
    made = scene.bid(scene.taker, 20_000, 5, client_id=77).order_id
    assert scene.records()[-1] == Placed(made, 2, 77)
    assert [type(record) for record in scene.records()] == [Filled, Taken, Placed]


@pytest.mark.parametrize("side", [BID, ASK])
def test_immediate_order_that_finds_nothing_is_logged_with_no_order(
    scene: Scene, side: Side
) -> None:
    request = order(side, 20_000, 5, IOC, client_id=77)
    assert scene.system.place_order(scene.maker, request) == OrderResult()
    assert scene.records() == [Placed(0, 0, 77)]


def test_order_that_may_meet_nobody_is_logged_with_no_order(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 5)
    assert scene.bid(scene.taker, 20_000, 5, fills=0, client_id=77) == OrderResult()
    assert scene.records() == [Placed(0, 0, 77)]


def test_fill_or_kill_of_a_batch_is_logged_with_no_order(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 5)
    scene.system.batch(scene.taker, (), [order(BID, 20_000, 5, FOK, client_id=77)])
    assert scene.records()[-1] == Placed(0, 0, 77)


@pytest.mark.parametrize(
    ("tif", "lots", "refusal"),
    [(FOK, 6, Refusal.NOT_FILLED_WHOLE), (POST_ONLY, 1, Refusal.WOULD_CROSS)],
)
def test_refused_order_of_a_batch_is_skipped_without_its_client_id(
    scene: Scene, tif: Tif, lots: int, refusal: Refusal
) -> None:
    scene.ask(scene.maker, 20_000, 5)
    scene.system.batch(scene.taker, (), [order(BID, 20_000, lots, tif, client_id=77)])
    assert scene.records() == [Skipped(0, refusal)]


def test_order_without_client_id_that_rests_nothing_is_not_logged(scene: Scene) -> None:
    scene.bid(scene.maker, 20_000, 5, IOC)
    assert scene.system.events() == []


def test_same_client_id_may_be_used_again(scene: Scene) -> None:
    """It is the trader's own number: the exchange neither compares nor keeps it."""
    made = [scene.ask(scene.maker, 20_000, 5, client_id=7).order_id for _ in range(2)]
    assert [order_id for order_id, _ in scene.orders(20_000)] == made
    assert scene.ledger(scene.maker, 1).open_asks == 10 * LOT


def test_client_id_of_more_than_64_bits_is_refused(scene: Scene) -> None:
    terms = 1 << 180
    with refused(scene.system, "InvalidTerms", terms):
        request = (*order_tuple(order(BID, 20_000, 1))[:-1], terms)
        scene.system.execute(MAKER, "place", scene.maker, request)

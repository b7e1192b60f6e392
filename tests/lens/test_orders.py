"""Orders by their ids."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.lens.support import deploy_lens, rejected
from tests.support.backend import START_TIME, user_address
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import IOC, Scene, make_scene
from tests.support.system import ETH_MARKET, deploy_system
from worldmarkets.client.lens import MAX_ITEMS, Lens
from worldmarkets.client.lens_views import Order
from worldmarkets.model.interface import Permission, Side
from worldmarkets.model.words import OrderId

OPERATOR = user_address(0x0B)


def unknown(order_id: int) -> Order:
    """What is said of an id without a live order."""
    parts = OrderId.unpack(order_id)
    nothing = (0, 0, 0, False, False, False, 0)
    return Order(order_id, False, parts.market, Side.BID, parts.tick, *nothing)


def live(order_id: int, side: Side, tick: int, lots: int, account: int, **marks: Any) -> Order:
    """A live order of the first market that has not expired."""
    plain = {"expiry": 0, "is_reduce_only": False, "is_by_operator": False, "client_tag": 0}
    fields = (order_id, True, ETH_MARKET, side, tick, lots, account)
    return Order(*fields, is_expired=False, **{**plain, **marks})


def test_orders_of_all_kinds_have_all_their_fields(scene: Scene, lens: Lens) -> None:
    scene.system.set_operator(scene.maker, OPERATOR, Permission.PLACE)
    expiry = START_TIME + 100
    bid = scene.bid(scene.maker, 19_000, 7, client_id=0xABCDEF).order_id
    ask = scene.ask(scene.taker, 21_000, 5, expiry=expiry, reduce_only=True).order_id
    operated = scene.ask(scene.maker, 21_000, 6, sender=OPERATOR, client_id=1).order_id
    plain = live(bid, Side.BID, 19_000, 7, scene.maker, client_tag=0xDEF)
    bound = live(ask, Side.ASK, 21_000, 5, scene.taker, expiry=expiry, is_reduce_only=True)
    by_operator = live(
        operated, Side.ASK, 21_000, 6, scene.maker, is_by_operator=True, client_tag=1
    )
    assert lens.orders([operated, bid, ask]) == (by_operator, plain, bound)
    assert lens.queue(ETH_MARKET, 21_000).items == (bound, by_operator)


def test_orders_expire_after_their_last_second(scene: Scene, lens: Lens) -> None:
    placed = scene.bid(scene.maker, 19_000, 7, expiry=START_TIME + 100).order_id
    scene.system.backend.set_time(START_TIME + 100)
    assert not lens.orders([placed])[0].is_expired
    scene.system.backend.set_time(START_TIME + 101)
    assert lens.orders([placed])[0].is_expired
    assert lens.queue(ETH_MARKET, 19_000).items[0].is_expired
    assert lens.orders([placed])[0].is_live


def test_orders_that_have_left_are_not_live(scene: Scene, lens: Lens) -> None:
    filled = scene.bid(scene.maker, 20_000, 7).order_id
    cancelled = scene.bid(scene.maker, 19_999, 7).order_id
    rest = scene.bid(scene.maker, 19_998, 7).order_id
    scene.ask(scene.taker, 20_000, 7, IOC)
    scene.system.cancel(scene.maker, cancelled)
    scene.ask(scene.taker, 19_998, 3, IOC)
    found = lens.orders([filled, cancelled, rest])
    assert found[:2] == (unknown(filled), unknown(cancelled))
    assert (found[2].is_live, found[2].lots) == (True, 4)


def test_orders_of_an_earlier_life_of_their_place_are_not_live(scene: Scene, lens: Lens) -> None:
    old = scene.bid(scene.maker, 19_000, 7).order_id
    scene.system.cancel(scene.maker, old)
    new = scene.bid(scene.maker, 19_000, 8).order_id
    assert OrderId.unpack(old).place == OrderId.unpack(new).place
    found = lens.orders([old, new, old])
    assert (found[0], found[1].lots, found[2]) == (unknown(old), 8, unknown(old))


def test_orders_in_head_middle_and_tail_chunks_are_live(scene: Scene, lens: Lens) -> None:
    placed = [scene.bid(scene.maker, 19_000, lots).order_id for lots in range(1, 21)]
    assert len({OrderId.unpack(order_id).chunk for order_id in placed}) == 4
    assert [found.lots for found in lens.orders(placed)] == list(range(1, 21))
    # A chunk of the middle that has left the queue for the pool.
    scene.system.cancel_many(scene.maker, placed[4:10])
    assert [found.lots for found in lens.orders(placed)] == [1, 2, 3, 4, *[0] * 6, *range(11, 21)]


@pytest.fixture(scope="module")
def busy() -> tuple[Lens, dict[int, int]]:
    """A level of twenty orders of this module's own: a Lens, and the lots by id."""
    system = deploy_system(PyrevmBackend())
    scene = make_scene(system)
    live = {scene.bid(scene.maker, 19_000, lots).order_id: lots for lots in range(1, 21)}
    return deploy_lens(system), live


@given(
    st.lists(
        st.tuples(st.integers(0, 19), st.none() | st.integers(0, 127)) | st.integers(0, 2**128 - 1),
        max_size=20,
    )
)
def test_orders_of_any_ids_are_live_only_if_they_were_given_out(
    busy: tuple[Lens, dict[int, int]], chosen: list[int | tuple[int, int | None]]
) -> None:
    lens, live = busy
    known = sorted(live)
    # Any numbers, live ids, and live ids with a bit flipped.
    ids = [
        each if isinstance(each, int) else known[each[0]] ^ (0 if each[1] is None else 1 << each[1])
        for each in chosen
    ]
    found = lens.orders(ids)
    assert [each.id for each in found] == ids
    assert [each.lots for each in found] == [live.get(each, 0) for each in ids]
    assert [each.is_live for each in found] == [each in live for each in ids]


def test_orders_of_no_ids_are_none(lens: Lens) -> None:
    assert lens.orders([]) == ()


def test_orders_of_too_many_ids_are_rejected(lens: Lens) -> None:
    assert len(lens.orders([0] * MAX_ITEMS)) == MAX_ITEMS
    with rejected("TooManyItems", MAX_ITEMS + 1, MAX_ITEMS):
        lens.orders([0] * (MAX_ITEMS + 1))

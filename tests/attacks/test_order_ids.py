"""OB-8 and forged ids: an id is good for one order, once, and for its owner only."""

from dataclasses import replace
from itertools import product

import pytest

from tests.support.scene import ASK, BID, Scene
from tests.support.soundness import exchange_storage, refused
from tests.support.system import BTC_MARKET, ETH_MARKET
from worldmarkets.model import slots
from worldmarkets.model.words import (
    MAX_TICK,
    OWN_LANES,
    POOL_LANES,
    LevelWord,
    OrderId,
    PoolWord,
)

_TICK = 20_000
_TWO_CHUNKS = OWN_LANES + POOL_LANES
_THREE_CHUNKS = _TWO_CHUNKS + POOL_LANES


def fill_level(scene: Scene, orders: int, tick: int = _TICK) -> list[int]:
    return [scene.ask(scene.maker, tick, 1).order_id for _ in range(orders)]


def assert_stale(scene: Scene, order_id: int) -> None:
    with refused(scene.system, "StaleOrder", order_id):
        scene.system.cancel(scene.maker, order_id)
    with refused(scene.system, "StaleOrder", order_id):
        scene.system.reduce(scene.maker, order_id, 1)
    before = exchange_storage(scene.system)
    assert scene.system.cancel_many(scene.maker, [order_id]) == [0]
    assert scene.system.batch(scene.maker, [order_id])[0] == [0]
    assert exchange_storage(scene.system) == before


def test_ob_8_id_of_a_filled_order_stays_stale_after_the_level_is_used_again(
    scene: Scene,
) -> None:
    [old] = fill_level(scene, 1)
    scene.bid(scene.taker, _TICK, 1)
    [new] = fill_level(scene, 1)
    assert OrderId.unpack(new) == replace(OrderId.unpack(old), generation=1)
    assert_stale(scene, old)
    assert scene.level(_TICK).live == 1


def test_ob_8_id_of_a_cancelled_order_stays_stale_after_the_level_is_used_again(
    scene: Scene,
) -> None:
    [old] = fill_level(scene, 1)
    scene.system.cancel(scene.maker, old)
    fill_level(scene, 1)
    assert_stale(scene, old)


def test_ob_8_ids_stay_stale_through_reuse_of_chunks_within_a_level(scene: Scene) -> None:
    """Three chunks, passed by fills and started again from the pool, with one order left over."""
    old = fill_level(scene, _THREE_CHUNKS)
    for _ in range(4):
        scene.bid(scene.taker, _TICK, _THREE_CHUNKS - 1)
        fresh = fill_level(scene, _THREE_CHUNKS - 1)
        for order_id in old[:-1]:
            assert order_id not in fresh
            assert_stale(scene, order_id)
        old = [old[-1], *fresh]


def test_ob_8_ids_stay_stale_when_their_chunk_serves_another_level(scene: Scene) -> None:
    old = fill_level(scene, _THREE_CHUNKS)
    scene.system.cancel_many(scene.maker, old)
    pool = scene.word(PoolWord, slots.pool(ETH_MARKET))
    assert (pool.made, pool.free) != (0, 0)
    fill_level(scene, _THREE_CHUNKS, _TICK + 1)
    assert scene.word(PoolWord, slots.pool(ETH_MARKET)).made == pool.made
    for order_id in old:
        assert_stale(scene, order_id)


def test_ob_8_ids_stay_stale_when_their_chunk_comes_back_to_their_level(scene: Scene) -> None:
    old = fill_level(scene, _THREE_CHUNKS)
    scene.system.cancel_many(scene.maker, old)
    elsewhere = fill_level(scene, _THREE_CHUNKS, _TICK + 1)
    scene.system.cancel_many(scene.maker, elsewhere)
    fill_level(scene, _THREE_CHUNKS)
    for order_id in old + elsewhere:
        assert_stale(scene, order_id)


def test_ob_8_tail_started_again_in_place_makes_its_old_ids_stale(scene: Scene) -> None:
    """The tail fills up, all its orders are cancelled, and the next order restarts it."""
    made = fill_level(scene, _TWO_CHUNKS)
    scene.system.cancel_many(scene.maker, made[OWN_LANES:])
    [again] = fill_level(scene, 1)
    assert OrderId.unpack(again).chunk == OrderId.unpack(made[OWN_LANES]).chunk != 0
    for order_id in made[OWN_LANES:]:
        assert_stale(scene, order_id)
    assert [key for key, _ in scene.orders(_TICK)] == [*made[:OWN_LANES], again]


@pytest.mark.parametrize(
    "change",
    [
        {"generation": 1},
        {"generation": 2},
        {"generation": 2**48 - 1},
        {"place": 9},
        {"place": 16},
        {"place": 128},
        {"place": 255},
        {"chunk": 3},
        {"chunk": 2**32 - 1},
        {"tick": _TICK + 1},
        {"tick": 0},
        {"tick": MAX_TICK},
        {"tick": 2**24 - 1},
        {"market": BTC_MARKET},
        {"market": 0},
        {"market": 1},
        {"market": 513},
        {"market": 2**16 - 1},
    ],
)
def test_id_with_one_field_forged_finds_nothing(scene: Scene, change: dict[str, int]) -> None:
    """Orders in the head, middle and tail chunk; each id changed in one field."""
    made = [OrderId.unpack(order_id) for order_id in fill_level(scene, 20)]
    known = {order_id.pack() for order_id in made}
    for order_id in (made[1], made[OWN_LANES], made[-1]):
        forged = replace(order_id, **change).pack()
        if forged not in known:
            assert_stale(scene, forged)


def test_every_mix_of_places_chunks_and_generations_finds_only_what_lives(scene: Scene) -> None:
    """All ids that a level of four chunks could have, with holes in each: no other is good."""
    made = fill_level(scene, 28)
    holes = [0, 3, 4, 8, 9, 10, 15, 16, 20, 24, 26]
    scene.system.cancel_many(scene.maker, [made[index] for index in holes])
    alive = {order_id for index, order_id in enumerate(made) if index not in holes}
    generations = {OrderId.unpack(order_id).generation for order_id in made}
    chunks = {OrderId.unpack(order_id).chunk for order_id in made} | {7}
    candidates = [
        OrderId(generation, place, chunk, _TICK, ETH_MARKET).pack()
        for generation, place, chunk in product(sorted(generations | {9}), range(10), chunks)
    ]
    found = scene.system.cancel_many(scene.maker, candidates)
    assert {key for key, lots in zip(candidates, found, strict=True) if lots} == alive
    assert scene.level(_TICK).live == 0


def test_id_through_a_passed_own_chunk_finds_nothing(scene: Scene) -> None:
    """The own chunk is no longer in the queue, but its header keeps tick and generation."""
    made = fill_level(scene, _TWO_CHUNKS)
    scene.bid(scene.taker, _TICK, OWN_LANES + 1)
    level = scene.word(LevelWord, slots.level(ETH_MARKET, _TICK))
    assert level.head_chunk == level.tail_chunk != 0
    for order_id in made[: OWN_LANES + 1]:
        assert_stale(scene, order_id)
    own = replace(OrderId.unpack(made[OWN_LANES + 1]), chunk=0)
    for generation in range(4):
        assert_stale(scene, replace(own, generation=generation).pack())


def test_id_of_a_free_chunk_finds_nothing(scene: Scene) -> None:
    made = fill_level(scene, _THREE_CHUNKS)
    scene.system.cancel_many(scene.maker, made[OWN_LANES:_TWO_CHUNKS])
    freed = OrderId.unpack(made[OWN_LANES])
    assert scene.word(PoolWord, slots.pool(ETH_MARKET)).free == freed.chunk
    for place, generation in product(range(8), range(4)):
        assert_stale(scene, replace(freed, place=place, generation=generation).pack())


def test_id_of_a_chunk_of_another_market_finds_nothing(scene: Scene) -> None:
    """Both markets number their chunks from one."""
    system = scene.system
    system.fund(scene.maker, 2, 10**7)
    for _ in range(12):
        system.place(scene.maker, BTC_MARKET, ASK, _TICK * 3, 20)
    mine = fill_level(scene, 12)
    for order_id in mine[OWN_LANES:]:
        forged = replace(OrderId.unpack(order_id), market=BTC_MARKET).pack()
        assert_stale(scene, forged)


def test_forged_id_naming_somebody_elses_order_is_refused(scene: Scene) -> None:
    """Ids are guessable by design; what protects an order is its lane's account."""
    theirs = scene.bid(scene.taker, 19_000, 1).order_id
    guessed = OrderId(0, 0, 0, 19_000, ETH_MARKET).pack()
    assert guessed == theirs
    with refused(scene.system, "NotOrderOwner", guessed, scene.maker):
        scene.system.cancel(scene.maker, guessed)
    with refused(scene.system, "NotOrderOwner", guessed, scene.maker):
        scene.system.reduce(scene.maker, guessed, 1)
    assert scene.system.place(scene.taker, ETH_MARKET, BID, 19_000, 1).order_id != theirs

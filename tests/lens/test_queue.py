"""The queue of a level, page by page, while it stands still and while it moves."""

from random import Random

import pytest

from tests.lens.support import items, pages, rejected
from tests.support.scene import ASK, GTC, IOC, Scene, order
from tests.support.system import BTC_MARKET, ETH_MARKET
from worldmarkets.client.lens import MAX_ITEMS, Lens
from worldmarkets.client.lens_views import Order, Page
from worldmarkets.model.interface import Side
from worldmarkets.model.words import MAX_TICK, NO_ASK, OrderId

TICK = 20_000


def rest(scene: Scene, count: int, lots: int = 10) -> list[int]:
    """Rest asks of the maker at one tick; returns their ids."""
    _, results = scene.system.batch(scene.maker, places=[order(ASK, TICK, lots)] * count)
    return [result.order_id for result in results]


def queue(lens: Lens, cursor: int = 0, limit: int = MAX_ITEMS) -> Page[Order]:
    return lens.queue(ETH_MARKET, TICK, cursor, limit)


def ids(page: Page[Order]) -> list[int]:
    return [found.id for found in page.items]


def stir(scene: Scene, random: Random, live: list[int]) -> set[int]:
    """Do something to the level; returns the ids that have left or may have."""
    choice = random.randrange(5)
    if choice == 0 or len(live) < 5:
        live += rest(scene, random.randrange(1, 12), random.randrange(5, 20))
        return set()
    if choice == 1:
        lots = random.randrange(1, 60)
        scene.system.place(scene.taker, ETH_MARKET, Side.BID, TICK, lots, IOC)
        left = {found for found, _ in scene.orders(TICK)}
        gone = set(live) - left
    elif choice == 2:
        chosen = random.choice([found for found, lane in scene.orders(TICK) if lane.lots > 1])
        scene.system.reduce(scene.maker, chosen, 1)
        return set()
    else:
        start = random.randrange(len(live))
        gone = set(live[start : start + random.randrange(1, 9)])
        scene.system.cancel_many(scene.maker, sorted(gone))
    live[:] = [found for found in live if found not in gone]
    return gone


@pytest.mark.parametrize("seed", range(4))
def test_queue_of_a_stirred_level_is_what_is_stored_in_order(
    scene: Scene, lens: Lens, seed: int
) -> None:
    random = Random(f"still {seed}")
    live = rest(scene, 30)
    for _ in range(25):
        stir(scene, random, live)
        limit = random.randrange(1, 12)
        found = pages(lambda cursor, limit=limit: queue(lens, cursor, limit))
        stored = [(found, lane.lots, lane.account) for found, lane in scene.orders(TICK)]
        assert [(each.id, each.lots, each.account_id) for each in items(found)] == stored
        assert all(each.is_live and each.side is ASK for each in items(found))


@pytest.mark.parametrize("seed", range(6))
def test_queue_read_while_it_moves_shows_what_stays_exactly_once(
    scene: Scene, lens: Lens, seed: int
) -> None:
    random = Random(f"moving {seed}")
    live = rest(scene, 60)
    for _ in range(6):
        stayed, seen = set(live), []
        page = queue(lens, 0, random.randrange(1, 9))
        while True:
            seen += ids(page)
            assert len(seen) == len(set(seen))
            if not page.next:
                break
            for _ in range(random.randrange(3)):
                stayed -= stir(scene, random, live)
            page = queue(lens, page.next, random.randrange(1, 9))
        assert [found for found in seen if found in stayed] == [
            found for found, _ in scene.orders(TICK) if found in stayed
        ]


def test_queue_of_a_level_without_orders_is_empty(scene: Scene, lens: Lens) -> None:
    assert queue(lens) == Page((), 0)
    scene.system.cancel_many(scene.maker, rest(scene, 20))
    assert queue(lens) == Page((), 0)


def test_queue_with_a_tail_of_the_dead_ends_before_it(scene: Scene, lens: Lens) -> None:
    placed = rest(scene, 6)
    assert OrderId.unpack(placed[5]).chunk
    scene.system.cancel_many(scene.maker, placed[4:])
    assert ids(queue(lens)) == placed[:4]
    # A page may end before it can know that nothing follows.
    full = queue(lens, limit=4)
    assert ids(full) == placed[:4]
    assert full.next == 0


def test_queue_after_its_chunk_was_filled_goes_on_at_the_head(scene: Scene, lens: Lens) -> None:
    placed = rest(scene, 20)
    first = queue(lens, limit=5)
    assert ids(first) == placed[:5]
    scene.system.place(scene.taker, ETH_MARKET, Side.BID, TICK, 130, GTC)
    assert ids(queue(lens, first.next)) == placed[13:]


def test_queue_after_its_chunk_was_cancelled_goes_on_behind_it(scene: Scene, lens: Lens) -> None:
    placed = rest(scene, 28)
    first = queue(lens, limit=11)
    scene.system.cancel_many(scene.maker, placed[10:16])
    assert ids(queue(lens, first.next)) == placed[16:]


def test_queue_after_its_chunk_went_to_another_level_is_not_led_astray(
    scene: Scene, lens: Lens
) -> None:
    placed = rest(scene, 28)
    first = queue(lens, limit=11)
    scene.system.cancel_many(scene.maker, placed[10:16])
    # The chunk just freed is the next one handed out, here to the level beside.
    _, results = scene.system.batch(scene.maker, places=[order(ASK, TICK + 1, 10)] * 10)
    assert OrderId.unpack(results[4].order_id).chunk == OrderId.unpack(placed[11]).chunk
    assert ids(queue(lens, first.next)) == placed[16:]


def test_queue_after_its_chunk_came_back_behind_others_is_not_led_astray(
    scene: Scene, lens: Lens
) -> None:
    placed = rest(scene, 28)
    first = queue(lens, limit=11)
    scene.system.cancel_many(scene.maker, placed[10:16])
    later = rest(scene, 6)
    assert OrderId.unpack(later[0]).chunk == OrderId.unpack(placed[11]).chunk
    assert ids(queue(lens, first.next)) == placed[16:] + later


def test_queue_after_the_level_was_emptied_and_filled_again_shows_only_what_is_new(
    scene: Scene, lens: Lens
) -> None:
    placed = rest(scene, 10)
    first = queue(lens, limit=7)
    scene.system.cancel_many(scene.maker, placed)
    later = rest(scene, 3)
    assert ids(queue(lens, first.next)) == later


def test_queue_with_a_made_up_cursor_shows_a_part_of_the_level(scene: Scene, lens: Lens) -> None:
    placed = rest(scene, 30)
    random = Random("cursors")
    for bits in (1, 48, 56, 88, 136, 256):
        for _ in range(20):
            found = ids(queue(lens, random.getrandbits(bits)))
            assert found == placed[len(placed) - len(found) :]


def test_queue_of_an_unknown_market_is_rejected(lens: Lens) -> None:
    with rejected("UnknownMarket", 300):
        lens.queue(300, TICK)


def test_queue_without_room_is_rejected(lens: Lens) -> None:
    with rejected("ZeroLimit"):
        lens.queue(BTC_MARKET, TICK, limit=0)


def test_queue_of_no_possible_tick_is_rejected(lens: Lens) -> None:
    with rejected("TickOutOfRange", NO_ASK, MAX_TICK):
        lens.queue(ETH_MARKET, NO_ASK)

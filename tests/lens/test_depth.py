"""Price levels of a book."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lens.support import deploy_lens, items, pages, rejected
from tests.support.backend import rolled_back
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import ASK, BID, LOT, Scene, make_scene, order
from tests.support.soundness import Books
from tests.support.system import BTC_MARKET, ETH_MARKET, deploy_system
from worldmarkets.client.lens import Lens
from worldmarkets.client.lens_views import Level, Page
from worldmarkets.model.interface import Side
from worldmarkets.model.words import MAX_TICK, NO_ASK

# Close together, at the edges of words of each layer, and anywhere within the band.
BID_TICKS = st.sampled_from([1, 2, 254, 255, 256, 509, 510]) | st.integers(1, 19_999)
ASK_TICKS = st.sampled_from(
    [20_000, 65_024, 65_025, 65_026, 130_050, MAX_TICK - 1, MAX_TICK]
) | st.integers(20_000, MAX_TICK)


@pytest.fixture(scope="module")
def busy() -> tuple[Scene, Lens]:
    """A scene of this module's own, for random books."""
    system = deploy_system(PyrevmBackend())
    return make_scene(system), deploy_lens(system)


def put(scene: Scene, side: Side, *ticks: int, lots: int = 1) -> list[int]:
    """Rest an order of the maker at each tick; returns their ids."""
    _, results = scene.system.batch(
        scene.maker, places=[order(side, tick, lots + index) for index, tick in enumerate(ticks)]
    )
    assert all(result.resting_lots for result in results)
    return [result.order_id for result in results]


def stored(scene: Scene, side: Side) -> list[Level]:
    """The levels of one side of the first market as the storage has them, best first."""
    levels = [
        Level(key & 0xFFFFFF, sum(lane.lots for _, lane in orders), len(orders))
        for key, orders in Books(scene.system).live_orders.items()
        if key >> 24 == ETH_MARKET and orders[0][1].is_ask == side
    ]
    return sorted(levels, key=lambda level: level.tick, reverse=side is BID)


@settings(max_examples=25)
@given(st.lists(BID_TICKS, max_size=25), st.lists(ASK_TICKS, max_size=25), st.integers(1, 9))
def test_depth_of_any_book_is_what_is_stored_once_in_order(
    busy: tuple[Scene, Lens], bids: list[int], asks: list[int], limit: int
) -> None:
    scene, lens = busy
    with rolled_back(scene.system.backend):
        put(scene, BID, *bids)
        put(scene, ASK, *asks)
        for side in (BID, ASK):
            expected = stored(scene, side)
            found = pages(lambda tick, side=side: lens.depth(ETH_MARKET, side, tick, limit))
            assert items(found) == expected
            # No page is short before the last, and the last is not empty.
            assert [len(page.items) for page in found[:-1]] == [limit] * (len(found) - 1)
            assert found[-1].items or not expected
            assert lens.depth(ETH_MARKET, side) == Page(tuple(expected), 0)


def test_depth_from_a_tick_between_levels_begins_at_the_next_worse(
    scene: Scene, lens: Lens
) -> None:
    put(scene, BID, 100, 200, 300)
    put(scene, ASK, 21_000, 22_000, 90_000)
    assert [level.tick for level in lens.depth(ETH_MARKET, BID, 250).items] == [200, 100]
    assert [level.tick for level in lens.depth(ETH_MARKET, BID, 200).items] == [200, 100]
    assert [level.tick for level in lens.depth(ETH_MARKET, ASK, 21_001).items] == [22_000, 90_000]
    assert [level.tick for level in lens.depth(ETH_MARKET, ASK, 22_000).items] == [22_000, 90_000]


def test_depth_from_a_tick_of_the_other_side_begins_at_the_best(scene: Scene, lens: Lens) -> None:
    put(scene, BID, 100, 200)
    put(scene, ASK, 21_000, 22_000)
    assert [level.tick for level in lens.depth(ETH_MARKET, BID, 21_500).items] == [200, 100]
    assert [level.tick for level in lens.depth(ETH_MARKET, ASK, 150).items] == [21_000, 22_000]


def test_depth_from_beyond_the_worst_level_is_empty(scene: Scene, lens: Lens) -> None:
    put(scene, BID, 100)
    put(scene, ASK, 21_000)
    assert lens.depth(ETH_MARKET, BID, 99) == Page((), 0)
    assert lens.depth(ETH_MARKET, ASK, 21_001) == Page((), 0)


def test_depth_of_an_empty_side_is_empty(scene: Scene, lens: Lens) -> None:
    put(scene, BID, 100)
    assert lens.depth(ETH_MARKET, ASK) == Page((), 0)
    assert lens.depth(BTC_MARKET, BID) == Page((), 0)


def test_depth_when_the_next_level_has_gone_goes_on_behind_it(scene: Scene, lens: Lens) -> None:
    ids = put(scene, ASK, 21_000, 22_000, 23_000, 24_000)
    first = lens.depth(ETH_MARKET, ASK, limit=2)
    assert ([level.tick for level in first.items], first.next) == ([21_000, 22_000], 23_000)
    scene.system.cancel(scene.maker, ids[2])
    scene.system.cancel(scene.maker, ids[0])
    second = lens.depth(ETH_MARKET, ASK, first.next, limit=2)
    assert second == Page((Level(24_000, 4, 1),), 0)


def test_depth_counts_all_orders_of_a_level(scene: Scene, lens: Lens) -> None:
    put(scene, ASK, *[21_000] * 9)
    assert lens.depth(ETH_MARKET, ASK).items == (Level(21_000, 45, 9),)
    assert scene.ledger(scene.maker, 1).open_asks == 45 * LOT


def test_depth_of_an_unknown_market_is_rejected(lens: Lens) -> None:
    with rejected("UnknownMarket", 300):
        lens.depth(300, BID)


def test_depth_without_room_is_rejected(lens: Lens) -> None:
    with rejected("ZeroLimit"):
        lens.depth(ETH_MARKET, BID, limit=0)


def test_depth_from_no_possible_tick_is_rejected(lens: Lens) -> None:
    with rejected("TickOutOfRange", NO_ASK, MAX_TICK):
        lens.depth(ETH_MARKET, ASK, NO_ASK)

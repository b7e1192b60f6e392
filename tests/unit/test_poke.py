"""Copying reference prices into the exchange."""

from dataclasses import replace

import pytest

from tests.support.backend import START_TIME
from tests.support.doubles import list_with_scripted_feed, script_feed
from tests.support.scene import STRANGER, Scene
from tests.support.soundness import exchange_storage, refused
from tests.support.system import ADMIN, DOLLAR
from worldmarkets.model.interface import SpotTerms
from worldmarkets.model.words import MAX_TICK, NO_ASK

MAX_PRICE = 2**55
TERMS = SpotTerms(1, 1_000, 1, 0, 0, 500)


def test_poke_writes_price_and_time_and_moves_the_band(scene: Scene) -> None:
    system = scene.system
    system.backend.set_time(START_TIME + 5)
    system.post_price(1, 2_200 * DOLLAR)
    system.backend.set_time(START_TIME + 9)
    before = scene.underlying()

    system.poke(1, sender=STRANGER)

    price = 2_200 * DOLLAR // 10**8
    [moved, event] = system.events()
    assert event.name == "PriceUpdated"
    assert event.fields == {"assetId": 1, "price": price, "time": START_TIME + 5}
    assert moved.name == "PriceMoved"
    assert moved.fields == {"assetId": 1, "pausedUntil": START_TIME + 19}
    # The slow price has gone nowhere yet: until now the old price held, and it was that.
    assert scene.underlying() == replace(before, price=price, time=START_TIME + 5)
    assert before.slow_price == 2_000 * DOLLAR // 10**8
    assert (scene.book().highest_bid, scene.book().lowest_ask) == (23_100, 20_900)


def test_poke_keeps_the_other_fields_of_the_book(scene: Scene) -> None:
    scene.bid(scene.maker, 19_500, 1)
    before = scene.book()
    scene.system.set_price(1, 2_500 * DOLLAR)
    after = scene.book()
    assert (after.best_bid, after.best_ask, after.tick_value, after.maker_ppm) == (
        before.best_bid,
        before.best_ask,
        before.tick_value,
        before.maker_ppm,
    )


def test_poke_of_several_updates_each(scene: Scene) -> None:
    scene.system.post_price(1, 2_010 * DOLLAR)
    scene.system.post_price(2, 60_500 * DOLLAR)
    scene.system.poke(1, 2)
    assert [event.fields["assetId"] for event in scene.system.events()] == [1, 2]
    assert scene.underlying(2).price == 60_500 * DOLLAR // 10**8


def test_poke_of_nothing_and_of_the_quote_asset_does_nothing(scene: Scene) -> None:
    before = exchange_storage(scene.system)
    scene.system.poke()
    scene.system.poke(0)
    assert scene.system.events() == []
    assert exchange_storage(scene.system) == before


@pytest.mark.parametrize("asset", [3, 43, 255, 256, 257, 65_535])
def test_poke_of_unlisted_asset_is_refused(scene: Scene, asset: int) -> None:
    with refused(scene.system, "UnlistedAsset", asset):
        scene.system.poke(1, asset)


def test_poke_of_price_zero_is_refused(scene: Scene) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 8, 1)
    script_feed(scene.system, feed, 0, START_TIME)
    with refused(scene.system, "InvalidPrice", asset, 0):
        scene.system.poke(asset)


def test_poke_of_a_price_that_rounds_to_zero_an_atom_is_refused(scene: Scene) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 8, 1)
    script_feed(scene.system, feed, 10**8 - 1, START_TIME)
    with refused(scene.system, "InvalidPrice", asset, 10**8 - 1):
        scene.system.poke(asset)
    script_feed(scene.system, feed, 10**8, START_TIME)
    scene.system.poke(asset)
    assert scene.underlying(asset).price == 1


def test_poke_of_a_price_from_the_future_is_refused(scene: Scene) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 8, 1)
    script_feed(scene.system, feed, DOLLAR, START_TIME + 1)
    with refused(scene.system, "InvalidPrice", asset, DOLLAR):
        scene.system.poke(asset)
    scene.system.backend.set_time(START_TIME + 1)
    scene.system.poke(asset)


def test_poke_of_the_highest_price_is_taken_and_one_more_refused(scene: Scene) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 0, 1)
    script_feed(scene.system, feed, MAX_PRICE + 1, START_TIME)
    with refused(scene.system, "InvalidPrice", asset, MAX_PRICE + 1):
        scene.system.poke(asset)
    script_feed(scene.system, feed, MAX_PRICE, START_TIME)
    scene.system.poke(asset)
    assert scene.underlying(asset).price == MAX_PRICE


@pytest.mark.parametrize("price", [2**128 - 1, 2**128, 2**224, 2**256 - 1])
def test_poke_of_a_huge_price_is_refused(scene: Scene, price: int) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 8, 2**64 - 1)
    script_feed(scene.system, feed, price, START_TIME)
    with refused(scene.system, "InvalidPrice", asset, price):
        scene.system.poke(asset)


def test_poke_of_an_older_price_changes_nothing(scene: Scene) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 8, 1)
    script_feed(scene.system, feed, 2 * DOLLAR, START_TIME - 10)
    scene.system.poke(asset)
    before = exchange_storage(scene.system)
    script_feed(scene.system, feed, 3 * DOLLAR, START_TIME - 11)
    scene.system.poke(asset)
    assert scene.system.events() == []
    assert exchange_storage(scene.system) == before


def test_poke_of_a_price_of_the_same_second_replaces_it(scene: Scene) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 8, 1)
    for dimes in (20, 21):
        script_feed(scene.system, feed, dimes * DOLLAR // 10, START_TIME)
        scene.system.poke(asset)
        assert scene.underlying(asset).price == dimes * 10**9


def test_poke_of_a_reverting_feed_reverts(scene: Scene) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 8, 1)
    scene.system.execute_on(feed, "ScriptedPriceFeed", ADMIN, "setReverts", True)
    with refused(scene.system, "unknown"):
        scene.system.poke(1, asset)


def test_poke_before_the_market_counts_when_the_market_is_listed(scene: Scene) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 8, 1)
    script_feed(scene.system, feed, 10**5 * DOLLAR, START_TIME)
    scene.system.poke(asset)
    market = scene.system.list_spot_market(asset, TERMS)
    # A lot is a hundred-thousandth of a token: one dollar, a million ticks.
    assert (scene.book(market).highest_bid, scene.book(market).lowest_ask) == (1_050_000, 950_000)


def test_poke_of_a_price_beyond_all_ticks_leaves_bids_free_and_asks_none(scene: Scene) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 8, 1)
    market = scene.system.list_spot_market(asset, TERMS)
    script_feed(scene.system, feed, 2 * 10**6 * DOLLAR, START_TIME)
    scene.system.poke(asset)
    assert scene.book(market).highest_bid == MAX_TICK
    assert scene.book(market).lowest_ask == NO_ASK
    with refused(scene.system, "PriceOutsideBand", MAX_TICK, NO_ASK):
        scene.system.place(scene.maker, market, 1, MAX_TICK, 1)


def test_poke_of_a_price_below_the_first_tick_leaves_no_price_for_bids(scene: Scene) -> None:
    asset, feed = list_with_scripted_feed(scene.system, 8, 1)
    market = scene.system.list_spot_market(asset, TERMS)
    script_feed(scene.system, feed, DOLLAR // 100, START_TIME)
    scene.system.poke(asset)
    assert scene.book(market).highest_bid == 0
    with refused(scene.system, "PriceUnavailable", asset):
        scene.system.place(scene.maker, market, 0, 1, 1)

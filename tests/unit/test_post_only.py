"""Orders that must not trade: they clear dead heads out of their way, then rest, slide or go."""

import pytest

from tests.support.scene import (
    ASK,
    BID,
    LOT,
    POST_ONLY,
    SLIDE,
    Scene,
    order,
)
from tests.support.soundness import refused
from tests.support.system import DOLLAR, ETH_MARKET, Side, Tif
from worldmarkets.model.interface import OrderResult, Refusal, Removal
from worldmarkets.model.records import Placed, Removed, Skipped
from worldmarkets.model.words import MAX_TICK, NO_ASK, NO_BID, OrderId

SIDES = [BID, ASK]


def other(side: Side) -> Side:
    return ASK if side == BID else BID


def further(side: Side, tick: int, ticks: int) -> int:
    """A tick deeper in the book of a side than another."""
    return tick - ticks if side == BID else tick + ticks


def place_dead(scene: Scene, side: Side, count: int, tick: int = 20_000) -> list[int]:
    """Orders of the maker that have just expired; their ids."""
    now = scene.system.backend.time
    placed = [
        scene.system.place(scene.maker, ETH_MARKET, side, tick, 5, expiry=now) for _ in range(count)
    ]
    scene.system.backend.set_time(now + 1)
    return [result.order_id for result in placed]


def removed_of(scene: Scene, ids: list[int], reason: Removal) -> list[Removed]:
    return [Removed(order_id, 5, scene.maker, reason) for order_id in ids]


@pytest.mark.parametrize("side", SIDES)
def test_post_only_that_would_trade_is_refused(scene: Scene, side: Side) -> None:
    scene.system.place(scene.maker, ETH_MARKET, side, 20_000, 5)
    for tick in (20_000, further(side, 20_000, 1)):
        with refused(scene.system, "WouldCross", tick, 20_000):
            scene.system.place(scene.taker, ETH_MARKET, other(side), tick, 1, POST_ONLY)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("tif", [POST_ONLY, SLIDE])
def test_post_only_beside_the_best_rests_where_it_asked(scene: Scene, side: Side, tif: Tif) -> None:
    scene.system.place(scene.maker, ETH_MARKET, side, 20_000, 5)
    tick = further(other(side), 20_000, 1)
    result = scene.system.place(scene.taker, ETH_MARKET, other(side), tick, 1, tif)
    assert OrderId.unpack(result.order_id).tick == tick
    assert result.resting_lots == 1


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("tif", [POST_ONLY, SLIDE])
@pytest.mark.parametrize("dead", [1, 4])
def test_post_only_clears_expired_heads_and_rests_where_it_asked(
    scene: Scene, side: Side, tif: Tif, dead: int
) -> None:
    ids = place_dead(scene, side, dead)
    result = scene.system.place(scene.taker, ETH_MARKET, other(side), 20_000, 3, tif)
    assert result == OrderResult(result.order_id, 0, 3)
    assert scene.records() == [
        *removed_of(scene, ids, Removal.EXPIRED),
        Placed(result.order_id, 3, is_ask=int(side == BID)),
    ]
    assert OrderId.unpack(result.order_id).tick == 20_000
    ledger = scene.ledger(scene.maker, 1)
    assert (ledger.open_bids, ledger.open_asks) == (0, 0)


@pytest.mark.parametrize("tif", [POST_ONLY, SLIDE])
def test_post_only_clears_heads_outside_the_band(scene: Scene, tif: Tif) -> None:
    ids = [scene.ask(scene.maker, 20_000, 5).order_id for _ in range(2)]
    scene.system.set_price(1, 2_200 * DOLLAR)
    result = scene.bid(scene.taker, 22_000, 3, tif)
    assert scene.records() == [
        *removed_of(scene, ids, Removal.OUTSIDE_BAND),
        Placed(result.order_id, 3),
    ]
    assert (scene.book().best_bid, scene.book().best_ask) == (22_000, NO_ASK)


def test_post_only_clears_heads_of_several_levels(scene: Scene) -> None:
    ids = [*place_dead(scene, ASK, 1, 20_000)]
    now = scene.system.backend.time
    ids += [scene.ask(scene.maker, 20_001 + i, 5, expiry=now).order_id for i in range(3)]
    scene.system.backend.set_time(now + 1)
    result = scene.bid(scene.taker, 20_003, 3, POST_ONLY)
    assert scene.records() == [
        *removed_of(scene, ids, Removal.EXPIRED),
        Placed(result.order_id, 3),
    ]


@pytest.mark.parametrize("side", SIDES)
def test_post_only_behind_five_dead_heads_is_refused(scene: Scene, side: Side) -> None:
    place_dead(scene, side, 5)
    with refused(scene.system, "WouldCross", 20_000, 20_000):
        scene.system.place(scene.taker, ETH_MARKET, other(side), 20_000, 3, POST_ONLY)


def test_post_only_skipped_by_a_batch_has_cleared_four_heads(scene: Scene) -> None:
    """The next of the batch finds one head left."""
    ids = place_dead(scene, ASK, 5)
    quote = order(BID, 20_000, 3, POST_ONLY)
    _, results = scene.system.batch(scene.taker, (), [quote, quote])
    assert [result.refusal for result in results] == [Refusal.WOULD_CROSS, Refusal.NONE]
    assert scene.records() == [
        *removed_of(scene, ids[:4], Removal.EXPIRED),
        Skipped(0, Refusal.WOULD_CROSS),
        *removed_of(scene, ids[4:], Removal.EXPIRED),
        Placed(results[1].order_id, 3),
    ]


@pytest.mark.parametrize("dead", [1, 4])
def test_post_only_stops_before_a_live_head_behind_dead_ones(scene: Scene, dead: int) -> None:
    ids = place_dead(scene, ASK, dead)
    live = scene.ask(scene.maker, 20_000, 7).order_id
    with refused(scene.system, "WouldCross", 20_000, 20_000):
        scene.bid(scene.taker, 20_000, 3, POST_ONLY)
    _, [result] = scene.system.batch(scene.taker, (), [order(BID, 20_000, 3, POST_ONLY)])
    assert result == OrderResult(refusal=Refusal.WOULD_CROSS)
    assert scene.records()[:-1] == removed_of(scene, ids, Removal.EXPIRED)
    assert [(key, lane.lots) for key, lane in scene.orders(20_000)] == [(live, 7)]


def test_post_only_leaves_own_orders_alone(scene: Scene) -> None:
    """Self-trade prevention is for orders that trade."""
    scene.bid(scene.maker, 20_000, 5)
    with refused(scene.system, "WouldCross", 20_000, 20_000):
        scene.ask(scene.maker, 20_000, 3, POST_ONLY)


def test_post_only_leaves_dead_orders_behind_a_live_head(scene: Scene) -> None:
    """Only heads are looked at: time priority stays as it is."""
    scene.ask(scene.maker, 20_000, 7)
    place_dead(scene, ASK, 1)
    with refused(scene.system, "WouldCross", 20_000, 20_000):
        scene.bid(scene.taker, 20_000, 3, POST_ONLY)


@pytest.mark.parametrize("fills", [0, 1, 64])
def test_post_only_clears_whatever_the_most_fills(scene: Scene, fills: int) -> None:
    place_dead(scene, ASK, 4)
    assert scene.bid(scene.taker, 20_000, 3, POST_ONLY, fills).resting_lots == 3


# ------------------------------------------------------------------ sliding


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("beyond", [0, 1, 500])
def test_slide_rests_a_tick_from_the_best_of_the_other_side(
    scene: Scene, side: Side, beyond: int
) -> None:
    scene.system.place(scene.maker, ETH_MARKET, side, 20_000, 5)
    tick = further(side, 20_000, beyond)
    result = scene.system.place(scene.taker, ETH_MARKET, other(side), tick, 3, SLIDE)
    final = further(other(side), 20_000, 1)
    assert OrderId.unpack(result.order_id).tick == final
    assert scene.records() == [Placed(result.order_id, 3, is_ask=int(side == BID))]
    assert [(key, lane.lots) for key, lane in scene.orders(final)] == [(result.order_id, 3)]
    ledger = scene.ledger(scene.taker, 1)
    assert (ledger.open_bids + ledger.open_asks) == 3 * LOT
    assert scene.level(20_000).lots == 5


def test_slide_clears_dead_heads_and_then_slides_from_the_live_one(scene: Scene) -> None:
    ids = place_dead(scene, ASK, 3, 19_900)
    scene.ask(scene.maker, 20_000, 5)
    result = scene.bid(scene.taker, 20_100, 3, SLIDE)
    assert scene.records() == [
        *removed_of(scene, ids, Removal.EXPIRED),
        Placed(result.order_id, 3),
    ]
    assert OrderId.unpack(result.order_id).tick == 19_999


def test_slide_behind_five_dead_heads_slides_from_the_fifth(scene: Scene) -> None:
    place_dead(scene, ASK, 5, 19_900)
    result = scene.bid(scene.taker, 20_100, 3, SLIDE)
    assert OrderId.unpack(result.order_id).tick == 19_899
    assert scene.level(19_900).live == 1


@pytest.mark.parametrize(("best", "limit", "side"), [(21_001, 21_000, BID), (18_999, 19_000, ASK)])
def test_slide_to_the_very_limit_of_the_band_rests(
    scene: Scene, best: int, limit: int, side: Side
) -> None:
    """The tick asked for is beyond the band; where the order comes to rest counts."""
    scene.system.place(scene.maker, ETH_MARKET, other(side), best, 5)
    tick = further(other(side), best, 5)
    result = scene.system.place(scene.taker, ETH_MARKET, side, tick, 3, SLIDE)
    assert OrderId.unpack(result.order_id).tick == limit


@pytest.mark.parametrize(("best", "limit", "side"), [(21_002, 21_000, BID), (18_998, 19_000, ASK)])
def test_slide_to_a_tick_outside_the_band_is_refused(
    scene: Scene, best: int, limit: int, side: Side
) -> None:
    scene.system.place(scene.maker, ETH_MARKET, other(side), best, 5)
    final = further(side, best, 1)
    with refused(scene.system, "PriceOutsideBand", final, limit):
        scene.system.place(scene.taker, ETH_MARKET, side, best, 3, SLIDE)


@pytest.mark.parametrize(("tick", "limit", "side"), [(21_001, 21_000, BID), (18_999, 19_000, ASK)])
def test_slide_that_reaches_nothing_is_judged_where_it_stands(
    scene: Scene, tick: int, limit: int, side: Side
) -> None:
    with refused(scene.system, "PriceOutsideBand", tick, limit):
        scene.system.place(scene.taker, ETH_MARKET, side, tick, 3, SLIDE)


def test_slide_whose_way_is_cleared_is_judged_where_it_stands(scene: Scene) -> None:
    """It crossed only a dead order, so its own tick counts; in a batch the dead one is gone."""
    ids = place_dead(scene, ASK, 1, 20_000)
    with refused(scene.system, "PriceOutsideBand", 21_001, 21_000):
        scene.bid(scene.taker, 21_001, 3, SLIDE)
    _, [result] = scene.system.batch(scene.taker, (), [order(BID, 21_001, 3, SLIDE)])
    assert result == OrderResult(refusal=Refusal.PRICE_OUTSIDE_BAND)
    assert scene.records() == [
        *removed_of(scene, ids, Removal.EXPIRED),
        Skipped(0, Refusal.PRICE_OUTSIDE_BAND),
    ]
    assert scene.book().best_ask == NO_ASK


def test_slide_below_a_best_ask_at_tick_one_is_refused(scene: Scene) -> None:
    """At ten cents a token a lot is worth one tick, and there is no price below."""
    scene.system.set_price(1, DOLLAR // 10)
    scene.ask(scene.maker, 1, 5)
    with refused(scene.system, "TickOutOfRange", 0, MAX_TICK):
        scene.bid(scene.taker, 1, 3, SLIDE)
    assert scene.book().best_bid == NO_BID


def test_slide_above_a_best_bid_at_the_highest_tick_is_refused(scene: Scene) -> None:
    scene.system.set_price(1, MAX_TICK * DOLLAR // 10)
    rich = scene.new_account("0x" + "77" * 20, 2 * MAX_TICK * 100)
    scene.bid(rich, MAX_TICK, 1)
    with refused(scene.system, "TickOutOfRange", MAX_TICK + 1, MAX_TICK):
        scene.ask(scene.taker, MAX_TICK, 3, SLIDE)


@pytest.mark.parametrize("tick", [0, MAX_TICK + 1, 2**24 - 1])
def test_slide_from_no_price_is_refused(scene: Scene, tick: int) -> None:
    scene.ask(scene.maker, 20_000, 5)
    with refused(scene.system, "TickOutOfRange", tick, MAX_TICK):
        scene.bid(scene.taker, tick, 3, SLIDE)

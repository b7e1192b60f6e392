"""Pauses: no new risk for a bounded time; everything that takes risk away goes on."""

import pytest

from tests.support.backend import START_TIME
from tests.support.scene import (
    ASK,
    BID,
    ETH_UNIT,
    FOK,
    GTC,
    IOC,
    LOT,
    MAKER,
    POST_ONLY,
    SLIDE,
    STRANGER,
    UNIT,
    Scene,
    order,
)
from tests.support.soundness import refused
from tests.support.system import ADMIN, BTC_MARKET, DOLLAR, ETH_MARKET, GUARDIAN, Side, Tif
from worldmarkets.model.interface import OrderResult, Refusal
from worldmarkets.model.records import Skipped

HOUR = 3_600
NEXT = (START_TIME // HOUR + 1) * HOUR
"""The first full hour after the scene begins."""
COOLDOWN = 168 * HOUR


@pytest.fixture
def paused(scene: Scene) -> Scene:
    """The first market is paused for the shortest time."""
    scene.system.pause_markets(ETH_MARKET, hours_long=1)
    return scene


# ------------------------------------------------------------------ how long


@pytest.mark.parametrize("hours", [1, 2, 72])
def test_pause_ends_with_the_full_hour_after_its_time(scene: Scene, hours: int) -> None:
    scene.system.pause_markets(ETH_MARKET, hours_long=hours)
    [event] = scene.system.events()
    until = NEXT + hours * HOUR
    assert event.name == "MarketPauseSet"
    assert event.fields == {"marketId": ETH_MARKET, "until": until}
    assert scene.book().paused_until == until
    scene.system.backend.set_time(until - 1)
    with refused(scene.system, "MarketPaused", ETH_MARKET, until):
        scene.bid(scene.maker, 19_000, 1)
    scene.system.backend.set_time(until)
    assert scene.bid(scene.maker, 19_000, 1).resting_lots == 1


def test_pause_from_a_full_hour_lasts_an_hour_more(scene: Scene) -> None:
    scene.system.backend.set_time(NEXT)
    scene.system.pause_markets(ETH_MARKET, hours_long=1)
    assert scene.book().paused_until == NEXT + 2 * HOUR


@pytest.mark.parametrize("hours", [0, 73, 2**16 - 1])
def test_pause_of_no_or_too_many_hours_is_refused(scene: Scene, hours: int) -> None:
    name = b"hoursLong".ljust(32, b"\0")
    with refused(scene.system, "InvalidParameter", name, hours):
        scene.system.pause_markets(ETH_MARKET, hours_long=hours)


@pytest.mark.parametrize("sender", [ADMIN, MAKER, STRANGER])
def test_pause_and_resume_without_the_role_are_refused(scene: Scene, sender: str) -> None:
    for function in (scene.system.pause_markets, scene.system.resume_markets):
        with refused(scene.system, "AccessManagedUnauthorized", sender):
            function(ETH_MARKET, sender=sender)


@pytest.mark.parametrize("market", [0, 1, 256, 259, 65_535])
def test_pause_and_resume_of_an_unknown_market_are_refused(scene: Scene, market: int) -> None:
    for function in (scene.system.pause_markets, scene.system.resume_markets):
        with refused(scene.system, "UnknownMarket", market):
            function(ETH_MARKET, market)


def test_pause_of_no_markets_does_nothing(scene: Scene) -> None:
    scene.system.pause_markets()
    scene.system.resume_markets()
    assert scene.system.events() == []


def test_pause_of_one_market_leaves_the_others(paused: Scene) -> None:
    assert paused.book(BTC_MARKET).paused_until == 0
    paused.system.place(paused.maker, BTC_MARKET, BID, 60_000, 20)


def test_pause_changes_nothing_else_of_the_book(scene: Scene) -> None:
    scene.bid(scene.maker, 19_000, 1)
    scene.ask(scene.maker, 20_500, 1)
    before = scene.book()
    scene.system.pause_markets(ETH_MARKET, hours_long=72)
    after = scene.book()
    assert (after.best_bid, after.best_ask) == (before.best_bid, before.best_ask)
    assert (after.highest_bid, after.lowest_ask) == (before.highest_bid, before.lowest_ask)
    assert (after.maker_ppm, after.tick_value) == (before.maker_ppm, before.tick_value)


# ------------------------------------------------------------------ again, and not again


def test_pause_again_within_the_week_after_the_end_is_refused(paused: Scene) -> None:
    end = NEXT + HOUR
    for time in (START_TIME, end, end + COOLDOWN - 1):
        paused.system.backend.set_time(time)
        with refused(paused.system, "PausedTooSoon", ETH_MARKET, end + COOLDOWN):
            paused.system.pause_markets(ETH_MARKET)
    paused.system.backend.set_time(end + COOLDOWN)
    paused.system.pause_markets(ETH_MARKET)
    assert paused.book().paused_until == end + COOLDOWN + 2 * HOUR


def test_pause_of_a_market_twice_in_one_call_is_refused(scene: Scene) -> None:
    earliest = NEXT + HOUR + COOLDOWN
    with refused(scene.system, "PausedTooSoon", ETH_MARKET, earliest):
        scene.system.pause_markets(ETH_MARKET, ETH_MARKET)


def test_pause_of_several_with_one_too_soon_pauses_none(paused: Scene) -> None:
    earliest = NEXT + HOUR + COOLDOWN
    with refused(paused.system, "PausedTooSoon", ETH_MARKET, earliest):
        paused.system.pause_markets(BTC_MARKET, ETH_MARKET)


def test_resume_ends_the_pause_at_once(paused: Scene) -> None:
    paused.system.resume_markets(ETH_MARKET)
    until = START_TIME // HOUR * HOUR
    [event] = paused.system.events()
    assert event.name == "MarketPauseSet"
    assert event.fields == {"marketId": ETH_MARKET, "until": until}
    assert paused.bid(paused.maker, 19_000, 1).resting_lots == 1


def test_resume_begins_the_week_in_which_no_pause_is_possible(paused: Scene) -> None:
    paused.system.resume_markets(ETH_MARKET)
    earliest = START_TIME // HOUR * HOUR + COOLDOWN
    with refused(paused.system, "PausedTooSoon", ETH_MARKET, earliest):
        paused.system.pause_markets(ETH_MARKET)
    paused.system.backend.set_time(earliest)
    paused.system.pause_markets(ETH_MARKET)


def test_resume_of_a_market_not_paused_changes_nothing(scene: Scene) -> None:
    """Neither before the first pause nor after one: the week is not begun anew."""
    before = scene.book()
    scene.system.resume_markets(ETH_MARKET, ETH_MARKET)
    assert scene.system.events() == []
    assert scene.book() == before
    scene.system.pause_markets(ETH_MARKET, hours_long=1)
    scene.system.backend.set_time(NEXT + 5 * HOUR)
    scene.system.resume_markets(ETH_MARKET)
    assert scene.book().paused_until == NEXT + HOUR


# ------------------------------------------------------------------ what is paused


@pytest.mark.parametrize("tif", Tif)
@pytest.mark.parametrize("side", [BID, ASK])
def test_place_while_paused_is_refused(paused: Scene, tif: Tif, side: Side) -> None:
    with refused(paused.system, "MarketPaused", ETH_MARKET, NEXT + HOUR):
        paused.system.place(paused.maker, ETH_MARKET, side, 20_000, 1, tif)


def test_place_while_paused_is_skipped_by_batches(paused: Scene) -> None:
    places = [order(BID, 19_000, 1), order(BID, 60_000, 20, market=BTC_MARKET)]
    for send in (paused.system.batch, paused.system.batch_packed):
        _, results = send(paused.maker, (), places)
        assert results[0] == OrderResult(refusal=Refusal.MARKET_PAUSED)
        assert results[1].resting_lots == 20
        assert paused.records()[0] == Skipped(0, Refusal.MARKET_PAUSED)
    with refused(paused.system, "MarketPaused", ETH_MARKET, NEXT + HOUR):
        paused.system.batch(paused.maker, (), places, all_or_none=True)


def test_amend_while_paused_only_shrinks(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 5).order_id
    scene.system.pause_markets(ETH_MARKET)
    for wanted in (order(ASK, 20_001, 5), order(ASK, 20_000, 6), order(ASK, 20_001, 1)):
        with refused(scene.system, "MarketPaused", ETH_MARKET, NEXT + HOUR):
            scene.system.amend(scene.maker, made, wanted)
    smaller = scene.system.amend(scene.maker, made, order(ASK, 20_000, 3))
    assert smaller == OrderResult(made, 0, 3)


def test_what_is_wrong_with_an_order_comes_before_the_pause(paused: Scene) -> None:
    with refused(paused.system, "PriceOutsideBand", 21_001, 21_000):
        paused.bid(paused.maker, 21_001, 1)


@pytest.mark.parametrize("tif", [GTC, POST_ONLY, SLIDE])
def test_reduce_only_order_rests_while_paused(paused: Scene, tif: Tif) -> None:
    assert paused.ask(paused.maker, 20_000, 5, tif, reduce_only=True).resting_lots == 5


@pytest.mark.parametrize("tif", [IOC, FOK])
def test_reduce_only_order_trades_while_paused(scene: Scene, tif: Tif) -> None:
    scene.bid(scene.taker, 20_000, 5)
    scene.system.pause_markets(ETH_MARKET)
    assert scene.ask(scene.maker, 20_000, 5, tif, reduce_only=True).filled_lots == 5


def test_reduce_only_orders_of_two_owners_meet_nobody_new_while_paused(paused: Scene) -> None:
    """A resting ask waits for a buyer, and buyers are new risk."""
    paused.ask(paused.maker, 20_000, 5, reduce_only=True)
    with refused(paused.system, "MarketPaused", ETH_MARKET, NEXT + HOUR):
        paused.bid(paused.taker, 20_000, 5, IOC)
    with refused(paused.system, "NothingToReduce", paused.taker, ETH_MARKET, 0):
        paused.bid(paused.taker, 20_000, 5, IOC, reduce_only=True)


def test_everything_else_goes_on_while_paused(scene: Scene) -> None:
    system = scene.system
    made = [scene.ask(scene.maker, 20_000 + i, 5).order_id for i in range(4)]
    system.pause_markets(ETH_MARKET, BTC_MARKET, hours_long=72)
    system.reduce(scene.maker, made[0], 3)
    assert system.cancel(scene.maker, made[0]) == 3
    assert system.cancel_many(scene.maker, [made[1]]) == [5]
    assert system.batch(scene.maker, [made[2]]) == ([5], [])
    assert system.batch_packed(scene.maker, [made[3]]) == ([5], [])
    system.fund(scene.maker, 0, 5 * UNIT)
    system.withdraw(scene.maker, 0, 5 * UNIT)
    system.withdraw(scene.maker, 1, LOT * ETH_UNIT)
    system.transfer(scene.maker, scene.taker, 0, 5)
    system.set_operator(scene.maker, STRANGER)
    system.revoke_operator(scene.maker, STRANGER)
    system.activate_asset(scene.maker, 2)
    system.deactivate_asset(scene.maker, 2)
    system.set_price(1, 2_100 * DOLLAR)
    system.collect_fees(ETH_MARKET)
    assert scene.book().highest_bid == 22_050
    assert scene.book().paused_until == NEXT + 72 * HOUR


def test_guardian_may_do_nothing_but_pause(scene: Scene) -> None:
    system = scene.system
    with refused(system, "AccessManagedUnauthorized", GUARDIAN):
        system.set_outflow_limit(0, 0, sender=GUARDIAN)
    with refused(system, "AccessManagedUnauthorized", GUARDIAN):
        system.list_asset(system.tokens[0], 1, system.feed, sender=GUARDIAN)
    with refused(system, "NotAccountOwner", scene.maker, GUARDIAN):
        system.cancel_many(scene.maker, [], sender=GUARDIAN)

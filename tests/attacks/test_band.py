"""What a moving price lets others do to orders, and orders to others."""

from tests.support.doubles import list_with_scripted_feed, script_feed
from tests.support.scene import (
    ASK,
    BID,
    FOK,
    IOC,
    POST_ONLY,
    STRANGER,
    UNIT,
    Scene,
    fee_up,
)
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET, DOLLAR, ETH_MARKET, SpotTerms
from worldmarkets.model.records import Filled, Removed
from worldmarkets.model.words import NO_ASK


def test_dead_heads_are_cleared_by_anyone_without_money(scene: Scene) -> None:
    """Five dead orders turn a post-only order away until somebody meets one; that needs no cash."""
    for _ in range(5):
        scene.ask(scene.maker, 20_000, 5)
    scene.system.set_price(1, 2_200 * DOLLAR)
    with refused(scene.system, "WouldCross", 21_500, 20_000):
        scene.bid(scene.taker, 21_500, 1, POST_ONLY)
    pauper = scene.system.create_account(STRANGER)
    assert scene.bid(pauper, 20_000, 1, IOC, fills=1).filled_lots == 0
    assert scene.bid(scene.taker, 21_500, 1, POST_ONLY).resting_lots == 1
    assert scene.book().best_ask == NO_ASK


def test_order_outside_the_band_lives_again_when_the_price_returns(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_000, 5).order_id
    scene.system.set_price(1, 2_200 * DOLLAR)
    scene.system.set_price(1, 2_000 * DOLLAR)
    assert scene.bid(scene.taker, 20_000, 5, FOK).filled_lots == 5
    assert scene.records()[0] == Filled(made, 5, scene.maker, 1, is_ask=1, gone=1)


def test_order_at_the_very_limit_trades_and_one_tick_beyond_is_removed(scene: Scene) -> None:
    at_limit = scene.ask(scene.maker, 19_950, 5).order_id
    beyond = scene.ask(scene.maker, 19_949, 5).order_id
    scene.system.set_price(1, 2_100 * DOLLAR)
    assert scene.book().lowest_ask == 19_950
    assert scene.bid(scene.taker, 19_950, 5, IOC).filled_lots == 5
    removed, filled, _ = scene.records()
    assert isinstance(removed, Removed)
    assert isinstance(filled, Filled)
    assert (removed.order_id, filled.order_id) == (beyond, at_limit)


def test_bid_at_the_very_limit_trades_and_one_tick_beyond_is_removed(scene: Scene) -> None:
    at_limit = scene.bid(scene.maker, 19_950, 5).order_id
    beyond = scene.bid(scene.maker, 19_951, 5).order_id
    scene.system.set_price(1, 1_900 * DOLLAR)
    assert scene.book().highest_bid == 19_950
    assert scene.ask(scene.taker, 19_950, 5, IOC).filled_lots == 5
    removed, filled, _ = scene.records()
    assert isinstance(removed, Removed)
    assert isinstance(filled, Filled)
    assert (removed.order_id, filled.order_id) == (beyond, at_limit)


def test_poke_and_trade_at_once_cannot_reach_an_honest_order_beyond_its_band(
    scene: Scene,
) -> None:
    """Whoever moves the price first only takes the stale order out of the book."""
    scene.ask(scene.maker, 19_500, 5)
    before = scene.cash(scene.maker), scene.base(scene.maker)
    scene.system.set_price(1, 2_500 * DOLLAR)
    scene.bid(scene.taker, 26_000, 5, IOC)
    assert (scene.cash(scene.maker), scene.base(scene.maker)) == before


def test_bids_at_the_limit_pay_their_rounded_fees_to_within_a_lot(scene: Scene) -> None:
    """Makers' charges round up at each fill; the check rounds once. The last lot may be cut, and
    no account ever ends in debt."""
    system = scene.system
    limit = scene.book(BTC_MARKET).highest_bid
    worst = 80 * limit * 10
    maker = scene.new_account(STRANGER, worst + fee_up(worst, 50))
    system.fund(scene.taker, 2, 10**7)
    system.place(maker, BTC_MARKET, BID, limit, 80)
    sold = sum(
        system.place(scene.taker, BTC_MARKET, ASK, limit, 20, IOC).filled_lots for _ in range(4)
    )
    assert sold in (79, 80)
    assert scene.cash(maker) >= 0
    assert scene.ledger(maker, 2).open_bids == 0


def test_hostile_feed_moves_only_the_band_of_its_own_asset(scene: Scene) -> None:
    system = scene.system
    asset, feed = list_with_scripted_feed(system, 8, 1)
    market = system.list_spot_market(asset, SpotTerms(10, 1_000, 1, 350, 0, 500))
    others = scene.book(ETH_MARKET), scene.book(BTC_MARKET), scene.underlying(1)
    for dollars in (10**5, 1, 10**6, 10**3):
        script_feed(system, feed, dollars * DOLLAR, system.backend.time)
        system.poke(asset, sender=STRANGER)
    assert (scene.book(ETH_MARKET), scene.book(BTC_MARKET), scene.underlying(1)) == others
    assert scene.book(market).highest_bid > 0


def test_hostile_feed_cannot_hold_deposits_cancels_or_withdrawals(scene: Scene) -> None:
    """An asset's feed that dies stops its pokes; nobody's money waits for it."""
    system = scene.system
    asset, feed = list_with_scripted_feed(system, 8, 1)
    market = system.list_spot_market(asset, SpotTerms(10, 1_000, 1, 350, 0, 500))
    script_feed(system, feed, 10**5 * DOLLAR, system.backend.time)
    system.poke(asset)
    system.fund(scene.maker, asset, 10**6)
    made = system.place(scene.maker, market, ASK, 100_000, 5).order_id
    system.execute_on(feed, "ScriptedPriceFeed", STRANGER, "setReverts", True)
    with refused(system, "unknown"):
        system.poke(asset)
    assert system.cancel(scene.maker, made) == 5
    system.withdraw(scene.maker, asset, 10**6)
    system.withdraw(scene.maker, 0, UNIT)

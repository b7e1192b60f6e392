"""Placing orders that trade with nobody."""

import pytest

from tests.support.doubles import list_with_scripted_feed
from tests.support.scene import (
    ASK,
    BID,
    FOK,
    GTC,
    IOC,
    LOT,
    MAKER,
    POST_ONLY,
    START_CASH,
    START_LOTS,
    STRANGER,
    Scene,
)
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET, DOLLAR, ETH_MARKET, AssetPlan, Side, Tif
from worldmarkets.model.interface import OrderResult, SpotTerms
from worldmarkets.model.records import Header, Placed
from worldmarkets.model.words import MAX_TICK, NO_ASK, Lane, LedgerWord, OrderId

HIGHEST_BID = 21_000
LOWEST_ASK = 19_000


@pytest.mark.parametrize("tif", [GTC, POST_ONLY])
def test_place_bid_rests_whole_and_counts_as_open(scene: Scene, tif: Tif) -> None:
    result = scene.bid(scene.maker, 19_500, 7, tif)

    order_id = OrderId(market=ETH_MARKET, tick=19_500).pack()
    assert result == OrderResult(order_id, 0, 7)
    assert scene.records() == [Placed(order_id, 7)]
    lane = Lane(account=scene.maker, lots=7, owner_hash=int(MAKER, 16) & 0xFF)
    assert scene.orders(19_500) == [(order_id, lane)]
    assert scene.ledger(scene.maker, 1) == LedgerWord(
        open_bids=7 * LOT, touched=1, balance=START_LOTS * LOT
    )
    assert scene.cash(scene.maker) == START_CASH
    assert (scene.book().best_bid, scene.book().best_ask) == (19_500, NO_ASK)


@pytest.mark.parametrize("tif", [GTC, POST_ONLY])
def test_place_ask_rests_whole_and_counts_as_open(scene: Scene, tif: Tif) -> None:
    result = scene.ask(scene.maker, 20_500, 7, tif)

    order_id = OrderId(market=ETH_MARKET, tick=20_500).pack()
    assert result == OrderResult(order_id, 0, 7)
    assert scene.records() == [Placed(order_id, 7, is_ask=1)]
    lane = Lane(account=scene.maker, lots=7, owner_hash=int(MAKER, 16) & 0xFF, is_ask=1)
    assert scene.orders(20_500) == [(order_id, lane)]
    assert scene.ledger(scene.maker, 1) == LedgerWord(
        open_asks=7 * LOT, touched=1, balance=START_LOTS * LOT
    )
    assert (scene.book().best_bid, scene.book().best_ask) == (0, 20_500)


def test_place_emits_one_event_whose_header_names_the_account(scene: Scene) -> None:
    scene.ask(scene.maker, 20_500, 7)
    [event] = scene.system.events()
    assert event.name == "BookRecords"
    assert event.fields["header"] == Header(account=scene.maker).pack()


def test_place_second_order_stands_behind_the_first(scene: Scene) -> None:
    first = scene.ask(scene.maker, 20_500, 7).order_id
    second = scene.ask(scene.taker, 20_500, 9).order_id
    assert [order_id for order_id, _ in scene.orders(20_500)] == [first, second]
    assert scene.level(20_500).lots == 16


def test_place_better_order_moves_the_best_and_worse_does_not(scene: Scene) -> None:
    scene.bid(scene.maker, 19_500, 1)
    scene.bid(scene.maker, 19_400, 1)
    assert scene.book().best_bid == 19_500
    scene.bid(scene.maker, 19_501, 1)
    assert scene.book().best_bid == 19_501
    scene.ask(scene.maker, 20_500, 1)
    scene.ask(scene.maker, 20_600, 1)
    assert scene.book().best_ask == 20_500
    scene.ask(scene.maker, 20_499, 1)
    assert scene.book().best_ask == 20_499


@pytest.mark.parametrize("tif", [IOC])
@pytest.mark.parametrize("side", [BID, ASK])
def test_place_immediate_order_without_counterpart_is_dropped(
    scene: Scene, side: Side, tif: Tif
) -> None:
    result = scene.system.place(scene.maker, ETH_MARKET, side, 20_000, 5, tif)
    assert result == OrderResult()
    assert scene.system.events() == []
    assert scene.orders(20_000) == []


@pytest.mark.parametrize("side", [BID, ASK])
def test_place_fill_or_kill_without_counterpart_is_refused(scene: Scene, side: Side) -> None:
    with refused(scene.system, "NotFilledWhole", 0, 5):
        scene.system.place(scene.maker, ETH_MARKET, side, 20_000, 5, FOK)


def test_place_for_unknown_account_is_refused(scene: Scene) -> None:
    for account in (0, 5, 2**32 - 1):
        with refused(scene.system, "UnknownAccount", account):
            scene.system.place(account, ETH_MARKET, BID, 20_000, 1, sender=STRANGER)


def test_place_for_an_account_of_somebody_else_is_refused(scene: Scene) -> None:
    for account in (1, 2, scene.maker):
        with refused(scene.system, "NotAccountOwner", account, STRANGER):
            scene.system.place(account, ETH_MARKET, BID, 20_000, 1, sender=STRANGER)


@pytest.mark.parametrize("market", [0, 1, 255, 256, 259, 513, 769, 65_535])
def test_place_in_unknown_market_is_refused(scene: Scene, market: int) -> None:
    with refused(scene.system, "UnknownMarket", market):
        scene.system.place(scene.maker, market, BID, 20_000, 1)


@pytest.mark.parametrize("tick", [0, MAX_TICK + 1, 2**24 - 1])
@pytest.mark.parametrize("side", [BID, ASK])
def test_place_at_no_tick_is_refused(scene: Scene, side: Side, tick: int) -> None:
    with refused(scene.system, "TickOutOfRange", tick, MAX_TICK):
        scene.system.place(scene.maker, ETH_MARKET, side, tick, 1)


def test_place_ask_at_the_highest_tick_rests(scene: Scene) -> None:
    scene.ask(scene.maker, MAX_TICK, 1)
    assert scene.book().best_ask == MAX_TICK


def test_place_bid_at_the_lowest_tick_rests(scene: Scene) -> None:
    scene.bid(scene.maker, 1, 1)
    assert scene.book().best_bid == 1


@pytest.mark.parametrize("lots", [0, 1, 19])
def test_place_below_the_minimum_is_refused(scene: Scene, lots: int) -> None:
    with refused(scene.system, "BelowMinimumSize", lots, 20):
        scene.system.place(scene.maker, BTC_MARKET, BID, 60_000, lots)


def test_place_of_the_minimum_rests(scene: Scene) -> None:
    result = scene.system.place(scene.maker, BTC_MARKET, BID, 60_000, 20)
    assert result.resting_lots == 20


def test_place_of_nothing_where_the_minimum_is_one_is_refused(scene: Scene) -> None:
    with refused(scene.system, "BelowMinimumSize", 0, 1):
        scene.bid(scene.maker, 20_000, 0)


@pytest.mark.parametrize("fills", [65, 255])
def test_place_with_too_many_fills_is_refused(scene: Scene, fills: int) -> None:
    with refused(scene.system, "TooManyFills", fills, 64):
        scene.bid(scene.maker, 20_000, 1, fills=fills)


@pytest.mark.parametrize("has", [0, 1_000])
def test_place_before_the_first_price_is_refused(scene: Scene, has: int) -> None:
    """Also to an account that uses the market already."""
    system = scene.system
    new, _ = list_with_scripted_feed(system, 8, 1)
    market = system.list_spot_market(new, SpotTerms(1, 1_000, 1, 0, 0, 500))
    if has:
        system.fund(scene.maker, new, has)
    for side in (BID, ASK):
        with refused(system, "PriceUnavailable", new):
            system.place(scene.maker, market, side, 1, 1)


def test_place_at_the_limits_of_the_band_rests_and_beyond_is_refused(scene: Scene) -> None:
    assert (scene.book().highest_bid, scene.book().lowest_ask) == (HIGHEST_BID, LOWEST_ASK)
    scene.bid(scene.maker, HIGHEST_BID, 1)
    with refused(scene.system, "PriceOutsideBand", HIGHEST_BID + 1, HIGHEST_BID):
        scene.bid(scene.maker, HIGHEST_BID + 1, 1)
    scene.system.cancel(scene.maker, scene.orders(HIGHEST_BID)[0][0])
    scene.ask(scene.maker, LOWEST_ASK, 1)
    with refused(scene.system, "PriceOutsideBand", LOWEST_ASK - 1, LOWEST_ASK):
        scene.ask(scene.maker, LOWEST_ASK - 1, 1)


def test_place_at_a_good_price_is_not_limited(scene: Scene) -> None:
    """Only the side that loses money has a limit."""
    scene.bid(scene.maker, 2, 1)
    scene.ask(scene.maker, 10**6, 1)
    assert (scene.book().best_bid, scene.book().best_ask) == (2, 10**6)


def test_place_ask_of_more_than_the_balance_is_refused(scene: Scene) -> None:
    balance = START_LOTS * LOT
    with refused(scene.system, "InsufficientBalance", scene.maker, 1, balance, balance + LOT):
        scene.ask(scene.maker, 20_000, START_LOTS + 1)
    assert scene.ask(scene.maker, 20_000, START_LOTS).resting_lots == START_LOTS


def test_place_asks_that_together_exceed_the_balance_are_refused(scene: Scene) -> None:
    balance = START_LOTS * LOT
    scene.ask(scene.maker, 20_000, START_LOTS)
    with refused(scene.system, "InsufficientBalance", scene.maker, 1, balance, balance + LOT):
        scene.ask(scene.maker, 20_001, 1)


def test_place_bid_of_more_than_the_cash_at_the_band_is_refused(scene: Scene) -> None:
    """What counts is the limit of the band, not the order's own price."""
    lots = START_CASH // (HIGHEST_BID * 100)
    needed = (lots + 1) * HIGHEST_BID * 100
    with refused(scene.system, "InsufficientBalance", scene.maker, 0, START_CASH, needed):
        scene.bid(scene.maker, 1, lots + 1)
    assert scene.bid(scene.maker, 1, lots).resting_lots == lots


def test_place_bids_in_two_markets_share_the_cash(scene: Scene) -> None:
    lots = START_CASH // (HIGHEST_BID * 100)
    scene.bid(scene.maker, 1, lots)
    worst = 20 * scene.book(BTC_MARKET).highest_bid * 10
    needed = lots * HIGHEST_BID * 100 + worst + -(-worst * 50 // 10**6)
    with refused(scene.system, "InsufficientBalance", scene.maker, 0, START_CASH, needed):
        scene.system.place(scene.maker, BTC_MARKET, BID, 1, 20)


@pytest.mark.parametrize("side", [BID, ASK])
def test_place_of_the_largest_order_is_counted_without_overflow(scene: Scene, side: Side) -> None:
    lots = 2**40 - 1
    asset, balance, needed = 0, START_CASH, lots * HIGHEST_BID * 100
    if side == ASK:
        asset, balance, needed = 1, START_LOTS * LOT, lots * LOT
    with refused(scene.system, "InsufficientBalance", scene.maker, asset, balance, needed):
        scene.system.place(scene.maker, ETH_MARKET, side, 20_000, lots)


def test_place_post_only_that_would_trade_is_refused(scene: Scene) -> None:
    scene.ask(scene.maker, 20_100, 1)
    scene.bid(scene.maker, 19_900, 1)
    for tick in (20_100, 20_101):
        with refused(scene.system, "WouldCross", tick, 20_100):
            scene.bid(scene.taker, tick, 1, POST_ONLY)
    for tick in (19_900, 19_899):
        with refused(scene.system, "WouldCross", tick, 19_900):
            scene.ask(scene.taker, tick, 1, POST_ONLY)
    assert scene.bid(scene.taker, 20_099, 1, POST_ONLY).resting_lots == 1


def test_place_with_a_seventeenth_asset_is_refused(scene: Scene) -> None:
    system = scene.system
    for index in range(14):
        system.add_asset(AssetPlan(f"T{index}", 8, 1, 10**18))
    account = system.create_account(system.owners[scene.maker])
    system.fund(account, 0, 10**18)
    for asset in range(2, 17):
        system.fund(account, asset, 1)
    with refused(system, "TooManyAssets", account, 17, 16):
        system.place(account, ETH_MARKET, BID, 20_000, 1)
    # An account that uses the asset already may go on.
    assert scene.bid(scene.maker, 20_000, 1).resting_lots == 1


def test_place_with_a_sixteenth_asset_rests(scene: Scene) -> None:
    system = scene.system
    for index in range(13):
        system.add_asset(AssetPlan(f"T{index}", 8, 1, 10**18))
    account = system.create_account(system.owners[scene.maker])
    system.fund(account, 0, 10**19)
    for asset in range(2, 16):
        system.fund(account, asset, 1)
    assert scene.account(account).assets == 2**16 - 1 - 2
    assert scene.bid(account, 1, 1).resting_lots == 1
    assert scene.account(account).assets == 2**16 - 1


def test_place_of_more_open_atoms_than_the_word_counts_is_refused(scene: Scene) -> None:
    system = scene.system
    asset = system.add_asset(AssetPlan("TINY", 18, 10**10, 10**14))
    market = system.list_spot_market(asset, SpotTerms(1, 2**40, 1, 0, 0, 500))
    for side in (BID, ASK):
        limit = scene.book(market).highest_bid
        with refused(system, "TooMuchOpen", scene.maker, asset):
            system.place(scene.maker, market, side, limit, 2**36)
        # One lot less fits the word, and only money is missing.
        missing = (asset, 0, (2**36 - 1) * 2**40)
        if side == BID:
            missing = (0, START_CASH, (2**36 - 1) * limit)
        with refused(system, "InsufficientBalance", scene.maker, *missing):
            system.place(scene.maker, market, side, limit, 2**36 - 1)


@pytest.mark.parametrize("side", [2, 255])
def test_place_with_an_unknown_side_is_refused(scene: Scene, side: int) -> None:
    with refused(scene.system, ""):
        scene.system.execute(MAKER, "place", scene.maker, (ETH_MARKET, 20_000, side, 1, 64, 0))


def test_place_after_price_moves_uses_the_new_band(scene: Scene) -> None:
    scene.system.set_price(1, 3_000 * DOLLAR)
    assert (scene.book().highest_bid, scene.book().lowest_ask) == (31_500, 28_500)
    with refused(scene.system, "PriceOutsideBand", 28_499, 28_500):
        scene.ask(scene.maker, 28_499, 1)
    assert scene.ask(scene.maker, 28_500, 1).resting_lots == 1

"""Cancels, then places, with one check at the end."""

import pytest

from tests.support.backend import START_TIME
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
    fee_up,
    notional,
    order,
)
from tests.support.soundness import exchange_storage, refused
from tests.support.system import BTC_MARKET, DOLLAR, FOREVER, AssetPlan
from worldmarkets.model.interface import OrderRequest, OrderResult, Refusal, Removal, SpotTerms
from worldmarkets.model.records import Filled, Placed, Removed, Skipped, Taken
from worldmarkets.model.words import MAX_TICK, NO_ASK


def test_batch_cancels_then_places(scene: Scene) -> None:
    old_bid = scene.bid(scene.maker, 19_900, 5).order_id
    old_ask = scene.ask(scene.maker, 20_100, 6).order_id

    lots, results = scene.system.batch(
        scene.maker,
        [old_bid, old_ask],
        [order(BID, 20_100, 7), order(ASK, 20_200, 8, POST_ONLY)],
    )

    assert lots == [5, 6]
    # The bid rests where the own ask just was: cancels come first.
    assert [result.resting_lots for result in results] == [7, 8]
    assert scene.records() == [
        Removed(old_bid, 5, scene.maker, Removal.CANCELLED),
        Removed(old_ask, 6, scene.maker, Removal.CANCELLED),
        Placed(results[0].order_id, 7),
        Placed(results[1].order_id, 8, is_ask=1),
    ]
    assert (scene.book().best_bid, scene.book().best_ask) == (20_100, 20_200)
    ledger = scene.ledger(scene.maker, 1)
    assert (ledger.open_bids, ledger.open_asks) == (7 * LOT, 8 * LOT)


def test_batch_over_two_markets_trades_in_both(scene: Scene) -> None:
    system = scene.system
    system.fund(scene.maker, 2, 10**6)
    scene.ask(scene.maker, 20_000, 5)
    system.place(scene.maker, BTC_MARKET, ASK, 60_000, 20)
    _, results = system.batch(
        scene.taker,
        (),
        [order(BID, 20_000, 5, IOC), OrderRequest(BTC_MARKET, BID, 60_000, 20)],
    )
    assert [result.filled_lots for result in results] == [5, 20]
    kinds = [type(record) for record in scene.records()]
    assert kinds == [Filled, Taken, Filled, Taken]
    assert len(system.events()) == 1


def test_batch_of_nothing_does_nothing(scene: Scene) -> None:
    assert scene.system.batch(scene.maker) == ([], [])
    assert scene.system.events() == []


def test_batch_may_pass_through_debt(scene: Scene) -> None:
    """Bought before the cash is there: only the end counts."""
    scene.ask(scene.maker, 20_000, 10)
    scene.bid(scene.maker, 19_990, 10)
    cost = notional(10, 20_000) - notional(10, 19_990)
    fees = fee_up(notional(10, 20_000), 350) + fee_up(notional(10, 19_990), 350)
    account = scene.new_account(STRANGER, cost + fees)
    _, results = scene.system.batch(
        account, (), [order(BID, 20_000, 10, IOC), order(ASK, 19_990, 10, IOC)]
    )
    assert [result.filled_lots for result in results] == [10, 10]
    assert (scene.cash(account), scene.base(account)) == (0, 0)


def test_batch_that_ends_in_debt_is_refused(scene: Scene) -> None:
    scene.ask(scene.maker, 20_000, 10)
    scene.bid(scene.maker, 19_990, 10)
    cost = notional(10, 20_000) - notional(10, 19_990)
    fees = fee_up(notional(10, 20_000), 350) + fee_up(notional(10, 19_990), 350)
    account = scene.new_account(STRANGER, cost + fees - 1)
    with refused(scene.system, "InsufficientBalance", account, 0, -1, 0):
        scene.system.batch(account, (), [order(BID, 20_000, 10, IOC), order(ASK, 19_990, 10, IOC)])


def test_batch_at_its_deadline_goes_through_and_later_is_refused(scene: Scene) -> None:
    system = scene.system
    system.backend.set_time(START_TIME + 100)
    system.batch(scene.maker, (), [order(BID, 19_000, 1)], START_TIME + 100)
    with refused(system, "DeadlinePassed", START_TIME + 99, START_TIME + 100):
        system.batch(scene.maker, (), [order(BID, 19_000, 1)], START_TIME + 99)


def test_batch_for_a_foreign_or_unknown_account_is_refused(scene: Scene) -> None:
    with refused(scene.system, "NotAccountOwner", scene.maker, STRANGER):
        scene.system.batch(scene.maker, (), [order(BID, 19_000, 1)], sender=STRANGER)
    with refused(scene.system, "UnknownAccount", 99):
        scene.system.batch(99, sender=MAKER)


def test_batch_with_a_duplicate_cancel_is_refused(scene: Scene) -> None:
    made = scene.bid(scene.maker, 19_900, 5).order_id
    for all_or_none in (False, True):
        with refused(scene.system, "DuplicateOrder", made):
            scene.system.batch(scene.maker, [made, made], (), FOREVER, all_or_none)


def test_batch_with_somebody_elses_cancel_is_refused(scene: Scene) -> None:
    made = scene.bid(scene.taker, 19_900, 5).order_id
    with refused(scene.system, "NotOrderOwner", made, scene.maker):
        scene.system.batch(scene.maker, [made])


def test_batch_skips_a_stale_cancel(scene: Scene) -> None:
    lots, results = scene.system.batch(scene.maker, [77, 78], [order(BID, 19_000, 1)])
    assert lots == [0, 0]
    assert scene.records() == [
        Skipped(0, 0),
        Skipped(1, 0),
        Placed(results[0].order_id, 1),
    ]


def test_batch_all_or_none_with_a_stale_cancel_is_refused(scene: Scene) -> None:
    made = scene.bid(scene.maker, 19_900, 5).order_id
    with refused(scene.system, "StaleOrder", 77):
        scene.system.batch(scene.maker, [made, 77], (), FOREVER, True)


def refusals(scene: Scene) -> dict[Refusal, tuple[OrderRequest, tuple[object, ...]]]:
    """For every reason an order that is refused for it, and the arguments of its error.

    The scene has an ask of 5 lots at 20,100, and asset 3 with a market but no price yet.
    """
    book = scene.book()
    return {
        Refusal.UNKNOWN_MARKET: (order(BID, 20_000, 1, market=999), (999,)),
        Refusal.TICK_OUT_OF_RANGE: (order(BID, 0, 1), (0, MAX_TICK)),
        Refusal.BELOW_MINIMUM_SIZE: (order(BID, 60_000, 19, market=BTC_MARKET), (19, 20)),
        Refusal.TOO_MANY_FILLS: (order(BID, 20_000, 1, fills=65), (65, 64)),
        Refusal.PRICE_OUTSIDE_BAND: (
            order(BID, book.highest_bid + 1, 1),
            (book.highest_bid + 1, book.highest_bid),
        ),
        Refusal.WOULD_CROSS: (order(BID, 20_100, 1, POST_ONLY), (20_100, 20_100)),
        Refusal.NOT_FILLED_WHOLE: (order(BID, 20_100, 6, FOK), (5, 6)),
    }


ERROR_OF = {
    Refusal.UNKNOWN_MARKET: "UnknownMarket",
    Refusal.TICK_OUT_OF_RANGE: "TickOutOfRange",
    Refusal.BELOW_MINIMUM_SIZE: "BelowMinimumSize",
    Refusal.TOO_MANY_FILLS: "TooManyFills",
    Refusal.PRICE_OUTSIDE_BAND: "PriceOutsideBand",
    Refusal.WOULD_CROSS: "WouldCross",
    Refusal.NOT_FILLED_WHOLE: "NotFilledWhole",
}


@pytest.mark.parametrize("refusal", ERROR_OF)
def test_batch_skips_a_refused_place_with_its_code(scene: Scene, refusal: Refusal) -> None:
    scene.ask(scene.maker, 20_100, 5)
    before = exchange_storage(scene.system)
    request, _ = refusals(scene)[refusal]

    _, results = scene.system.batch(scene.taker, (), [request])

    assert results == [OrderResult(refusal=refusal)]
    assert scene.records() == [Skipped(0, refusal)]
    assert exchange_storage(scene.system) == before


@pytest.mark.parametrize("refusal", ERROR_OF)
def test_batch_goes_on_behind_a_refused_place(scene: Scene, refusal: Refusal) -> None:
    scene.ask(scene.maker, 20_100, 5)
    request, _ = refusals(scene)[refusal]
    places = [order(BID, 19_000, 1), request, order(BID, 20_100, 2)]
    _, results = scene.system.batch(scene.taker, (), places)
    assert [result.refusal for result in results] == [Refusal.NONE, refusal, Refusal.NONE]
    assert (results[0].resting_lots, results[2].filled_lots) == (1, 2)
    assert Skipped(1, refusal) in scene.records()


@pytest.mark.parametrize("refusal", ERROR_OF)
def test_batch_all_or_none_turns_a_skip_into_its_error(scene: Scene, refusal: Refusal) -> None:
    scene.ask(scene.maker, 20_100, 5)
    request, arguments = refusals(scene)[refusal]
    with refused(scene.system, ERROR_OF[refusal], *arguments):
        scene.system.batch(scene.taker, (), [order(BID, 19_000, 1), request], FOREVER, True)


def test_batch_skips_a_place_without_price(scene: Scene) -> None:
    from_feed = list_with_scripted_feed(scene.system, 8, 1)[0]
    market = scene.system.list_spot_market(from_feed, SpotTerms(1, 1_000, 1, 0, 0, 500))
    request = order(BID, 1, 1, market=market)
    _, [result] = scene.system.batch(scene.maker, (), [request])
    assert result.refusal == Refusal.PRICE_UNAVAILABLE
    with refused(scene.system, "PriceUnavailable", from_feed):
        scene.system.batch(scene.maker, (), [request], FOREVER, True)


def test_batch_skips_a_place_with_too_much_open(scene: Scene) -> None:
    system = scene.system
    asset = system.add_asset(AssetPlan("TINY", 18, 10**10, 10**14))
    market = system.list_spot_market(asset, SpotTerms(1, 2**40, 1, 0, 0, 500))
    request = order(ASK, scene.book(market).lowest_ask, 2**36, market=market)
    _, [result] = system.batch(scene.maker, (), [request])
    assert result.refusal == Refusal.TOO_MUCH_OPEN
    with refused(system, "TooMuchOpen", scene.maker, asset):
        system.batch(scene.maker, (), [request], FOREVER, True)


def test_batch_skips_a_place_with_a_seventeenth_asset(scene: Scene) -> None:
    system = scene.system
    for index in range(14):
        system.add_asset(AssetPlan(f"T{index}", 8, 1, 10**18))
    account = system.create_account(MAKER)
    for asset in range(2, 17):
        system.fund(account, asset, 1)
    _, [result] = system.batch(account, (), [order(BID, 20_000, 1)])
    assert result.refusal == Refusal.TOO_MANY_ASSETS
    with refused(system, "TooManyAssets", account, 17, 16):
        system.batch(account, (), [order(BID, 20_000, 1)], FOREVER, True)


def test_batch_first_two_places_of_a_new_account_mark_both_assets(scene: Scene) -> None:
    account = scene.new_account(STRANGER, START_CASH)
    scene.system.batch(
        account, (), [order(BID, 20_000, 1), order(BID, 60_000, 20, market=BTC_MARKET)]
    )
    assert scene.account(account).assets == 0b111


def test_batch_fill_or_kill_that_fills_is_logged_in_its_place(scene: Scene) -> None:
    made = scene.ask(scene.maker, 20_100, 5).order_id
    places = [order(BID, 19_000, 1), order(BID, 20_100, 5, FOK), order(BID, 19_001, 1)]
    _, results = scene.system.batch(scene.taker, (), places)
    paid = notional(5, 20_100)
    assert results[1] == OrderResult(0, 5, 0)
    assert scene.records() == [
        Placed(results[0].order_id, 1),
        Filled(made, 5, scene.maker, 1, is_ask=1, gone=1),
        Taken(paid, fee_up(paid, 350), 5, 1, 257),
        Placed(results[2].order_id, 1),
    ]
    assert scene.book().best_ask == NO_ASK


def test_batch_fill_or_kill_undone_leaves_the_fills_to_the_next(scene: Scene) -> None:
    scene.ask(scene.maker, 20_100, 5)
    places = [order(BID, 20_100, 6, FOK), order(BID, 20_100, 6, IOC)]
    _, results = scene.system.batch(scene.taker, (), places)
    assert results == [OrderResult(refusal=Refusal.NOT_FILLED_WHOLE), OrderResult(0, 5, 0)]


def test_batch_fill_or_kill_all_or_none_undoes_everything(scene: Scene) -> None:
    scene.ask(scene.maker, 20_100, 5)
    made = scene.bid(scene.taker, 19_000, 1).order_id
    with refused(scene.system, "NotFilledWhole", 5, 6):
        scene.system.batch(scene.taker, [made], [order(BID, 20_100, 6, FOK)], FOREVER, True)


def test_batch_place_with_unknown_side_is_refused_whole(scene: Scene) -> None:
    bad = (257, 19_000, 2, 1, 64, 0)
    with refused(scene.system, ""):
        scene.system.execute(MAKER, "batch", scene.maker, [], [bad], False, FOREVER)


def test_batch_records_removals_of_a_place_that_is_then_skipped(scene: Scene) -> None:
    """An oversized bid removes a dead ask before it is refused: the ask is gone for good."""
    system = scene.system
    asset = system.add_asset(AssetPlan("TINY", 18, 10**10, 10**14))
    market = system.list_spot_market(asset, SpotTerms(1, 2**40, 1, 350, 0, 4_000))
    tick = scene.book(market).lowest_ask
    system.fund(scene.maker, asset, 10 * 2**40 * 10**10)
    dead = system.place(scene.maker, market, ASK, tick, 5).order_id
    system.set_price(asset, 2 * 10**14)
    alive = system.place(scene.maker, market, ASK, scene.book(market).lowest_ask, 5)
    too_much = order(BID, scene.book(market).lowest_ask - 1, 2**40 - 1, GTC, 64, market)

    _, [result] = system.batch(scene.taker, (), [too_much])

    assert result == OrderResult(refusal=Refusal.TOO_MUCH_OPEN)
    assert scene.records() == [
        Removed(dead, 5, scene.maker, Removal.OUTSIDE_BAND),
        Skipped(0, Refusal.TOO_MUCH_OPEN),
    ]
    assert scene.book(market).best_ask == scene.book(market).lowest_ask
    taken = system.place(scene.taker, market, BID, scene.book(market).lowest_ask, 5, IOC)
    assert (alive.resting_lots, taken.filled_lots) == (5, 5)


def test_batch_replaces_ten_quotes(scene: Scene) -> None:
    quotes = [order(BID, 19_900 - i, 3) for i in range(5)]
    quotes += [order(ASK, 20_100 + i, 3) for i in range(5)]
    _, first = scene.system.batch(scene.maker, (), quotes)
    ids = [result.order_id for result in first]
    lots, second = scene.system.batch(scene.maker, ids, quotes)
    assert lots == [3] * 10
    assert {result.order_id for result in second}.isdisjoint(ids)
    assert scene.ledger(scene.maker, 1).open_asks == 15 * LOT
    assert scene.base(scene.maker) == START_LOTS * LOT


def test_batch_with_own_cross_removes_the_first(scene: Scene) -> None:
    """The second order meets the first: no trade, and only the second rests."""
    _, results = scene.system.batch(scene.maker, (), [order(ASK, 20_000, 4), order(BID, 20_000, 4)])
    assert results[1] == OrderResult(results[1].order_id, 0, 4)
    assert scene.records() == [
        Placed(results[0].order_id, 4, is_ask=1),
        Removed(results[0].order_id, 4, scene.maker, Removal.SELF_TRADE),
        Placed(results[1].order_id, 4),
    ]
    ledger = scene.ledger(scene.maker, 1)
    assert (ledger.open_bids, ledger.open_asks) == (4 * LOT, 0)


def test_batch_after_price_moves_counts_bids_at_the_new_band(scene: Scene) -> None:
    lots = START_CASH // (21_000 * 100)
    made = scene.bid(scene.maker, 1, lots).order_id
    scene.system.set_price(1, 2_100 * DOLLAR)
    needed = (lots + 1) * 22_050 * 100
    with refused(scene.system, "InsufficientBalance", scene.maker, 0, START_CASH, needed):
        scene.system.batch(scene.maker, (), [order(BID, 1, 1)])
    # Cancels alone are never checked.
    scene.system.batch(scene.maker, [made])

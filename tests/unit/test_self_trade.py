"""Orders of one owner never trade with each other, whatever the accounts."""

import pytest

from tests.support.backend import user_address
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
    TAKER,
    Scene,
    fee_up,
    notional,
    order,
)
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET, DOLLAR, ETH_MARKET, Side, order_tuple
from worldmarkets.model.interface import OrderResult, Removal, SelfTrade
from worldmarkets.model.records import Filled, Placed, Reduced, Removed, Taken
from worldmarkets.model.words import LedgerWord

CANCEL_MAKER, CANCEL_TAKER, DECREMENT_BOTH = SelfTrade
NAMESAKE = user_address(0x100 | int(TAKER, 16) & 0xFF)
"""Another owner with the same low byte, and so the same hash, as the taker."""


def opposite(side: Side) -> Side:
    return ASK if side == BID else BID


@pytest.fixture(params=["same account", "other account"])
def own(scene: Scene, request: pytest.FixtureRequest) -> int:
    """An account of the taker's owner: the taker's own, or another."""
    if request.param == "same account":
        return scene.taker
    return scene.new_account(TAKER, START_CASH, START_LOTS)


def holdings(scene: Scene, *accounts: int) -> list[tuple[int, int]]:
    return [(scene.cash(account), scene.base(account)) for account in accounts]


@pytest.mark.parametrize("side", [BID, ASK])
def test_cancel_maker_removes_own_order_and_trades_with_the_next(
    scene: Scene, own: int, side: Side
) -> None:
    system = scene.system
    mine = system.place(own, ETH_MARKET, side, 20_000, 5).order_id
    theirs = system.place(scene.maker, ETH_MARKET, side, 20_000, 5).order_id

    result = system.place(scene.taker, ETH_MARKET, opposite(side), 20_000, 3)

    paid = notional(3, 20_000)
    assert result == OrderResult(0, 3, 0)
    assert scene.records() == [
        Removed(mine, 5, own, Removal.SELF_TRADE),
        Filled(theirs, 3, scene.maker, 1, is_ask=int(side == ASK)),
        Taken(paid, fee_up(paid, 350), 3, 1, ETH_MARKET, is_ask=int(side == BID)),
    ]
    ledger = scene.ledger(own, 1)
    assert (ledger.open_bids, ledger.open_asks) == (0, 0)


def test_cancel_maker_counts_as_a_fill(scene: Scene, own: int) -> None:
    for _ in range(2):
        scene.ask(own, 20_000, 5)
    scene.ask(scene.maker, 20_000, 5)
    assert scene.bid(scene.taker, 20_000, 5, IOC, fills=2) == OrderResult()
    assert scene.bid(scene.taker, 20_000, 5, IOC, fills=1).filled_lots == 5


def test_cancel_maker_alone_in_the_book_lets_the_taker_rest(scene: Scene, own: int) -> None:
    mine = scene.ask(own, 20_000, 5).order_id
    before = holdings(scene, own, scene.taker)
    result = scene.bid(scene.taker, 20_000, 3)
    assert scene.records() == [
        Removed(mine, 5, own, Removal.SELF_TRADE),
        Placed(result.order_id, 3),
    ]
    assert holdings(scene, own, scene.taker) == before
    assert scene.tape().sequence == 0


@pytest.mark.parametrize("side", [BID, ASK])
def test_cancel_taker_stops_before_own_order_and_leaves_it(
    scene: Scene, own: int, side: Side
) -> None:
    """What was traded before stays traded; the rest is dropped, though it would have rested."""
    system = scene.system
    theirs = system.place(scene.maker, ETH_MARKET, side, 20_000, 2).order_id
    mine = system.place(own, ETH_MARKET, side, 20_000, 5).order_id
    behind = system.place(scene.maker, ETH_MARKET, side, 20_000, 5).order_id
    own_before = scene.ledger(own, 1)

    result = system.place(
        scene.taker, ETH_MARKET, opposite(side), 20_000, 9, self_trade=CANCEL_TAKER
    )

    paid = notional(2, 20_000)
    assert result == OrderResult(0, 2, 0)
    assert scene.records() == [
        Filled(theirs, 2, scene.maker, 1, is_ask=int(side == ASK), gone=1),
        Taken(paid, fee_up(paid, 350), 2, 1, ETH_MARKET, is_ask=int(side == BID)),
    ]
    assert [(key, lane.lots) for key, lane in scene.orders(20_000)] == [(mine, 5), (behind, 5)]
    after = scene.ledger(own, 1)
    assert (after.open_bids, after.open_asks) == (own_before.open_bids, own_before.open_asks)


def test_cancel_taker_at_the_first_order_changes_nothing(scene: Scene, own: int) -> None:
    mine = scene.ask(own, 20_000, 5).order_id
    before = holdings(scene, own, scene.taker)
    assert scene.bid(scene.taker, 20_000, 3, self_trade=CANCEL_TAKER) == OrderResult()
    assert scene.system.events() == []
    assert [(key, lane.lots) for key, lane in scene.orders(20_000)] == [(mine, 5)]
    assert holdings(scene, own, scene.taker) == before


@pytest.mark.parametrize("mode", [CANCEL_MAKER, CANCEL_TAKER])
def test_fill_or_kill_counts_own_orders_as_nothing(scene: Scene, own: int, mode: SelfTrade) -> None:
    scene.ask(own, 20_000, 5)
    with refused(scene.system, "NotFilledWhole", 0, 5):
        scene.bid(scene.taker, 20_000, 5, FOK, self_trade=mode)


def test_fill_or_kill_that_would_decrement_is_refused(scene: Scene) -> None:
    """An order that is filled whole or not at all can not be made smaller."""
    scene.ask(scene.maker, 20_000, 5)
    with refused(scene.system, "InvalidTerms", FOK | DECREMENT_BOTH << 3):
        scene.bid(scene.taker, 20_000, 5, FOK, self_trade=DECREMENT_BOTH)


def test_decrement_both_makes_a_larger_maker_smaller_in_its_place(scene: Scene, own: int) -> None:
    mine = scene.ask(own, 20_000, 5).order_id
    behind = scene.ask(scene.maker, 20_000, 5).order_id
    before = holdings(scene, own, scene.taker)

    result = scene.bid(scene.taker, 20_000, 3, self_trade=DECREMENT_BOTH)

    assert result == OrderResult()
    assert scene.records() == [Reduced(mine, 2, 3)]
    assert [(key, lane.lots) for key, lane in scene.orders(20_000)] == [(mine, 2), (behind, 5)]
    assert scene.level(20_000).lots == 7
    assert scene.ledger(own, 1).open_asks == 2 * LOT
    assert holdings(scene, own, scene.taker) == before
    assert scene.tape().sequence == 0


def test_decrement_both_removes_a_smaller_maker_and_the_rest_trades(scene: Scene, own: int) -> None:
    mine = scene.bid(own, 20_000, 2).order_id
    theirs = scene.bid(scene.maker, 20_000, 2).order_id

    result = scene.ask(scene.taker, 20_000, 7, self_trade=DECREMENT_BOTH)

    got = notional(2, 20_000)
    assert (result.filled_lots, result.resting_lots) == (2, 3)
    assert scene.records() == [
        Removed(mine, 2, own, Removal.SELF_TRADE),
        Filled(theirs, 2, scene.maker, 1, gone=1),
        Taken(got, fee_up(got, 350), 2, 1, ETH_MARKET, is_ask=1),
        Placed(result.order_id, 3, is_ask=1),
    ]
    assert scene.cash(scene.taker) == START_CASH + got - fee_up(got, 350)
    assert scene.base(scene.taker) == (START_LOTS - 2) * LOT


def test_decrement_both_of_equals_removes_the_maker_and_drops_the_taker(
    scene: Scene, own: int
) -> None:
    mine = scene.ask(own, 20_000, 5).order_id
    assert scene.bid(scene.taker, 20_000, 5, self_trade=DECREMENT_BOTH) == OrderResult()
    assert scene.records() == [Removed(mine, 5, own, Removal.SELF_TRADE)]
    assert scene.orders(20_000) == []


@pytest.mark.parametrize(("lots", "left"), [(20, 25), (25, 20), (26, 0)])
def test_decrement_both_leaves_no_dust_of_the_maker(scene: Scene, lots: int, left: int) -> None:
    """The second market's minimum is 20 lots: a rest of 19 goes too."""
    system = scene.system
    system.fund(scene.taker, 2, 10**6)
    mine = system.place(scene.taker, BTC_MARKET, ASK, 60_000, 45).order_id
    result = system.place(scene.taker, BTC_MARKET, BID, 60_000, lots, self_trade=DECREMENT_BOTH)
    assert result == OrderResult()
    expected = Reduced(mine, left, lots) if left else Removed(mine, 45, scene.taker, 5)
    assert scene.records() == [expected]
    assert scene.ledger(scene.taker, 2).open_asks == left * 1_000
    assert scene.base(scene.taker, 2) == 10**6


@pytest.mark.parametrize(("lots", "rests"), [(64, 0), (65, 20)])
def test_decrement_both_leaves_no_dust_of_the_taker(scene: Scene, lots: int, rests: int) -> None:
    system = scene.system
    system.fund(scene.taker, 2, 10**6)
    system.place(scene.taker, BTC_MARKET, ASK, 60_000, 45)
    result = system.place(scene.taker, BTC_MARKET, BID, 60_000, lots, self_trade=DECREMENT_BOTH)
    assert (result.filled_lots, result.resting_lots) == (0, rests)


def test_decrement_both_of_an_immediate_order_fills_behind_it(scene: Scene, own: int) -> None:
    scene.ask(own, 20_000, 2)
    scene.ask(scene.maker, 20_001, 5)
    result = scene.bid(scene.taker, 20_001, 4, IOC, self_trade=DECREMENT_BOTH)
    assert result == OrderResult(0, 2, 0)


@pytest.mark.parametrize("mode", SelfTrade)
@pytest.mark.parametrize("side", [BID, ASK])
def test_owner_of_the_same_hash_trades_like_any_stranger(
    scene: Scene, mode: SelfTrade, side: Side
) -> None:
    """A lane keeps a byte of its owner; the account's word tells who he is."""
    system = scene.system
    namesake = scene.new_account(NAMESAKE, START_CASH, START_LOTS)
    made = system.place(namesake, ETH_MARKET, side, 20_000, 5).order_id
    [(_, lane)] = scene.orders(20_000)
    assert lane.owner_hash == int(TAKER, 16) & 0xFF
    result = system.place(scene.taker, ETH_MARKET, opposite(side), 20_000, 5, self_trade=mode)
    assert result == OrderResult(0, 5, 0)
    is_ask = int(side == ASK)
    assert scene.records()[0] == Filled(made, 5, namesake, 1, is_ask=is_ask, gone=1)


@pytest.mark.parametrize("mode", SelfTrade)
def test_mode_of_the_maker_does_not_matter(scene: Scene, mode: SelfTrade) -> None:
    mine = scene.ask(scene.taker, 20_000, 5, self_trade=mode).order_id
    scene.bid(scene.taker, 20_000, 2)
    assert scene.records()[0] == Removed(mine, 5, scene.taker, Removal.SELF_TRADE)


def test_own_order_that_has_expired_or_left_the_band_goes_for_that(scene: Scene) -> None:
    """Whatever the mode: dead orders are removed before anyone asks whose they are."""
    now = scene.system.backend.time
    expired = scene.ask(scene.taker, 20_000, 5, expiry=now).order_id
    scene.system.backend.set_time(now + 1)
    scene.bid(scene.taker, 20_000, 2, IOC, self_trade=CANCEL_TAKER)
    assert scene.records() == [Removed(expired, 5, scene.taker, Removal.EXPIRED)]
    left_behind = scene.ask(scene.taker, 20_000, 5).order_id
    scene.system.set_price(1, 2_200 * DOLLAR)
    scene.bid(scene.taker, 20_000, 2, IOC, self_trade=DECREMENT_BOTH)
    assert scene.records() == [Removed(left_behind, 5, scene.taker, Removal.OUTSIDE_BAND)]


@pytest.mark.parametrize("mode", SelfTrade)
def test_own_order_without_money_behind_it_is_met_as_own(scene: Scene, mode: SelfTrade) -> None:
    """The maker is not asked whether he could pay: nothing is traded."""
    poor = scene.new_account(TAKER, notional(5, 21_000))
    made = scene.bid(poor, 20_000, 5).order_id
    scene.system.set_price(1, DOLLAR // 10**5)
    scene.system.withdraw(poor, 0, (scene.cash(poor) - 1) * 10**12)
    scene.system.set_price(1, 2_000 * DOLLAR)
    scene.ask(scene.taker, 20_000, 5, IOC, self_trade=mode)
    expected = [] if mode == CANCEL_TAKER else [Removed(made, 5, poor, Removal.SELF_TRADE)]
    assert scene.records() == expected


def test_batch_keeps_to_the_mode_of_each_order(scene: Scene) -> None:
    mine = [scene.ask(scene.taker, 20_000, 5).order_id for _ in range(2)]
    places = [
        order(BID, 20_000, 2, GTC, self_trade=CANCEL_TAKER),
        order(BID, 20_000, 2, GTC, self_trade=DECREMENT_BOTH),
        order(BID, 20_000, 2, GTC, self_trade=CANCEL_MAKER),
    ]
    _, results = scene.system.batch(scene.taker, (), places)
    assert [result.resting_lots for result in results] == [0, 0, 2]
    assert scene.records()[:3] == [
        Reduced(mine[0], 3, 2),
        Removed(mine[0], 3, scene.taker, Removal.SELF_TRADE),
        Removed(mine[1], 5, scene.taker, Removal.SELF_TRADE),
    ]


@pytest.mark.parametrize("mode", SelfTrade)
def test_post_only_never_touches_own_orders(scene: Scene, own: int, mode: SelfTrade) -> None:
    scene.ask(own, 20_000, 5)
    with refused(scene.system, "WouldCross", 20_000, 20_000):
        scene.bid(scene.taker, 20_000, 2, POST_ONLY, self_trade=mode)


@pytest.mark.parametrize("terms", [3 << 3, 3 << 3 | 1])
def test_unknown_mode_is_refused(scene: Scene, terms: int) -> None:
    request = (*order_tuple(order(BID, 20_000, 1))[:-1], terms)
    with refused(scene.system, "InvalidTerms", terms):
        scene.system.execute(MAKER, "place", scene.maker, request)


def test_seller_who_meets_only_himself_gets_no_asset_marked(scene: Scene) -> None:
    """Nothing traded and nothing rests, so the account uses nothing new."""
    fresh = scene.system.create_account(TAKER)
    scene.bid(scene.taker, 20_000, 5)
    scene.ask(fresh, 20_000, 3, IOC)
    assert scene.account(fresh).assets == 0
    assert scene.ledger(fresh, 1) in (LedgerWord(), LedgerWord(touched=1))

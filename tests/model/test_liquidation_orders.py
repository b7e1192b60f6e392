"""Dead orders: matching removes them, anyone may; and what an account with them may place."""

import pytest

from tests.model.liquidation import (
    BIDDER,
    STRANGER,
    TRADER,
    WINNER,
    Scene,
    give,
    leveraged,
    refresh,
)
from tests.model.perps import (
    PERP_MARKET,
    assert_sound,
    fund,
    open_pool,
    perp_order,
    position,
    spot_order,
)
from tests.model.setting import add_user
from worldmarkets.model import Permission, Side, accounts
from worldmarkets.model import TimeInForce as Tif
from worldmarkets.model.errors import (
    AccountFrozen,
    DuplicateOrder,
    NotFlagged,
    NotOrderOwner,
    TooManyAssets,
    UnknownAccount,
    WouldCross,
)
from worldmarkets.model.events import BookRecords
from worldmarkets.model.interface import OrderRequest, Refusal, Removal
from worldmarkets.model.liquidation import protection
from worldmarkets.model.records import Filled, Removed, Skipped

BELOW = 1_870
FOREVER = 2**63
KEY = 0x77
"""An operator."""


def resting(**terms: object) -> tuple[Scene, int]:
    """A scene whose trader has an ask on the perp at 18,800, and is flagged."""
    scene = leveraged()
    order = perp_order(Side.ASK, 19_900, 100, **terms)
    order_id = scene.exchange.place(TRADER, scene.trader, order).order_id
    scene.flag(BELOW)
    return scene, order_id


def records(scene: Scene) -> list[object]:
    found = [one for one in scene.exchange.events if isinstance(one, BookRecords)]
    return [record for event in found for record in event.records]


def removals(scene: Scene) -> list[tuple[int, int]]:
    return [(one.lots, one.reason) for one in records(scene) if isinstance(one, Removed)]


def buy(scene: Scene, tick: int = 19_900, lots: int = 150, **terms: object) -> None:
    """Let the bidder buy of the perp at once."""
    terms = {"time_in_force": Tif.IMMEDIATE_OR_CANCEL, **terms}
    scene.exchange.place(BIDDER, scene.bidder, perp_order(Side.BID, tick, lots, **terms))


# ---------------------------------------------------------------------- matching


def test_matching_dead_perp_order_is_removed_and_nothing_trades() -> None:
    scene, order_id = resting()
    move_back(scene)
    before = position(scene.exchange, scene.trader)
    buy(scene)
    removed = Removed(order_id, 100, scene.trader, Removal.FROZEN)
    assert records(scene) == [removed]
    after = position(scene.exchange, scene.trader)
    assert (after.size, after.cash, after.open_asks) == (before.size, before.cash, 0)
    assert position(scene.exchange, scene.bidder).size == 0
    assert_sound(scene.exchange)


def move_back(scene: Scene) -> None:
    """Let the price be so high again that the ask is within the band; the flag stays."""
    for dollars in (1_930, 1_990):
        scene.exchange.time += 1
        feed = next(iter(scene.exchange.feeds.values()))
        feed.post(1, dollars * 10**18, scene.exchange.time)
        scene.exchange.poke([1])


def test_matching_goes_on_behind_dead_orders() -> None:
    scene, _ = resting()
    move_back(scene)
    alive = perp_order(Side.ASK, 19_900, 50)
    scene.exchange.place(WINNER, scene.winner, alive)
    buy(scene)
    assert removals(scene) == [(100, Removal.FROZEN)]
    assert [one.lots for one in records(scene) if isinstance(one, Filled)] == [50]
    assert_sound(scene.exchange)


def test_matching_dead_order_outside_the_band_says_so() -> None:
    scene = leveraged()
    scene.exchange.place(TRADER, scene.trader, perp_order(Side.BID, 19_100, 100))
    scene.flag(BELOW)
    for dollars in (1_800, 1_750):
        scene.exchange.time += 1
        feed = next(iter(scene.exchange.feeds.values()))
        feed.post(1, dollars * 10**18, scene.exchange.time)
        scene.exchange.poke([1])
    ask = perp_order(Side.ASK, 17_000, 10, time_in_force=Tif.IMMEDIATE_OR_CANCEL)
    scene.exchange.place(WINNER, scene.winner, ask)
    assert removals(scene) == [(100, Removal.OUTSIDE_BAND)]


def test_matching_dead_order_that_has_expired_says_so() -> None:
    scene, _ = resting(expiry=1_100)
    move_back(scene)
    scene.exchange.time = 1_200
    refresh(scene.exchange)
    buy(scene)
    assert removals(scene) == [(100, Removal.EXPIRED)]


def test_matching_dead_order_with_less_to_reduce_says_both() -> None:
    scene = leveraged(lots=10_000)
    order = perp_order(Side.ASK, 19_900, 5_000, reduce_only=True)
    scene.exchange.place(TRADER, scene.trader, order)
    scene.flag(BELOW)
    scene.open_auction(50)
    scene.take(500_000)
    scene.open_auction(400)
    left = position(scene.exchange, scene.trader).size
    assert left < 10_000
    sell = perp_order(Side.BID, 18_700, left - 3_000)
    scene.exchange.place(WINNER, scene.winner, sell)
    now = {"time_in_force": Tif.IMMEDIATE_OR_CANCEL, "reduce_only": True}
    scene.exchange.place(TRADER, scene.trader, perp_order(Side.ASK, 18_700, left - 3_000, **now))
    move_back(scene)
    buy(scene, lots=6_000)
    assert removals(scene) == [(3_000, Removal.FROZEN), (2_000, Removal.NOTHING_TO_REDUCE)]
    assert_sound(scene.exchange)


def test_matching_dead_order_with_nothing_to_reduce_says_only_that() -> None:
    scene = leveraged(lots=1_000)
    scene.exchange.place(TRADER, scene.trader, perp_order(Side.ASK, 19_900, 500, reduce_only=True))
    change_size(scene)
    protection.mark(scene.exchange.state, scene.trader, live=0)
    buy(scene)
    assert removals(scene) == [(500, Removal.NOTHING_TO_REDUCE)]


def change_size(scene: Scene) -> None:
    """Let the trader close his position and his orders be dead."""
    scene.exchange.place(WINNER, scene.winner, perp_order(Side.BID, 19_800, 1_000))
    now = {"time_in_force": Tif.IMMEDIATE_OR_CANCEL}
    scene.exchange.place(TRADER, scene.trader, perp_order(Side.ASK, 19_800, 1_000, **now))
    slot = (4 << 64) | scene.trader << 8 | 1
    scene.exchange.state.store_raw(slot, scene.exchange.state.load_raw(slot) | 1 << 153)


def test_matching_dead_order_of_the_takers_owner_is_his_own() -> None:
    scene, _ = resting()
    move_back(scene)
    other = fund(scene.exchange, TRADER, 10_000)
    order = perp_order(Side.BID, 19_900, 10, time_in_force=Tif.IMMEDIATE_OR_CANCEL)
    scene.exchange.place(TRADER, other, order)
    assert removals(scene) == [(100, Removal.SELF_TRADE)]


def test_matching_dead_order_of_an_operator_without_budget_says_so() -> None:
    scene = leveraged()
    key = (KEY, Permission.PLACE, FOREVER >> 32, 0)
    scene.exchange.set_operator(TRADER, scene.trader, *key)
    scene.exchange.place(KEY, scene.trader, perp_order(Side.ASK, 19_900, 100))
    scene.flag(BELOW)
    move_back(scene)
    scene.exchange.time += 1
    feed = next(iter(scene.exchange.feeds.values()))
    feed.post(1, 2_050 * 10**18, scene.exchange.time)
    scene.exchange.poke([1])
    buy(scene)
    assert removals(scene) == [(100, Removal.BUDGET_SPENT)]


def test_matching_dead_spot_order_is_removed_whatever_it_could_pay() -> None:
    scene = leveraged()
    open_pool(scene.exchange)
    trader = add_user(scene.exchange, TRADER, 0, 5)
    ask = spot_order(Side.ASK, 20_000, 2_000)
    order_id = scene.exchange.place(TRADER, trader, ask).order_id
    state = scene.exchange.state
    slot = (3 << 64) | trader << 8 | 1
    state.store_raw(slot, state.load_raw(slot) | 1 << 153)
    protection.mark(state, trader, live=0)
    bid = spot_order(Side.BID, 20_000, 10, time_in_force=Tif.IMMEDIATE_OR_CANCEL)
    scene.exchange.place(BIDDER, scene.bidder, bid)
    assert records(scene) == [Removed(order_id, 2_000, trader, Removal.FROZEN)]
    assert scene.atoms(trader, 1) == 5 * 10**8
    assert_sound(scene.exchange)


def test_post_only_clears_a_dead_order_away() -> None:
    scene, order_id = resting()
    move_back(scene)
    order = perp_order(Side.BID, 19_900, 10, time_in_force=Tif.POST_ONLY)
    result = scene.exchange.place(BIDDER, scene.bidder, order)
    assert result.resting_lots == 10
    assert records(scene)[0] == Removed(order_id, 100, scene.trader, Removal.FROZEN)
    assert_sound(scene.exchange)


def test_post_only_stops_before_an_own_dead_order() -> None:
    scene, _ = resting()
    move_back(scene)
    other = fund(scene.exchange, TRADER, 10_000)
    order = perp_order(Side.BID, 19_900, 10, time_in_force=Tif.POST_ONLY)
    with pytest.raises(WouldCross):
        scene.exchange.place(TRADER, other, order)


# ---------------------------------------------------------------------- what may be placed


@pytest.mark.parametrize(
    "terms",
    [
        {},
        {"reduce_only": True},
        {"time_in_force": Tif.POST_ONLY, "reduce_only": True},
        {"time_in_force": Tif.POST_ONLY_SLIDE, "reduce_only": True},
        {"time_in_force": Tif.IMMEDIATE_OR_CANCEL},
        {"time_in_force": Tif.FILL_OR_KILL},
    ],
)
def test_place_of_a_frozen_account_is_refused_unless_it_only_reduces_now(
    terms: dict[str, object],
) -> None:
    scene, _ = resting()
    with pytest.raises(AccountFrozen) as refused:
        scene.exchange.place(TRADER, scene.trader, perp_order(Side.ASK, 18_700, 10, **terms))
    assert refused.value.arguments == (scene.trader,)
    assert refused.value.refusal == Refusal.ACCOUNT_FROZEN == 18


@pytest.mark.parametrize("tif", [Tif.IMMEDIATE_OR_CANCEL, Tif.FILL_OR_KILL])
def test_place_of_a_frozen_account_that_only_reduces_now_trades(tif: Tif) -> None:
    scene, _ = resting()
    scene.exchange.place(WINNER, scene.winner, perp_order(Side.BID, 18_700, 10))
    order = perp_order(Side.ASK, 18_700, 10, time_in_force=tif, reduce_only=True)
    assert scene.exchange.place(TRADER, scene.trader, order).filled_lots == 10
    assert_sound(scene.exchange)


def test_batch_of_a_frozen_account_skips_what_may_rest_and_cancels() -> None:
    scene, order_id = resting()
    order = perp_order(Side.ASK, 18_700, 10)
    lots, results = scene.exchange.batch(TRADER, scene.trader, [order_id], [order], FOREVER, False)
    assert lots == [100]
    assert [result.refusal for result in results] == [Refusal.ACCOUNT_FROZEN]
    assert records(scene)[1:] == [Skipped(0, Refusal.ACCOUNT_FROZEN)]
    assert not scene.word().live


def test_amend_of_a_dead_order_only_makes_it_smaller() -> None:
    scene, order_id = resting()
    smaller = perp_order(Side.ASK, 19_900, 40)
    assert scene.exchange.amend(TRADER, scene.trader, order_id, smaller).resting_lots == 40
    with pytest.raises(AccountFrozen):
        scene.exchange.amend(TRADER, scene.trader, order_id, perp_order(Side.ASK, 19_800, 40))
    assert_sound(scene.exchange)


def test_place_of_a_frozen_account_is_refused_before_too_many_assets() -> None:
    scene, _ = resting()
    word = scene.word()
    slot = 2 << 64 | scene.trader
    full = (1 << 16) - 1
    scene.exchange.state.store_raw(slot, word.pack() | full << 169)
    with pytest.raises(AccountFrozen):
        scene.exchange.place(TRADER, scene.trader, spot_order(Side.BID, 18_700, 10))
    protection.mark(scene.exchange.state, scene.trader, live=1, assets=full << 2 | 1)
    with pytest.raises(TooManyAssets):
        scene.exchange.place(TRADER, scene.trader, spot_order(Side.BID, 18_700, 10))


def test_new_account_is_live_and_thawed_one_may_rest_orders_again() -> None:
    scene = leveraged()
    assert scene.word().live
    scene.flag(BELOW)
    give(scene.exchange, scene.trader, 1_000)
    scene.exchange.review_account(scene.trader)
    order = perp_order(Side.ASK, 18_800, 10)
    assert scene.exchange.place(TRADER, scene.trader, order).resting_lots == 10
    buy(scene, 18_800)
    assert [one.lots for one in records(scene) if isinstance(one, Filled)] == [10]


def test_asset_that_is_used_no_more_has_no_dead_orders_later() -> None:
    """Its word would be left out when the others thaw."""
    scene = leveraged()
    scene.exchange.activate_asset(TRADER, scene.trader, 1)
    scene.flag(BELOW)
    assert scene.ledger(scene.trader, 1).frozen
    scene.exchange.deactivate_asset(TRADER, scene.trader, 1)
    give(scene.exchange, scene.trader, 3_000)
    scene.exchange.review_account(scene.trader)
    assert scene.word().live
    open_pool(scene.exchange)
    scene.exchange.place(TRADER, scene.trader, spot_order(Side.BID, 18_700, 10))
    ask = spot_order(Side.ASK, 18_700, 10, time_in_force=Tif.IMMEDIATE_OR_CANCEL)
    seller = add_user(scene.exchange, STRANGER, 0, 5)
    assert scene.exchange.place(STRANGER, seller, ask).filled_lots == 10
    assert_sound(scene.exchange)


def test_perp_that_is_used_no_more_has_no_dead_orders_later() -> None:
    scene = leveraged()
    scene.flag(BELOW)
    give(scene.exchange, scene.trader, 3_000)
    scene.exchange.place(WINNER, scene.winner, perp_order(Side.BID, 18_700, 10_000))
    now = {"time_in_force": Tif.IMMEDIATE_OR_CANCEL, "reduce_only": True}
    scene.exchange.place(TRADER, scene.trader, perp_order(Side.ASK, 18_700, 10_000, **now))
    scene.exchange.settle(TRADER, scene.trader, PERP_MARKET)
    scene.exchange.deactivate_market(TRADER, scene.trader, PERP_MARKET)
    scene.exchange.review_account(scene.trader)
    assert scene.word().live
    assert not position(scene.exchange, scene.trader).frozen
    assert not accounts.used_perps(scene.exchange.state, scene.trader)


# ---------------------------------------------------------------------- forced cancels


def test_force_cancel_removes_dead_orders_and_says_why() -> None:
    scene, order_id = resting()
    assert scene.exchange.force_cancel(scene.trader, [order_id, 7]) == [100, 0]
    removed = Removed(order_id, 100, scene.trader, Removal.FROZEN)
    assert scene.exchange.events == [BookRecords(scene.trader, (removed, Skipped(1, 0)))]
    assert position(scene.exchange, scene.trader).open_asks == 0
    assert scene.word().flagged
    assert_sound(scene.exchange)


def test_force_cancel_of_nothing_emits_nothing() -> None:
    scene, _ = resting()
    assert scene.exchange.force_cancel(scene.trader, []) == []
    assert scene.exchange.events == []


def test_force_cancel_of_a_live_account_is_refused() -> None:
    scene = leveraged()
    order: OrderRequest = perp_order(Side.ASK, 20_100, 10)
    order_id = scene.exchange.place(TRADER, scene.trader, order).order_id
    with pytest.raises(NotFlagged):
        scene.exchange.force_cancel(scene.trader, [order_id])
    with pytest.raises(UnknownAccount):
        scene.exchange.force_cancel(99, [order_id])
    assert position(scene.exchange, scene.trader).open_asks == 10


def test_force_cancel_duplicate_or_foreign_order_is_refused() -> None:
    scene, order_id = resting()
    foreign = scene.exchange.place(WINNER, scene.winner, perp_order(Side.ASK, 19_000, 5)).order_id
    with pytest.raises(DuplicateOrder):
        scene.exchange.force_cancel(scene.trader, [order_id, order_id])
    with pytest.raises(NotOrderOwner):
        scene.exchange.force_cancel(scene.trader, [order_id, foreign])
    assert position(scene.exchange, scene.trader).open_asks == 100

"""What a flag does to orders: dead ones leave the book when they are met, and no new ones rest."""

import pytest

from tests.support.liquidation import END, FAILING, MAINTENANCE, LiquidationScene
from tests.support.perps import MARK
from tests.support.scene import (
    ASK,
    BID,
    FOK,
    GTC,
    IOC,
    OPERATOR,
    POST_ONLY,
    SLIDE,
    STRANGER,
    order,
)
from tests.support.soundness import refused
from tests.support.system import ETH_MARKET, ETH_PERP, Side, Tif
from worldmarkets.model.interface import Refusal, Removal
from worldmarkets.model.records import Filled, Placed, Removed, Skipped

BELOW = MAINTENANCE - 1


def flagged(
    failing: LiquidationScene, *orders: tuple[int, Side, int, int]
) -> tuple[int, list[int]]:
    """A flagged account that is long the perp, and its dead orders: market, side, tick, lots."""
    account = failing.perp_long()
    ids = [failing.system.place(account, *each).order_id for each in orders]
    failing.leave_equity(account, BELOW)
    failing.flag(account)
    return account, ids


# --------------------------------------------------------------- met by a taker


@pytest.mark.parametrize(
    ("market", "side"), [(ETH_MARKET, BID), (ETH_MARKET, ASK), (ETH_PERP, BID), (ETH_PERP, ASK)]
)
def test_take_meets_a_dead_order_removes_it_and_goes_on(
    failing: LiquidationScene, market: int, side: Side
) -> None:
    sign = 1 if side == ASK else -1
    account = failing.perp_long()
    if market == ETH_MARKET:
        failing.system.fund(account, 1, 10**18)
    dead = failing.system.place(account, market, side, MARK + sign, 10).order_id
    live = failing.system.place(failing.maker, market, side, MARK + 2 * sign, 10).order_id
    failing.leave_equity(account, BELOW)
    failing.flag(account)
    size = failing.position(account).size
    taken = failing.system.place(failing.taker, market, 1 - side, MARK + 2 * sign, 10, IOC)
    records = failing.records()
    assert taken.filled_lots == 10
    assert Removed(dead, 10, account, Removal.FROZEN) in records
    assert [r.order_id for r in records if isinstance(r, Filled)] == [live]
    word = failing.position(account) if market == ETH_PERP else failing.ledger(account, 1)
    assert (word.open_bids, word.open_asks) == (0, 0)
    assert failing.position(account).size == size


def test_dead_order_counts_as_one_of_the_fills_of_a_taker(failing: LiquidationScene) -> None:
    account, ids = flagged(failing, *[(ETH_PERP, BID, MARK - 1, 5)] * 3)
    failing.perp_bid(failing.maker, MARK - 2, 10)
    taken = failing.perp_ask(failing.taker, MARK - 2, 10, IOC, 2)
    assert taken.filled_lots == 0
    assert failing.position(account).open_bids == 5
    assert [lane for _, lane in failing.orders(MARK - 1, ETH_PERP)]
    taken = failing.perp_ask(failing.taker, MARK - 2, 10, IOC, 2)
    assert (taken.filled_lots, len(ids)) == (10, 3)


@pytest.mark.parametrize("market", [ETH_MARKET, ETH_PERP])
@pytest.mark.parametrize("tif", [POST_ONLY, SLIDE])
def test_post_only_order_clears_dead_heads_away(
    failing: LiquidationScene, market: int, tif: Tif
) -> None:
    """Nothing trades, so nothing is taken: it rests where it wanted to."""
    account, ids = flagged(failing, *[(market, BID, MARK + 1, 5)] * 3)
    placed = failing.system.place(failing.taker, market, ASK, MARK, 10, tif)
    records = failing.records()
    assert placed.resting_lots == 10
    assert [r for r in records if isinstance(r, Removed)] == [
        Removed(each, 5, account, Removal.FROZEN) for each in ids
    ]
    (rests,) = [r for r in records if isinstance(r, Placed)]
    assert rests.order_id == placed.order_id
    assert failing.book(market).best_ask == MARK


def test_post_only_order_behind_more_dead_heads_than_it_clears_is_refused(
    failing: LiquidationScene,
) -> None:
    flagged(failing, *[(ETH_PERP, BID, MARK + 1, 5)] * 5)
    with refused(failing.system, "WouldCross", MARK, MARK + 1):
        failing.perp_ask(failing.taker, MARK, 10, POST_ONLY)


def test_dead_order_outside_the_band_or_expired_leaves_for_that_reason(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long()
    expiry = failing.now + 30
    first = failing.perp_bid(account, MARK + 1, 5, expiry=expiry).order_id
    second = failing.perp_bid(account, MARK, 5).order_id
    failing.leave_equity(account, BELOW)
    failing.flag(account)
    failing.pass_time(31)
    failing.perp_ask(failing.taker, MARK, 5, IOC)
    assert [(r.order_id, r.reason) for r in failing.records() if isinstance(r, Removed)] == [
        (first, Removal.EXPIRED),
        (second, Removal.FROZEN),
    ]


def test_dead_reduce_only_order_leaves_whole(failing: LiquidationScene) -> None:
    """Not cut to what could be reduced: nothing of it is to trade."""
    account = failing.perp_long(lots=100)
    dead = failing.perp_ask(account, MARK + 1, 100, reduce_only=True).order_id
    failing.leave_equity(account, 100)
    failing.flag(account)
    assert failing.perp_bid(failing.taker, MARK + 1, 30, IOC).filled_lots == 0
    removed = [(r.order_id, r.lots) for r in failing.records() if isinstance(r, Removed)]
    assert sum(lots for _, lots in removed) == 100
    assert {order_id for order_id, _ in removed} == {dead}
    assert failing.position(account).open_asks == 0


# --------------------------------------------------------------- forceCancel


def test_force_cancel_by_anyone_removes_dead_orders_and_skips_those_gone(
    failing: LiquidationScene,
) -> None:
    account, ids = flagged(failing, (ETH_PERP, BID, MARK - 10, 5), (ETH_MARKET, BID, MARK - 20, 6))
    failing.system.cancel(account, ids[0])
    gone = ids[0]
    assert failing.system.force_cancel(account, [gone, ids[1]], sender=STRANGER) == [0, 6]
    assert failing.records() == [
        Skipped(0, 0),
        Removed(ids[1], 6, account, Removal.FROZEN),
    ]
    assert failing.ledger(account, 1).open_bids == 0


def test_force_cancel_of_a_live_account_is_refused(failing: LiquidationScene) -> None:
    """R12: not one order of an account is removed that is not liquidated."""
    account = failing.perp_long()
    resting = failing.perp_bid(account, MARK - 10, 5).order_id
    failing.leave_equity(account, BELOW)
    with refused(failing.system, "NotFlagged", account):
        failing.system.force_cancel(account, [resting], sender=STRANGER)


@pytest.mark.parametrize("account", [0, 77])
def test_force_cancel_of_no_account_is_refused(failing: LiquidationScene, account: int) -> None:
    with refused(failing.system, "UnknownAccount", account):
        failing.system.force_cancel(account, [1], sender=STRANGER)


def test_force_cancel_of_somebody_elses_order_is_refused(failing: LiquidationScene) -> None:
    account, _ = flagged(failing)
    healthy = failing.perp_bid(failing.maker, MARK - 10, 5).order_id
    with refused(failing.system, "NotOrderOwner", healthy, account):
        failing.system.force_cancel(account, [healthy], sender=STRANGER)


def test_force_cancel_of_an_order_twice_is_refused(failing: LiquidationScene) -> None:
    account, ids = flagged(failing, (ETH_PERP, BID, MARK - 10, 5))
    with refused(failing.system, "DuplicateOrder", ids[0]):
        failing.system.force_cancel(account, ids * 2, sender=STRANGER)


# --------------------------------------------------------------- orders of a flagged account


@pytest.mark.parametrize("reduce_only", [False, True])
@pytest.mark.parametrize("tif", [GTC, POST_ONLY, SLIDE])
def test_flagged_account_rests_no_order(
    failing: LiquidationScene, tif: Tif, reduce_only: bool
) -> None:
    account, _ = flagged(failing)
    with refused(failing.system, "AccountFrozen", account):
        failing.perp_ask(account, MARK + 10, 10, tif, reduce_only=reduce_only)


@pytest.mark.parametrize("tif", [IOC, FOK])
def test_flagged_account_takes_only_what_reduces(failing: LiquidationScene, tif: Tif) -> None:
    account, _ = flagged(failing)
    failing.perp_bid(failing.taker, MARK, 5_000)
    with refused(failing.system, "AccountFrozen", account):
        failing.perp_ask(account, MARK, 5_000, tif)
    taken = failing.perp_ask(account, MARK, 5_000, tif, reduce_only=True)
    assert taken.filled_lots == 5_000
    assert failing.position(account).size == 15_000


def test_flagged_account_reduces_no_further_than_to_nothing(failing: LiquidationScene) -> None:
    account, _ = flagged(failing)
    failing.perp_bid(failing.taker, MARK, 50_000)
    taken = failing.perp_ask(account, MARK, 50_000, IOC, reduce_only=True)
    assert taken.filled_lots == 20_000
    assert failing.position(account).size == 0
    # It uses the perp still, but needs no margin for it.
    assert failing.review(account) == (False, True)


def test_flagged_account_in_a_batch_is_skipped_with_a_code(failing: LiquidationScene) -> None:
    account, ids = flagged(failing, (ETH_PERP, BID, MARK - 10, 5))
    failing.perp_bid(failing.taker, MARK, 5_000)
    places = [
        order(ASK, MARK + 5, 10, market=ETH_PERP),
        order(ASK, MARK, 1_000, IOC, market=ETH_PERP, reduce_only=True),
    ]
    lots, results = failing.system.batch(account, ids, places)
    assert lots == [5]
    assert [each.refusal for each in results] == [Refusal.ACCOUNT_FROZEN, Refusal.NONE]
    assert results[1].filled_lots == 1_000


def test_flagged_account_cancels_and_shrinks_but_amends_into_nothing_else(
    failing: LiquidationScene,
) -> None:
    account, ids = flagged(failing, *[(ETH_PERP, BID, MARK - 10, 9)] * 3)
    system = failing.system
    with refused(system, "AccountFrozen", account):
        system.amend(account, ids[0], order(BID, MARK - 11, 9, market=ETH_PERP))
    system.amend(account, ids[0], order(BID, MARK - 10, 4, market=ETH_PERP))
    system.reduce(account, ids[1], 3)
    system.cancel(account, ids[2])
    assert failing.position(account).open_bids == 7
    assert failing.position(account).frozen == 1


def test_refusal_of_a_frozen_account_comes_after_all_others(failing: LiquidationScene) -> None:
    account, _ = flagged(failing)
    with refused(failing.system, "BelowMinimumSize", 0, 1):
        failing.perp_ask(account, MARK, 0)
    with refused(failing.system, "PriceOutsideBand", MARK * 2, 21_000):
        failing.perp_bid(account, MARK * 2, 1)


def test_operator_of_a_flagged_account_may_do_no_more(failing: LiquidationScene) -> None:
    account, _ = flagged(failing)
    failing.system.set_operator(account, OPERATOR, daily_loss_atoms=10**12)
    with refused(failing.system, "AccountFrozen", account):
        failing.perp_ask(account, MARK + 1, 10, sender=OPERATOR)


def test_account_with_a_claim_on_it_rests_no_order_until_it_is_paid(
    failing: LiquidationScene,
) -> None:
    """Not flagged any more, and not live either."""
    account = failing.ruined()
    failing.flag(account)
    failing.leave_equity(account, END * 100)
    assert failing.review(account) == (False, False)
    tick = failing.mark().mark // 2**24
    with refused(failing.system, "AccountFrozen", account):
        failing.perp_ask(account, tick + 1, 10)
    assert failing.system.repay_claims(account, sender=STRANGER) > 0
    assert failing.account(account).live == 1
    assert failing.perp_ask(account, tick + 1, 10).resting_lots == 10


def test_order_of_another_account_of_the_owner_is_as_alive_as_before(
    failing: LiquidationScene,
) -> None:
    flagged(failing)
    own = failing.trader(FAILING)
    failing.perp_bid(own, MARK, 10)
    assert failing.perp_ask(failing.taker, MARK, 10, IOC).filled_lots == 10

"""What orders that operators take with may lose against the reference price in a day."""

import pytest

from tests.support.backend import START_TIME
from tests.support.scene import (
    ASK,
    BID,
    FOK,
    IOC,
    OPERATOR,
    STRANGER,
    TICK_VALUE,
    Scene,
    fee_up,
    notional,
    order,
)
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET, DOLLAR, Side
from tests.unit.losses import (
    REFERENCE,
    TAKER_PPM,
    appoint,
    loss_of,
    offer,
    opposite,
    take,
)
from worldmarkets.model.interface import SelfTrade
from worldmarkets.model.words import MAX_TICK, SECONDS_A_DAY


@pytest.mark.parametrize("side", [BID, ASK])
@pytest.mark.parametrize("worse", [0, 1, 1_000])
def test_taker_loses_up_to_the_budget_to_the_atom(scene: Scene, side: Side, worse: int) -> None:
    tick = REFERENCE + (worse if side == BID else -worse)
    loss = loss_of(side, tick, 7, TAKER_PPM)
    offer(scene, opposite(side), tick, 7)
    appoint(scene, scene.taker, loss - 1)
    with refused(scene.system, "LossBudgetSpent", scene.taker, 0, loss, loss - 1):
        take(scene, side, tick, 7)
    appoint(scene, scene.taker, loss)
    assert take(scene, side, tick, 7).filled_lots == 7
    word = scene.cash_word(scene.taker)
    assert (word.loss, word.budget, word.day) == (loss, loss, START_TIME // SECONDS_A_DAY)


def test_taker_loss_is_known_to_the_atom(scene: Scene) -> None:
    """A lot bought a tick above the price: 100 for the tick, 50 for rounding, 701 of fee."""
    assert loss_of(BID, 20_001, 1, TAKER_PPM) == 100 + 50 + 701
    offer(scene, ASK, 20_001, 1)
    appoint(scene, scene.taker, 10**9)
    take(scene, BID, 20_001, 1)
    assert scene.cash_word(scene.taker).loss == 851


def test_taker_sums_the_fills_of_an_order_over_several_ticks(scene: Scene) -> None:
    """One fee, one rounding, gains of one fill against losses of another."""
    offer(scene, ASK, 19_900, 5)
    offer(scene, ASK, 20_100, 6)
    paid = notional(5, 19_900) + notional(6, 20_100)
    worth = notional(11, REFERENCE)
    appoint(scene, scene.taker, 10**9)
    take(scene, BID, 20_100, 11)
    expected = paid - worth + 11 * TICK_VALUE // 2 + fee_up(paid, TAKER_PPM)
    assert scene.cash_word(scene.taker).loss == expected


def test_taker_losses_add_up_within_the_day(scene: Scene) -> None:
    each = loss_of(BID, 20_010, 3, TAKER_PPM)
    appoint(scene, scene.taker, 2 * each + 1)
    offer(scene, ASK, 20_010, 100)
    take(scene, BID, 20_010, 3)
    take(scene, BID, 20_010, 3)
    one = loss_of(BID, 20_010, 1, TAKER_PPM)
    with refused(scene.system, "LossBudgetSpent", scene.taker, 2 * each, one, 2 * each + 1):
        take(scene, BID, 20_010, 1)


def test_taker_who_gains_gets_no_budget_back(scene: Scene) -> None:
    loss = loss_of(BID, 20_010, 3, TAKER_PPM)
    appoint(scene, scene.taker, loss)
    offer(scene, ASK, 20_010, 3)
    take(scene, BID, 20_010, 3)
    offer(scene, BID, 20_900, 3)
    assert take(scene, ASK, 20_900, 3).filled_lots == 3
    assert scene.cash_word(scene.taker).loss == loss


def test_taker_of_a_batch_is_counted_over_its_orders(scene: Scene) -> None:
    each = loss_of(BID, 20_010, 3, TAKER_PPM)
    appoint(scene, scene.taker, 2 * each - 1)
    offer(scene, ASK, 20_010, 100)
    places = [order(BID, 20_010, 3, IOC)] * 2
    for send in (scene.system.batch, scene.system.batch_packed):
        with refused(scene.system, "LossBudgetSpent", scene.taker, each, each, 2 * each - 1):
            send(scene.taker, (), places, sender=OPERATOR)
    appoint(scene, scene.taker, 2 * each)
    scene.system.batch_packed(scene.taker, (), places, sender=OPERATOR)
    assert scene.cash_word(scene.taker).loss == 2 * each


def test_taker_fill_or_kill_of_a_batch_is_counted_and_not_skipped(scene: Scene) -> None:
    loss = loss_of(BID, 20_010, 3, TAKER_PPM)
    offer(scene, ASK, 20_010, 3)
    appoint(scene, scene.taker, loss - 1)
    places = [order(BID, 20_010, 3, FOK), order(BID, 19_000, 1)]
    with refused(scene.system, "LossBudgetSpent", scene.taker, 0, loss, loss - 1):
        scene.system.batch(scene.taker, (), places, sender=OPERATOR)
    appoint(scene, scene.taker, loss)
    scene.system.batch(scene.taker, (), places, sender=OPERATOR)
    assert scene.cash_word(scene.taker).loss == loss


def test_taker_whose_orders_were_undone_has_lost_nothing(scene: Scene) -> None:
    """A fill-or-kill order that a batch skips gives its loss back with its fills."""
    offer(scene, ASK, 20_010, 3)
    appoint(scene, scene.taker, 10**9)
    scene.system.batch(scene.taker, (), [order(BID, 20_010, 4, FOK)], sender=OPERATOR)
    assert scene.cash_word(scene.taker).loss == 0


def test_taker_amending_across_the_book_is_counted(scene: Scene) -> None:
    appoint(scene, scene.taker, 0)
    offer(scene, ASK, 20_010, 3)
    made = scene.bid(scene.taker, 20_000, 3, sender=OPERATOR).order_id
    loss = loss_of(BID, 20_010, 3, TAKER_PPM)
    with refused(scene.system, "LossBudgetSpent", scene.taker, 0, loss, 0):
        scene.system.amend(scene.taker, made, order(BID, 20_010, 3), sender=OPERATOR)


def test_owner_loses_what_he_likes_and_uses_up_no_budget(scene: Scene) -> None:
    appoint(scene, scene.taker, 0)
    offer(scene, ASK, 21_000, 10)
    assert scene.bid(scene.taker, 21_000, 10).filled_lots == 10
    assert scene.cash_word(scene.taker).loss == 0


@pytest.mark.parametrize("mode", SelfTrade)
def test_orders_lost_to_self_trade_prevention_lose_no_budget(scene: Scene, mode: SelfTrade) -> None:
    appoint(scene, scene.taker, 0)
    scene.ask(scene.taker, 21_000, 10)
    scene.bid(scene.taker, 21_000, 4, IOC, self_trade=mode, sender=OPERATOR)
    assert scene.cash_word(scene.taker).loss == 0


def test_two_operators_share_one_budget(scene: Scene) -> None:
    loss = loss_of(BID, 20_010, 3, TAKER_PPM)
    appoint(scene, scene.taker, 1)
    appoint(scene, scene.taker, loss, STRANGER)
    offer(scene, ASK, 20_010, 6)
    take(scene, BID, 20_010, 3)
    with refused(scene.system, "LossBudgetSpent", scene.taker, loss, loss, loss):
        scene.bid(scene.taker, 20_010, 3, IOC, sender=STRANGER)


@pytest.mark.parametrize("side", [BID, ASK])
def test_taker_in_a_market_where_makers_pay_counts_the_same(scene: Scene, side: Side) -> None:
    """The second market: a reference price of 60,000 ticks of ten atoms."""
    system = scene.system
    for account in (scene.maker, scene.taker):
        system.fund(account, 2, 10**6)
    system.place(scene.maker, BTC_MARKET, opposite(side), 60_000, 25)
    loss = 25 * 10 // 2 + fee_up(25 * 600_000, 350)
    appoint(scene, scene.taker, loss - 1)
    with refused(system, "LossBudgetSpent", scene.taker, 0, loss, loss - 1):
        system.place(scene.taker, BTC_MARKET, side, 60_000, 25, sender=OPERATOR)


def test_seller_where_the_band_is_cut_at_the_highest_tick_loses_all_he_sells(
    scene: Scene,
) -> None:
    """The reference price is then not known from above."""
    scene.system.set_price(1, MAX_TICK * DOLLAR // 10)
    tick = scene.book().lowest_ask
    rich = scene.new_account(STRANGER, 2 * notional(1, MAX_TICK))
    scene.bid(rich, tick, 1)
    loss = notional(1, tick) + fee_up(notional(1, tick), TAKER_PPM)
    appoint(scene, scene.taker, loss - 1)
    with refused(scene.system, "LossBudgetSpent", scene.taker, 0, loss, loss - 1):
        take(scene, ASK, tick, 1)

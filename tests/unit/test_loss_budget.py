"""What executions of operators' orders may lose against the reference price in a day."""

import pytest

from tests.support.backend import START_TIME
from tests.support.scene import (
    ASK,
    BID,
    FOK,
    IOC,
    OPERATOR,
    POST_ONLY,
    START_CASH,
    STRANGER,
    TICK_VALUE,
    Scene,
    fee_up,
    notional,
    order,
)
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET, DOLLAR, ETH_MARKET, LAST_SECOND, Side
from worldmarkets.model.interface import OrderResult, Permission, Removal, SelfTrade
from worldmarkets.model.records import Filled, Removed, Taken
from worldmarkets.model.words import MAX_TICK, SECONDS_A_DAY

REFERENCE = 20_000
"""The reference price [ticks]."""
TAKER_PPM, REBATE_PPM = 350, -100
MIDNIGHT = (START_TIME // SECONDS_A_DAY + 1) * SECONDS_A_DAY
PLACE = Permission.PLACE


def loss_of(side: Side, tick: int, lots: int, ppm: int) -> int:
    """Loss of one execution: half a tick a lot against it for rounding, and the fee."""
    paid = notional(lots, tick)
    beyond = tick - REFERENCE if side == BID else REFERENCE - tick
    lost = lots * TICK_VALUE * (2 * beyond + 1) + 2 * fee_up(paid, ppm)
    return max(0, -(-lost // 2))


def appoint(scene: Scene, account: int, budget: int, operator: str = OPERATOR) -> None:
    scene.system.set_operator(account, operator, PLACE | Permission.CANCEL, LAST_SECOND, budget)


def opposite(side: Side) -> Side:
    return ASK if side == BID else BID


def offer(scene: Scene, side: Side, tick: int, lots: int) -> int:
    """An order of the maker's owner."""
    return scene.system.place(scene.maker, ETH_MARKET, side, tick, lots).order_id


def take(scene: Scene, side: Side, tick: int, lots: int) -> OrderResult:
    """The operator takes for the taker's account."""
    return scene.system.place(scene.taker, ETH_MARKET, side, tick, lots, IOC, sender=OPERATOR)


# ------------------------------------------------------------------ as taker


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


# ------------------------------------------------------------------ as maker


def quote(scene: Scene, side: Side, tick: int, lots: int) -> int:
    """The operator quotes for the maker's account."""
    return scene.system.place(scene.maker, ETH_MARKET, side, tick, lots, sender=OPERATOR).order_id


def hit(scene: Scene, side: Side, tick: int, lots: int) -> OrderResult:
    """The taker's owner trades."""
    return scene.system.place(scene.taker, ETH_MARKET, side, tick, lots, IOC)


@pytest.mark.parametrize("side", [BID, ASK])
@pytest.mark.parametrize("worse", [10, 1_000])
def test_maker_loses_up_to_the_budget_to_the_atom(scene: Scene, side: Side, worse: int) -> None:
    tick = REFERENCE + (worse if side == BID else -worse)
    loss = loss_of(side, tick, 7, REBATE_PPM)
    made = quote(scene_with_budget(scene, loss), side, tick, 7)
    assert hit(scene, opposite(side), tick, 7).filled_lots == 7
    assert scene.records()[0] == Filled(made, 7, scene.maker, 1, int(side == ASK), gone=1)
    assert scene.cash_word(scene.maker).loss == loss


def scene_with_budget(scene: Scene, budget: int) -> Scene:
    appoint(scene, scene.maker, budget)
    return scene


@pytest.mark.parametrize("side", [BID, ASK])
def test_maker_that_would_lose_an_atom_too_much_is_removed_and_the_next_trades(
    scene: Scene, side: Side
) -> None:
    tick = REFERENCE + (10 if side == BID else -10)
    loss = loss_of(side, tick, 7, REBATE_PPM)
    made = quote(scene_with_budget(scene, loss - 1), side, tick, 7)
    behind = offer(scene, side, tick, 7)
    before = scene.cash(scene.maker), scene.base(scene.maker)
    assert hit(scene, opposite(side), tick, 7).filled_lots == 7
    is_ask = int(side == ASK)
    assert scene.records()[:2] == [
        Removed(made, 7, scene.maker, Removal.BUDGET_SPENT),
        Filled(behind, 7, scene.maker, 1, is_ask, gone=1),
    ]
    assert scene.cash_word(scene.maker).loss == 0
    assert (scene.cash(scene.maker), scene.base(scene.maker)) != before
    ledger = scene.ledger(scene.maker, 1)
    assert (ledger.open_bids, ledger.open_asks) == (0, 0)


def test_maker_alone_that_would_lose_too_much_leaves_the_taker_nothing(scene: Scene) -> None:
    made = quote(scene_with_budget(scene, 0), ASK, 19_990, 7)
    before = scene.cash(scene.maker), scene.base(scene.maker)
    assert hit(scene, BID, 19_990, 7) == OrderResult()
    assert scene.records() == [Removed(made, 7, scene.maker, Removal.BUDGET_SPENT)]
    assert (scene.cash(scene.maker), scene.base(scene.maker)) == before


def test_maker_is_judged_by_what_the_taker_wants(scene: Scene) -> None:
    """Two of seven lots are within the budget, so they trade; the next three are not."""
    two = loss_of(ASK, 19_990, 2, REBATE_PPM)
    made = quote(scene_with_budget(scene, two), ASK, 19_990, 7)
    assert hit(scene, BID, 19_990, 2).filled_lots == 2
    assert scene.cash_word(scene.maker).loss == two
    assert hit(scene, BID, 19_990, 3) == OrderResult()
    assert scene.records() == [Removed(made, 5, scene.maker, Removal.BUDGET_SPENT)]


def test_maker_losses_of_one_taker_add_up(scene: Scene) -> None:
    each = loss_of(ASK, 19_990, 2, REBATE_PPM)
    appoint(scene, scene.maker, 2 * each)
    made = [quote(scene, ASK, 19_990, 2) for _ in range(3)]
    result = hit(scene, BID, 19_990, 6)
    assert result.filled_lots == 4
    assert scene.records()[2] == Removed(made[2], 2, scene.maker, Removal.BUDGET_SPENT)
    assert scene.cash_word(scene.maker).loss == 2 * each


def test_maker_within_its_rebate_loses_nothing(scene: Scene) -> None:
    """At the price itself: 50 atoms a lot for rounding, 200 of rebate."""
    quote(scene_with_budget(scene, 0), BID, REFERENCE, 7)
    assert hit(scene, ASK, REFERENCE, 7).filled_lots == 7
    assert scene.cash_word(scene.maker).loss == 0


def test_maker_fee_counts_where_makers_pay(scene: Scene) -> None:
    system = scene.system
    system.fund(scene.maker, 2, 10**6)
    loss = 25 * 10 // 2 + fee_up(25 * 600_000, 50)
    for budget, filled in ((loss - 1, 0), (loss, 25)):
        appoint(scene, scene.maker, budget)
        system.place(scene.maker, BTC_MARKET, ASK, 60_000, 25, sender=OPERATOR)
        result = system.place(scene.taker, BTC_MARKET, BID, 60_000, 25, IOC)
        assert result.filled_lots == filled
    assert scene.cash_word(scene.maker).loss == loss


def test_maker_order_of_the_owner_uses_up_no_budget(scene: Scene) -> None:
    appoint(scene, scene.maker, 0)
    offer(scene, ASK, 19_500, 7)
    assert hit(scene, BID, 19_500, 7).filled_lots == 7
    assert scene.cash_word(scene.maker).loss == 0


def test_maker_quote_is_judged_at_the_price_of_the_day_it_trades(scene: Scene) -> None:
    """An ask at the price, which then rose by 400 ticks within the band."""
    made = quote(scene_with_budget(scene, 1_000_000), ASK, REFERENCE, 7)
    scene.system.set_price(1, 2_040 * DOLLAR)
    rebate = fee_up(notional(7, REFERENCE), REBATE_PPM)
    loss = 7 * TICK_VALUE * 400 + 7 * 50 + rebate
    appoint(scene, scene.maker, loss - 1)
    assert hit(scene, BID, REFERENCE, 7) == OrderResult()
    assert scene.records() == [Removed(made, 7, scene.maker, Removal.BUDGET_SPENT)]
    quote(scene_with_budget(scene, loss), ASK, REFERENCE + 400, 7)
    assert hit(scene, BID, REFERENCE + 400, 7).filled_lots == 7


def test_maker_order_of_a_revoked_operator_still_counts(scene: Scene) -> None:
    loss = loss_of(ASK, 19_990, 7, REBATE_PPM)
    made = quote(scene_with_budget(scene, loss - 1), ASK, 19_990, 7)
    scene.system.revoke_operator(scene.maker, OPERATOR)
    assert hit(scene, BID, 19_990, 7) == OrderResult()
    assert scene.records() == [Removed(made, 7, scene.maker, Removal.BUDGET_SPENT)]


def test_maker_and_taker_of_operators_each_use_their_own_budget(scene: Scene) -> None:
    appoint(scene, scene.maker, 10**9)
    appoint(scene, scene.taker, 10**9)
    quote(scene, ASK, 19_900, 7)
    take(scene, BID, 19_900, 7)
    maker, taker = scene.cash_word(scene.maker), scene.cash_word(scene.taker)
    assert maker.loss == loss_of(ASK, 19_900, 7, REBATE_PPM)
    assert taker.loss == 0
    paid = notional(7, 19_900)
    assert isinstance(scene.records()[-1], Taken)
    assert (maker.balance, taker.balance) == (
        START_CASH + paid - fee_up(paid, REBATE_PPM),
        START_CASH - paid - fee_up(paid, TAKER_PPM),
    )


def test_maker_removed_for_its_budget_counts_as_a_fill(scene: Scene) -> None:
    appoint(scene, scene.maker, 0)
    for _ in range(2):
        quote(scene, ASK, 19_990, 7)
    offer(scene, ASK, 19_990, 7)
    result = scene.system.place(scene.taker, ETH_MARKET, BID, 19_990, 7, IOC, 2)
    assert result == OrderResult()
    assert hit(scene, BID, 19_990, 7).filled_lots == 7


def test_resting_and_cancelling_cost_no_budget(scene: Scene) -> None:
    appoint(scene, scene.maker, 0)
    made = scene.ask(scene.maker, 19_000, 7, POST_ONLY, sender=OPERATOR).order_id
    scene.system.cancel(scene.maker, made, sender=OPERATOR)
    assert scene.cash_word(scene.maker).loss == 0


def test_post_only_does_not_clear_a_quote_whose_budget_is_spent(scene: Scene) -> None:
    """Nobody but who would trade with it can know."""
    quote(scene_with_budget(scene, 0), ASK, 19_990, 7)
    with refused(scene.system, "WouldCross", 19_990, 19_990):
        scene.bid(scene.taker, 19_990, 7, POST_ONLY)


# ------------------------------------------------------------------ days and other budgets


@pytest.mark.parametrize("role", ["taker", "maker"])
def test_budget_is_whole_again_at_midnight(scene: Scene, role: str) -> None:
    account = scene.taker if role == "taker" else scene.maker
    loss = loss_of(BID, 20_010, 3, TAKER_PPM if role == "taker" else REBATE_PPM)
    appoint(scene, account, loss)

    def lose() -> int:
        if role == "taker":
            offer(scene, ASK, 20_010, 3)
            return take(scene, BID, 20_010, 3).filled_lots
        quote(scene, BID, 20_010, 3)
        return hit(scene, ASK, 20_010, 3).filled_lots

    assert lose() == 3
    scene.system.backend.set_time(MIDNIGHT - 1)
    if role == "taker":
        offered = offer(scene, ASK, 20_010, 3)
        with refused(scene.system, "LossBudgetSpent", account, loss, loss, loss):
            take(scene, BID, 20_010, 3)
        scene.system.cancel(scene.maker, offered)
    else:
        assert lose() == 0
    scene.system.backend.set_time(MIDNIGHT)
    assert lose() == 3
    word = scene.cash_word(account)
    assert (word.loss, word.day) == (loss, MIDNIGHT // SECONDS_A_DAY)


def test_budget_made_smaller_than_what_is_lost_stops_further_losses(scene: Scene) -> None:
    loss = loss_of(BID, 20_010, 3, TAKER_PPM)
    appoint(scene, scene.taker, 10 * loss)
    offer(scene, ASK, 20_010, 6)
    take(scene, BID, 20_010, 3)
    appoint(scene, scene.taker, loss // 2)
    with refused(scene.system, "LossBudgetSpent", scene.taker, loss, loss, loss // 2):
        take(scene, BID, 20_010, 3)
    # A gain is no loss.
    offer(scene, BID, 20_005, 1)
    scene.bid(scene.maker, 20_008, 3)
    assert take(scene, ASK, 20_008, 3).filled_lots == 3
    assert scene.cash_word(scene.taker).loss == loss


def test_maker_that_loses_nothing_trades_although_the_budget_was_made_smaller(
    scene: Scene,
) -> None:
    loss = loss_of(ASK, 19_990, 2, REBATE_PPM)
    appoint(scene, scene.maker, loss)
    quote(scene, ASK, 19_990, 2)
    hit(scene, BID, 19_990, 2)
    appoint(scene, scene.maker, 0)
    quote(scene, ASK, 20_100, 2)
    assert hit(scene, BID, 20_100, 2).filled_lots == 2


def test_budget_made_larger_keeps_what_is_lost(scene: Scene) -> None:
    loss = loss_of(BID, 20_010, 3, TAKER_PPM)
    appoint(scene, scene.taker, loss)
    offer(scene, ASK, 20_010, 9)
    take(scene, BID, 20_010, 3)
    appoint(scene, scene.taker, 2 * loss)
    assert scene.cash_word(scene.taker).loss == loss
    take(scene, BID, 20_010, 3)
    with refused(scene.system, "LossBudgetSpent", scene.taker, 2 * loss, loss, 2 * loss):
        take(scene, BID, 20_010, 3)


def test_largest_budget_does_not_wrap(scene: Scene) -> None:
    largest = 2**64 - 1
    appoint(scene, scene.taker, largest)
    offer(scene, ASK, 21_000, 3)
    take(scene, BID, 21_000, 3)
    word = scene.cash_word(scene.taker)
    assert (word.budget, word.loss) == (largest, loss_of(BID, 21_000, 3, TAKER_PPM))


def test_budget_survives_deposits_withdrawals_transfers_and_fees(scene: Scene) -> None:
    """Whatever else writes the quote word leaves loss and budget alone."""
    system = scene.system
    appoint(scene, 2, 55)
    appoint(scene, scene.taker, 10**6)
    offer(scene, ASK, 20_010, 9)
    take(scene, BID, 20_010, 3)
    kept = (10**6, scene.cash_word(scene.taker).loss)
    system.fund(scene.taker, 0, 10**12)
    system.withdraw(scene.taker, 0, 10**12)
    system.transfer(scene.taker, scene.maker, 0, 5)
    scene.bid(scene.taker, 20_010, 3)
    scene.ask(scene.taker, 20_500, 3)
    scene.bid(scene.maker, 20_500, 3)
    system.collect_fees(ETH_MARKET)
    word = scene.cash_word(scene.taker)
    assert (word.budget, word.loss) == kept
    assert scene.cash_word(2).budget == 55

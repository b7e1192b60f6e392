"""What quotes of operators may lose against the reference price in a day."""

import pytest

from tests.support.scene import (
    ASK,
    BID,
    IOC,
    MAKER,
    OPERATOR,
    POST_ONLY,
    START_CASH,
    TICK_VALUE,
    UNIT,
    Scene,
    fee_up,
    notional,
)
from tests.support.system import BTC_MARKET, DOLLAR, ETH_MARKET, Side
from tests.unit.losses import (
    REBATE_PPM,
    REFERENCE,
    TAKER_PPM,
    appoint,
    hit,
    loss_of,
    offer,
    opposite,
    quote,
    scene_with_budget,
    take,
)
from worldmarkets.model.interface import OrderResult, Removal
from worldmarkets.model.records import Filled, Removed, Taken


@pytest.mark.parametrize("side", [BID, ASK])
@pytest.mark.parametrize("worse", [10, 1_000])
def test_maker_loses_up_to_the_budget_to_the_atom(scene: Scene, side: Side, worse: int) -> None:
    tick = REFERENCE + (worse if side == BID else -worse)
    loss = loss_of(side, tick, 7, REBATE_PPM)
    made = quote(scene_with_budget(scene, loss), side, tick, 7)
    assert hit(scene, opposite(side), tick, 7).filled_lots == 7
    assert scene.records()[0] == Filled(made, 7, scene.maker, 1, int(side == ASK), gone=1)
    assert scene.cash_word(scene.maker).loss == loss


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


def test_post_only_clears_a_quote_whose_budget_is_spent(scene: Scene) -> None:
    made = quote(scene_with_budget(scene, 0), ASK, 19_990, 7)
    placed = scene.bid(scene.taker, 19_990, 7, POST_ONLY)
    assert placed.resting_lots == 7
    assert scene.records()[0] == Removed(made, 7, scene.maker, Removal.BUDGET_SPENT)


def test_maker_who_cannot_pay_for_all_loses_by_what_trades_alone(scene: Scene) -> None:
    """A bid ten ticks above the price, whose account can pay for three of the five lots wanted."""
    system, tick = scene.system, REFERENCE + 10
    buyer = scene.new_account(MAKER, 2 * notional(10, 21_000))
    appoint(scene, buyer, loss_of(BID, tick, 5, REBATE_PPM))
    made = system.place(buyer, ETH_MARKET, BID, tick, 10, sender=OPERATOR).order_id
    # So low that the limit of the band is no tick at all: resting bids need no cash.
    system.set_price(1, DOLLAR // 10**5)
    three = notional(3, tick) + fee_up(notional(3, tick), REBATE_PPM)
    system.withdraw(buyer, 0, (scene.cash(buyer) - three) * UNIT)
    system.set_price(1, 2_000 * DOLLAR)
    assert hit(scene, ASK, tick, 5).filled_lots == 3
    assert scene.records()[1] == Removed(made, 7, buyer, Removal.UNPAYABLE)
    assert scene.cash_word(buyer).loss == loss_of(BID, tick, 3, REBATE_PPM)

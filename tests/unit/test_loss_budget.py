"""The daily loss budget of an account's operators: days, changes, and what leaves it alone."""

import pytest

from tests.support.scene import (
    ASK,
    BID,
    Scene,
)
from tests.support.soundness import refused
from tests.support.system import ETH_MARKET
from tests.unit.losses import (
    MIDNIGHT,
    REBATE_PPM,
    TAKER_PPM,
    appoint,
    hit,
    loss_of,
    offer,
    quote,
    take,
)
from worldmarkets.model.words import SECONDS_A_DAY


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

"""What operators lose by trading a perp uses up the account's budget of the day."""

import pytest

from tests.support.perps import MARK, PerpScene
from tests.support.scene import IOC, OPERATOR
from tests.support.soundness import refused
from worldmarkets.model.interface import Removal
from worldmarkets.model.records import Removed

TAKER_LOSS = 107_535
"""Ten lots 100 ticks above the mark, the fee, and half a tick for what the band rounds [atoms]."""
MAKER_LOSS = 98_490
"""The same with a rebate."""
DEAR = MARK + 100


def appoint(perps: PerpScene, account: int, budget: int) -> None:
    perps.system.set_operator(account, OPERATOR, daily_loss_atoms=budget)


def test_budget_of_a_taker_is_used_up_by_his_loss(perps: PerpScene, long: int, short: int) -> None:
    perps.perp_ask(short, DEAR, 10)
    appoint(perps, long, TAKER_LOSS - 1)
    arguments = (long, 0, TAKER_LOSS, TAKER_LOSS - 1)
    with refused(perps.system, "LossBudgetSpent", *arguments):
        perps.perp_bid(long, DEAR, 10, IOC, sender=OPERATOR)
    appoint(perps, long, TAKER_LOSS)
    assert perps.perp_bid(long, DEAR, 10, IOC, sender=OPERATOR).filled_lots == 10
    assert perps.cash_word(long).loss == TAKER_LOSS


@pytest.mark.parametrize("missing", [0, 1])
def test_budget_of_a_maker_is_used_up_by_his_loss(
    perps: PerpScene, long: int, short: int, missing: int
) -> None:
    appoint(perps, long, MAKER_LOSS - missing)
    made = perps.perp_bid(long, DEAR, 10, sender=OPERATOR)
    result = perps.perp_ask(short, DEAR, 10, IOC)
    if missing:
        assert result.filled_lots == 0
        removed = Removed(made.order_id, 10, long, Removal.BUDGET_SPENT)
        assert perps.records() == [removed]
        assert perps.position(long).open_bids == 0
        return
    assert result.filled_lots == 10
    assert perps.cash_word(long).loss == MAKER_LOSS


def test_budget_is_left_alone_by_the_owner(perps: PerpScene, long: int, short: int) -> None:
    appoint(perps, long, 0)
    perps.perp_ask(short, DEAR, 10)
    assert perps.perp_bid(long, DEAR, 10, IOC).filled_lots == 10
    assert perps.cash_word(long).loss == 0

"""Attacks by one who is on both sides: his account fails, and another of his gains by it."""

import pytest

from tests.support.backend import user_address
from tests.support.liquidation import (
    BACKED,
    CAPITAL,
    EXIT,
    GROSS,
    INSURANCE,
    INSURED,
    LOTS,
    WHOLE,
    WINDOW,
    LiquidationScene,
)
from tests.support.scene import DOLLARS, STRANGER
from tests.support.system import ETH_PERP

THIEF, ACCOMPLICE = user_address(0x666), user_address(0x667)
MARGIN = GROSS * 56 // 100
"""What ten times the usual position needs at first, with a resting order: 22,400 dollars."""
INSURANCE_DAY, BACKSTOP_DAY = INSURED // 2, BACKED // 5


def worth(failing: LiquidationScene, *accounts: int) -> int:
    """Equity of a coalition [quote atoms]."""
    return sum(failing.equity(account) for account in accounts)


# --------------------------------------------------------------- LIQ-A and LIQ-U: the own account


@pytest.mark.parametrize("ppm", [100_000, 333_333, WHOLE])
@pytest.mark.parametrize("seconds", [0, 61, 299, 300, 420, 10_000])
@pytest.mark.parametrize("percent", [1, 2, 3])
def test_liq_a_liquidating_oneself_costs_the_fee_and_earns_nothing(
    failing: LiquidationScene, percent: int, seconds: int, ppm: int
) -> None:
    """By a second address, with an equity that getting out does not use up: at any time."""
    account = failing.perp_long(THIEF, equity=GROSS * percent // 100)
    accomplice = failing.trader(ACCOMPLICE, CAPITAL)
    failing.open_auction(account, seconds)
    before = worth(failing, account, accomplice)
    taken = failing.buy(account, ppm, accomplice)
    assert before - taken.fee_atoms - 2 <= worth(failing, account, accomplice)
    assert worth(failing, account, accomplice) <= before - taken.fee_atoms


def test_liq_a_chosen_liquidator_of_his_own_earns_nothing(failing: LiquidationScene) -> None:
    """Alone with it for ten seconds: the price is the highest there is."""
    account = failing.perp_long(THIEF, equity=GROSS // 50)
    accomplice = failing.trader(ACCOMPLICE, CAPITAL)
    failing.system.set_liquidator(account, ACCOMPLICE)
    before = worth(failing, account, accomplice)
    failing.flag(account)
    for _ in range(3):
        if failing.account(account).flagged:
            failing.buy(account, 100_000, accomplice)
    assert worth(failing, account, accomplice) < before


@pytest.mark.parametrize("equity", [EXIT - 1, EXIT // 2, 1])
def test_liq_u_buying_ones_own_failed_account_brings_what_getting_out_costs_at_most(
    failing: LiquidationScene, equity: int
) -> None:
    """What nobody else took for less; it stays a claim of the funds on the account."""
    account = failing.perp_long(THIEF, equity=equity)
    accomplice = failing.trader(ACCOMPLICE, CAPITAL)
    failing.open_auction(account, 10_000)
    before, funds = worth(failing, account, accomplice), worth(failing, INSURANCE, failing.backstop)
    taken = failing.buy(account, WHOLE, accomplice)
    gained = worth(failing, account, accomplice) - before
    assert gained == -taken.paid_atoms == EXIT - equity
    assert funds - worth(failing, INSURANCE, failing.backstop) == gained
    assert failing.protection(account).claims == gained


def test_liq_u_honest_bidder_takes_it_before_it_pays(failing: LiquidationScene) -> None:
    """Whoever gets out for half of what is required leaves the owner nothing to gain."""
    account = failing.perp_long(THIEF, equity=EXIT // 2)
    failing.open_auction(account, 150)
    assert failing.buy(account).paid_atoms == 0
    assert failing.account(account).flagged == 0


def test_liq_u_slices_at_a_price_below_nothing_bring_no_more_one_by_one(
    failing: LiquidationScene,
) -> None:
    account, accomplice = failing.perp_long(THIEF), failing.trader(ACCOMPLICE, CAPITAL)
    failing.leave_equity(account, EXIT // 2)
    failing.open_auction(account, 10_000)
    before = worth(failing, account, accomplice)
    for ppm in (400_000, 100_000, 500_000, WHOLE):
        failing.buy(account, ppm, accomplice)
        failing.pass_time(10_000)
    assert failing.position(account).size == 0
    # Lots are rounded up, and what is left costs less to get out of.
    gained = worth(failing, account, accomplice) - before
    assert 0 < gained <= EXIT // 2


# --------------------------------------------------------------- LIQ-S: long and short


def straddle(failing: LiquidationScene, dollars: int) -> int:
    """What two accounts of one man make by a move, one left to fail; both began at R_init."""
    losing, winning = (failing.trader(owner, MARGIN) for owner in (THIEF, ACCOMPLICE))
    buyer, seller = (losing, winning) if dollars < 2_000 else (winning, losing)
    failing.trade(buyer, seller, 10 * LOTS)
    failing.move_index(dollars)
    failing.wait(WINDOW)
    system = failing.system
    if failing.equity(losing) < failing.margin(losing).maintenance_atoms:
        failing.flag(losing)
    system.settle(losing, ETH_PERP, sender=STRANGER)
    system.settle(winning, ETH_PERP)
    # What he can carry away: cash, and nothing that is not settled.
    return failing.cash(winning) + max(0, failing.equity(losing)) - 2 * MARGIN


@pytest.mark.parametrize("dollars", [1_920, 2_080])
def test_liq_s_straddle_within_its_margin_gains_nothing(
    failing: LiquidationScene, dollars: int
) -> None:
    assert straddle(failing, dollars) <= 0


@pytest.mark.parametrize("dollars", [1_700, 2_300, 1_400])
def test_liq_s_straddle_of_one_swing_gains_no_more_than_the_funds_pay_in_a_day(
    failing: LiquidationScene, dollars: int
) -> None:
    """What they do not pay is a shortfall, and he who has won alone bears it."""
    gained = straddle(failing, dollars)
    assert gained <= INSURANCE_DAY + BACKSTOP_DAY
    paid = INSURED + BACKED - worth(failing, INSURANCE, failing.backstop)
    assert gained <= paid
    # All of it has gone against his profit, but for what fees of the market are still to bear.
    assert failing.perp_pool().shortfall < 101 * DOLLARS


@pytest.mark.parametrize("dollars", [1_700, 2_300])
def test_liq_s_straddle_gains_nothing_where_no_fund_has_anything(
    failing: LiquidationScene, dollars: int
) -> None:
    failing.empty_funds()
    assert straddle(failing, dollars) <= 0


def test_liq_s_second_swing_pays_the_funds_back_first(failing: LiquidationScene) -> None:
    """The call is not free: what the abandoned account gains later is theirs."""
    account = failing.ruined(THIEF, 5_000 * DOLLARS)
    failing.flag(account)
    claim = failing.protection(account).claims
    failing.move_index(1_890)
    failing.move_index(1_950)
    failing.pass_time(60)
    for trader in (failing.maker, account):
        failing.system.settle(trader, ETH_PERP)
    margin = failing.margin(account)
    assert margin.settled_atoms - margin.initial_atoms > claim
    assert failing.system.repay_claims(account, sender=STRANGER) == claim
    assert worth(failing, INSURANCE, failing.backstop) == INSURED + BACKED

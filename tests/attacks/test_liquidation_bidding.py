"""Who may take a slice, when, and what is refused: nobody gets one that he may not have."""

import pytest

from tests.support.backend import user_address
from tests.support.liquidation import (
    BIDDER,
    CAPITAL,
    END,
    FAILING,
    GROSS,
    LOTS,
    MAINTENANCE,
    SECOND,
    WHOLE,
    WINDOW,
    LiquidationScene,
)
from tests.support.perps import required
from tests.support.scene import DOLLARS, OPERATOR, STRANGER
from tests.support.soundness import refused
from tests.support.system import ETH_PERP
from worldmarkets.model.interface import Permission

BIDDING = Permission.PLACE | Permission.LEND
EQUITY = GROSS * 2 // 100
"""Equity of the account that fails: 800 dollars."""


@pytest.fixture
def account(failing: LiquidationScene) -> int:
    """A flagged account with 800 dollars of equity, in its window."""
    account = failing.perp_long(equity=EQUITY)
    failing.flag(account)
    return account


def test_take_slice_within_the_window_is_refused_to_the_last_second(
    failing: LiquidationScene, account: int
) -> None:
    end = failing.now + WINDOW
    failing.pass_time(WINDOW - 1)
    with refused(failing.system, "WindowOpen", account, end):
        failing.buy(account)
    failing.pass_time(1)
    assert failing.buy(account, 200_000).fraction_ppm == 200_000


def test_take_slice_within_the_window_by_a_chosen_liquidator_costs_the_start_price(
    failing: LiquidationScene, account: int
) -> None:
    failing.system.set_liquidator(account, BIDDER)
    failing.wait(WINDOW - 1)
    assert failing.buy(account, 200_000).paid_atoms == EQUITY * 98 // 100 // 5
    # The price clock begins where the window ends, and no earlier for what was bought.
    assert failing.auction(account).clock_start == failing.auction(account).window_end


def test_take_slice_within_the_window_by_one_chosen_no_longer_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    failing.system.set_liquidator(account, BIDDER)
    failing.system.set_liquidator(account, BIDDER, False)
    with refused(failing.system, "WindowOpen", account, failing.now + WINDOW):
        failing.buy(account)


def test_take_slice_of_a_chosen_owner_may_be_sent_by_his_operator_alone(
    failing: LiquidationScene, account: int
) -> None:
    """Not whoever sends counts, but whose account it is."""
    system = failing.system
    system.set_liquidator(account, OPERATOR)
    system.set_operator(failing.bidder, OPERATOR, BIDDING)
    with refused(system, "WindowOpen", account, failing.now + WINDOW):
        system.take_slice(account, failing.bidder, WHOLE, sender=OPERATOR)
    system.set_liquidator(account, BIDDER)
    taken = system.take_slice(account, failing.bidder, WHOLE, sender=OPERATOR)
    assert taken.fraction_ppm > 0


@pytest.mark.parametrize("held", [Permission.PLACE, Permission.LEND, 63 & ~Permission.LEND])
def test_take_slice_by_an_operator_needs_to_place_and_to_lend(
    failing: LiquidationScene, account: int, held: int
) -> None:
    failing.pass_time(WINDOW)
    failing.system.set_operator(failing.bidder, OPERATOR, held)
    arguments = (failing.bidder, OPERATOR, int(held), int(BIDDING))
    with refused(failing.system, "PermissionMissing", *arguments):
        failing.system.take_slice(account, failing.bidder, WHOLE, sender=OPERATOR)


def test_take_slice_for_an_account_of_somebody_else_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    failing.pass_time(WINDOW)
    with refused(failing.system, "NotAccountOwner", failing.bidder, STRANGER):
        failing.system.take_slice(account, failing.bidder, WHOLE, sender=STRANGER)


@pytest.mark.parametrize("bidder", [0, 77, 1])
def test_take_slice_for_nobody_or_for_the_insurance_fund_is_refused(
    failing: LiquidationScene, account: int, bidder: int
) -> None:
    failing.pass_time(WINDOW)
    error = ("NotAccountOwner", 1, STRANGER) if bidder == 1 else ("UnknownAccount", bidder)
    with refused(failing.system, *error):
        failing.system.take_slice(account, bidder, WHOLE, sender=STRANGER)


@pytest.mark.parametrize("account_id", [0, 77])
def test_take_slice_of_no_account_is_refused(failing: LiquidationScene, account_id: int) -> None:
    with refused(failing.system, "UnknownAccount", account_id):
        failing.buy(account_id)


def test_liq_a_take_slice_for_another_account_of_the_same_owner_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    own = failing.trader(FAILING, CAPITAL)
    failing.system.set_liquidator(account, FAILING)
    for bidder in (own, account):
        with refused(failing.system, "SameOwner", account, bidder):
            failing.buy(account, bidder=bidder)


def test_take_slice_of_an_account_that_is_not_flagged_is_refused(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long(equity=EQUITY)
    with refused(failing.system, "NotFlagged", account):
        failing.buy(account)


@pytest.mark.parametrize("equity", [MAINTENANCE, END - 1, END])
def test_take_slice_of_a_flagged_account_that_is_healthy_again_is_refused(
    failing: LiquidationScene, account: int, equity: int
) -> None:
    failing.pass_time(WINDOW)
    failing.leave_equity(account, equity)
    with refused(failing.system, "AccountHealthy", account, equity, MAINTENANCE):
        failing.buy(account)


def test_take_slice_for_more_than_the_bidder_allows_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    failing.pass_time(WINDOW)
    price = EQUITY * 98 // 1_000
    with refused(failing.system, "PaidTooMuch", price, price - 1):
        failing.system.take_slice(account, failing.bidder, 100_000, price - 1)
    assert failing.system.take_slice(account, failing.bidder, 100_000, price).paid_atoms == price


def test_take_slice_for_less_than_the_bidder_must_get_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    """A negative limit is what he must be paid at least."""
    failing.leave_equity(account, GROSS // 1_000)
    failing.pass_time(WINDOW + 420)
    got = (GROSS // 200 - GROSS // 1_000) // 2
    with refused(failing.system, "PaidTooMuch", -got, -got - 1):
        failing.system.take_slice(account, failing.bidder, 500_000, -got - 1)
    assert failing.system.take_slice(account, failing.bidder, 500_000, -got).paid_atoms == -got


@pytest.mark.parametrize(
    ("gross_dollars", "least"),
    [(40_000, 100_000), (10_000, 100_000), (9_998, 100_021), (1_500, 666_667), (900, 10**6)],
)
def test_liq_d_slice_is_a_tenth_or_a_thousand_dollars_or_all(
    failing: LiquidationScene, gross_dollars: int, least: int
) -> None:
    lots = gross_dollars // 2
    account = failing.perp_long(SECOND, lots, equity=lots * 200_000 * 2 // 100)
    failing.open_auction(account)
    with refused(failing.system, "SliceTooSmall", least - 1, least):
        failing.buy(account, least - 1)
    assert failing.buy(account, least).fraction_ppm == least


def test_take_slice_by_a_bidder_without_the_margin_for_it_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    failing.pass_time(WINDOW)
    poor = failing.trader(STRANGER, 190 * DOLLARS)
    part = EQUITY // 10
    equity = 190 * DOLLARS + part - part * 98 // 100
    error = ("BelowInitialMargin", poor, equity, required(LOTS // 10))
    with refused(failing.system, *error):
        failing.buy(account, 100_000, poor)


def test_take_slice_beyond_a_position_cap_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    system, whale = failing.system, failing.trader(STRANGER, CAPITAL)
    failing.trade(whale, failing.maker, 12_000)
    system.set_perp_limits(ETH_PERP, 10**6, 20_480)
    failing.pass_time(WINDOW)
    with refused(system, "PositionCapReached", whale, ETH_PERP, 22_000, 20_480):
        failing.buy(account, 500_000, whale)


def test_take_slice_by_one_who_is_short_closes_what_meets(
    failing: LiquidationScene, account: int
) -> None:
    opposite = failing.trader(user_address(0x30), CAPITAL)
    failing.trade(failing.maker, opposite, 5_000)
    open_lots = failing.perp_tape().open_interest
    failing.pass_time(WINDOW)
    taken = failing.buy(account, 500_000, opposite)
    assert failing.position(opposite).size == -5_000 + LOTS * taken.fraction_ppm // WHOLE == 5_000
    assert failing.perp_tape().open_interest == open_lots - 5_000

"""The price of slices: its clock, what is paid to whom, and attacks on both."""

import pytest

from tests.support.abi import Reverted
from tests.support.backend import rolled_back
from tests.support.liquidation import (
    END,
    EXIT,
    GROSS,
    INSURANCE,
    MAINTENANCE,
    WHOLE,
    WINDOW,
    LiquidationScene,
)
from tests.support.scene import DOLLARS, STRANGER
from tests.support.soundness import refused
from tests.support.system import DOLLAR

EQUITY = GROSS * 2 // 100
"""Of an account that fails: 800 dollars, four times the cost of getting out."""
THIN = GROSS // 1_000
"""Of another: 40 dollars, a fifth of that cost."""


def bought(failing: LiquidationScene, account: int, seconds: int, ppm: int) -> int:
    """Return what a slice costs so long after the window."""
    with rolled_back(failing.system.backend):
        failing.pass_time(seconds)
        taken = failing.buy(account, ppm)
        assert taken.fraction_ppm == ppm
        return taken.paid_atoms


@pytest.mark.parametrize(
    ("seconds", "paid_atoms"),
    [
        (0, 784_000_000),
        (1, 781_386_666),
        (75, 588_000_000),
        (150, 392_000_000),
        (299, 2_613_333),
        (300, 0),
        (301, 0),
    ],
)
def test_price_of_an_account_with_equity_falls_from_just_under_it_to_nothing(
    failing: LiquidationScene, seconds: int, paid_atoms: int
) -> None:
    account = failing.perp_long(equity=EQUITY)
    failing.open_auction(account)
    # A tenth, rounded up.
    assert bought(failing, account, seconds, 100_000) == -(-paid_atoms // 10)


@pytest.mark.parametrize("seconds", [420, 1_000, 86_400])
def test_price_of_an_account_worth_more_than_getting_out_stays_at_nothing(
    failing: LiquidationScene, seconds: int
) -> None:
    account = failing.perp_long(equity=EQUITY)
    failing.open_auction(account)
    assert bought(failing, account, seconds, WHOLE) == 0


def test_price_of_a_thin_account_falls_on_to_where_getting_out_is_paid(
    failing: LiquidationScene,
) -> None:
    """From 39.20 dollars to nothing, then to the 160 that getting out costs more, no further."""
    account = failing.perp_long(equity=THIN)
    failing.open_auction(account)
    paid = [bought(failing, account, seconds, WHOLE) for seconds in range(0, 460, 10)]
    assert paid[0] == THIN * 98 // 100
    assert paid == sorted(paid, reverse=True)
    assert paid[-1] == paid[-3] == -(EXIT - THIN)
    assert min(paid) == -(EXIT - THIN)


def test_price_of_part_of_a_thin_account_is_that_part(failing: LiquidationScene) -> None:
    account = failing.perp_long(equity=THIN)
    failing.open_auction(account, 420)
    assert bought(failing, account, 0, 333_333) == -((EXIT - THIN) * 333_333 // 10**6)


def test_price_clock_restarts_after_each_slice(failing: LiquidationScene) -> None:
    account = failing.perp_long(equity=EQUITY)
    failing.open_auction(account, 290)
    failing.buy(account, 100_000)
    assert failing.auction(account).clock_start == failing.now
    assert failing.event("AuctionRestarted")["clockStart"] == failing.now
    # Dear again at once, of what is left.
    equity = failing.equity(account)
    assert failing.buy(account, 100_000).paid_atoms == -(-(equity * 98 // 100) // 10)


def test_liq_o_price_clock_does_not_outlive_a_rebound_that_was_seen(
    failing: LiquidationScene,
) -> None:
    """Healthy for a moment between two falls: the second begins dear."""
    account = failing.perp_long(equity=EQUITY)
    failing.open_auction(account, 299)
    cheap = bought(failing, account, 0, 100_000)
    failing.leave_equity(account, MAINTENANCE)
    assert failing.review(account) == (True, False)
    failing.leave_equity(account, EQUITY)
    assert bought(failing, account, 0, 100_000) == EQUITY * 98 // 1_000 > 100 * cheap


def test_liq_o_flag_does_not_outlive_a_rebound(failing: LiquidationScene) -> None:
    """At the end of liquidation anyone clears it, and another fall begins with a window."""
    account = failing.perp_long(equity=EQUITY)
    failing.open_auction(account, 299)
    failing.leave_equity(account, END)
    assert failing.review(account) == (False, True)
    failing.leave_equity(account, EQUITY)
    failing.flag(account)
    assert failing.auction(account).window_end == failing.now + WINDOW


def test_slice_brings_the_account_to_the_end_and_no_more_is_taken(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long(equity=EQUITY)
    failing.open_auction(account)
    taken = failing.buy(account, WHOLE)
    # 840 dollars lack, 4 are for what is rounded; the whole account would bring 784 less a fee
    # of 200.
    assert 592_696 <= taken.fraction_ppm <= 592_697
    margin = failing.margin(account)
    assert margin.end_atoms <= margin.equity_atoms <= margin.end_atoms + GROSS // 8_000
    assert failing.account(account).flagged == 0


@pytest.mark.parametrize("seconds", [0, 137, 299])
def test_fee_is_half_a_percent_of_the_legs_at_most_the_bid_and_split_in_half(
    failing: LiquidationScene, seconds: int
) -> None:
    account = failing.perp_long(equity=EQUITY)
    failing.open_auction(account, seconds)
    funds = (INSURANCE, failing.backstop)
    before = [failing.cash(fund) for fund in funds]
    taken = failing.buy(account, 100_001)
    logged = failing.event("SliceTaken")
    whole = min(GROSS // 200, EQUITY * 98 * (300 - seconds) // 30_000)
    assert taken.fee_atoms == whole * 100_001 // WHOLE <= taken.paid_atoms
    got = [failing.cash(fund) - had for fund, had in zip(funds, before, strict=True)]
    assert got == [taken.fee_atoms // 2, taken.fee_atoms - taken.fee_atoms // 2]
    # The rest of the bid is the account's, which has that part less.
    left = EQUITY - -(-EQUITY * 100_001 // WHOLE) + taken.paid_atoms - taken.fee_atoms
    assert 0 <= failing.equity(account) - left <= 2
    assert logged == {
        "accountId": account,
        "bidderAccountId": failing.bidder,
        "fractionPpm": 100_001,
        "paidAtoms": taken.paid_atoms,
        "feeAtoms": taken.fee_atoms,
        "equityAtoms": failing.equity(account),
    }


def test_liq_f_fee_never_leaves_an_account_with_less_than_nothing(
    failing: LiquidationScene,
) -> None:
    """With an equity below the fee, all of the bid is fee, and none of it comes from elsewhere."""
    account = failing.perp_long(equity=THIN)
    failing.open_auction(account)
    taken = failing.buy(account, WHOLE)
    assert taken.fee_atoms == taken.paid_atoms == THIN * 98 // 100
    assert failing.equity(account) == 0
    assert failing.protection(account).claims == 0


def test_liq_d_account_that_was_paid_for_costs_less_than_nothing_in_two_minutes(
    failing: LiquidationScene,
) -> None:
    """It has an atom or two, which must not make bidders wait for five minutes more."""
    account = failing.perp_long(equity=GROSS // 20)
    for dollars in (1_900, 1_850):
        failing.move_index(dollars)
        failing.wait(10)
    assert failing.equity(account) == -1_000 * DOLLARS
    failing.open_auction(account, 120)
    assert 0 <= failing.equity(account) <= 2
    exit_cost = GROSS * 1_850 // 2_000 // 200
    assert -exit_cost <= failing.buy(account).paid_atoms <= -exit_cost + 10


def test_liq_e_deposits_of_an_atom_neither_stop_nor_slow_a_liquidation(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long(equity=THIN)
    failing.open_auction(account, 360)
    paid = bought(failing, account, 0, WHOLE)
    unit = 10**12
    failing.system.mint(STRANGER, 0, 50 * unit)
    for _ in range(50):
        failing.system.deposit(account, 0, unit, sender=STRANGER)
    assert paid <= bought(failing, account, 0, WHOLE) <= paid + 50


# --------------------------------------------------------------- prices that wait


def wait_for(failing: LiquidationScene, dollars: int) -> None:
    """Report a price that has jumped, and that nothing has confirmed yet."""
    failing.system.post_price(1, dollars * DOLLAR)
    failing.system.poke(1)
    assert failing.underlying().unconfirmed == 1


@pytest.mark.parametrize(("sign", "dollars"), [(1, 2_240), (-1, 1_760)])
def test_nobody_is_sold_at_a_price_that_a_better_one_is_about_to_replace(
    failing: LiquidationScene, sign: int, dollars: int
) -> None:
    """At the waiting price it is healthy by far; who bought it now would have that for nothing."""
    account = failing.perp_long() if sign > 0 else failing.perp_short()
    failing.leave_equity(account, EQUITY)
    failing.open_auction(account)
    wait_for(failing, dollars)
    better = EQUITY + GROSS * 12 // 100
    needed = MAINTENANCE * dollars // 2_000
    with refused(failing.system, "AccountHealthy", account, better, needed):
        failing.buy(account)


@pytest.mark.parametrize(("sign", "dollars"), [(1, 1_760), (-1, 2_240)])
def test_worse_price_that_waits_keeps_nobody_from_buying(
    failing: LiquidationScene, sign: int, dollars: int
) -> None:
    account = failing.perp_long() if sign > 0 else failing.perp_short()
    failing.leave_equity(account, EQUITY)
    failing.open_auction(account)
    wait_for(failing, dollars)
    assert failing.buy(account, 100_000).paid_atoms == EQUITY * 98 // 1_000


def test_better_price_that_waits_counts_what_is_locked(failing: LiquidationScene) -> None:
    """At it the account is not healthy by itself, but with its bond of 4,000 dollars."""
    account = failing.perp_long()
    failing.system.lock_bond(account, GROSS // 10)
    failing.leave_equity(account, -3_400 * DOLLARS)
    failing.open_auction(account)
    wait_for(failing, 2_220)
    with pytest.raises(Reverted) as caught:
        failing.buy(account)
    assert caught.value.name == "AccountHealthy"
    _, covered, needed = caught.value.arguments
    # What it owes has borne interest for some seconds.
    assert 0 <= 5_000 * DOLLARS - covered <= 100
    assert needed == MAINTENANCE * 2_220 // 2_000

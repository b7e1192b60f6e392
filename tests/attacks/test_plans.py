"""Attacks on risk plans: executors who quote against them, tips that ruin, plans that fail."""

from collections.abc import Callable

import pytest

from tests.support.abi import Reverted
from tests.support.lending import BORROWER
from tests.support.perps import LONG, MARK, THIRD, PerpScene
from tests.support.plans import ALL, open_long, open_short, pulling, reducing, repaying, selling
from tests.support.scene import ASK, BID, DOLLARS, GTC, IOC, STRANGER, fee_up, notional
from tests.support.soundness import refused
from tests.support.system import ETH_MARKET, ETH_PERP, ETH_PERP_TERMS, Side
from worldmarkets.model.liquidation_interface import PlanStep
from worldmarkets.model.records import Removed

LOTS = 10_000
TIP_PPM = 5_000
FEE_PPM = ETH_PERP_TERMS.taker_ppm


def long_perp(perps: PerpScene) -> int:
    return open_long(perps, LOTS)


def short_perp(perps: PerpScene) -> int:
    return open_short(perps, LOTS)


def long_spot(perps: PerpScene) -> int:
    return perps.long(BORROWER, 3_000 * DOLLARS, LOTS)


def short_spot(perps: PerpScene) -> int:
    return perps.short(BORROWER, 3_000 * DOLLARS, LOTS)


ANGLES = [
    (long_perp, reducing, ETH_PERP, BID),
    (short_perp, reducing, ETH_PERP, ASK),
    (long_spot, selling, ETH_MARKET, BID),
    (short_spot, repaying, ETH_MARKET, ASK),
]
"""An account, the kind of step that closes it, and where somebody quotes against that."""


@pytest.fixture
def robber(perps: PerpScene) -> int:
    """An account of whoever executes, rich enough to quote."""
    return perps.new_account(STRANGER, 10**6 * DOLLARS, 10**5)


# ------------------------------------------------------------------ LIQ-J


@pytest.mark.parametrize("slippage_bps", [1, 37, 499])
@pytest.mark.parametrize(("make", "closing", "market", "side"), ANGLES)
def test_liq_j_executor_quoting_against_a_plan_takes_slippage_and_tip_at_most(
    perps: PerpScene,
    robber: int,
    make: Callable[[PerpScene], int],
    closing: Callable[..., PlanStep],
    market: int,
    side: Side,
    slippage_bps: int,
) -> None:
    """He quotes the worst price that the step takes, alone, executes it, and takes the tip."""
    account, system = make(perps), perps.system
    step = closing(LOTS, slippage_bps=slippage_bps, tip_ppm=TIP_PPM, cooldown_seconds=60)
    system.set_plan(account, [step])
    worse = MARK * slippage_bps // 10**4
    tick = MARK - worse if side == BID else MARK + worse
    beyond = tick - 1 if side == BID else tick + 1
    equity, wealth = perps.margin(account).equity_atoms, perps.margin(robber).equity_atoms
    system.place(robber, market, side, beyond, LOTS, GTC)
    with refused(system, "FillTooSmall", 0, 0, 1):
        system.execute_step(account, 0, ALL, robber, sender=STRANGER)
    system.place(robber, market, side, tick, LOTS, GTC)
    done, tip = system.execute_step(account, 0, LOTS // 2, robber, sender=STRANGER)
    traded = notional(done, tick)
    assert (done, tip <= traded * TIP_PPM // 10**6) == (LOTS // 2, True)
    lost = equity - perps.margin(account).equity_atoms
    slipped = notional(done, MARK) * slippage_bps // 10**4
    assert lost <= slipped + fee_up(traded, FEE_PPM) + tip + 1
    # His quote earns the rebate of a maker besides.
    assert perps.margin(robber).equity_atoms - wealth <= slipped + tip - fee_up(traded, -100)
    with pytest.raises(Reverted, match="CoolingDown"):
        system.execute_step(account, 0, ALL, robber, sender=STRANGER)


def test_liq_j_executor_can_not_use_a_price_that_is_old(perps: PerpScene, robber: int) -> None:
    """Whoever sees a price fall quotes at the old one, and lets the plan of a short buy there."""
    account = open_short(perps, LOTS)
    perps.system.set_plan(account, [reducing(LOTS)])
    perps.perp_ask(robber, 20_200, LOTS)
    perps.wait(61)
    with pytest.raises(Reverted, match="StalePrice"):
        perps.system.execute_step(account, 0, sender=STRANGER)
    perps.move_index(1_900)
    with pytest.raises(Reverted, match="FillTooSmall"):
        perps.system.execute_step(account, 0, sender=STRANGER)


def test_liq_j_all_of_a_plan_costs_no_more_than_its_size_allows(
    perps: PerpScene, robber: int
) -> None:
    """However often it is executed, and by whomever."""
    account = open_long(perps, LOTS)
    perps.system.set_plan(account, [reducing(LOTS // 4, tip_ppm=TIP_PPM)])
    equity = perps.margin(account).equity_atoms
    perps.perp_bid(robber, 19_800, LOTS)
    for _ in range(5):
        perps.system.execute_step(account, 0, LOTS // 20, robber, sender=STRANGER)
    with refused(perps.system, "NoSuchStep", account, 0):
        perps.system.execute_step(account, 0, ALL, robber, sender=STRANGER)
    worst = notional(LOTS // 4, MARK) * (100 * 100 + TIP_PPM + FEE_PPM) // 10**6
    assert 0 < equity - perps.margin(account).equity_atoms <= worst + 10


# ------------------------------------------------------------------ LIQ-F


def test_liq_f_tip_that_would_leave_a_hole_is_refused(perps: PerpScene, robber: int) -> None:
    """Closing everything leaves a dollar, which the tip is not paid out of whole."""
    account = open_long(perps, LOTS)
    perps.system.set_plan(account, [reducing(LOTS, tip_ppm=TIP_PPM)])
    perps.perp_bid(robber, MARK, LOTS)
    fee = fee_up(notional(LOTS, MARK), FEE_PPM)
    perps.take_cash(account, perps.margin(account).equity_atoms - fee - DOLLARS)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        perps.system.execute_step(account, 0, ALL, robber, sender=STRANGER)
    assert perps.system.execute_step(account, 0, ALL, 0, sender=STRANGER) == (LOTS, 0)
    assert 0 <= perps.margin(account).equity_atoms <= DOLLARS


def test_liq_f_tip_out_of_less_than_nothing_is_refused(perps: PerpScene, robber: int) -> None:
    """There is cash, but less than what the position has lost; the price given is good."""
    account = open_long(perps, LOTS)
    perps.system.set_plan(account, [reducing(LOTS, tip_ppm=TIP_PPM)])
    perps.move_index(1_900)
    perps.take_cash(account, perps.margin(account).equity_atoms + 10 * DOLLARS)
    assert perps.margin(account).equity_atoms == -10 * DOLLARS
    assert perps.cash(account) > 900 * DOLLARS
    perps.perp_bid(robber, 19_010, LOTS)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        perps.system.execute_step(account, 0, ALL, robber, sender=STRANGER)
    assert perps.system.execute_step(account, 0, ALL, 0, sender=STRANGER) == (LOTS, 0)
    assert perps.margin(account).equity_atoms >= -10 * DOLLARS


# ------------------------------------------------------------------ LIQ-E


def test_liq_e_plan_that_always_fails_blocks_nothing(perps: PerpScene) -> None:
    """Its steps find no offer, no source and nothing to sell; flag and auction go on."""
    account = open_long(perps, 30_000)
    source = perps.trader(LONG, 0)
    plan = [reducing(30_000), pulling(0, 10**12, source), selling(10), repaying(10)] * 2
    perps.system.set_plan(account, plan)
    perps.take_cash(account, 8_100 * DOLLARS)
    perps.system.flag_account(account, sender=STRANGER)
    for step in range(8):
        with pytest.raises(Reverted):
            perps.system.execute_step(account, step, sender=STRANGER)
    perps.wait(10)
    perps.refresh()
    bidder = perps.new_account(THIRD, 10**5 * DOLLARS)
    taken = perps.system.take_slice(account, bidder, 10**6)
    assert taken.fraction_ppm > 0
    assert perps.position(account).size < 30_000


def test_liq_e_executor_can_not_let_a_step_wait_for_nothing(perps: PerpScene, robber: int) -> None:
    """Nor for less than its owner wants of it at once."""
    account = open_long(perps, LOTS)
    step = reducing(LOTS, min_fill=LOTS // 2, cooldown_seconds=2**24 - 1)
    perps.system.set_plan(account, [step])
    for amount in (0, 1, LOTS // 2 - 1):
        with refused(perps.system, "FillTooSmall", 0, amount, LOTS // 2):
            perps.system.execute_step(account, 0, amount, sender=STRANGER)
    perps.perp_bid(robber, MARK, LOTS // 2 - 1)
    with refused(perps.system, "FillTooSmall", 0, LOTS // 2 - 1, LOTS // 2):
        perps.system.execute_step(account, 0, sender=STRANGER)
    perps.perp_bid(perps.maker, MARK - 1, LOTS)
    assert perps.system.execute_step(account, 0, sender=STRANGER) == (LOTS, 0)


def test_liq_e_dead_orders_in_the_way_are_cleared_by_anyone(perps: PerpScene, robber: int) -> None:
    """A step that does nothing leaves the book as it is; another taker removes what is dead."""
    account = open_long(perps, LOTS)
    perps.system.set_plan(account, [reducing(LOTS)])
    now = perps.system.backend.time
    for _ in range(64):
        perps.perp_bid(robber, MARK, 1, expiry=now)
    perps.perp_bid(perps.maker, MARK - 1, LOTS)
    perps.pass_time(1)
    with refused(perps.system, "FillTooSmall", 0, 0, 1):
        perps.system.execute_step(account, 0, sender=STRANGER)
    perps.perp_ask(perps.taker, MARK, 1, IOC)
    assert sum(isinstance(record, Removed) for record in perps.records()) == 64
    assert perps.system.execute_step(account, 0, sender=STRANGER) == (LOTS, 0)


def test_liq_e_own_dead_orders_in_the_way_are_removed_by_anyone(perps: PerpScene) -> None:
    """A flagged account's own bid is the best, and its step would not trade with it."""
    account = open_long(perps, 30_000)
    perps.system.set_plan(account, [reducing(30_000)])
    own = perps.perp_bid(account, MARK - 1, 100).order_id
    perps.perp_bid(perps.maker, MARK - 2, 30_000)
    perps.take_cash(account, 8_100 * DOLLARS)
    perps.system.flag_account(account, sender=STRANGER)
    with refused(perps.system, "FillTooSmall", 0, 0, 1):
        perps.system.execute_step(account, 0, sender=STRANGER)
    assert perps.system.force_cancel(account, [own], sender=STRANGER) == [100]
    assert perps.system.execute_step(account, 0, sender=STRANGER) == (30_000, 0)


def test_liq_e_plan_of_one_account_reaches_no_other(perps: PerpScene, robber: int) -> None:
    """Neither an account of a stranger, nor what its own source can not do without."""
    rich, account = perps.maker, open_long(perps, LOTS)
    for source in (rich, perps.lender, 1, 2):
        with pytest.raises(Reverted, match="InvalidStep"):
            perps.system.set_plan(account, [pulling(0, 10**6, source)])
    source = open_long(perps, 30_000)
    perps.system.set_plan(account, [pulling(0, 2**80 - 1, source)])
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        perps.system.execute_step(account, 0, ALL, robber, sender=STRANGER)

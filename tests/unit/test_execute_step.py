"""Executing a step of a risk plan: when it may be, how much it does, and what it leaves."""

from dataclasses import replace

import pytest

from tests.support.abi import Reverted
from tests.support.lending import BORROWER
from tests.support.perps import LONG, MARK, PerpScene, fee_units
from tests.support.plans import (
    ALL,
    open_long,
    open_short,
    reducing,
    repaying,
    selling,
    state_of,
)
from tests.support.scene import ASK, BID, DOLLARS, GTC, IOC, LOT, STRANGER, fee_up, notional
from tests.support.soundness import refused
from tests.support.system import DOLLAR, ETH_MARKET, ETH_PERP, ETH_PERP_TERMS, System
from worldmarkets.model.liquidation_interface import PlanStep, Trigger
from worldmarkets.model.liquidation_words import PlanStateWord
from worldmarkets.model.perp_words import Q24
from worldmarkets.model.records import Filled, Taken

LOTS = 1_000
FEE_PPM = ETH_PERP_TERMS.taker_ppm


def execute(
    perps: PerpScene, account: int, step: int = 0, amount: int = ALL, tip_account: int = 0
) -> tuple[int, int]:
    """Let a stranger execute a step."""
    return perps.system.execute_step(account, step, amount, tip_account, sender=STRANGER)


def executed(system: System) -> dict[str, int]:
    """The fields of the one step that the last transaction executed."""
    (event,) = (event for event in system.events() if event.name == "StepExecuted")
    return event.fields


@pytest.fixture
def account(perps: PerpScene) -> int:
    """An account that is an ETH long."""
    return open_long(perps, LOTS)


# ------------------------------------------------------------------ actions


def test_execute_step_reduces_a_long_position(perps: PerpScene, account: int) -> None:
    perps.system.set_plan(account, [reducing(600)])
    perps.perp_bid(perps.maker, 19_900, 400)
    perps.perp_bid(perps.maker, 19_800, 400)
    makers = perps.position(perps.maker)
    before = perps.position(account)
    assert execute(perps, account) == (600, 0)
    traded = notional(400, 19_900) + notional(200, 19_800)
    taken = perps.records()[-1]
    assert isinstance(taken, Taken)
    assert (taken.lots, taken.notional_atoms, taken.is_ask) == (600, traded, 1)
    after = perps.position(account)
    assert after.size == LOTS - 600
    fee = fee_units(fee_up(traded, FEE_PPM))
    assert after.cash == before.cash + traded // 100 * Q24 - fee
    assert perps.position(perps.maker).size == makers.size + 600
    assert state_of(perps, account, 0) == PlanStateWord(0, 0, perps.system.backend.time, touched=1)
    fields = {"accountId": account, "step": 0, "done": 600, "left": 0, "tipAtoms": 0}
    assert executed(perps.system) == fields


def test_execute_step_reduces_a_short_position(perps: PerpScene) -> None:
    account = open_short(perps, LOTS)
    perps.system.set_plan(account, [reducing(5_000)])
    perps.perp_ask(perps.maker, 20_200, 5_000)
    assert execute(perps, account) == (LOTS, 0)
    assert perps.position(account).size == 0
    assert state_of(perps, account, 0).left == 4_000


def test_execute_step_sells_what_there_is(perps: PerpScene) -> None:
    account = perps.new_account(LONG, 0, LOTS)
    perps.system.set_plan(account, [selling(5_000)])
    perps.bid(perps.maker, 19_800, 5_000)
    assert execute(perps, account) == (LOTS, 0)
    assert perps.base(account) == 0
    fee = fee_up(notional(LOTS, 19_800), FEE_PPM)
    assert perps.cash(account) == notional(LOTS, 19_800) - fee


def test_execute_step_repays_what_is_owed(perps: PerpScene) -> None:
    account = perps.short(BORROWER, 3_000 * DOLLARS, LOTS)
    perps.system.set_plan(account, [repaying(5_000)])
    perps.ask(perps.maker, 20_200, 5_000)
    assert execute(perps, account, amount=400) == (400, 0)
    assert perps.atoms(account, 1) == (400 - LOTS) * LOT
    assert execute(perps, account) == (600, 0)
    assert perps.base(account) == 0
    assert perps.cash(account) > 0


@pytest.mark.parametrize(
    ("step", "facts"),
    [(selling(5), (ETH_MARKET, 0)), (repaying(5), (ETH_MARKET, 0)), (reducing(5), (ETH_PERP, 0))],
)
def test_execute_step_with_nothing_to_reduce_is_refused(
    perps: PerpScene, step: PlanStep, facts: tuple[int, int]
) -> None:
    account = open_long(perps, LOTS)
    perps.system.set_plan(account, [step])
    perps.perp_ask(account, MARK, LOTS)
    perps.perp_bid(perps.taker, MARK, LOTS)
    rest = replace(step, trigger=Trigger.PRICE, threshold=2**80)
    perps.system.set_plan(account, [rest])
    with refused(perps.system, "NothingToReduce", account, *facts):
        execute(perps, account)


def test_execute_step_never_goes_through_zero(perps: PerpScene, account: int) -> None:
    perps.system.set_plan(account, [reducing(2**80 - 1)])
    perps.perp_bid(perps.maker, MARK, 5_000)
    assert execute(perps, account) == (LOTS, 0)
    assert perps.position(account).size == 0


def test_execute_step_for_more_lots_than_an_order_can_have_trades_what_there_is(
    perps: PerpScene, account: int
) -> None:
    """Orders have 40 bits, of which the lots asked for must not be the low ones."""
    perps.system.set_plan(account, [reducing(2**41)])
    perps.perp_bid(perps.maker, MARK, 5_000)
    assert execute(perps, account, amount=2**40) == (LOTS, 0)
    assert state_of(perps, account, 0).left == 2**41 - LOTS


# ------------------------------------------------------------------ amounts


def test_execute_step_is_consumed_by_size(perps: PerpScene, account: int) -> None:
    perps.system.set_plan(account, [reducing(600)])
    perps.perp_bid(perps.maker, MARK, 5_000)
    assert execute(perps, account, amount=250) == (250, 0)
    assert executed(perps.system)["left"] == 350
    assert execute(perps, account) == (350, 0)
    with refused(perps.system, "NoSuchStep", account, 0):
        execute(perps, account)


def test_execute_step_that_never_was_or_is_no_more_is_refused(
    perps: PerpScene, account: int
) -> None:
    perps.system.set_plan(account, [reducing(600)] * 2)
    perps.system.set_plan(account, [reducing(600)])
    for step in (1, 2, 7, 8, 16, 255):
        with refused(perps.system, "NoSuchStep", account, step):
            execute(perps, account, step)
    with refused(perps.system, "UnknownAccount", 999):
        execute(perps, 999)


def test_execute_step_beyond_the_eighth_reaches_no_plan_of_a_neighbour(
    perps: PerpScene, account: int
) -> None:
    """The key of a slot has three bits for it."""
    neighbour = perps.trader(LONG)
    assert neighbour == account + 1
    for owned in (account, neighbour):
        perps.system.set_plan(owned, [reducing(600)])
    for owned in (account, neighbour):
        with refused(perps.system, "NoSuchStep", owned, 8):
            execute(perps, owned, 8)


def test_execute_step_does_what_it_must_at_once(perps: PerpScene, account: int) -> None:
    perps.system.set_plan(account, [reducing(600, min_fill=400)])
    perps.perp_bid(perps.maker, MARK, 399)
    with refused(perps.system, "FillTooSmall", 0, 399, 400):
        execute(perps, account)
    with refused(perps.system, "FillTooSmall", 0, 399, 400):
        execute(perps, account, amount=399)
    perps.perp_bid(perps.maker, MARK, 1)
    assert execute(perps, account) == (400, 0)
    perps.perp_bid(perps.maker, MARK, 199)
    with refused(perps.system, "FillTooSmall", 0, 199, 200):
        execute(perps, account)
    perps.perp_bid(perps.maker, MARK, 1)
    assert execute(perps, account) == (200, 0)


def test_execute_step_that_does_nothing_is_refused(perps: PerpScene, account: int) -> None:
    """Else anyone could let it wait for nothing."""
    perps.system.set_plan(account, [reducing(600, cooldown_seconds=60)])
    with refused(perps.system, "FillTooSmall", 0, 0, 1):
        execute(perps, account)
    with refused(perps.system, "FillTooSmall", 0, 0, 1):
        execute(perps, account, amount=0)


def test_execute_step_waits_after_it_has_acted(perps: PerpScene, account: int) -> None:
    perps.system.set_plan(account, [reducing(600, cooldown_seconds=50), reducing(600)])
    perps.perp_bid(perps.maker, MARK, 5_000)
    execute(perps, account, amount=100)
    ready = perps.system.backend.time + 50
    assert state_of(perps, account, 0).ready_at == ready
    assert execute(perps, account, 1, amount=100) == (100, 0)
    perps.wait(49)
    with refused(perps.system, "CoolingDown", 0, ready):
        execute(perps, account)
    perps.wait(1)
    assert execute(perps, account) == (500, 0)


def test_execute_step_of_a_new_plan_waits_for_nothing(perps: PerpScene, account: int) -> None:
    plan = [reducing(600, cooldown_seconds=50)]
    perps.system.set_plan(account, plan)
    perps.perp_bid(perps.maker, MARK, 5_000)
    execute(perps, account, amount=100)
    perps.system.set_plan(account, plan)
    assert execute(perps, account) == (600, 0)


def test_execute_step_below_the_smallest_order_is_refused(perps: PerpScene) -> None:
    """Of asset 2 an order has 20 lots at least."""
    system = perps.system
    account = perps.new_account(LONG)
    system.fund(account, 2, 10**8)
    step = replace(selling(19), target_id=258)
    system.set_plan(account, [step])
    with refused(system, "BelowMinimumSize", 19, 20):
        execute(perps, account)


# ------------------------------------------------------------------ price


@pytest.mark.parametrize(("slippage_bps", "limit"), [(1, 19_998), (33, 19_934), (500, 19_000)])
def test_execute_step_trades_down_to_its_limit(
    perps: PerpScene, account: int, slippage_bps: int, limit: int
) -> None:
    perps.system.set_plan(account, [reducing(LOTS, slippage_bps=slippage_bps)])
    perps.perp_bid(perps.maker, limit - 1, LOTS)
    with refused(perps.system, "FillTooSmall", 0, 0, 1):
        execute(perps, account)
    perps.perp_bid(perps.maker, limit, LOTS)
    assert execute(perps, account) == (LOTS, 0)


def test_execute_step_trades_within_the_band_however_far_its_limit_is(
    perps: PerpScene, account: int
) -> None:
    """Of the perp the band is 5 %."""
    perps.system.set_plan(account, [reducing(LOTS, slippage_bps=2_000)])
    perps.perp_bid(perps.maker, 18_999, LOTS)
    with refused(perps.system, "FillTooSmall", 0, 0, 1):
        execute(perps, account)


@pytest.mark.parametrize("market", [ETH_MARKET, ETH_PERP])
def test_execute_step_rounds_limits_to_the_advantage_of_the_owner(
    perps: PerpScene, market: int
) -> None:
    """The price is between two ticks: 20,000.5 of them, a hundredth less and more."""
    place = perps.system.place
    if market == ETH_PERP:
        seller, buyer = open_long(perps, LOTS), open_short(perps, LOTS)
        steps = reducing(LOTS), reducing(LOTS)
    else:
        seller = perps.new_account(LONG, 0, LOTS)
        buyer = perps.short(BORROWER, 3_000 * DOLLARS, LOTS)
        steps = selling(LOTS), repaying(LOTS)
    perps.system.set_plan(seller, [steps[0]])
    perps.system.set_plan(buyer, [steps[1]])
    perps.system.set_price(1, 2_000 * DOLLAR + DOLLAR // 20)
    place(perps.maker, market, BID, 19_800, LOTS, GTC)
    place(perps.maker, market, ASK, 20_201, LOTS, GTC)
    for account in (seller, buyer):
        with refused(perps.system, "FillTooSmall", 0, 0, 1):
            execute(perps, account)
    place(perps.maker, market, BID, 19_801, LOTS, GTC)
    place(perps.maker, market, ASK, 20_200, LOTS, GTC)
    for account in (seller, buyer):
        assert execute(perps, account) == (LOTS, 0)


def test_execute_step_at_an_old_price_is_refused(perps: PerpScene, account: int) -> None:
    perps.system.set_plan(account, [reducing(LOTS)])
    perps.perp_bid(perps.maker, MARK, LOTS)
    reported = perps.underlying().time
    perps.wait(61)
    with refused(perps.system, "StalePrice", 1, reported, perps.system.backend.time - 60):
        execute(perps, account)
    perps.refresh()
    perps.wait(60)
    assert execute(perps, account) == (LOTS, 0)


def test_execute_step_while_a_price_waits_is_refused(perps: PerpScene, account: int) -> None:
    perps.system.set_plan(account, [reducing(LOTS)])
    perps.perp_bid(perps.maker, MARK, LOTS)
    perps.system.post_price(1, 3_000 * DOLLAR)
    perps.system.poke(1)
    with refused(perps.system, "PriceUnconfirmed", 1):
        execute(perps, account)


def test_execute_step_stops_before_an_order_of_its_owner(perps: PerpScene, account: int) -> None:
    other = perps.trader(LONG)
    perps.system.set_plan(account, [reducing(LOTS)])
    perps.perp_bid(perps.maker, MARK, 300)
    own = perps.perp_bid(other, 19_950, 300).order_id
    perps.perp_bid(perps.maker, 19_900, 300)
    assert execute(perps, account) == (300, 0)
    assert [order_id for order_id, _ in perps.orders(19_950, ETH_PERP)] == [own]
    with refused(perps.system, "FillTooSmall", 0, 0, 1):
        execute(perps, account)


def test_execute_step_meets_64_orders(perps: PerpScene, account: int) -> None:
    perps.system.set_plan(account, [reducing(LOTS)])
    for _ in range(65):
        perps.perp_bid(perps.maker, MARK, 1)
    assert execute(perps, account) == (64, 0)
    assert sum(isinstance(record, Filled) for record in perps.records()) == 64


# ------------------------------------------------------------------ checks


def test_execute_step_that_would_raise_the_risk_is_refused(perps: PerpScene) -> None:
    """A hedged account with less than it needs: to close one leg strips it."""
    account = perps.long(BORROWER, 1_100 * DOLLARS, 10_000)
    perps.perp_bid(perps.taker, MARK, 10_000)
    perps.perp_ask(account, MARK, 10_000, IOC)
    perps.set_equity(account, 500 * DOLLARS)
    margin = perps.margin(account)
    assert margin.maintenance_atoms < margin.equity_atoms < margin.initial_atoms
    perps.system.set_plan(account, [reducing(5_000)])
    perps.perp_ask(perps.maker, MARK, 5_000)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        execute(perps, account)


def test_execute_step_of_a_flagged_account_trades(perps: PerpScene) -> None:
    """Within the window, while no order of the account may rest."""
    account = open_long(perps, 30_000)
    perps.system.set_plan(account, [reducing(15_000)])
    perps.perp_bid(perps.maker, MARK, 30_000)
    perps.take_cash(account, 8_100 * DOLLARS)
    perps.system.flag_account(account, sender=STRANGER)
    assert perps.account(account).flagged == 1
    assert execute(perps, account) == (15_000, 0)
    assert perps.position(account).size == 15_000
    assert perps.system.review_account(account, sender=STRANGER) == (False, True)

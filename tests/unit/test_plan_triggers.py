"""Triggers of risk plans: each fires on its side of the threshold, at the threshold itself too."""

from dataclasses import replace

import pytest

from tests.support.lending import BORROWER
from tests.support.perps import LONG, MARK, PerpScene
from tests.support.plans import (
    ALL,
    health_of,
    open_long,
    plan_step,
    pulling,
    reducing,
    repaying,
    selling,
    terms_of,
)
from tests.support.scene import DOLLARS, STRANGER
from tests.support.soundness import refused
from tests.support.system import DOLLAR, ETH_PERP, AssetPlan
from worldmarkets.model import slots
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.words import UnderlyingWord

LOTS = 1_000
NOTHING_REQUIRED = 2**255 - 1


def check(perps: PerpScene, account: int, step: PlanStep, value: int) -> None:
    """Below, at and above what the trigger looks at, looking either way."""
    for is_below in (True, False):
        for offset in (-1, 0, 1):
            fires = offset == 0 or (offset > 0) == is_below
            judged = replace(step, is_below=is_below, threshold=value + offset, min_fill=step.size)
            perps.system.set_plan(account, [judged])
            # An amount below the least ends what has fired before anything is done.
            facts = ("FillTooSmall", 0, 0, step.size)
            if not fires:
                facts = ("TriggerNotMet", 0, value, value + offset)
            with refused(perps.system, *facts):
                perps.system.execute_step(account, 0, 0, sender=STRANGER)


@pytest.fixture
def account(perps: PerpScene) -> int:
    """An account that is an ETH long, and has another of the same owner beside it."""
    return open_long(perps, LOTS)


def test_health_is_equity_over_maintenance_without_orders(perps: PerpScene, account: int) -> None:
    perps.perp_bid(account, MARK - 500, 50 * LOTS)
    now = health_of(perps, account)
    for threshold in (now - 1, now):
        perps.system.set_plan(account, [reducing(LOTS, threshold=threshold)])
        facts = (
            ("FillTooSmall", 0, 0, 1) if threshold == now else ("TriggerNotMet", 0, now, now - 1)
        )
        with refused(perps.system, *facts):
            perps.system.execute_step(account, 0, 0, sender=STRANGER)


@pytest.mark.parametrize("equity", [-1, -DOLLARS // 3, -DOLLARS // 2])
def test_health_of_less_than_nothing_is_rounded_down(
    perps: PerpScene, account: int, equity: int
) -> None:
    perps.take_cash(account, perps.margin(account).equity_atoms - equity)
    margin = perps.margin(account)
    assert margin.equity_atoms == equity
    perps.system.set_plan(account, [reducing(LOTS, threshold=10_000, min_fill=LOTS)])
    with refused(perps.system, "FillTooSmall", 0, 0, LOTS):
        perps.system.execute_step(account, 0, 0, sender=STRANGER)
    # No threshold that may be set is as low, so only a word written past the rules tells.
    value = equity * 10**4 // margin.maintenance_atoms
    terms = replace(terms_of(perps, account, 0), is_below=0, threshold=1)
    perps.set_word(slots.plan_terms(account, 0), terms)
    with refused(perps.system, "TriggerNotMet", 0, value, 1):
        perps.system.execute_step(account, 0, 0, sender=STRANGER)


def test_health_of_whom_nothing_is_required_never_fires(perps: PerpScene) -> None:
    account = perps.trader(LONG)
    other = perps.trader(LONG)
    highest = 2**87 - 1
    perps.system.set_plan(account, [pulling(0, 5, other, threshold=highest)])
    with refused(perps.system, "TriggerNotMet", 0, NOTHING_REQUIRED, highest):
        perps.system.execute_step(account, 0, 0, sender=STRANGER)


@pytest.mark.parametrize("action", list(PlanAction))
def test_price_is_that_of_the_base_asset(
    perps: PerpScene, account: int, action: PlanAction
) -> None:
    other = perps.trader(LONG)
    step = {
        PlanAction.REDUCE: reducing(9),
        PlanAction.SELL: selling(9),
        PlanAction.REPAY: repaying(9),
        PlanAction.PULL: pulling(1, 9, other),
    }[action]
    perps.move_index(1_950)
    price = perps.underlying().price
    assert price == 1_950 * DOLLAR // 10**8
    check(perps, account, replace(step, trigger=Trigger.PRICE), price)


def test_price_that_there_is_not_yet_is_refused(perps: PerpScene, account: int) -> None:
    other = perps.trader(LONG)
    asset = perps.system.add_asset(AssetPlan("NEW", 18, 10**10, 5 * DOLLAR))
    word = perps.word(UnderlyingWord, slots.underlying(asset))
    perps.set_word(slots.underlying(asset), replace(word, price=0))
    step = pulling(asset, 5, other, trigger=Trigger.PRICE)
    perps.system.set_plan(account, [step])
    with refused(perps.system, "PriceUnavailable", asset):
        perps.system.execute_step(account, 0, ALL, sender=STRANGER)


@pytest.mark.parametrize("rate", [-4_000_000, -1, 0, 10_000])
def test_funding_is_the_rate_of_the_perp(perps: PerpScene, account: int, rate: int) -> None:
    perps.set_word(slots.mark(ETH_PERP), replace(perps.mark(), rate=rate))
    check(perps, account, reducing(9, trigger=Trigger.FUNDING), rate)


def test_borrow_rate_is_that_of_the_asset_or_where_a_perp_is_reduced_of_dollars(
    perps: PerpScene, account: int
) -> None:
    other = perps.trader(LONG)
    perps.short(BORROWER, 3_000 * DOLLARS, LOTS)
    for asset, rate in ((0, 111), (1, 2**32 - 1)):
        perps.set_word(slots.pool_index(asset), replace(perps.index(asset), rate=rate))
    by_rate = {"trigger": Trigger.BORROW_RATE}
    dollars, ether = 111, 2**32 - 1
    for step, rate in (
        (reducing(9, **by_rate), dollars),
        (pulling(0, 9, other, **by_rate), dollars),
        (selling(9, **by_rate), ether),
        (repaying(9, **by_rate), ether),
        (pulling(1, 9, other, **by_rate), ether),
    ):
        check(perps, account, step, rate)


def test_borrow_rate_without_a_pool_is_zero(perps: PerpScene, account: int) -> None:
    step = plan_step(PlanAction.SELL, 258, 20, trigger=Trigger.BORROW_RATE)
    check(perps, account, step, 0)

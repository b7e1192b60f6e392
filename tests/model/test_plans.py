"""Risk plans in the model: what a step looks at, does, pays and leaves, with sums done by hand."""

from dataclasses import replace
from typing import Any

import pytest

from tests.model.perps import (
    PERP_MARKET,
    TERMS,
    TICK,
    assert_sound,
    cash_of,
    change,
    fund,
    make_perps,
    mark_word,
    move,
    open_pool,
    perp_order,
    position,
    spot_order,
    trade,
)
from tests.model.setting import MARKET, add_user, balance, set_price
from tests.support.system import DOLLAR
from worldmarkets.model import Exchange, Side, slots
from worldmarkets.model.assets import as_name
from worldmarkets.model.errors import (
    AssetNotActivated,
    BelowInitialMargin,
    CoolingDown,
    FillTooSmall,
    InvalidStep,
    NoSuchStep,
    NotAccountOwner,
    NothingToReduce,
    PriceMoving,
    PriceUnavailable,
    PriceUnconfirmed,
    SameAccount,
    StalePrice,
    TooManySteps,
    TriggerNotMet,
    UnknownAccount,
)
from worldmarkets.model.events import PlanSet, StepExecuted, Transferred
from worldmarkets.model.liquidation import plans
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.perp_words import MarkWord
from worldmarkets.model.words import PoolIndexWord, UnderlyingWord

OWNER, MAKER, STRANGER = 0x11, 0x22, 0x33
ALWAYS = 2**87 - 1
ALL = 2**80 - 1
LOTS = 10_000
DOLLARS = 10**6
REDUCING = PlanStep(
    Trigger.HEALTH, True, ALWAYS, PlanAction.REDUCE, PERP_MARKET, LOTS, slippage_bps=100
)
"""A step of a perp that fires whatever its account's health."""


def scene() -> tuple[Exchange, int, int]:
    """An exchange, an account that is 10 ETH long with 10,000 dollars, and the one it bought of."""
    exchange = make_perps(TERMS)
    account, maker = fund(exchange, OWNER, 10_000), add_user(exchange, MAKER, 10**6, 1_000)
    trade(exchange, (OWNER, account), (MAKER, maker), LOTS)
    return exchange, account, maker


def step_of(**terms: Any) -> PlanStep:
    return replace(REDUCING, **terms)


def pulling(source: int, asset: int, atoms: int, **terms: Any) -> PlanStep:
    terms = {"target_id": asset, "size": atoms, "source_account_id": source, **terms}
    return step_of(action=PlanAction.PULL, slippage_bps=0, **terms)


def set_plan(exchange: Exchange, account: int, *steps: PlanStep) -> None:
    exchange.set_plan(OWNER, account, steps)


def refuse(exchange: Exchange, error: Exception, account: int, *arguments: int) -> None:
    """Executing a step raises an error and changes nothing."""
    before = dict(exchange.state.words)
    with pytest.raises(type(error)) as caught:
        exchange.execute_step(account, *arguments)
    assert caught.value.args == error.args or vars(caught.value) == vars(error)
    assert exchange.state.words == before
    assert exchange.events == []


# ------------------------------------------------------------------ setting


def test_set_plan_tells_and_replaces_its_steps() -> None:
    exchange, account, _ = scene()
    first, second = step_of(size=5, min_fill=2, tip_ppm=7), step_of(cooldown_seconds=9)
    set_plan(exchange, account, first, second)
    assert exchange.events == [PlanSet(account, (first, second))]
    assert plans.steps_of(exchange.state, account) == {0: first, 1: second}
    set_plan(exchange, account, second)
    assert plans.steps_of(exchange.state, account) == {0: second}


def test_set_plan_of_another_owner_or_of_nine_steps_is_refused() -> None:
    exchange, account, _ = scene()
    with pytest.raises(NotAccountOwner):
        exchange.set_plan(STRANGER, account, [])
    with pytest.raises(TooManySteps):
        set_plan(exchange, account, *[REDUCING] * 9)


@pytest.mark.parametrize(
    ("step", "field"),
    [
        (step_of(is_below=False), "isBelow"),
        (step_of(threshold=9_999), "threshold"),
        (step_of(trigger=Trigger.FUNDING, action=PlanAction.SELL, target_id=MARKET), "trigger"),
        (pulling(0, 0, 5, trigger=Trigger.PRICE), "trigger"),
        (step_of(target_id=MARKET), "targetId"),
        (step_of(action=PlanAction.REPAY), "targetId"),
        (pulling(0, 7, 5), "targetId"),
        (pulling(0, MARKET, 5), "targetId"),
        (step_of(size=0), "size"),
        (step_of(min_fill=LOTS + 1), "minFill"),
        (step_of(slippage_bps=0), "slippageBps"),
        (step_of(slippage_bps=2_001), "slippageBps"),
        (step_of(tip_ppm=5_001), "tipPpm"),
        (pulling(2, 0, 5), "sourceAccountId"),
    ],
)
def test_set_plan_names_the_first_field_that_can_not_be(step: PlanStep, field: str) -> None:
    exchange, account, _ = scene()
    before = dict(exchange.state.words)
    with pytest.raises(InvalidStep) as caught:
        set_plan(exchange, account, REDUCING, step)
    assert (caught.value.step, caught.value.field) == (1, as_name(field))
    assert exchange.state.words == before


# ------------------------------------------------------------------ triggers


def test_health_is_equity_in_ten_thousandths_of_maintenance() -> None:
    """Of 20,000 dollars long 0.6 times 6 % and half a percent are required: 10,000 of 840."""
    exchange, account, _ = scene()
    terms = plans.terms_of(REDUCING)
    value = plans.trigger_value(exchange.state, account, terms)
    shock = 20_000 * (300 + 300) // 10**4 * 60 // 100
    assert value == 10_000 * 10**4 // (shock + 100)
    set_plan(exchange, account, step_of(threshold=value - 1))
    refuse(exchange, TriggerNotMet(0, value, value - 1), account, 0, ALL, 0)
    set_plan(exchange, account, step_of(threshold=value))
    refuse(exchange, FillTooSmall(0, 0, 1), account, 0, ALL, 0)


def test_health_of_whom_nothing_is_required_is_beyond_every_threshold() -> None:
    exchange, account, _ = scene()
    other = fund(exchange, OWNER, 5)
    set_plan(exchange, other, pulling(account, 0, 5))
    refuse(exchange, TriggerNotMet(0, plans.NOTHING_REQUIRED, ALWAYS), other, 0, ALL, 0)


@pytest.mark.parametrize("is_below", [True, False])
def test_other_triggers_fire_on_their_side(is_below: bool) -> None:
    exchange, account, _ = scene()
    open_pool(exchange)
    change(exchange, MarkWord, slots.mark(PERP_MARKET), rate=-77)
    change(exchange, PoolIndexWord, slots.pool_index(0), rate=123)
    price = 2_000 * 10**18 // 10**8
    for trigger, value in (
        (Trigger.PRICE, price),
        (Trigger.FUNDING, -77),
        (Trigger.BORROW_RATE, 123),
    ):
        for offset in (-1, 0, 1):
            threshold = value + offset
            terms = {"trigger": trigger, "is_below": is_below, "threshold": threshold}
            set_plan(exchange, account, step_of(**terms))
            fires = offset == 0 or (offset > 0) == is_below
            expected = FillTooSmall(0, 0, 1) if fires else TriggerNotMet(0, value, threshold)
            refuse(exchange, expected, account, 0, 0, 0)


def test_borrow_rate_is_that_of_what_is_sold_or_pulled() -> None:
    exchange, account, _ = scene()
    other = fund(exchange, OWNER, 5)
    for asset, rate in ((0, 5), (1, 9)):
        open_pool(exchange, asset)
        change(exchange, PoolIndexWord, slots.pool_index(asset), rate=rate)
    for step, rate in (
        (step_of(action=PlanAction.SELL, target_id=MARKET), 9),
        (pulling(other, 1, 5), 9),
        (pulling(other, 0, 5), 5),
        (REDUCING, 5),
    ):
        terms = plans.terms_of(replace(step, trigger=Trigger.BORROW_RATE))
        assert plans.trigger_value(exchange.state, account, terms) == rate


def test_price_that_there_is_not_yet_raises() -> None:
    exchange, account, _ = scene()
    change(exchange, UnderlyingWord, slots.underlying(1), price=0)
    set_plan(exchange, account, step_of(trigger=Trigger.PRICE))
    refuse(exchange, PriceUnavailable(1), account, 0, ALL, 0)


# ------------------------------------------------------------------ executing


def test_execute_step_trades_pays_the_tip_and_waits() -> None:
    exchange, account, maker = scene()
    tipped = fund(exchange, STRANGER, 1)
    set_plan(exchange, account, step_of(size=6_000, cooldown_seconds=30, tip_ppm=1_000))
    exchange.place(MAKER, maker, perp_order(Side.BID, 19_800, 4_000))
    cash = cash_of(exchange, account)
    assert exchange.execute_step(account, 0, ALL, tipped) == (4_000, 4_000 * 19_800 * 100 // 1_000)
    tip = 4_000 * 19_800 // 10
    assert position(exchange, account).size == LOTS - 4_000
    assert cash_of(exchange, account) == cash - tip
    assert cash_of(exchange, tipped) == DOLLARS + tip
    moved, executed = exchange.events[-2:]
    assert moved == Transferred(account, tipped, 0, tip, cash - tip, DOLLARS + tip)
    assert executed == StepExecuted(account, 0, 4_000, 2_000, tip)
    refuse(exchange, CoolingDown(0, exchange.time + 30), account, 0, ALL, tipped)
    exchange.time += 30
    exchange.place(MAKER, maker, perp_order(Side.BID, TICK, LOTS))
    assert exchange.execute_step(account, 0, 500, 0) == (500, 0)
    exchange.time += 30
    assert exchange.execute_step(account, 0, ALL, 0) == (1_500, 0)
    refuse(exchange, NoSuchStep(account, 0), account, 0, ALL, 0)
    assert_sound(exchange)


def test_execute_step_sells_and_repays() -> None:
    exchange, _, maker = scene()
    open_pool(exchange, 1, 10**10)
    seller = add_user(exchange, OWNER, 0, 3)
    debtor = fund(exchange, OWNER, 10_000)
    exchange.place(MAKER, maker, spot_order(Side.BID, TICK, 2_000))
    exchange.place(OWNER, debtor, spot_order(Side.ASK, TICK, 2_000))
    selling = step_of(action=PlanAction.SELL, target_id=MARKET, trigger=Trigger.PRICE)
    set_plan(exchange, seller, selling)
    set_plan(exchange, debtor, replace(selling, action=PlanAction.REPAY))
    exchange.place(MAKER, maker, spot_order(Side.BID, 19_800, 9_000))
    exchange.place(MAKER, maker, spot_order(Side.ASK, 20_200, 9_000))
    assert exchange.execute_step(seller, 0, ALL, 0) == (3_000, 0)
    assert exchange.execute_step(debtor, 0, ALL, 0) == (2_000, 0)
    assert (balance(exchange, seller, 1), balance(exchange, debtor, 1)) == (0, 0)
    refuse(exchange, NothingToReduce(seller, MARKET, 0), seller, 0, ALL, 0)
    assert_sound(exchange)


def test_execute_step_trades_down_to_its_limit_and_no_further_than_the_band() -> None:
    exchange, account, maker = scene()
    for slippage, limit in ((100, 19_800), (499, 19_002), (2_000, 19_000)):
        set_plan(exchange, account, step_of(size=1_000, slippage_bps=slippage))
        placed = exchange.place(MAKER, maker, perp_order(Side.BID, limit - 1, 1_000))
        refuse(exchange, FillTooSmall(0, 0, 1), account, 0, ALL, 0)
        exchange.place(MAKER, maker, perp_order(Side.BID, limit, 1_000))
        assert exchange.execute_step(account, 0, ALL, 0) == (1_000, 0)
        exchange.cancel(MAKER, maker, placed.order_id)


def test_execute_step_by_a_price_that_is_old_or_waits_is_refused() -> None:
    exchange, account, maker = scene()
    set_plan(exchange, account, REDUCING)
    exchange.place(MAKER, maker, perp_order(Side.BID, TICK, LOTS))
    reported = exchange.state.load(UnderlyingWord, slots.underlying(1)).time
    exchange.time = reported + 61
    refuse(exchange, StalePrice(1, reported, reported + 1), account, 0, ALL, 0)
    exchange.time = reported + 60
    change(exchange, UnderlyingWord, slots.underlying(1), unconfirmed=1)
    refuse(exchange, PriceUnconfirmed(1), account, 0, ALL, 0)


def test_execute_step_of_an_account_that_can_not_get_the_tip_is_refused() -> None:
    exchange, account, _ = scene()
    empty = exchange.create_account(STRANGER)
    set_plan(exchange, account, REDUCING)
    for tipped, error in (
        (99, UnknownAccount(99)),
        (account, SameAccount(account)),
        (empty, AssetNotActivated(empty, 0)),
    ):
        refuse(exchange, error, account, 0, ALL, tipped)


def test_execute_step_must_lower_the_risk_the_tip_counted() -> None:
    """Half of 20 dollars of equity stays if a half is closed for nothing; not with a tip."""
    exchange, account, maker = scene()
    tipped = fund(exchange, STRANGER, 1)
    move(exchange, 1_002)
    set_plan(exchange, account, step_of(tip_ppm=5_000))
    exchange.place(MAKER, maker, perp_order(Side.BID, mark_word(exchange).mark >> 24, LOTS))
    with pytest.raises(BelowInitialMargin):
        exchange.execute_step(account, 0, LOTS // 2, tipped)
    assert exchange.execute_step(account, 0, LOTS // 2, 0) == (LOTS // 2, 0)


def test_execute_step_pulls_what_its_source_can_do_without() -> None:
    exchange, account, maker = scene()
    source = fund(exchange, OWNER, 10_000)
    trade(exchange, (OWNER, source), (MAKER, maker), LOTS)
    tipped = fund(exchange, STRANGER, 1)
    set_plan(exchange, account, pulling(source, 0, ALL, tip_ppm=5_000))
    required = 20_000 * DOLLARS * (300 + 300 + 50) // 10**4
    free = 10_000 * DOLLARS - required
    error = BelowInitialMargin(source, required - 1, required)
    refuse(exchange, error, account, 0, free + 1, tipped)
    assert exchange.execute_step(account, 0, free, tipped) == (free, free * 5_000 // 10**6)
    assert cash_of(exchange, source) == required
    assert_sound(exchange)


def test_execute_step_pulls_what_is_lent_once_prices_are_calm() -> None:
    exchange, account, _ = scene()
    source = fund(exchange, OWNER, 100)
    open_pool(exchange)
    exchange.set_lent(OWNER, source, 0, True)
    set_plan(exchange, account, pulling(source, 0, ALL))
    exchange.time += 1
    set_price(exchange, 1_950 * DOLLAR)
    refuse(exchange, PriceMoving(exchange.time + 10), account, 0, ALL, 0)
    exchange.time += 10
    assert exchange.execute_step(account, 0, ALL, 0)[0] == 100 * DOLLARS

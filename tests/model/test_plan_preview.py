"""Previews of risk plans: exactly what the model then does, and nothing of it done."""

import copy
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.model.perps import PERP_MARKET, TICK, fund, make_perps, perp_order, spot_order, trade
from tests.model.setting import MARKET, add_user, set_price
from tests.model.test_plans import (
    ALL,
    DOLLARS,
    LOTS,
    MAKER,
    OWNER,
    REDUCING,
    STRANGER,
    pulling,
    scene,
    set_plan,
    step_of,
)
from tests.support.system import DOLLAR
from worldmarkets.model import Exchange, Side
from worldmarkets.model.errors import ContractError, InvalidStep, UnknownAccount
from worldmarkets.model.events import BookRecords
from worldmarkets.model.liquidation import plans, standing
from worldmarkets.model.liquidation.preview import (
    PlanPreview,
    StepPreview,
    Target,
    preview,
    price_at_trigger,
)
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.records import Taken

PRICE = 2_000 * DOLLAR // 10**8
"""Price of an atom in the scene [1e-18 dollars]."""
Bids = list[tuple[int, int]]
"""Ticks and lots."""
SELLING = step_of(action=PlanAction.SELL, target_id=MARKET, tip_ppm=700)


def played(exchange: Exchange, account: int, tipped: int) -> tuple[StepPreview, ...]:
    """What really comes of each step of a plan, one after the other."""
    found = []
    for index in plans.steps_of(exchange.state, account):
        done, tip, error, taken = 0, 0, "", Taken()
        try:
            done, tip = exchange.execute_step(account, index, ALL, tipped)
        except ContractError as refused:
            error = refused.name
        for event in exchange.events:
            if isinstance(event, BookRecords):
                taken = next(one for one in event.records if isinstance(one, Taken))
        stands = standing.read(exchange.state, account)
        traded = (taken.lots, taken.notional_atoms, taken.fee_atoms)
        found.append(StepPreview(index, error, done, *traded, tip, stands.equity, stands.end))
    return tuple(found)


def rich_scene() -> tuple[Exchange, int, int]:
    """An account 10 ETH long with an ETH and another account beside it, and a rich maker."""
    exchange = make_perps()
    account, maker = add_user(exchange, OWNER, 3_000, 1), add_user(exchange, MAKER, 10**6, 10**4)
    trade(exchange, (OWNER, account), (MAKER, maker), LOTS)
    return exchange, account, maker


def bids_of(market: int, orders: Bids) -> dict[tuple[int, Side], Bids]:
    return {(market, Side.BID): orders}


# ------------------------------------------------------------------ agreement


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[PlanStep], Bids, Bids]:
    """A plan of a perp, a spot market and another account, and bids in both markets."""
    ticks = st.integers(19_700, 20_050)
    bids = st.lists(st.tuples(ticks, st.integers(1, 4_000)), max_size=5)
    steps = st.sampled_from(
        [
            REDUCING,
            step_of(size=2_500, min_fill=2_000, tip_ppm=5_000, slippage_bps=30),
            SELLING,
            step_of(action=PlanAction.SELL, target_id=MARKET, size=400, slippage_bps=1),
            step_of(action=PlanAction.REPAY, target_id=MARKET),
            pulling(4, 0, 90 * DOLLARS, tip_ppm=100),
            pulling(4, 1, 10**7, min_fill=10**7, tip_ppm=5_000),
            step_of(trigger=Trigger.PRICE, is_below=False, threshold=PRICE + 1),
        ]
    )
    return draw(st.lists(steps, max_size=6)), draw(bids), draw(bids)


REFUSED_BEFORE = ([step_of(size=2_500, min_fill=2_000), REDUCING], [(19_940, 1)], [])
"""The first step finds too little, and leaves it to the second."""


@given(cases(), st.booleans())
@example(REFUSED_BEFORE, True)
def test_preview_is_what_the_plan_then_does(
    case: tuple[list[PlanStep], Bids, Bids], by_depth: bool
) -> None:
    """Against orders that rest, or against the same ones given."""
    plan, perp_bids, spot_bids = case
    exchange, account, maker = rich_scene()
    source, tipped = add_user(exchange, OWNER, 100, 1), fund(exchange, STRANGER, 1)
    assert source == 5
    plan = [copy.copy(step) for step in plan]
    plan = [step if step.action != PlanAction.PULL else _from(step, source) for step in plan]
    set_plan(exchange, account, *plan)
    bare = copy.deepcopy(exchange)
    for tick, lots in perp_bids:
        exchange.place(MAKER, maker, perp_order(Side.BID, tick, lots))
    for tick, lots in spot_bids:
        exchange.place(MAKER, maker, spot_order(Side.BID, tick, lots))
    asked = bare if by_depth else exchange
    depth = {**bids_of(PERP_MARKET, perp_bids), **bids_of(MARKET, spot_bids)} if by_depth else None
    before = dict(asked.state.words)
    seen = preview(asked.state, account, depth=depth)
    assert asked.state.words == before
    stands = standing.read(exchange.state, account)
    assert (seen.equity_atoms, seen.required_atoms) == (stands.equity, stands.end)
    assert seen.steps == played(exchange, account, tipped)


def _from(step: PlanStep, source: int) -> PlanStep:
    return pulling(source, step.target_id, step.size, min_fill=step.min_fill, tip_ppm=step.tip_ppm)


@pytest.mark.parametrize("dollars", [1_900, 1_999, 2_100])
def test_preview_at_another_price_is_what_happens_there(dollars: int) -> None:
    """Mark, band and limits follow the price."""
    exchange, account, maker = rich_scene()
    tipped = fund(exchange, STRANGER, 1)
    set_plan(exchange, account, step_of(tip_ppm=300, size=7_000), SELLING)
    orders = [(dollars * 10 - 30 * away, 2_000) for away in range(9)]
    depth = {**bids_of(PERP_MARKET, orders), **bids_of(MARKET, orders)}
    exchange.time += 1
    exchange.state.time = exchange.time
    price = dollars * DOLLAR // 10**8
    seen = preview(exchange.state, account, depth=depth, prices={1: price})
    set_price(exchange, dollars * DOLLAR)
    for tick, lots in orders:
        exchange.place(MAKER, maker, perp_order(Side.BID, tick, lots))
        exchange.place(MAKER, maker, spot_order(Side.BID, tick, lots))
    stands = standing.read(exchange.state, account)
    assert (seen.equity_atoms, seen.required_atoms) == (stands.equity, stands.end)
    assert seen.steps == played(exchange, account, tipped)
    assert [step.lots for step in seen.steps] == [7_000, 1_000]


# ------------------------------------------------------------------ answers


def weak() -> tuple[Exchange, int]:
    """An account 10 ETH long that has 1,310 dollars, of which it needs 1,300 to add risk."""
    exchange, _, maker = scene()
    account = fund(exchange, OWNER, 1_310)
    trade(exchange, (OWNER, account), (MAKER, maker), LOTS)
    exchange.state.time = exchange.time
    return exchange, account


def test_preview_says_whether_the_depth_is_enough() -> None:
    """At 1,950 dollars 810 are left, of 1,072.50 that end a liquidation: a quarter must go."""
    exchange, account = weak()
    price = 1_950 * DOLLAR // 10**8
    plan = [step_of(size=LOTS, slippage_bps=50)]

    def asked(orders: Bids, target: Target = Target.END) -> PlanPreview:
        depth = bids_of(PERP_MARKET, orders)
        prices = {1: price}
        return preview(
            exchange.state, account, plan=plan, depth=depth, prices=prices, target=target
        )

    too_little = asked([(19_500, 2_000)])
    assert (too_little.equity_atoms, too_little.is_reached) == (810 * DOLLARS, False)
    assert too_little.required_atoms == 19_500 * DOLLARS * (480 + 50) // 10**4
    assert too_little.steps[0].lots == 2_000
    enough = asked([(19_500, 2_000), (19_499, 800)])
    assert enough.is_reached
    assert enough.steps[0].average_lot_price == Fraction(100 * (19_500 * 20 + 19_499 * 8), 28)
    assert not asked([(19_500, 2_000), (19_499, 800)], Target.INITIAL).is_reached
    assert asked([(19_500, LOTS)], Target.INITIAL).is_reached


def test_preview_without_steps_tells_how_the_account_stands() -> None:
    exchange, account = weak()
    seen = preview(exchange.state, account)
    assert (seen.steps, seen.equity_atoms) == ((), 1_310 * DOLLARS)
    assert seen.is_reached
    assert not preview(exchange.state, account, target=Target.INITIAL).steps


def test_preview_names_what_stops_a_step() -> None:
    exchange, account = weak()
    poor = fund(exchange, OWNER, 0)
    plan = [
        REDUCING,
        pulling(poor, 0, 5),
        SELLING,
        step_of(trigger=Trigger.PRICE, threshold=PRICE - 1),
    ]
    seen = preview(exchange.state, account, plan=plan)
    errors = ["FillTooSmall", "FillTooSmall", "NothingToReduce", "TriggerNotMet"]
    assert [step.error for step in seen.steps] == errors
    assert {(step.done, step.tip_atoms, step.equity_atoms) for step in seen.steps} == {
        (0, 0, 1_310 * DOLLARS)
    }
    assert seen.steps[0].average_lot_price is None


def test_preview_of_a_plan_that_can_not_be_raises() -> None:
    exchange, account = weak()
    with pytest.raises(InvalidStep):
        preview(exchange.state, account, plan=[step_of(size=0)])
    with pytest.raises(UnknownAccount):
        preview(exchange.state, 999)


def test_preview_lets_later_steps_meet_what_earlier_ones_left() -> None:
    exchange, account = weak()
    plan = [step_of(size=1_500), step_of(size=1_500)]
    depth = bids_of(PERP_MARKET, [(TICK - 1, 1_000), (TICK, 1_000)])
    first, second = preview(exchange.state, account, plan=plan, depth=depth).steps
    assert (first.lots, first.notional_atoms) == (1_500, (1_000 * TICK + 500 * (TICK - 1)) * 100)
    assert (second.lots, second.notional_atoms) == (500, 500 * (TICK - 1) * 100)


# ------------------------------------------------------------------ prices


def test_price_at_trigger_of_health_is_the_first_one_that_fires() -> None:
    exchange, account = weak()
    step = step_of(threshold=12_000)
    price = price_at_trigger(exchange.state, account, step, 1)
    assert price is not None
    assert price < PRICE
    errors = [
        preview(exchange.state, account, plan=[step], prices={1: at}).steps[0].error
        for at in (price, price + 1)
    ]
    assert errors == ["FillTooSmall", "TriggerNotMet"]
    assert price_at_trigger(exchange.state, account, step, 1, rising=True) is None


def test_price_at_trigger_of_a_short_is_above() -> None:
    exchange, _, maker = scene()
    account = fund(exchange, OWNER, 1_410)
    trade(exchange, (MAKER, maker), (OWNER, account), LOTS)
    exchange.state.time = exchange.time
    step = step_of(threshold=12_000)
    price = price_at_trigger(exchange.state, account, step, 1, rising=True)
    assert price is not None
    assert price > PRICE
    assert price_at_trigger(exchange.state, account, step, 1) is None


def test_price_at_trigger_of_price_is_its_threshold() -> None:
    exchange, account = weak()
    for is_below, threshold, expected in (
        (True, PRICE - 5, PRICE - 5),
        (True, PRICE, PRICE),
        (True, PRICE + 5, PRICE),
        (False, PRICE + 5, PRICE + 5),
        (False, PRICE - 5, PRICE),
        (True, 0, None),
        (True, -5, None),
        (False, 2**55 + 1, None),
    ):
        step = step_of(trigger=Trigger.PRICE, is_below=is_below, threshold=threshold)
        assert price_at_trigger(exchange.state, account, step, 1) == expected


def test_price_at_trigger_of_a_rate_is_none() -> None:
    exchange, account = weak()
    for trigger in (Trigger.FUNDING, Trigger.BORROW_RATE):
        step = step_of(trigger=trigger, threshold=10**9)
        assert price_at_trigger(exchange.state, account, step, 1) is None

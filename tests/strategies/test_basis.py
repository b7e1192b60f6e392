"""The basis trade: openings and decisions by hand, and what holds for all of them."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.strategies.settings import BASIS, LONG, MARKETS, PAYING, PERP, RECEIVING, SHORT, SPOT
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.strategies import (
    Action,
    BasisMarkets,
    BasisPosition,
    Batch,
    CarryWatch,
    Decision,
    Direction,
    MarketTerms,
    Rates,
    StrategyError,
    decide,
    plan_opening,
)

NOW = 1_000_000
LOT = st.sampled_from([Decimal(text) for text in ("0.001", "0.003", "0.01", "0.07", "1")])
PRICE = st.decimals(Decimal(10), Decimal(5_000), places=2)


def order(
    terms: MarketTerms, side: Side, tick: int, lots: int, *, reduce_only: bool = False
) -> OrderRequest:
    limit = TimeInForce.IMMEDIATE_OR_CANCEL
    return OrderRequest(terms.market_id, side, tick, lots, limit, reduce_only=reduce_only)


def decided(position: BasisPosition, rates: Rates = PAYING, **changed: Any) -> Decision:
    markets = replace(MARKETS, **changed)
    return decide(BASIS, markets, rates, position, CarryWatch(), NOW)


def moved(markets: BasisMarkets, batch: Batch) -> tuple[Fraction, Fraction]:
    """Signed sizes that the orders of a batch trade, of spot and of perp."""
    sizes = {markets.spot.market_id: Fraction(0), markets.perp.market_id: Fraction(0)}
    terms = {one.market_id: one for one in (markets.spot, markets.perp)}
    for placed in batch.places:
        sign = 1 if placed.side == Side.BID else -1
        assert placed.lots >= terms[placed.market_id].min_lots
        sizes[placed.market_id] += sign * terms[placed.market_id].size_of(placed.lots)
    return sizes[markets.spot.market_id], sizes[markets.perp.market_id]


def after(markets: BasisMarkets, held: BasisPosition, batch: Batch) -> tuple[Fraction, Fraction]:
    """Both legs when all orders have traded."""
    spot, perp = moved(markets, batch)
    return Fraction(held.spot) + spot, markets.perp.size_of(held.perp_lots) + perp


# Opening


def test_plan_opening_long_spot_by_hand() -> None:
    """100,000 dollars are 33.33 tokens at 3,000: 3,333 lots of perp, 33,330 of spot."""
    plan = plan_opening(BASIS, MARKETS, PAYING, Decimal(10_000))
    assert plan is not None
    assert (plan.direction, plan.spot_lots, plan.perp_lots) == (Direction.LONG_SPOT, 33_330, 3_333)
    assert (plan.spot_notional, plan.perp_notional, plan.net) == (
        99_990,
        Fraction(10_008_999, 100),
        0,
    )
    assert plan.fees == Fraction("34.9965") + Fraction("25.0224975")
    assert plan.borrowed_dollars == 99_990 + plan.fees - 10_000
    assert plan.borrowed_tokens == 0
    assert (plan.carry, plan.fees_a_year) == (Fraction(139, 100), Fraction(6, 100))
    assert plan.expected == Fraction(133, 100)
    # Bought up to 3,003, sold down to 2,999.997 and so to the half above.
    assert plan.batch == Batch(
        places=(order(SPOT, Side.BID, 30_030, 33_330), order(PERP, Side.ASK, 6_000, 3_333))
    )


def test_plan_opening_short_spot_borrows_tokens_and_no_dollars() -> None:
    plan = plan_opening(BASIS, MARKETS, RECEIVING, Decimal(10_000))
    assert plan is not None
    assert plan.direction == Direction.SHORT_SPOT
    assert (plan.borrowed_dollars, plan.borrowed_tokens) == (0, Fraction("33.33"))
    assert plan.carry == Fraction(189, 100)
    assert plan.batch == Batch(
        places=(order(SPOT, Side.ASK, 29_970, 33_330), order(PERP, Side.BID, 6_012, 3_333))
    )


def test_plan_opening_borrows_nothing_while_the_capital_pays() -> None:
    once = BASIS.model_copy(update={"leverage": Decimal("0.9")})
    plan = plan_opening(once, MARKETS, Rates(Decimal("0.01"), *[Decimal(0)] * 2), Decimal(10_000))
    assert plan is not None
    assert plan.borrowed_dollars == 0


@pytest.mark.parametrize(("entry", "opens"), [("1.33", True), ("1.3300001", False)])
def test_plan_opening_needs_the_entry_carry_after_fees(entry: str, opens: bool) -> None:
    wanting = BASIS.model_copy(update={"entry_carry": Decimal(entry)})
    assert (plan_opening(wanting, MARKETS, PAYING, Decimal(10_000)) is not None) is opens


@pytest.mark.parametrize(("capital", "opens"), [("3", True), ("2.99", False)])
def test_plan_opening_needs_the_smallest_order_of_both_legs(capital: str, opens: bool) -> None:
    """Ten lots of spot are a lot of perp, 0.01 tokens, 30 dollars."""
    assert (plan_opening(BASIS, MARKETS, PAYING, Decimal(capital)) is not None) is opens


@pytest.mark.parametrize("capital", [Decimal(0), Decimal(-1)])
def test_plan_opening_without_capital_is_refused(capital: Decimal) -> None:
    with pytest.raises(StrategyError):
        plan_opening(BASIS, MARKETS, PAYING, capital)


@given(LOT, LOT, PRICE, st.decimals(1, 10**6, places=2), st.sampled_from((PAYING, RECEIVING)))
def test_plan_opening_legs_differ_by_less_than_the_smaller_lot(
    spot_lot: Decimal, perp_lot: Decimal, price: Decimal, capital: Decimal, rates: Rates
) -> None:
    spot, perp = (
        replace(one, lot_size=lot, min_lots=1) for one, lot in ((SPOT, spot_lot), (PERP, perp_lot))
    )
    markets = BasisMarkets(spot, perp, price, price)
    plan = plan_opening(BASIS, markets, rates, capital)
    if plan is None:
        assert 10 * capital < 2 * max(spot_lot, perp_lot) * price
        return
    bought, sold = moved(markets, plan.batch)
    assert plan.net == bought + sold
    assert abs(plan.net) < min(spot_lot, perp_lot)
    assert bought * plan.direction > 0 > sold * plan.direction
    wanted = 10 * Fraction(capital) / Fraction(price)
    assert wanted - Fraction(spot_lot + perp_lot) < abs(bought) <= wanted


# Decisions


def test_decide_holds_what_is_as_it_should_be() -> None:
    assert decided(LONG) == Decision(Action.HOLD, Batch(), CarryWatch())
    assert decided(SHORT, RECEIVING) == Decision(Action.HOLD, Batch(), CarryWatch())


def test_decide_opens_where_there_is_nothing() -> None:
    plan = plan_opening(BASIS, MARKETS, PAYING, Decimal(10_000))
    assert plan is not None
    found = decided(BasisPosition(Decimal(10_000), spot=Decimal("0.009")))
    assert found == Decision(Action.OPEN, plan.batch, CarryWatch())
    for cash in (0, -5):
        assert decided(BasisPosition(Decimal(cash))).action == Action.HOLD


def test_decide_does_not_open_for_a_low_carry() -> None:
    low = Rates(Decimal("0.00008"), Decimal("0.08"), Decimal("0.03"))
    assert decided(BasisPosition(Decimal(10_000)), low).action == Action.HOLD


def test_decide_after_a_rise_makes_both_legs_smaller() -> None:
    """At 3,750 the equity is 34,987.5 - 25,000 of loss: 12.5 times; ten times are 26.63 tokens."""
    risen = replace(LONG, perp_pnl=Decimal(-25_000))
    found = decided(risen, spot_price=Decimal(3_750), perp_price=Decimal(3_750))
    assert found.action == Action.RELEVER
    assert found.batch.places == (
        order(SPOT, Side.ASK, 37_463, 33_330 - 26_630),
        order(PERP, Side.BID, 7_507, 3_333 - 2_663, reduce_only=True),
    )
    # The loss is more than half of the equity.
    assert found.batch.settles == (PERP.market_id,)


def test_decide_after_a_fall_grows_while_the_carry_is_worth_it() -> None:
    """At 2,250 the equity is -15,007.5 + 25,000 of profit: 7.5 times; ten times are 44.41."""
    fallen = replace(LONG, perp_pnl=Decimal(25_000))
    prices = {"spot_price": Decimal(2_250), "perp_price": Decimal(2_250)}
    # The profit supports no debt before it is settled.
    settling = Decision(Action.SETTLE, Batch(settles=(PERP.market_id,)), CarryWatch())
    assert decided(fallen, **prices) == settling
    settled = replace(LONG, cash=LONG.cash + 25_000)
    found = decided(settled, **prices)
    assert found.action == Action.RELEVER
    assert found.batch.places == (
        order(SPOT, Side.BID, 22_522, 44_410 - 33_330),
        order(PERP, Side.ASK, 4_496, 4_441 - 3_333),
    )
    # 15.5 % less 6 % of fees is not worth growing for, but worth keeping: only settled.
    low = Rates(Decimal("0.0000872147"), Decimal("0.08"), Decimal("0.03"))
    assert decided(fallen, low, **prices) == Decision(
        Action.SETTLE, Batch(settles=(PERP.market_id,)), CarryWatch()
    )


@pytest.mark.parametrize(("price", "action"), [("3600", Action.HOLD), ("3600.04", Action.RELEVER)])
def test_decide_leverage_at_the_edge_of_the_band_is_in_it(price: str, action: Action) -> None:
    """33.33 tokens at 3,600 over 9,999 dollars are twelve times."""
    edge = Decimal(price)
    held = replace(LONG, cash=Decimal(9_999) - Decimal("33.33") * edge)
    assert decided(held, spot_price=edge).action == action


def test_decide_mirror_after_a_rise_makes_both_legs_smaller() -> None:
    risen = replace(SHORT, perp_pnl=Decimal(25_000))
    found = decided(risen, RECEIVING, spot_price=Decimal(3_750), perp_price=Decimal(3_750))
    assert found.action == Action.RELEVER
    assert [(one.side, one.reduce_only) for one in found.batch.places] == [
        (Side.BID, False),
        (Side.ASK, True),
    ]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (replace(LONG, perp_lots=-3_266), order(SPOT, Side.ASK, 29_970, 670)),
        (
            replace(LONG, spot=Decimal("32.66")),
            order(PERP, Side.BID, 6_012, 67, reduce_only=True),
        ),
        (replace(SHORT, perp_lots=3_266), order(SPOT, Side.BID, 30_030, 670)),
        (
            replace(SHORT, spot=Decimal("-32.66")),
            order(PERP, Side.ASK, 6_000, 67, reduce_only=True),
        ),
    ],
    ids=["long spot", "short perp", "short spot", "long perp"],
)
def test_decide_makes_the_larger_leg_as_small_as_the_other(
    held: BasisPosition, expected: OrderRequest
) -> None:
    """0.67 tokens are more than 2 % of 33.33; leverage stays in its band."""
    rates = PAYING if held.direction == Direction.LONG_SPOT else RECEIVING
    held = replace(held, cash=Decimal(10_000) - 3_000 * held.spot)
    assert decided(held, rates) == Decision(Action.MATCH, Batch(places=(expected,)), CarryWatch())


@pytest.mark.parametrize(("lots", "action"), [(-3_283, Action.HOLD), (-3_282, Action.MATCH)])
def test_decide_legs_within_tolerance_stay(lots: int, action: Action) -> None:
    """2 % of 33.5 tokens are 0.67."""
    held = BasisPosition(Decimal(-90_000), spot=Decimal("33.5"), perp_lots=lots)
    assert decided(held).action == action


def test_decide_waits_where_a_leg_is_below_its_smallest_order() -> None:
    """67 lots to match, 670 to relever: neither leg moves alone."""
    unequal = replace(LONG, spot=Decimal("32.66"), cash=Decimal(10_000) - 3_000 * Decimal("32.66"))
    for least, action in ((67, Action.MATCH), (68, Action.HOLD)):
        assert decided(unequal, perp=replace(PERP, min_lots=least)).action == action
    risen = replace(LONG, cash=Decimal(-115_000))
    prices = {"spot_price": Decimal(3_750), "perp_price": Decimal(3_750)}
    for least, action in ((670, Action.RELEVER), (671, Action.HOLD)):
        terms = replace(PERP, min_lots=least)
        assert decided(risen, perp=terms, **prices).action == action


def test_decide_legs_of_one_side_close_the_perp() -> None:
    both_long = replace(SHORT, spot=Decimal(2), cash=Decimal(4_000), perp_lots=400)
    low = Rates(Decimal("-0.000011"), Decimal(0), Decimal(0))
    assert decided(both_long, low).batch.places == (
        order(PERP, Side.ASK, 6_000, 400, reduce_only=True),
    )


@pytest.mark.parametrize(
    ("pnl", "settles"), [("2497.5", False), ("2497.51", True), ("-4995", False), ("-4995.01", True)]
)
def test_decide_settles_large_profits_and_losses(pnl: str, settles: bool) -> None:
    """A quarter of the equity of profit, or a half of loss; the equity stays as it is."""
    held = replace(LONG, cash=LONG.cash - Decimal(pnl), perp_pnl=Decimal(pnl))
    found = decided(held)
    assert found.action == (Action.SETTLE if settles else Action.HOLD)
    assert found.batch.settles == ((PERP.market_id,) if settles else ())


def test_decide_never_settles_losses_if_told_so() -> None:
    held = replace(LONG, cash=LONG.cash + 9_000, perp_pnl=Decimal(-9_000))
    never = BASIS.model_copy(update={"settle_loss": None})
    assert decide(never, MARKETS, PAYING, held, CarryWatch(), NOW).action == Action.HOLD
    assert decided(held).action == Action.SETTLE


def test_decide_unwinds_only_after_a_while_of_low_carry() -> None:
    low = Rates(Decimal("0.00007"), Decimal("0.08"), Decimal("0.03"))
    watch = CarryWatch()
    for second, action in ((0, Action.HOLD), (3_599, Action.HOLD), (3_600, Action.UNWIND)):
        found = decide(BASIS, MARKETS, low, LONG, watch, NOW + second)
        assert (found.action, found.watch) == (action, CarryWatch(NOW))
        watch = found.watch
    assert found.batch == Batch(
        places=(
            order(SPOT, Side.ASK, 29_970, 33_330),
            order(PERP, Side.BID, 6_012, 3_333, reduce_only=True),
        ),
        settles=(PERP.market_id,),
    )


def test_decide_carry_that_is_back_begins_the_while_anew() -> None:
    low = Rates(Decimal("0.00007"), Decimal("0.08"), Decimal("0.03"))
    first = decide(BASIS, MARKETS, low, LONG, CarryWatch(), NOW)
    back = decide(BASIS, MARKETS, PAYING, LONG, first.watch, NOW + 3_000)
    assert back.watch == CarryWatch()
    again = decide(BASIS, MARKETS, low, LONG, back.watch, NOW + 3_600)
    assert (again.action, again.watch) == (Action.HOLD, CarryWatch(NOW + 3_600))


def test_decide_exit_carry_itself_is_no_reason_to_unwind() -> None:
    """Hysteresis: 2 % a year is below what opens and not below what closes."""
    at_exit = Rates(Decimal(0), Decimal("-0.002"), Decimal(0))
    assert decided(LONG, at_exit).watch == CarryWatch()
    assert decided(BasisPosition(Decimal(10_000)), at_exit).action == Action.HOLD


def test_decide_without_equity_unwinds_at_once() -> None:
    gone = replace(LONG, perp_pnl=Decimal(-9_990))
    assert decided(gone).action == Action.UNWIND
    assert decided(replace(gone, perp_pnl=Decimal(-9_900))).action != Action.UNWIND


def test_decide_unwinding_short_spot_buys_back_the_whole_debt() -> None:
    """Interest of less than a lot is bought back, too, by the smallest order if that is all."""
    gone = replace(SHORT, spot=Decimal("-33.3301"), cash=Decimal(0))
    assert decided(gone).batch.places[0] == order(SPOT, Side.BID, 30_030, 33_331)
    rest = BasisPosition(Decimal(0), spot=Decimal("-0.0001"))
    assert decided(rest).batch.places == (order(SPOT, Side.BID, 30_030, 10),)


POSITIONS = st.builds(
    BasisPosition,
    cash=st.decimals(-200_000, 200_000, places=2),
    spot=st.decimals(-60, 60, places=5),
    perp_lots=st.integers(-6_000, 6_000),
    perp_pnl=st.decimals(-20_000, 20_000, places=2),
)


@given(POSITIONS, st.sampled_from((PAYING, RECEIVING)))
def test_decide_never_leaves_a_larger_net(held: BasisPosition, rates: Rates) -> None:
    found = decided(held, rates)
    net = abs(Fraction(held.spot) + PERP.size_of(held.perp_lots))
    left = abs(sum(after(MARKETS, held, found.batch)))
    smallest = SPOT.size_of(SPOT.min_lots) + PERP.size_of(1)
    assert left < max(net, smallest) or left == net


@given(POSITIONS, st.sampled_from((PAYING, RECEIVING)))
def test_decide_matching_and_unwinding_only_make_legs_smaller(
    held: BasisPosition, rates: Rates
) -> None:
    found = decided(held, rates)
    if found.action in (Action.MATCH, Action.UNWIND):
        spot, perp = after(MARKETS, held, found.batch)
        bought_back = SPOT.size_of(SPOT.min_lots)
        assert abs(perp) <= abs(PERP.size_of(held.perp_lots))
        assert abs(spot) <= max(abs(Fraction(held.spot)), bought_back)


@given(POSITIONS, st.sampled_from((PAYING, RECEIVING)))
def test_decide_relevering_ends_at_the_wanted_leverage(held: BasisPosition, rates: Rates) -> None:
    found = decided(held, rates)
    if found.action == Action.RELEVER:
        spot, perp = after(MARKETS, held, found.batch)
        wanted = 10 * held.equity(Decimal(3_000)) / 3_000
        largest = SPOT.size_of(1) + PERP.size_of(1)
        for size in (held.direction * spot, -held.direction * perp):
            assert abs(size - wanted) < largest


# Settings


@pytest.mark.parametrize(
    "changed",
    [
        {"leverage": Decimal(13)},
        {"leverage": Decimal(7)},
        {"leverage": 10.0},
        {"leverage": Decimal("NaN")},
        {"exit_carry": Decimal("0.10")},
        {"settle_profit": Decimal(0)},
        {"holding_days": 0},
        {"slippage_bps": 10_000},
        {"unknown": 1},
    ],
)
def test_config_that_can_not_be_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        type(BASIS)(**{**BASIS.model_dump(), **changed})


def test_markets_without_a_price_are_refused() -> None:
    with pytest.raises(StrategyError):
        replace(MARKETS, perp_price=Decimal(0))

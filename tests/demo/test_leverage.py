"""What those who trade with borrowed money decide; no chain."""

from dataclasses import replace

import pytest

from worldmarkets.demo.leverage import (
    LEVERED,
    Grow,
    LeverPlan,
    RepayAll,
    Shrink,
    Situation,
    decide,
    excess,
    reach_bps,
)

PLAN = LeverPlan("long", 1_000, 400, 60, opens=100, opened=300, closes=600)
STUBBORN = replace(PLAN, is_stubborn=True)
STAYS = replace(PLAN, closes=None)
NOW = Situation(
    done=200,
    equity=1_000,
    initial=400,
    maintenance=250,
    is_paid=False,
    size=0,
    debt=0,
    goal=4_000,
    goal_debt=3_000,
)


@pytest.mark.parametrize(
    ("leverage", "in_wallet", "dollars"),
    [(400, False, 3_000), (-200, False, 2_000), (400, True, 600), (-200, True, 600)],
)
def test_debt_dollars_is_what_own_money_does_not_pay(
    leverage: int, in_wallet: bool, dollars: int
) -> None:
    plan = replace(PLAN, leverage_percent=leverage)
    assert plan.debt_dollars(in_wallet=in_wallet) == dollars
    assert plan.is_short == (leverage < 0)


def test_levered_one_repays_and_two_stay_with_one_at_the_limit() -> None:
    assert [plan.closes is None for plan in LEVERED] == [False, True, True]
    assert [plan.is_short for plan in LEVERED] == [False, True, False]
    assert [plan.is_stubborn for plan in LEVERED] == [False, False, True]


@pytest.mark.parametrize(("done", "acts"), [(99, False), (100, True), (300, True), (301, False)])
def test_decide_opens_in_slices_in_its_time(done: int, acts: bool) -> None:
    decision = decide(PLAN, replace(NOW, done=done), may_open=True)
    assert decision == (Grow(500) if acts else None)


@pytest.mark.parametrize(("size", "lots"), [(3_499, 500), (3_600, 400), (3_999, 1)])
def test_decide_opens_no_more_than_is_missing(size: int, lots: int) -> None:
    assert decide(PLAN, replace(NOW, size=size), may_open=True) == Grow(lots)


def test_decide_opens_nothing_when_there_or_when_it_may_not() -> None:
    assert decide(PLAN, replace(NOW, size=4_000), may_open=True) is None
    assert decide(PLAN, NOW, may_open=False) is None


@pytest.mark.parametrize("equity", [399, 250, 249, 0, -5])
def test_decide_below_initial_lowers_its_risk(equity: int) -> None:
    now = replace(NOW, size=2_000, equity=equity)
    assert decide(PLAN, now, may_open=True) == Shrink(excess(now), is_forced=True)
    assert decide(PLAN, replace(now, equity=400), may_open=False) is None


def test_decide_stubborn_waits_for_maintenance_but_adds_nothing() -> None:
    now = replace(NOW, size=2_000, equity=250)
    assert decide(STUBBORN, now, may_open=True) is None
    now = replace(now, equity=249)
    assert decide(STUBBORN, now, may_open=True) == Shrink(excess(now), is_forced=True)


def test_decide_without_a_debt_nothing_is_required() -> None:
    now = replace(NOW, size=1_000, equity=10, is_paid=True)
    assert decide(PLAN, now, may_open=True) == Grow(500)


def test_decide_below_with_nothing_left_does_nothing() -> None:
    assert decide(PLAN, replace(NOW, equity=-1), may_open=True) is None


def test_decide_closing_halves_the_debt_then_repays_the_rest() -> None:
    now = replace(NOW, done=600, size=4_000, debt=3_000)
    assert decide(PLAN, now, may_open=False) == Shrink(500, is_forced=False)
    assert decide(PLAN, replace(now, debt=1_600), may_open=False) == Shrink(100, is_forced=False)
    assert decide(PLAN, replace(now, debt=1_500), may_open=False) is None
    assert decide(PLAN, replace(now, debt=1_500, done=699), may_open=False) is None
    assert decide(PLAN, replace(now, debt=1_500, done=700), may_open=False) == RepayAll()
    assert decide(PLAN, replace(now, debt=0, done=700), may_open=False) is None


def test_decide_who_stays_never_closes() -> None:
    now = replace(NOW, done=1_000, size=4_000, debt=3_000)
    assert decide(STAYS, now, may_open=False) is None


@pytest.mark.parametrize(
    ("equity", "lots"),
    [(400, 400), (300, 800), (200, 1_200), (1, 1_996), (0, 2_000), (-1, 2_000), (500, 0), (900, 0)],
)
def test_excess_brings_the_requirement_to_four_fifths_of_equity(equity: int, lots: int) -> None:
    assert excess(replace(NOW, size=2_000, equity=equity)) == lots


def test_excess_without_requirement_is_everything() -> None:
    assert excess(replace(NOW, size=7, initial=0)) == 7


@pytest.mark.parametrize(
    ("equity", "reach"),
    [(10_000, 25), (31, 25), (30, 24), (6, 0), (5, -1), (0, -6), (-1, -6), (-10_000, -6)],
)
def test_reach_bps_costs_no_more_than_the_share_of_equity(equity: int, reach: int) -> None:
    assert reach_bps(equity, 10_000) == reach

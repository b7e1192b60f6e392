"""What the liquidator decides: duties, fractions, prices and profits."""

from dataclasses import replace

import pytest

from worldmarkets.client.liquidationlens_views import Line, Standing
from worldmarkets.keepers.liquidating import (
    Bidder,
    Duty,
    LiquidatingRules,
    Slice,
    Task,
    best,
    duty,
    fractions,
    judge,
    may_bid,
    price_of,
)
from worldmarkets.model.liquidation.auction import offer
from worldmarkets.model.liquidation_words import LineState

NOW = 10_000
RULES = LiquidatingRules(
    least_profit_atoms=5,
    least_gross_atoms=1_000,
    least_repaid_atoms=50,
    least_deficit_atoms=20,
    restart_seconds=30,
)
HEALTHY = Standing(
    account_id=7,
    is_flagged=False,
    is_live=True,
    is_in_deficit=False,
    is_paid=False,
    equity_atoms=1_000,
    initial_atoms=900,
    end_atoms=800,
    maintenance_atoms=600,
    to_initial_atoms=100,
    to_end_atoms=200,
    to_maintenance_atoms=400,
    exit_cost_atoms=50,
    gross_atoms=10_000,
    locked_atoms=0,
    claim_atoms=0,
    drawn_atoms=0,
    window_end=0,
    clock_start=0,
    price_atoms=0,
    fee_atoms=0,
    least_ppm=0,
    most_ppm=0,
)
LINE = Line(9, LineState.ACTIVE, 300, 0, 0, NOW, 0)


def at(equity: int, base: Standing = HEALTHY, **changes: object) -> Standing:
    """An account of so much equity."""
    return replace(
        base,
        equity_atoms=equity,
        to_initial_atoms=equity - base.initial_atoms,
        to_end_atoms=equity - base.end_atoms,
        to_maintenance_atoms=equity - base.maintenance_atoms,
        **changes,
    )


FLAGGED = at(500, is_flagged=True, is_live=False, window_end=NOW - 20, clock_start=NOW - 20)


def due(found: Standing, *lines: Line) -> Duty | None:
    return duty(RULES, found, lines, NOW)


# ---------------------------------------------------------------------- duties


@pytest.mark.parametrize(
    ("found", "task"),
    [
        (HEALTHY, None),
        (at(600), None),
        (at(599), Task.FLAG),
        # Paid accounts are healthy whatever they are worth.
        (at(0, is_paid=True), None),
        # Small ones are not worth it, unless there is a deficit.
        (at(599, gross_atoms=999), None),
        (at(599, gross_atoms=1_000), Task.FLAG),
        (at(-1, gross_atoms=0), Task.FLAG),
        # What is locked keeps the flag off.
        (at(599, locked_atoms=1), None),
        (at(599, locked_atoms=0), Task.FLAG),
        (at(500, locked_atoms=99), Task.FLAG),
        # Claims and drawn lines are brought back.
        (at(950, claim_atoms=1), Task.REPAY),
        (at(950, drawn_atoms=1), Task.REPAY),
        (at(949, drawn_atoms=1), None),
        # Dead orders go where no claim is left.
        (at(1_000, is_live=False), Task.FREE),
        (at(900, is_live=False, claim_atoms=1), None),
        (at(900, is_live=False, drawn_atoms=1), Task.FREE),
    ],
)
def test_duty_of_an_account_without_a_flag(found: Standing, task: Task | None) -> None:
    assert due(found) == (None if task is None else Duty(task, 7))


@pytest.mark.parametrize(
    ("found", "task"),
    [
        (FLAGGED, None),
        (at(799, FLAGGED), None),
        (at(800, FLAGGED), Task.REVIEW),
        (at(0, FLAGGED, is_paid=True), Task.REVIEW),
        # A deficit that is worth it.
        (at(-19, FLAGGED), None),
        (at(-20, FLAGGED), Task.REVIEW),
        (at(-20, FLAGGED, locked_atoms=1), None),
        # Not for sale for now: the price begins anew once it has fallen.
        (at(600, FLAGGED), None),
        (at(600, FLAGGED, clock_start=NOW - 29), None),
        (at(600, FLAGGED, clock_start=NOW - 30), Task.REVIEW),
        (at(599, FLAGGED, clock_start=NOW - 30), None),
        (at(599, FLAGGED, clock_start=NOW - 30, locked_atoms=1), Task.REVIEW),
    ],
)
def test_duty_of_a_flagged_account(found: Standing, task: Task | None) -> None:
    assert due(found) == (None if task is None else Duty(task, 7))


@pytest.mark.parametrize("base", [HEALTHY, FLAGGED])
def test_duty_draws_the_oldest_line_there_is(base: Standing) -> None:
    short = at(599, base, locked_atoms=300)
    second = replace(LINE, lender_account_id=11)
    assert due(short, LINE, second) == Duty(Task.DRAW, 7, 9)
    empty, late = replace(LINE, locked_atoms=0), replace(LINE, expiry=NOW - 1)
    assert due(short, empty, second) == Duty(Task.DRAW, 7, 11)
    assert due(short, late, second) == Duty(Task.DRAW, 7, 11)
    assert due(short, replace(LINE, state=LineState.OFFERED)) is None
    assert due(at(600, base, locked_atoms=300), LINE) is None


def test_duty_does_not_draw_where_lines_are_too_little() -> None:
    assert due(at(200, locked_atoms=300), LINE) == Duty(Task.FLAG, 7)
    assert due(at(200, FLAGGED, locked_atoms=300), LINE) is None


# ---------------------------------------------------------------------- slices


def test_may_bid_once_the_window_is_over_or_by_choice() -> None:
    found = replace(FLAGGED, most_ppm=500_000, window_end=NOW)
    assert may_bid(found, NOW, is_chosen=False)
    assert not may_bid(found, NOW - 1, is_chosen=False)
    assert may_bid(found, NOW - 1, is_chosen=True)
    assert not may_bid(replace(found, most_ppm=0), NOW, is_chosen=True)


FOR_SALE = replace(FLAGGED, price_atoms=490, fee_atoms=40, least_ppm=100_000, most_ppm=600_000)


@pytest.mark.parametrize(
    ("equity", "required", "expected"),
    [
        (10**9, 0, [600_000, 350_000, 100_000]),
        # 900 is required of the whole account: 450 are half of it.
        (450, 0, [500_000, 300_000, 100_000]),
        (1_450, 1_000, [500_000, 300_000, 100_000]),
        (90, 0, [100_000]),
        (89, 0, []),
        (1_000, 1_000, []),
        (1_000, 1_001, []),
    ],
)
def test_fractions_are_bounded_by_the_margin_of_the_bidder(
    equity: int, required: int, expected: list[int]
) -> None:
    assert fractions(RULES, FOR_SALE, Bidder(3, equity, required)) == expected


def test_fractions_are_bounded_by_the_capital() -> None:
    rules = replace(RULES, capital_atoms=450)
    assert fractions(rules, FOR_SALE, Bidder(3, 10**9, 0))[0] == 500_000
    assert fractions(rules, FOR_SALE, Bidder(3, 10**9, 360)) == [100_000]
    assert Bidder(3, 10**9, 360).with_more(50).room_atoms(rules) == 40


def test_fractions_of_an_account_that_requires_nothing_are_all() -> None:
    found = replace(FOR_SALE, initial_atoms=0, most_ppm=10**6)
    assert fractions(RULES, found, Bidder(3, 1, 0)) == [10**6, 550_000, 100_000]


@pytest.mark.parametrize("price", [490, 1, 0, -1, -77])
@pytest.mark.parametrize("ppm", [100_000, 333_333, 10**6])
def test_price_of_is_that_of_the_model(price: int, ppm: int) -> None:
    whole = replace(offer(500, 800, 50, 10_000, 0), price=price, fee=0)
    expected = whole.payment(ppm)[0] if price >= 0 else -whole.premium(ppm)
    assert price_of(replace(FOR_SALE, price_atoms=price), ppm) == expected


def test_judge_counts_what_is_got_less_what_is_paid_and_lost() -> None:
    # Half is worth 250 and costs 245 beside 0 of selling it.
    assert judge(RULES, FOR_SALE, 500_000, 0) == Slice(7, 500_000, 245, 5, 245)
    assert judge(RULES, FOR_SALE, 500_000, 1) is None
    cheap = replace(FOR_SALE, price_atoms=400)
    assert judge(RULES, cheap, 500_000, 10) == Slice(7, 500_000, 200, 40, 235)


def test_judge_of_a_debt_needs_to_be_paid_for_it() -> None:
    debt = at(-100, FOR_SALE, price_atoms=-130)
    assert judge(RULES, debt, 500_000, 10) == Slice(7, 500_000, -65, 5, -65)
    assert judge(RULES, debt, 500_000, 11) is None


def test_best_is_the_most_profitable_and_of_equal_ones_the_first() -> None:
    slices = [Slice(7, ppm, 0, profit, 0) for ppm, profit in ((3, 8), (2, 9), (1, 9))]
    assert best(iter([None, *slices])) == slices[1]
    assert best(iter([None, None])) is None

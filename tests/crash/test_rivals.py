"""Whole accounts and auto-deleveraging, on portfolios whose sums are done by hand."""

import numpy as np
import pytest

from worldmarkets.atlas import AssetRisk, GlobalRisk
from worldmarkets.crash.rivals import BookExits, IdealExits, Rival
from worldmarkets.crash.table import FINE, Mark, Table

RISK = AssetRisk(1_000, 100, 0, 100, 100)
"""A shock of 1 % of its own and 3 % of the market, an exit of 1 %."""
SHARED = GlobalRisk(300)
DOLLAR = 10**6


def mark(dollars: int) -> Mark:
    return Mark(dollars * DOLLAR << FINE, dollars * DOLLAR << FINE, 0)


START = mark(100)


def table(*rows: tuple[int, int, int]) -> Table:
    """Portfolios of dollars, lots of spot, and lots of the perp bought at 100."""
    found = Table.empty(len(rows), 1)
    for row, (cash, spot, lots) in enumerate(rows):
        found.cash[row] = cash * DOLLAR
        found.spot[0, row] = spot
        found.sizes[0, row] = lots
        found.perp_cash[0, row] = -lots * START.perp
    return found


def rival(of: Table, *, deleverages: bool = False, fund: int = 0, into: object = None) -> Rival:
    exits = into or IdealExits([100])
    nobody = np.zeros(len(of.cash), dtype=bool)
    fund *= DOLLAR
    return Rival(of, nobody, [RISK], SHARED, [START], fund, exits, deleverages)  # type: ignore[arg-type]


def test_an_account_above_maintenance_is_left_alone() -> None:
    # 100 lots at 100 need 1 % + 0.6 · 4 % of 10,000: 340.
    one = rival(table((340, 0, 100)))
    one.step([START])
    assert one.measures.accounts == 0
    assert one.table.sizes[0, 0] == 100


def test_a_whole_account_is_closed_for_exit_and_penalty() -> None:
    one = rival(table((339, 0, 100)))
    one.step([START])
    assert one.measures.accounts == 1
    assert one.measures.closed == 10_000 * DOLLAR
    assert one.measures.costs == 100 * DOLLAR
    assert one.measures.fund_earned == one.fund == 50 * DOLLAR
    assert one.table.cash[0] == (339 - 150) * DOLLAR
    assert not one.table.sizes.any()


def test_what_was_needless_is_what_a_slice_would_have_left() -> None:
    one = rival(table((339, 0, 100)))
    one.step([START])
    # (R_end - E)/(R_end - exit) = (420 - 339)/(420 - 100) would have been enough.
    assert one.measures.needless == 10_000 * DOLLAR - int(10_000 * DOLLAR * 81 / 320)


def test_a_deficit_comes_out_of_the_fund_and_then_of_nobody() -> None:
    one = rival(table((200, 0, 100)), fund=30)
    one.step([mark(98)])
    # 200 - 200 of loss - 98 of exit.
    assert one.measures.deficits == 98 * DOLLAR
    assert one.measures.fund_paid == 30 * DOLLAR
    assert one.measures.unpaid == 68 * DOLLAR
    assert one.fund == 0
    assert one.table.cash[0] == 0


def test_books_close_as_much_as_they_have() -> None:
    books = BookExits(1)
    books.pass_time(0, [2_000 * DOLLAR])
    assert books.close(0, 5, START.perp) == (5, 500 * DOLLAR * 500 // (2 * 100 * 2_000))
    # 5 % away there are 10,000: 95 lots are left.
    assert books.close(0, 200, START.perp)[0] == 95
    assert books.close(0, 1, START.perp) == (0, 0)
    assert books.close(0, -3, START.perp)[0] == -3
    books.pass_time(30, [2_000 * DOLLAR])
    assert books.close(0, 200, START.perp)[0] == 50


def test_an_account_that_books_can_not_close_goes_on_losing() -> None:
    books = BookExits(1)
    one = rival(table((339, 0, 100)), into=books)
    books.pass_time(0, [1_000 * DOLLAR])
    one.step([START])
    assert one.table.sizes[0, 0] == 50
    # Half was sold 2.5 % below the mark on average.
    assert one.measures.costs == 125 * DOLLAR
    books.pass_time(5, [1_000 * DOLLAR])
    one.step([mark(90)])
    assert one.measures.deficits == 0, "it is still open"
    books.pass_time(3_600, [100_000 * DOLLAR])
    one.step([mark(90)])
    assert one.measures.deficits == one.measures.unpaid > 0


def deleveraged(*winners: tuple[int, int, int]) -> Rival:
    """A bankrupt long of 100 lots that no book takes, and others, at 95."""
    one = rival(table((339, 0, 100), *winners), deleverages=True, fund=10**6, into=BookExits(1))
    one.step([START])
    assert one.measures.deficits == 0
    one.step([mark(95)])
    return one


def test_a_bankrupt_is_closed_against_winners_who_bear_his_deficit() -> None:
    one = deleveraged((10_000, 0, -100))
    # 339 - 500: the winner has 500, and gets 161 less.
    assert one.measures.deficits == one.measures.cut == 161 * DOLLAR
    assert one.table.cash[1] == (10_000 - 161) * DOLLAR - 100 * mark(95).perp // 2**FINE
    assert one.measures.fund_paid == one.measures.unpaid == 0
    assert one.measures.forced_accounts == 1
    assert one.measures.forced == 9_500 * DOLLAR
    assert one.measures.broken_hedges == 0
    assert not one.table.sizes.any()


def test_most_profit_times_leverage_is_closed_first() -> None:
    one = deleveraged((100_000, 0, -100), (2_000, 0, -60), (5_000, 0, -60))
    assert list(one.table.sizes[0]) == [0, -100, 0, -20]
    assert one.measures.forced_accounts == 2


def test_a_hedge_is_closed_like_everything_else() -> None:
    one = deleveraged((10_000, 100, -100))
    assert one.measures.broken_hedges == 1
    assert one.table.spot[0, 1] == 100


def test_losers_and_own_side_are_not_deleveraged() -> None:
    one = deleveraged((10_000, 0, 50), (10_000, 0, -30))
    assert list(one.table.sizes[0]) == [0, 50, 0]
    # What the only winner can not take, makers do.
    assert one.measures.cut == 161 * DOLLAR
    assert one.measures.forced == 30 * 95 * DOLLAR


@pytest.mark.parametrize("deleverages", [False, True])
def test_loans_are_nobodys_when_the_fund_is_empty(deleverages: bool) -> None:
    of = table((-9_700, 100, 0))
    one = rival(of, deleverages=deleverages)
    one.step([mark(95)])
    assert one.measures.unpaid == one.measures.deficits == (200 + 95) * DOLLAR
    assert one.measures.cut == 0

"""Who holds what: enough margin at the opening, enough lent, the same for the same seed."""

from collections import Counter
from pathlib import Path

import pytest

from tests.calibration.data import write
from worldmarkets.atlas import load_risk_set
from worldmarkets.crash.population import (
    DOLLAR,
    LEAST_MARGIN,
    Kind,
    deleveraged,
    generated,
    legs_of,
    requirement,
)
from worldmarkets.marketdata.tables import MalformedRowError

ASSETS = ("BTC", "ETH")
STANDARD = load_risk_set("standard")


def test_generated_portfolios_have_margin_to_open_with() -> None:
    for one in generated(500, ASSETS, STANDARD, 7):
        if one.kind.lends:
            continue
        needed = requirement(one.kind, one.place, ASSETS, STANDARD, one.notional)
        assert needed * LEAST_MARGIN <= one.equity * DOLLAR * 1_000 + 1_000 * DOLLAR


def test_generated_portfolios_are_of_every_kind_and_size() -> None:
    found = generated(1_000, ASSETS, STANDARD, 7)
    assert set(Counter(one.kind for one in found)) == set(Kind)
    sizes = [one.equity for one in found if not one.kind.lends]
    assert min(sizes) >= 1_000
    assert max(sizes) <= 999_000
    leverages = {one.notional // one.equity for one in found if one.kind is Kind.LONG}
    assert {2, 4, 8, 12} <= leverages
    for has in ("bond", "line", "has_plan", "has_liquidator", "has_order"):
        assert any(getattr(one, has) for one in found)


def test_generated_portfolios_are_the_same_for_the_same_seed() -> None:
    assert generated(50, ASSETS, STANDARD, 1) == generated(50, ASSETS, STANDARD, 1)
    assert generated(50, ASSETS, STANDARD, 1) != generated(50, ASSETS, STANDARD, 2)


def test_generated_portfolios_of_one_asset_hold_no_spread() -> None:
    kinds = {one.kind for one in generated(500, ["BTC"], STANDARD, 7)}
    assert Kind.SPREAD not in kinds


def test_lenders_lend_half_as_much_again_as_is_borrowed() -> None:
    found = generated(1_000, ASSETS, STANDARD, 7)
    borrowed = sum(one.notional for one in found if one.kind.borrows_dollars)
    lent = [one.notional for one in found if one.kind is Kind.DOLLARS]
    assert borrowed * 3 // 2 - len(lent) <= sum(lent) <= borrowed * 3 // 2


def test_legs_of_a_spread_are_two_perps() -> None:
    assert legs_of(Kind.SPREAD, 1, 2) == [(1, 0, 1), (0, 0, -1)]
    assert legs_of(Kind.HEDGED, 0, 2) == [(0, 1, -1)]
    assert legs_of(Kind.DOLLARS, 0, 2) == []


def test_requirement_is_that_of_the_engine() -> None:
    # Of a million: 3.5 % of the market, 1.8 % of its own and 0.5 % of exit, 58,000 dollars; and for
    # its size (1.8 % + 0.5 %) / 14, as the depth is 14 millions.
    wanted = 58_000 * DOLLAR + 23_000 * DOLLAR // 14 + 1
    assert requirement(Kind.LONG, 0, ASSETS, STANDARD, 1_000_000) == wanted


def test_deleveraged_portfolios_have_equity_and_leverage_of_the_file(tmp_path: Path) -> None:
    text = "account,leverage_realtime,account_value_realtime\n0,4,50000\n1,0.001,9\n2,2,20\n"
    found = deleveraged(write(tmp_path, text, "x.csv"), 200, ["BTC"], STANDARD, 3)
    longs = [one for one in found if one.kind is Kind.LONG]
    assert {one.equity for one in longs} == {50_000}
    assert all(195_000 <= one.notional <= 200_000 for one in longs)


def test_deleveraged_portfolios_have_no_more_leverage_than_opens(tmp_path: Path) -> None:
    text = "account,leverage_realtime,account_value_realtime\n0,900,50000\n"
    for one in deleveraged(write(tmp_path, text, "x.csv"), 50, ["BTC"], STANDARD, 3):
        if not one.kind.lends:
            needed = requirement(one.kind, one.place, ["BTC"], STANDARD, one.notional)
            assert needed * LEAST_MARGIN <= 50_000 * DOLLAR * 1_000


def test_deleveraged_refuses_what_is_no_number(tmp_path: Path) -> None:
    text = "account,leverage_realtime,account_value_realtime\n0,x,1\n"
    with pytest.raises(MalformedRowError):
        deleveraged(write(tmp_path, text, "x.csv"), 1, ["BTC"], STANDARD, 3)

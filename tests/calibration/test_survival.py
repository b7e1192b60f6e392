"""Basis accounts, by hand under made-up parameters, and what the real crashes make of them."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.calibration.data import CANDLES, needs_data
from tests.calibration.test_windows import DOLLAR
from worldmarkets.artifacts import project_root
from worldmarkets.atlas import AssetRisk, GlobalRisk, RiskSet, equity, load_risk_set
from worldmarkets.calibration.curve import START, adapted, rate_at
from worldmarkets.calibration.survival import (
    BORROW_BPS,
    CAPITAL_ATOMS,
    LONG_SPOT,
    SHORT_SPOT,
    BasisAccount,
    account_in,
    initial_share,
    largest_leverage,
    margin,
    replay,
)
from worldmarkets.calibration.windows import (
    Point,
    Replay,
    Window,
    decisive,
    from_first,
    from_lowest,
    read_windows,
)

MINE = RiskSet("mine", GlobalRisk(600, 80, 60), {"BTC": AssetRisk(1_000, 300, 100, 100, 100)})
"""A hedged leg needs b + gs + gp = 3 %, 0.6·1 + 2 = 2.6 % at maintenance; a naked one 10 %."""
YEAR = 365 * 86_400
DIRECTIONS = (LONG_SPOT, SHORT_SPOT)
CASH = 10**6
"""Quote atoms in a dollar."""


def account(direction: int = LONG_SPOT, leverage: int = 10, funding_ppm: int = 0) -> BasisAccount:
    """Ten thousand dollars of capital, a price of 1,000 dollars."""
    return BasisAccount(MINE, "BTC", direction, leverage, 1_000 * DOLLAR, funding_ppm)


def point(price: int, seconds: int = 0, price_seconds: int = 0) -> Point:
    return Point(seconds, price * DOLLAR, price * DOLLAR, price_seconds)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_opened_has_the_capital_less_both_fees_and_equal_legs(direction: int) -> None:
    """Ten times 10,000 dollars are 100 tokens; 350 ppm of 100,000 dollars are 35, twice."""
    opened = account(direction).opened()
    (leg,) = opened.legs
    assert leg.balance == direction * 100 * 10**8
    assert leg.perp is not None
    assert leg.perp.value == -direction * 100_000 * CASH
    assert opened.cash == (10_000 - 70 - direction * 100_000) * CASH
    assert equity(opened) == 9_930 * CASH


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_equity_does_not_move_with_the_price(direction: int) -> None:
    for price in (500, 1_000, 2_000):
        moved = account(direction).at(point(price), price * DOLLAR, 0)
        assert equity(moved) == 9_930 * CASH
        # 2.6 % of 100 tokens.
        assert margin(moved, MINE) == Fraction(9_930 * 1_000, 2_600 * price)


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_shock_takes_its_part_of_the_leg_from_whom_it_is_against(direction: int) -> None:
    """One percent of 200,000 dollars; in favour, the same comes."""
    price = 2_000 * DOLLAR
    for shock in (100, -100):
        shaken = account(direction).at(point(2_000), price, shock)
        assert equity(shaken) == (9_930 - direction * shock * 20) * CASH


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_funding_is_paid_on_the_price_of_every_second(direction: int) -> None:
    """100 tokens at 2,000 dollars for 8 hours, at 1,000 ppm: 200 dollars."""
    paid = account(direction, funding_ppm=1_000)
    after = point(1_000, price_seconds=2_000 * DOLLAR * 28_800)
    assert equity(paid.at(after, 1_000 * DOLLAR, 0)) == (9_930 - 200) * CASH
    beyond = replace(after, price_seconds=after.price_seconds + 1)
    assert equity(paid.at(beyond, 1_000 * DOLLAR, 0)) == (9_930 - 200) * CASH - 1


def test_interest_is_owed_on_borrowed_dollars() -> None:
    """A quarter of 90,070 dollars in a year."""
    after = account().at(point(1_000, YEAR), 1_000 * DOLLAR, 0)
    assert equity(after) == 9_930 * CASH - 90_070 * CASH * BORROW_BPS // 10_000


def test_interest_is_owed_on_borrowed_tokens_and_not_on_dollars() -> None:
    """A quarter of 100 tokens in a year, worth more as the price rises."""
    after = account(SHORT_SPOT).at(point(2_000, YEAR), 2_000 * DOLLAR, 0)
    assert equity(after) == (9_930 - 50_000) * CASH
    assert after.cash == 109_930 * CASH


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_initial_share_hedged_is_small_and_naked_is_refused(direction: int) -> None:
    """3 % of 100,000 dollars; 10 % without the hedge, which pays one fee."""
    assert initial_share(account(direction)) == Fraction(3_000, 9_930)
    naked = replace(account(direction), hedged=False)
    assert initial_share(naked) == Fraction(10_000, 9_965)
    assert not replay(naked, [point(1_000)], 0).opens
    assert replay(account(direction), [point(1_000)], 0).opens


def test_replay_lowest_is_at_the_high_of_a_minute_with_the_shock_against() -> None:
    """At 3,000 dollars it needs 2.6 % of 300,000, and a shock takes 1 % of it."""
    points = [point(1_000), Point(0, 900 * DOLLAR, 3_000 * DOLLAR, 0), point(800)]
    against, favoured = (replay(account(), points, shock) for shock in (100, -100))
    # The perp is larger by 3,000 dollars, whose own and market shock is (3 - 0.5 + 6) %, the net.
    needed = 2_600 * 3 + 30 + Fraction(6, 10) * (15 + 255)
    assert against.lowest == (9_930 - 3_000) / needed
    assert favoured.lowest == Fraction(9_930, 7_800)
    assert favoured.lives
    assert not against.lives


def test_replay_account_with_just_the_initial_requirement_is_opened() -> None:
    """Its equity is 9.93 % of a leg: 1 % for the basis and 8.93 % for the exits."""
    dear = replace(MINE, assets={"BTC": AssetRisk(1_000, 300, 100, 493, 400)})
    exactly = replace(account(), chosen=dear)
    assert initial_share(exactly) == 1
    assert replay(exactly, [point(1)], 0).opens


def test_account_in_a_replay_pays_the_funding_of_its_perp_leg() -> None:
    run = Replay("BTC", 1_000 * DOLLAR, (point(1_000),), (7, 9))
    paid = [account_in(run, MINE, direction, 10).funding_ppm for direction in DIRECTIONS]
    assert paid == [7, 9]
    assert account_in(run, MINE, SHORT_SPOT, 10, hedged=False) == replace(
        account(SHORT_SPOT, 10, 9), hedged=False
    )


def test_replay_account_that_can_not_be_opened_does_not_live() -> None:
    found = replay(account(leverage=34), [point(1)], 0)
    assert not found.opens
    assert not found.lives


@pytest.mark.parametrize(
    ("direction", "shock", "most"), [(LONG_SPOT, 100, 17), (SHORT_SPOT, -100, 18)]
)
def test_largest_leverage_is_the_last_that_lives(direction: int, shock: int, most: int) -> None:
    """The shock that harms makes a short perp larger and a long one smaller."""
    points = [point(1_500)]
    largest = largest_leverage(account(direction), points)
    assert replay(account(direction, largest), points, shock).lives
    assert not replay(account(direction, largest + 1), points, shock).lives
    assert largest == most


def test_largest_leverage_is_none_where_costs_take_everything() -> None:
    assert largest_leverage(account(), [point(1_000, price_seconds=10**30)]) > 0
    paid = account(funding_ppm=10**6)
    assert largest_leverage(paid, [point(1_000, price_seconds=1_000 * DOLLAR * 28_800)]) == 0


@given(
    st.lists(st.integers(500, 2_000), min_size=2, max_size=12),
    st.sampled_from(DIRECTIONS),
    st.integers(1, 30),
    st.integers(0, 5_000),
    st.sampled_from((-100, 0, 100)),
)
def test_decisive_minutes_decide(
    prices: list[int], direction: int, leverage: int, funding_ppm: int, shock: int
) -> None:
    """An hour each: the lowest margin of all minutes is that of the decisive ones."""
    total, points = 0, []
    for place, high in enumerate(prices):
        total += 3_600 * high * DOLLAR
        points.append(Point(3_600 * (place + 1), high * DOLLAR // 2, high * DOLLAR, total))
    held = account(direction, leverage, funding_ppm)
    whole, decided = (replay(held, some, shock) for some in (points, decisive(points)))
    assert whole.lives == decided.lives
    if whole.lowest > 0:
        # Whole atoms are rounded by minute; a margin of nearly 10^10 atoms knows no such parts.
        assert abs(whole.lowest - decided.lowest) < Fraction(1, 10**6)


@given(st.sampled_from(DIRECTIONS), st.integers(2, 40), st.integers(500, 3_000))
def test_less_leverage_lives_where_more_does(direction: int, leverage: int, price: int) -> None:
    points = [point(price)]
    more, less = (
        replay(account(direction, times, 500), points, 100) for times in (leverage, leverage - 1)
    )
    assert less.lowest >= more.lowest
    assert less.lives or not more.lives


def test_borrow_rate_covers_three_days_of_an_empty_pool() -> None:
    highest = rate_at(1.0, adapted(START, 1.0, 3 * 86_400))
    assert rate_at(1.0, START) == pytest.approx(0.16)
    assert 0.24 < highest <= BORROW_BPS / 10_000


@pytest.fixture(scope="module")
def windows() -> dict[tuple[str, str], Window]:
    return {(one.day, one.asset): one for one in read_windows(CANDLES)}


def lowest(run: Replay, name: str, leverage: int, direction: int = LONG_SPOT) -> Fraction:
    held = account_in(run, load_risk_set(name), direction, leverage)
    return min(replay(held, decisive(run.points), shock).lowest for shock in (100, -100))


@needs_data
def test_windows_of_the_real_crashes_are_there(windows: dict[tuple[str, str], Window]) -> None:
    assert {key: len(one.candles) for key, one in windows.items()} == {
        ("2017-12-22", "BTC"): 4_320,
        ("2017-12-22", "ETH"): 4_320,
        ("2019-10-25", "BTC"): 2_839,
        ("2019-10-25", "ETH"): 2_546,
        ("2025-10-10", "BTC"): 55,
    }


@needs_data
@pytest.mark.parametrize(("name", "leverage"), [("conservative", 15), ("standard", 25)])
def test_basis_account_outlives_every_crash_it_was_opened_before(
    windows: dict[tuple[str, str], Window], name: str, leverage: int
) -> None:
    chosen = load_risk_set(name)
    for window in windows.values():
        run = from_first(window)
        held = account_in(run, chosen, LONG_SPOT, leverage)
        assert initial_share(held) < Fraction(1, 2)
        assert lowest(run, name, leverage) > 1, window.day
        assert initial_share(replace(held, hedged=False)) > 1, window.day


@needs_data
@pytest.mark.parametrize(("name", "leverage"), [("conservative", 15), ("standard", 25)])
def test_both_accounts_outlive_october_10_wherever_they_were_opened(
    windows: dict[tuple[str, str], Window], name: str, leverage: int
) -> None:
    window = windows["2025-10-10", "BTC"]
    for direction in DIRECTIONS:
        for run in (from_first(window), from_lowest(window)):
            assert lowest(run, name, leverage, direction) > Fraction(18, 10)


@needs_data
def test_minutes_passed_over_in_a_real_crash_would_change_nothing(
    windows: dict[tuple[str, str], Window],
) -> None:
    run = from_first(windows["2025-10-10", "BTC"])
    for direction in DIRECTIONS:
        held = account_in(run, load_risk_set("standard"), direction, 25)
        for shock in (100, -100):
            whole, decided = (
                replay(held, some, shock) for some in (run.points, decisive(run.points))
            )
            assert whole == decided


def test_capital_is_so_small_that_size_is_no_term() -> None:
    chosen = load_risk_set("standard")
    held = BasisAccount(chosen, "BTC", LONG_SPOT, 25, 60_000 * DOLLAR, 0)
    shaped = replace(chosen.assets["BTC"], depth=0)
    flat = replace(held, chosen=replace(chosen, assets={"BTC": shaped}))
    assert CAPITAL_ATOMS == 10_000 * CASH
    assert 0 < initial_share(held) - initial_share(flat) < Fraction(1, 200)


def test_opening_alone_allows_what_the_page_tells() -> None:
    allowed = []
    for name in ("conservative", "standard"):
        held = BasisAccount(load_risk_set(name), "BTC", LONG_SPOT, 1, 100_000 * DOLLAR, 0)
        tried = (replace(held, leverage=leverage) for leverage in range(1, 100))
        allowed.append(sum(initial_share(one) <= 1 for one in tried))
    text = (project_root() / "docs" / "calibration.md").read_text(encoding="utf-8")
    assert f"R_init alone allows {allowed[0]} and {allowed[1]} times." in text

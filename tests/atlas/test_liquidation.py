"""Liquidation prices, to the unit of the price word."""

from dataclasses import replace
from random import Random

import pytest

from tests.atlas.portfolios import EXACT_PRICE, seeded_risk
from worldmarkets.atlas import (
    AssetRisk,
    Crossing,
    GlobalRisk,
    Leg,
    LiquidationPrices,
    Perp,
    Portfolio,
    health,
    liquidation_prices,
)
from worldmarkets.atlas.errors import PortfolioError, UndecidedError, UnknownLegError
from worldmarkets.atlas.liquidation import MAX_PRICE

RISK = AssetRisk(beta_milli=1_000, iota_bps=500, basis_bps=0, spot_exit_bps=100, perp_exit_bps=100)
GLOBAL = GlobalRisk(500)


def is_healthy(portfolio: Portfolio, risk: GlobalRisk, price: int) -> bool:
    found = health(portfolio.with_price(1, price), risk)
    return found.equity >= found.maintenance


def random_portfolio(random: Random) -> tuple[GlobalRisk, Portfolio]:
    """A portfolio not far from its R_maint, healthy or not."""
    held = []
    for asset_id in range(1, random.randrange(2, 5)):
        value = random.randrange(-(10**11), 10**11)
        held.append(
            Leg(
                asset_id,
                seeded_risk(random),
                random.randrange(10**10, 10**13),
                random.randrange(-(10**11), 10**11),
                perp=random.choice([None, Perp(value, value, value, -5)]),
            )
        )
    risk, before = GlobalRisk(random.randrange(0, 800)), Portfolio(0, tuple(held))
    found = health(before, risk)
    extra = random.choice([10**11, 10**9, 3, -3, -(10**9)])
    return risk, replace(before, cash=found.maintenance - found.equity + extra)


def check(portfolio: Portfolio, risk: GlobalRisk, found: Crossing, step: int) -> None:
    """The engine itself sees the change between the two prices, and none before."""
    now = portfolio.leg(1).price
    assert is_healthy(portfolio, risk, found.healthy)
    assert not is_healthy(portfolio, risk, found.liquidated)
    assert abs(found.healthy - found.liquidated) == 1
    healthy_now = is_healthy(portfolio, risk, now)
    near, far = (
        (found.healthy, found.liquidated) if healthy_now else (found.liquidated, found.healthy)
    )
    assert (far - near) == step
    assert (near - now) * step >= 0
    for part in range(33):
        between = now + (near - now) * part // 32
        assert is_healthy(portfolio, risk, between) is healthy_now


@pytest.mark.parametrize("seed", range(120))
def test_liquidation_prices_are_where_the_engine_changes_its_mind(seed: int) -> None:
    risk, before = random_portfolio(Random(f"liquidation {seed}"))
    found = liquidation_prices(before, risk, 1)
    healthy_now, now = is_healthy(before, risk, before.leg(1).price), before.leg(1).price
    for crossing, step, end in ((found.below, -1, 1), (found.above, 1, MAX_PRICE)):
        if crossing:
            check(before, risk, crossing, step)
        else:
            assert all(
                is_healthy(before, risk, now + (end - now) * part // 1_024) is healthy_now
                for part in range(1_025)
            )


@pytest.mark.parametrize("seed", range(120))
def test_liquidation_price_is_what_halving_finds(seed: int) -> None:
    """E - R_maint is concave, so from a healthy price it falls below zero once each way.

    Halving may end on another crossing where rounding makes several: then both lie where E and
    R_maint are within the atoms that rounding takes.
    """
    risk, before = random_portfolio(Random(f"halving {seed}"))
    now = before.leg(1).price
    if not is_healthy(before, risk, now):
        return
    found = liquidation_prices(before, risk, 1)
    for crossing, end in ((found.below, 1), (found.above, MAX_PRICE)):
        if is_healthy(before, risk, end):
            continue
        assert crossing is not None
        near, far = now, end
        while abs(far - near) > 1:
            middle = (near + far) // 2
            near, far = (middle, far) if is_healthy(before, risk, middle) else (near, middle)
        other = health(before.with_price(1, crossing.liquidated), risk)
        assert far == crossing.liquidated or abs(other.equity - other.maintenance) < 16


def test_halving_portfolios_are_healthy_and_not() -> None:
    states = [random_portfolio(Random(f"halving {seed}")) for seed in range(120)]
    healthy = [is_healthy(before, risk, before.leg(1).price) for risk, before in states]
    assert 60 < sum(healthy) < 120


def test_liquidation_price_of_a_long_on_credit_by_hand() -> None:
    """10^9 atoms against a debt of 0.8·10^9: R_maint is 7 % of value, so q·0.93 = 0.8."""
    before = Portfolio(-8 * 10**8, (Leg(1, RISK, EXACT_PRICE, 10**9),))
    found = liquidation_prices(before, GLOBAL, 1)
    assert found.above is None
    assert found.below is not None
    assert found.below.exact is not None
    assert found.below.exact * 93 == EXACT_PRICE * 80
    assert found.below.liquidated == found.below.healthy - 1
    assert abs(found.below.exact - found.below.healthy) < 10**4


def test_liquidation_price_of_a_short_perp_by_hand() -> None:
    """A short of 10^9 with 0.2·10^9 of cash: 1.2 - q = 0.07·q."""
    leg = Leg(1, RISK, EXACT_PRICE, perp=Perp(-(10**9), -(10**9), -(10**9), 0))
    found = liquidation_prices(Portfolio(2 * 10**8, (leg,)), GLOBAL, 1)
    assert found.below is None
    assert found.above is not None
    assert found.above.exact is not None
    assert found.above.exact * 107 == EXACT_PRICE * 120


def test_liquidation_prices_of_a_spread_are_on_both_sides() -> None:
    """Long one asset and short another of the same beta: the net shock grows whichever way."""
    held = (
        Leg(1, AssetRisk(1_000, 0, 0, 0, 0), EXACT_PRICE, 10**9),
        Leg(2, AssetRisk(1_000, 0, 0, 0, 0), EXACT_PRICE, -(10**9)),
    )
    below_only = liquidation_prices(Portfolio(10**8, held), GLOBAL, 1)
    assert (below_only.below is None, below_only.above is None) == (False, True)
    two_to_one = (held[0], replace(held[1], balance=-(10**9), price=2 * EXACT_PRICE))
    crash = GlobalRisk(16_383, 100, 100)
    found = liquidation_prices(Portfolio(4 * 10**9, two_to_one), crash, 1)
    assert found.below is not None
    assert found.above is not None
    for crossing, step in ((found.below, -1), (found.above, 1)):
        check(Portfolio(4 * 10**9, two_to_one), crash, crossing, step)


def test_liquidation_prices_of_a_liquidated_account_are_where_it_recovers() -> None:
    before = Portfolio(-98 * 10**7, (Leg(1, RISK, EXACT_PRICE, 10**9),))
    found = liquidation_prices(before, GLOBAL, 1)
    assert found.below is None
    assert found.above is not None
    assert found.above.healthy == found.above.liquidated + 1 > EXACT_PRICE
    assert found.above.exact is not None
    assert found.above.exact * 93 == EXACT_PRICE * 98


def test_liquidation_prices_of_an_account_without_the_asset_are_none() -> None:
    held = (Leg(1, RISK, EXACT_PRICE), Leg(2, RISK, EXACT_PRICE, 10**9))
    for cash in (0, -(10**9)):
        found = liquidation_prices(Portfolio(cash, held), GLOBAL, 1)
        assert found == LiquidationPrices(None, None)


def test_liquidation_prices_where_the_crossing_is_beyond_the_word_are_none() -> None:
    """A short of one atom against a fortune."""
    held = (Leg(1, RISK, EXACT_PRICE, -1),)
    assert liquidation_prices(Portfolio(10**9, held), GLOBAL, 1) == LiquidationPrices(None, None)


def test_liquidation_prices_without_leg_or_price_are_refused() -> None:
    with pytest.raises(UnknownLegError):
        liquidation_prices(Portfolio(0), GLOBAL, 1)
    with pytest.raises(PortfolioError):
        liquidation_prices(Portfolio(0, (Leg(1, RISK, 0),)), GLOBAL, 1)


def test_liquidation_prices_never_decided_are_refused() -> None:
    """A perfect hedge without any risk or equity: no price decides what only rounding does."""
    nothing = AssetRisk(0, 0, 0, 0, 0)
    leg = Leg(1, nothing, EXACT_PRICE, 10**9, perp=Perp(-(10**9), -(10**9), -(10**9), 0))
    with pytest.raises(UndecidedError):
        liquidation_prices(Portfolio(1 - 10**9, (leg,)), GLOBAL, 1)

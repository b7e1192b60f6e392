"""The published valuation is a special case: RBV written down by itself, and compared."""

from dataclasses import replace
from fractions import Fraction
from math import floor
from random import Random

import pytest

from tests.atlas.portfolios import EXACT_PRICE
from worldmarkets.atlas import (
    Leg,
    Perp,
    Portfolio,
    free_collateral,
    health,
    initial_requirement,
    load_risk_set,
    requirement,
)

PUBLISHED = load_risk_set("published")
RISK_PRICE = {"BTC": Fraction(15, 100), "ETH": Fraction(20, 100)}
RISK_SLIPPAGE = Fraction(2, 100)
NAMES = {1: "BTC", 2: "ETH"}


def risk_based_value(portfolio: Portfolio) -> Fraction:
    """RBV = adj(base) + sum of min(high, low), without loans at term.

    high and low are adj·mark·(1 ± riskPrice - riskSlippage·sign(adj)), and perps at
    mark·(1 ± riskPrice).
    """
    total = Fraction(portfolio.cash)
    for leg in portfolio.legs:
        risk_price = RISK_PRICE[NAMES[leg.asset_id]]
        adjusted, mark = leg.balance, Fraction(leg.price, 10**12)
        sign = (adjusted > 0) - (adjusted < 0)
        ends = []
        for move in (risk_price, -risk_price):
            spot = adjusted * mark * (1 + move - RISK_SLIPPAGE * sign)
            # A perp is worth size·(mark - F) + cash; at a moved mark, its value's part more.
            perp = leg.perp.pnl + leg.perp.value * move if leg.perp else Fraction(0)
            ends.append(spot + perp)
        total += min(ends)
    return total


def book(random: Random, unit: int, price: int) -> Portfolio:
    """A random portfolio of both assets, all amounts multiples of `unit`."""
    held = []
    for asset_id, name in NAMES.items():
        value = unit * random.randrange(-(10**6), 10**6)
        pnl = random.randrange(-(10**8), 10**8)
        held.append(
            Leg(
                asset_id,
                PUBLISHED.asset(name),
                price,
                unit * random.randrange(-(10**6), 10**6),
                perp=random.choice([None, Perp(value, value, value, pnl)]),
            )
        )
    return Portfolio(random.randrange(-(10**12), 10**12), tuple(held))


def hedged(name: str, spot_dollars: int, equity_dollars: int) -> Portfolio:
    value = spot_dollars * 10**6
    asset_id = 1 if name == "BTC" else 2
    perp = Perp(-value, -value, -value, 0)
    leg = Leg(asset_id, PUBLISHED.asset(name), EXACT_PRICE, value, perp=perp)
    return Portfolio(equity_dollars * 10**6 - value, (leg,))


@pytest.mark.parametrize("seed", range(100))
def test_published_free_collateral_is_the_risk_based_value(seed: int) -> None:
    """Amounts in hundreds, so that no part of them is a fraction of an atom: equal."""
    held = book(Random(f"published {seed}"), 100, EXACT_PRICE)
    assert free_collateral(held, PUBLISHED.risk) == risk_based_value(held)


@pytest.mark.parametrize("seed", range(100))
def test_published_free_collateral_of_any_amounts_is_the_value_rounded_down(seed: int) -> None:
    held = book(Random(f"published {seed}"), 1, EXACT_PRICE)
    assert free_collateral(held, PUBLISHED.risk) == floor(risk_based_value(held))


@pytest.mark.parametrize("name", ["BTC", "ETH"])
def test_published_levels_of_a_hedged_book_coincide(name: str) -> None:
    found = health(hedged(name, 400_000, 10_000), PUBLISHED.risk)
    assert found.initial == found.end == found.maintenance == 8_000 * 10**6


@pytest.mark.parametrize("iota_bps", [0, 1_500, 2_000, 16_383])
def test_published_hedged_book_does_not_depend_on_risk_price(iota_bps: int) -> None:
    held = hedged("ETH", 400_000, 10_000)
    other = replace(held.legs[0], risk=replace(held.legs[0].risk, iota_bps=iota_bps))
    assert initial_requirement(replace(held, legs=(other,)), PUBLISHED.risk) == 8_000 * 10**6


@pytest.mark.parametrize("name", ["BTC", "ETH"])
def test_published_largest_leverage_of_a_hedged_book_is_one_by_slippage(name: str) -> None:
    """50 times its equity passes, a dollar more of spot does not; without the hedge a seventh or
    a fifth would."""
    assert free_collateral(hedged(name, 500_000, 10_000), PUBLISHED.risk) == 0
    assert free_collateral(hedged(name, 500_001, 10_000), PUBLISHED.risk) < 0


@pytest.mark.parametrize("name", ["BTC", "ETH"])
def test_published_same_book_without_its_hedge_is_refused(name: str) -> None:
    held = hedged(name, 500_000, 10_000)
    naked = replace(held, legs=(replace(held.legs[0], perp=None),))
    assert free_collateral(naked, PUBLISHED.risk) < 0
    needed = (RISK_PRICE[name] + RISK_SLIPPAGE) * 500_000 * 10**6
    assert requirement(naked, PUBLISHED.risk) == needed

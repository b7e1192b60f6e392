"""Equity and requirement: the formulas by hand, and against every corner of the shock box."""

from dataclasses import replace
from fractions import Fraction
from math import ceil
from random import Random

import pytest
from hypothesis import given

from tests.atlas.brute import worst_loss, worst_loss_with_orders
from tests.atlas.portfolios import EXACT_PRICE, bare, seeded_risk, singles
from worldmarkets.atlas import (
    AssetRisk,
    GlobalRisk,
    Leg,
    Perp,
    Portfolio,
    equity,
    free_collateral,
    gross,
    health,
    initial_requirement,
    perp,
    requirement,
)

RISK = AssetRisk(beta_milli=1_150, iota_bps=300, basis_bps=200, spot_exit_bps=50, perp_exit_bps=40)
GLOBAL = GlobalRisk(600)


def exact_portfolio(random: Random, assets: int) -> Portfolio:
    """A portfolio whose legs are worth whole quote atoms."""
    held = []
    for asset_id in range(1, assets + 1):
        value, asks, bids = (random.randrange(low, 10**9) for low in (-(10**9), 0, 0))
        held.append(
            Leg(
                asset_id,
                seeded_risk(random),
                EXACT_PRICE,
                random.randrange(-(10**9), 10**9),
                random.choice([0, random.randrange(10**9)]),
                random.choice([0, random.randrange(10**9)]),
                perp=random.choice([None, Perp(value, value - asks, value + bids, 5)]),
            )
        )
    return Portfolio(random.randrange(-(10**10), 10**10), tuple(held))


# ---------------------------------------------------------------------- by hand


def test_equity_rounds_each_leg_down() -> None:
    """1.5 atoms of value each: +1 and -2."""
    held = (Leg(1, RISK, 3, 5 * 10**11), Leg(2, RISK, 3, -5 * 10**11))
    assert equity(Portfolio(10, held)) == 10 + 1 - 2


def test_equity_without_profits_counts_losses_only() -> None:
    held = (
        Leg(1, RISK, 1, perp=Perp(100, 100, 100, pnl=7)),
        Leg(2, RISK, 1, perp=Perp(100, 100, 100, pnl=-3)),
    )
    assert equity(Portfolio(10, held)) == 14
    assert equity(Portfolio(10, held), profits=False) == 7


def test_requirement_hedged_leg_pays_basis_and_exit_only() -> None:
    """1,000,000 of gross: half the basis 1 %, exits 0.5 % and 0.4 %."""
    leg = Leg(1, RISK, EXACT_PRICE, 500_000, perp=Perp(-500_000, -500_000, -500_000, 0))
    assert requirement(Portfolio(0, (leg,)), GLOBAL) == 10_000 + 2_500 + 2_000
    assert requirement(Portfolio(0, (leg,)), GLOBAL, 60) == 6_000 + 2_500 + 2_000
    assert gross(Portfolio(0, (leg,))) == 1_000_000


def test_requirement_naked_leg_pays_market_and_own_shock() -> None:
    """1,000,000: market 1.15 times 6 %, own 3 %, half the basis included; exit 0.5 %."""
    held = (Leg(1, RISK, EXACT_PRICE, 1_000_000),)
    assert requirement(Portfolio(0, held), GLOBAL) == 69_000 + 30_000 + 5_000


def test_requirement_opposite_betas_net_across_assets() -> None:
    other = replace(RISK, beta_milli=1_000)
    held = (Leg(1, RISK, EXACT_PRICE, 1_000_000), Leg(2, other, EXACT_PRICE, -1_150_000))
    assert requirement(Portfolio(0, held), GLOBAL) == 30_000 + 34_500 + 5_000 + 5_750


def test_requirement_one_atom_of_anything_rounds_up() -> None:
    risk = AssetRisk(0, 1, 0, 0, 0)
    assert requirement(Portfolio(0, (Leg(1, risk, 1, 1),)), GLOBAL) == 1
    assert requirement(Portfolio(0, (Leg(1, risk, 1, 0),)), GLOBAL) == 0
    assert requirement(Portfolio(0, (Leg(1, risk, EXACT_PRICE, 10_000),)), GLOBAL) == 1
    assert requirement(Portfolio(0, (Leg(1, risk, EXACT_PRICE, 10_001),)), GLOBAL) == 2


def test_requirement_with_orders_takes_the_worse_end() -> None:
    """-300 to +200 of spot, and the perp's own orders to the other side."""
    risk = AssetRisk(0, 1_000, 0, 100, 1_000)
    leg = Leg(1, risk, EXACT_PRICE, 1_000, 1_000, 4_000, perp=Perp(0, -1_000, 3_000, 0))
    seen = Portfolio(0, (leg,))
    assert requirement(seen, GLOBAL, orders=True) == 500 + 30 + 300
    assert requirement(seen, GLOBAL) == 100 + 10
    assert requirement(seen, GLOBAL, 60, orders=True) == 300 + 30 + 300


def test_initial_requirement_size_term_doubles_at_the_depth() -> None:
    """A depth of ten thousand dollars and a leg of as much: iota and exit once more."""
    risk = AssetRisk(0, 1_000, 0, 100, 0, depth=1)
    for atoms, size in ((10**10, 11 * 10**8), (10**9, 11 * 10**6), (10, 1)):
        held = Portfolio(0, (Leg(1, risk, EXACT_PRICE, atoms),))
        base = requirement(held, GLOBAL)
        assert initial_requirement(held, GLOBAL) == base + size
        assert health(held, GLOBAL).end <= base


def test_initial_requirement_size_term_of_perp_uses_its_own_exit() -> None:
    risk = AssetRisk(0, 0, 0, 0, 100, depth=1)
    held = Portfolio(0, (Leg(1, risk, 1, perp=Perp(10**10, 10**10, 10**10, 0)),))
    assert initial_requirement(held, GLOBAL) == 2 * 10**8


def test_initial_requirement_free_band_is_half_a_percent_of_orders_in_one() -> None:
    """Each notional is rounded up by asset, their half percent once."""
    risk = AssetRisk(0, 0, 0, 0, 0)
    held = Portfolio(
        0,
        (
            Leg(1, risk, EXACT_PRICE, 0, 100, 201),
            Leg(2, risk, 1, 0, 1, 1),
            Leg(3, risk, 1, perp=Perp(0, -100, 98, 0)),
        ),
    )
    assert initial_requirement(held, GLOBAL) == 3
    assert initial_requirement(bare(held), GLOBAL) == 0


def test_initial_requirement_confidence_takes_its_part_of_the_gross() -> None:
    risk = AssetRisk(0, 0, 0, 0, 0)
    leg = Leg(1, risk, EXACT_PRICE, 1_000, perp=Perp(-500, -500, -500, 0))
    for confidence, taken in ((10_000, 0), (9_999, 1), (9_000, 150), (0, 1_500)):
        held = Portfolio(0, (replace(leg, confidence_bps=confidence),))
        assert initial_requirement(held, GLOBAL) == taken
        assert health(held, GLOBAL).maintenance == 0


def test_initial_requirement_broken_peg_multiplies_base_only() -> None:
    """At 0.97 dollars by 1.08; the free band is not multiplied, nor are the other levels."""
    held = Portfolio(0, (Leg(1, RISK, EXACT_PRICE, 1_000_000, open_bids=0, open_asks=200),))
    whole, broken = health(held, GLOBAL), health(held, replace(GLOBAL, peg_bps=9_700))
    assert whole.initial == 104_000 + 1
    assert broken.initial == 112_320 + 1
    assert (broken.end, broken.maintenance) == (whole.end, whole.maintenance)


def test_health_levels_are_in_order_and_free_is_what_is_left() -> None:
    found = health(Portfolio(50_000, (Leg(1, RISK, EXACT_PRICE, 1_000_000),)), GLOBAL)
    assert found.equity == 1_050_000
    assert (found.initial, found.end, found.maintenance) == (104_000, 84_200, 64_400)
    assert found.free == 946_000
    assert free_collateral(Portfolio(0, ()), GLOBAL) == 0


def test_perp_from_lots_has_its_interval_at_the_mark() -> None:
    assert perp(-3, 100, 7, bid_lots=5, ask_lots=1) == Perp(-300, -400, 200, 7)


# ---------------------------------------------------------------------- corners


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("percent", [100, 80, 60])
def test_requirement_without_orders_is_the_worst_corner(seed: int, percent: int) -> None:
    random = Random(f"corners {seed}")
    risk = GlobalRisk(random.randrange(0, 2_000))
    held = bare(exact_portfolio(random, 1 + seed % 4))
    assert requirement(held, risk, percent) == ceil(worst_loss(held, risk, percent))


@pytest.mark.parametrize("seed", range(60))
def test_requirement_with_orders_bounds_every_set_of_fills(seed: int) -> None:
    random = Random(f"fills {seed}")
    risk = GlobalRisk(random.randrange(0, 2_000))
    held = exact_portfolio(random, 1 + seed % 2)
    worst = worst_loss_with_orders(held, risk)
    assert requirement(held, risk, orders=True) >= worst >= worst_loss(held, risk)


def test_requirement_with_orders_of_one_spot_leg_is_the_worst_fill() -> None:
    """Where only one leg has orders, and only on one side of zero, the bound is reached."""
    held = Portfolio(0, (Leg(1, RISK, EXACT_PRICE, 1_000_000, 500_000, 200_000),))
    assert requirement(held, GLOBAL, orders=True) == worst_loss_with_orders(held, GLOBAL) == 156_000


@given(singles())
def test_requirement_any_prices_is_the_worst_corner_to_its_rounding(
    setting: tuple[GlobalRisk, Portfolio],
) -> None:
    """Spot values are rounded outward by less than an atom, and so is the sum."""
    risk, held = setting
    held = bare(held)
    exact = worst_loss(held, risk)
    assert exact <= requirement(held, risk) < exact + 1 + rounding(held, risk)


def rounding(held: Portfolio, risk: GlobalRisk) -> Fraction:
    """What R grows by if the spot value of every leg grows by one atom."""
    return sum(
        (
            Fraction(risk.sigma_bps * leg.risk.beta_milli, 10**7)
            + Fraction(leg.risk.iota_bps + leg.risk.spot_exit_bps, 10**4)
            for leg in held.legs
        ),
        Fraction(0),
    )

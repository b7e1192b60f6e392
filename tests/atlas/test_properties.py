"""RISK-3 and RISK-4, and what the requirement is not."""

from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.atlas.portfolios import EXACT_PRICE, added, bare, pairs, seeded_risk, singles, times
from tests.atlas.test_requirement import rounding
from worldmarkets.atlas import (
    FREE_BAND_BPS,
    AssetRisk,
    GlobalRisk,
    Leg,
    Perp,
    Portfolio,
    equity,
    health,
    initial_requirement,
    requirement,
)


@given(pairs(), st.sampled_from([100, 80, 60]), st.booleans())
def test_requirement_of_a_sum_is_at_most_the_sum(
    setting: tuple[GlobalRisk, Portfolio, Portfolio], percent: int, orders: bool
) -> None:
    """RISK-3, to the atom: a value rounded away from zero and a quotient rounded up are subadditive
    themselves, so no allowance for rounding is needed."""
    risk, one, other = setting
    together = requirement(added(one, other), risk, percent, orders=orders)
    apart = [requirement(part, risk, percent, orders=orders) for part in (one, other)]
    assert 0 <= together <= sum(apart)


@given(pairs())
def test_initial_requirement_of_a_sum_is_at_most_the_sum(
    setting: tuple[GlobalRisk, Portfolio, Portfolio],
) -> None:
    """Free band, peg and confidence keep it so; only the size term, absent here, does not."""
    risk, one, other = setting
    broken = replace(risk, peg_bps=9_500)
    apart = initial_requirement(one, broken) + initial_requirement(other, broken)
    assert initial_requirement(added(one, other), broken) <= apart


def test_initial_requirement_size_term_grows_faster_than_the_size() -> None:
    risk = AssetRisk(0, 1_000, 0, 0, 0, depth=1)
    held = Portfolio(0, (Leg(1, risk, EXACT_PRICE, 10**10),))
    once = initial_requirement(held, GlobalRisk(0))
    assert initial_requirement(times(held, 2), GlobalRisk(0)) == 3 * once


@given(singles(), st.integers(2, 1_000), st.booleans())
def test_requirement_of_a_multiple_is_the_multiple_to_its_rounding(
    setting: tuple[GlobalRisk, Portfolio], factor: int, orders: bool
) -> None:
    """RISK-3: R(kx) <= k·R(x), and less than k·(1 + c) below, c what an atom of every leg needs.

    R(x) exceeds the requirement r(x) before rounding by less than c for the values of the spot legs
    and 1 for the quotient; R(kx) is at least r(kx) = k·r(x). By unit that is 1 + c.
    """
    risk, held = setting
    once = requirement(held, risk, orders=orders)
    many = requirement(times(held, factor), risk, orders=orders)
    assert many <= factor * once
    assert factor * once - many < factor * (1 + rounding(held, risk))


@given(singles(), st.integers(2, 1_000))
def test_requirement_of_a_multiple_of_whole_values_is_off_by_less_than_an_atom(
    setting: tuple[GlobalRisk, Portfolio], factor: int
) -> None:
    risk, held = setting
    held = replace(held, legs=tuple(replace(leg, price=EXACT_PRICE) for leg in held.legs))
    many = requirement(times(held, factor), risk, orders=True)
    assert 0 <= requirement(held, risk, orders=True) - Fraction(many, factor) < 1


@given(singles())
def test_levels_are_never_negative_and_in_order(setting: tuple[GlobalRisk, Portfolio]) -> None:
    risk, held = setting
    found = health(held, risk)
    assert 0 <= found.maintenance <= found.end <= found.initial


def test_requirement_closing_one_leg_of_a_hedge_raises_it() -> None:
    risk = AssetRisk(1_000, 300, 100, 50, 50)
    hedge = Leg(1, risk, EXACT_PRICE, 10**9, perp=Perp(-(10**9), -(10**9), -(10**9), 0))
    both = requirement(Portfolio(0, (hedge,)), GlobalRisk(500))
    alone = requirement(Portfolio(0, (replace(hedge, perp=None),)), GlobalRisk(500))
    assert (both, alone) == (2 * 10**7, 85 * 10**6)


# ---------------------------------------------------------------------- RISK-4


def quoted_perp(random: Random) -> Perp:
    """A position with resting orders of a hundred dollars or none, in whole lots at the mark."""
    bids, asks = (random.choice([0, random.randrange(1, 10**4)]) * 10**8 for _ in range(2))
    value = random.randrange(-(10**4), 10**4) * 10**8
    return Perp(value, value - asks, value + bids, random.randrange(-(10**9), 10**9))


def fill_perp(random: Random, perp: Perp, beyond_bps: int) -> tuple[Perp, int]:
    """The same of a perp: what is paid beyond the mark is lost, rounded against the account."""
    bids, asks = perp.high - perp.value, perp.value - perp.low
    bought, sold = (random.choice([0, resting // 3, resting]) for resting in (bids, asks))
    value = perp.value + bought - sold
    lost = sum(-(-filled * beyond_bps // 10_000) for filled in (bought, sold))
    low, high = value - (asks - sold), value + (bids - bought)
    return Perp(value, low, high, perp.pnl - lost), (bought > 0) + (sold > 0)


def quoting(random: Random) -> tuple[GlobalRisk, Portfolio]:
    """A portfolio with resting orders of at least ten dollars, cash exactly at R_init."""
    held = []
    for asset_id in range(1, random.randrange(2, 5)):
        price = random.randrange(10**7, 10**13)
        ten_dollars = 10**7 * 10**12 // price + 1
        bids, asks = (random.choice([0, random.randrange(1, 10**5)]) for _ in range(2))
        held.append(
            Leg(
                asset_id,
                seeded_risk(random),
                price,
                random.randrange(-(10**5), 10**5) * ten_dollars,
                bids * ten_dollars,
                asks * ten_dollars,
                perp=random.choice([None, quoted_perp(random)]),
            )
        )
    risk, before = GlobalRisk(random.randrange(0, 1_000)), Portfolio(0, tuple(held))
    return risk, replace(before, cash=-health(before, risk).free)


def fill(random: Random, before: Portfolio, beyond_bps: int) -> tuple[Portfolio, int]:
    """Fill a part of some orders at prices `beyond_bps` against the account; count the fills.

    What is paid or received is rounded against the account.
    """
    after, fills = before, 0
    for leg in before.legs:
        for is_ask, resting in ((False, leg.open_bids), (True, leg.open_asks)):
            atoms = random.choice([0, resting // 3, resting])
            sign = -1 if is_ask else 1
            moved = -(-atoms * leg.price * (10_000 + sign * beyond_bps) * sign // 10**16)
            now = after.leg(leg.asset_id)
            now = replace(
                now,
                balance=now.balance + sign * atoms,
                open_bids=now.open_bids - (0 if is_ask else atoms),
                open_asks=now.open_asks - (atoms if is_ask else 0),
            )
            after = replace(after.with_leg(now), cash=after.cash - moved)
            fills += atoms > 0
        if leg.perp:
            perp, more = fill_perp(random, leg.perp, beyond_bps)
            after = after.with_leg(replace(after.leg(leg.asset_id), perp=perp))
            fills += more
    return after, fills


@pytest.mark.parametrize("seed", range(100))
def test_fills_at_unchanged_prices_from_initial_keep_maintenance(seed: int) -> None:
    """RISK-4: whatever fills, at the reference price, the account is not liquidated for it.

    Each fill loses at most an atom by rounding; the free band of ten dollars is fifty thousand.
    """
    random = Random(f"quoting {seed}")
    risk, before = quoting(random)
    assert health(before, risk).free == 0
    after, _ = fill(random, before, 0)
    found = health(after, risk)
    assert found.equity >= found.maintenance
    assert found.equity >= requirement(after, risk, risk.maintenance_percent, orders=True)


@pytest.mark.parametrize("seed", range(100))
def test_fills_at_the_free_band_from_initial_keep_maintenance(seed: int) -> None:
    """RISK-4 at the far end of the band that makers are not checked in, to an atom a fill."""
    random = Random(f"band {seed}")
    risk, before = quoting(random)
    after, fills = fill(random, before, FREE_BAND_BPS)
    needed = requirement(after, risk, risk.maintenance_percent, orders=True)
    assert equity(after) >= needed - fills


def test_fills_beyond_the_free_band_may_break_maintenance() -> None:
    """The band is what protects: with as much again, an account without shock slack is short."""
    leg = Leg(1, AssetRisk(0, 0, 0, 100, 0), EXACT_PRICE, 0, open_bids=10**9)
    before = Portfolio(15_000_000, (leg,))
    assert health(before, GlobalRisk(0)).free == 0
    for beyond, kept in ((FREE_BAND_BPS, True), (FREE_BAND_BPS + 1, False)):
        paid = 10**9 * (10_000 + beyond) // 10_000
        bought = replace(leg, balance=10**9, open_bids=0)
        found = health(Portfolio(before.cash - paid, (bought,)), GlobalRisk(0))
        assert (found.equity >= found.maintenance) is kept


@given(singles())
def test_cancelling_never_raises_any_level(setting: tuple[GlobalRisk, Portfolio]) -> None:
    risk, held = setting
    with_orders, without = health(held, risk), health(bare(held), risk)
    assert without.initial <= with_orders.initial
    assert (without.end, without.maintenance) == (with_orders.end, with_orders.maintenance)

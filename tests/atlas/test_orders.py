"""The largest order, to the lot."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from tests.atlas.portfolios import EXACT_PRICE, seeded_risk
from worldmarkets.atlas import (
    AssetRisk,
    GlobalRisk,
    Leg,
    Perp,
    Portfolio,
    SpotMarket,
    executed,
    free_collateral,
    largest_execution,
    largest_resting,
    rested,
)
from worldmarkets.atlas.errors import UndecidedError, UnknownLegError
from worldmarkets.atlas.orders import MAX_LOTS

MARKET = SpotMarket(asset_id=1, atoms_per_lot=1_000, tick_value=10, taker_ppm=350)


def random_setting(random: Random) -> tuple[GlobalRisk, Portfolio, int]:
    """A portfolio that can carry something, and the tick at its price."""
    held = []
    for asset_id in (1, 2, 3)[: random.randrange(1, 4)]:
        value = random.randrange(-(10**10), 10**10)
        held.append(
            Leg(
                asset_id,
                seeded_risk(random, depth=random.choice([0, 1, 50])),
                random.randrange(10**11, 10**13),
                random.randrange(-(10**9), 10**9),
                random.choice([0, random.randrange(10**8)]),
                random.choice([0, random.randrange(10**8)]),
                confidence_bps=random.choice([10_000, 9_990]),
                perp=random.choice([None, Perp(value, value, value, 3)]),
            )
        )
    risk = GlobalRisk(random.randrange(0, 700), peg_bps=random.choice([10_000, 9_800]))
    before = Portfolio(0, tuple(held))
    free = random.choice([-(10**8), -3, 5, 10**6, random.randrange(10**10)])
    cash = free - free_collateral(before, risk)
    return risk, replace(before, cash=cash), held[0].price * 1_000 // 10**12 // 10


def by_halving(fits: Callable[[int], bool], most: int) -> int:
    low, high = 0, most + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return low


@pytest.mark.parametrize("is_ask", [False, True])
@pytest.mark.parametrize("seed", range(50))
def test_largest_resting_fits_and_one_lot_more_does_not(seed: int, is_ask: bool) -> None:
    risk, before, _ = random_setting(Random(f"resting {seed}"))

    def fits(lots: int) -> bool:
        return free_collateral(rested(before, MARKET, lots, is_ask=is_ask), risk) >= 0

    found = largest_resting(before, risk, MARKET, is_ask=is_ask)
    if fits(0):
        assert fits(found)
        assert found == by_halving(fits, MAX_LOTS)
        assert found == MAX_LOTS or not fits(found + 1)
    else:
        assert found == 0


@pytest.mark.parametrize("is_ask", [False, True])
@pytest.mark.parametrize("seed", range(50))
def test_largest_execution_fits_and_no_larger_one_does(seed: int, is_ask: bool) -> None:
    """Also where only a trade makes R_init met; and far beyond the answer nothing fits."""
    random = Random(f"execution {seed}")
    risk, before, tick = random_setting(random)
    tick += tick * random.randrange(-40, 41) // 10_000

    def fits(lots: int) -> bool:
        after = executed(before, MARKET, lots, tick, is_ask=is_ask)
        return free_collateral(after, risk) >= 0

    found = largest_execution(before, risk, MARKET, tick, is_ask=is_ask)
    assert found == 0 or fits(found)
    assert not any(fits(found + more) for more in range(1, 300) if found + more <= MAX_LOTS)
    assert not any(fits(found + 2**bit) for bit in range(40) if found + 2**bit <= MAX_LOTS)
    if fits(0) and found:
        # From where it is met, it is met up to the answer, so that halving finds the same.
        assert found == by_halving(fits, MAX_LOTS)


def test_settings_cover_orders_of_every_kind() -> None:
    """The random settings above hold answers of nothing, of something, and after a shortage."""
    kinds = set()
    for seed in range(50):
        risk, before, tick = random_setting(Random(f"kinds {seed}"))
        found = largest_execution(before, risk, MARKET, tick, is_ask=seed % 2 == 0)
        kinds.add((free_collateral(before, risk) >= 0, found > 0))
    assert kinds == {(True, True), (True, False), (False, True), (False, False)}


def test_largest_resting_by_hand_counts_free_band_and_shock() -> None:
    """10 % of shock and exit and the free band of 0.5 %: 105 a lot of 1,000."""
    risk = AssetRisk(0, 900, 0, 100, 0)
    before = Portfolio(1_050_104, (Leg(1, risk, EXACT_PRICE),))
    assert largest_resting(before, GlobalRisk(0), MARKET, is_ask=False) == 10_000
    assert largest_resting(before, GlobalRisk(0), MARKET, is_ask=True) == 10_000
    less = replace(before, cash=1_049_999)
    assert largest_resting(less, GlobalRisk(0), MARKET, is_ask=False) == 9_999


def test_largest_execution_by_hand_pays_price_and_fee() -> None:
    """A lot worth 1,000 costs 1,010 and a fee of 0.3535, and needs 100."""
    risk = AssetRisk(0, 900, 0, 100, 0)
    before = Portfolio(110_353 + 1, (Leg(1, risk, EXACT_PRICE),))
    assert largest_execution(before, GlobalRisk(0), MARKET, 101, is_ask=False) == 1_000
    less = replace(before, cash=110_353)
    assert largest_execution(less, GlobalRisk(0), MARKET, 101, is_ask=False) == 999
    assert largest_execution(before, GlobalRisk(0), MARKET, 101, is_ask=False, most=7) == 7


def test_largest_execution_only_a_hedge_meets_the_requirement() -> None:
    """Long perp without margin: selling spot against it frees it, up to its size and a bit more."""
    risk = AssetRisk(0, 900, 0, 0, 0)
    leg = Leg(1, risk, EXACT_PRICE, perp=Perp(10**6, 10**6, 10**6, 0))
    before, free_market = Portfolio(45_000, (leg,)), replace(MARKET, taker_ppm=0)
    assert free_collateral(before, GlobalRisk(0)) == -45_000
    assert largest_resting(before, GlobalRisk(0), free_market, is_ask=True) == 0
    assert largest_execution(before, GlobalRisk(0), free_market, 100, is_ask=True) == 1_500
    assert largest_execution(before, GlobalRisk(0), free_market, 100, is_ask=False) == 0


def test_largest_orders_without_risk_are_the_most_there_can_be() -> None:
    before = Portfolio(0, (Leg(1, AssetRisk(0, 0, 0, 0, 0), 0),))
    assert largest_resting(before, GlobalRisk(0), MARKET, is_ask=False) == MAX_LOTS
    assert largest_execution(before, GlobalRisk(0), MARKET, 1, is_ask=True) == MAX_LOTS
    assert largest_execution(before, GlobalRisk(0), MARKET, 1, is_ask=False) == 0


def test_largest_orders_of_an_asset_without_leg_are_refused() -> None:
    with pytest.raises(UnknownLegError):
        largest_resting(Portfolio(0), GlobalRisk(0), MARKET, is_ask=False)
    with pytest.raises(UnknownLegError):
        largest_execution(Portfolio(0), GlobalRisk(0), MARKET, 1, is_ask=False)


def test_largest_execution_never_decided_is_refused() -> None:
    """Two half atoms make up for a debt of one before rounding only, however much is bought."""
    nothing = AssetRisk(0, 0, 0, 0, 0)
    halves = [Leg(asset_id, nothing, EXACT_PRICE // 2, 1) for asset_id in (2, 3)]
    before = Portfolio(-1, (Leg(1, nothing, EXACT_PRICE), *halves))
    fair = replace(MARKET, taker_ppm=0)
    assert free_collateral(before, GlobalRisk(0)) == -1
    with pytest.raises(UndecidedError):
        largest_execution(before, GlobalRisk(0), fair, 100, is_ask=False)
    assert largest_execution(before, GlobalRisk(0), fair, 101, is_ask=False) == 0
    richer = replace(before, cash=0)
    assert largest_execution(richer, GlobalRisk(0), fair, 100, is_ask=False) == MAX_LOTS

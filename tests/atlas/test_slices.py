"""The part that a liquidation takes restores R_end, and no smaller one does."""

from fractions import Fraction
from random import Random

import pytest

from worldmarkets.atlas import auction_fraction, slice_fraction


def test_slice_fraction_by_hand_gives_a_third() -> None:
    """1,000 short of 5,000, a discount of 2 % on 100,000: 1,000 of the 3,000 relieved."""
    assert slice_fraction(4_000, 5_000, 100_000, 200) == Fraction(1, 3)


@pytest.mark.parametrize(
    ("equity", "discount_bps", "expected"),
    [(5_000, 200, 0), (6_000, 200, 0), (4_000, 500, 1), (4_000, 501, 1), (1_999, 200, 1)],
    ids=["met", "more than met", "discount eats all", "and more", "costs more than there is"],
)
def test_slice_fraction_at_its_ends_is_nothing_or_all(
    equity: int, discount_bps: int, expected: int
) -> None:
    assert slice_fraction(equity, 5_000, 100_000, discount_bps) == expected


@pytest.mark.parametrize("seed", range(50))
def test_slice_fraction_just_restores_the_end_level(seed: int) -> None:
    random = Random(f"slice {seed}")
    end, gross = random.randrange(1, 10**12), random.randrange(1, 10**14)
    equity, discount_bps = random.randrange(end), random.randrange(300)
    part = slice_fraction(equity, end, gross, discount_bps)
    cost = Fraction(discount_bps * gross, 10_000)
    if part == 1:
        # Whatever less is sold, the rest is still short.
        assert equity - Fraction(999, 1_000) * cost < Fraction(1, 1_000) * end or equity <= cost
    else:
        assert equity - part * cost == (1 - part) * end
        assert 0 < part < 1


@pytest.mark.parametrize("seed", range(50))
def test_auction_fraction_just_restores_the_end_level(seed: int) -> None:
    random = Random(f"auction {seed}")
    end, factor_bps = random.randrange(2, 10**12), random.randrange(1, 9_800)
    equity = random.randrange(1, end)
    part = auction_fraction(equity, end, factor_bps)
    paid = part * factor_bps * equity / 10_000
    assert equity * (1 - part) + paid == end * (1 - part)
    assert 0 < part < 1


def test_auction_fraction_at_its_ends_is_nothing_or_all() -> None:
    assert auction_fraction(10, 10, 9_800) == 0
    assert auction_fraction(5, 10, 0) == 1

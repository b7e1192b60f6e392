"""What passes below R_init."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worldmarkets.atlas import Health, is_derisking, may_rest_reducing, passes


def state(equity: int, initial: int) -> Health:
    return Health(equity, initial, 0, 0)


def test_is_derisking_closing_at_a_loss_that_leaves_a_hole_is_refused() -> None:
    """E - R does not fall, from -5 to -5, and yet a hole of 5 would be left."""
    before, after = state(5, 10), state(-5, 0)
    assert after.free >= before.free
    assert not is_derisking(before, after)
    assert not passes(before, after)


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ((5, 10), (4, 8), True),  # the ratio stays
        ((5, 10), (3, 7), False),  # the ratio falls
        ((5, 10), (4, 7), True),
        ((5, 10), (5, 10), False),  # R does not fall
        ((5, 10), (9, 10), False),
        ((0, 10), (0, 9), True),
        ((0, 10), (-1, 9), False),
        ((5, 10), (0, 0), True),  # all closed at a loss of all
        ((-5, 10), (-5, 9), True),
        ((-5, 10), (-6, 0), False),
        ((-5, 10), (-4, 10), False),
        ((-5, 10), (7, 9), True),
    ],
)
def test_is_derisking_follows_the_rule(
    before: tuple[int, int], after: tuple[int, int], allowed: bool
) -> None:
    assert is_derisking(state(*before), state(*after)) is allowed


@given(st.integers(-(10**30), 10**30), st.integers(0, 10**30), st.integers(1, 999))
def test_is_derisking_selling_a_part_at_mark_passes(
    equity: int, initial: int, thousandths: int
) -> None:
    """Equity is as it was and R a part of what it was."""
    left = initial * (1_000 - thousandths) // 1_000
    assert is_derisking(state(equity, initial), state(equity, left)) is (left < initial)


def test_passes_with_initial_met_needs_no_derisking() -> None:
    assert passes(state(10, 5), state(6, 6))
    assert not passes(state(5, 6), state(5, 6))
    assert not passes(state(10, 5), state(5, 6))


def test_may_rest_reducing_neither_raises_the_requirement_nor_lowers_equity() -> None:
    assert may_rest_reducing(state(5, 10), state(5, 10))
    assert not may_rest_reducing(state(5, 10), state(5, 11))
    assert not may_rest_reducing(state(5, 10), state(4, 10))

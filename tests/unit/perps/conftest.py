"""The accounts that trade in these tests."""

import pytest

from tests.support.perps import THIRD, PerpScene


@pytest.fixture
def long(perps: PerpScene) -> int:
    """An account with 10,000 dollars; it buys."""
    return perps.long_account


@pytest.fixture
def short(perps: PerpScene) -> int:
    """An account with 10,000 dollars; it sells."""
    return perps.short_account


@pytest.fixture
def third(perps: PerpScene) -> int:
    """An account with 10,000 dollars, of a third owner."""
    return perps.trader(THIRD)

"""The accounts that trade in these tests."""

import pytest

from tests.support.perps import ETH_LOTS, THIRD, PerpScene


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


@pytest.fixture
def fallen(perps: PerpScene, long: int, short: int) -> PerpScene:
    """An ETH long, bought at 2,000 dollars, which is now worth 1,900; the short won as much.

    The long has lost 100.70 dollars, 70 cents of them its fee; the short has made 100.20. Nobody
    draws a profit before the pause is over that the move began.
    """
    perps.trade(long, short, ETH_LOTS)
    perps.move_index(1_900)
    return perps

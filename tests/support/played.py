"""Fixtures of scenes that must be sound when the test has played in them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.lending import LendingScene, make_lending_scene
from tests.support.liquidation import LiquidationScene, make_liquidation_scene
from tests.support.perps import PerpScene, make_perp_scene
from tests.support.scene import Scene, make_scene
from tests.support.soundness import SlotWatch, assert_sound
from tests.support.system import System


@contextmanager
def _watched(system: System) -> Iterator[None]:
    watch = SlotWatch(system)
    watch.check()
    yield
    assert_sound(system)
    watch.check()


@pytest.fixture
def scene(system: System) -> Iterator[Scene]:
    """Maker and taker in the first market; books and money must be sound in the end."""
    played = make_scene(system)
    with _watched(system):
        yield played


@pytest.fixture
def lending(system: System) -> Iterator[LendingScene]:
    """The scene with pools, risk parameters and a lender; all must be sound in the end."""
    played = make_lending_scene(system)
    with _watched(system):
        yield played


@pytest.fixture
def perps(system: System) -> Iterator[PerpScene]:
    """The scene with pools and risk parameters and a perp; all must be sound in the end."""
    played = make_perp_scene(system)
    with _watched(system):
        yield played


@pytest.fixture
def failing(system: System) -> Iterator[LiquidationScene]:
    """The scene of accounts that fail, with both funds filled; all must be sound in the end."""
    played = make_liquidation_scene(system)
    with _watched(system):
        yield played

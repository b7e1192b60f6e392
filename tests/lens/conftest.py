"""The scene of the unit tests with a Lens in it."""

from collections.abc import Iterator

import pytest

from tests.lens.support import (
    Overridden,
    deploy_lens,
    deploy_liquidation_lens,
    deploy_perp_lens,
)
from tests.support.liquidation import LiquidationScene, make_liquidation_scene
from tests.support.scene import Scene, make_scene
from tests.support.system import System
from worldmarkets.client.lens import Lens
from worldmarkets.client.liquidationlens import LiquidationLens
from worldmarkets.client.perplens import PerpLens


@pytest.fixture
def scene(system: System) -> Scene:
    """Maker and taker in the first market."""
    return make_scene(system)


@pytest.fixture
def lens(system: System) -> Lens:
    """A Lens of the system."""
    return deploy_lens(system)


@pytest.fixture
def perp_lens(system: System) -> PerpLens:
    """A PerpLens of the system."""
    return deploy_perp_lens(system)


@pytest.fixture
def failing(system: System) -> LiquidationScene:
    """Accounts that fail, and funds."""
    return make_liquidation_scene(system)


@pytest.fixture
def liquidation_lens(system: System) -> LiquidationLens:
    """A LiquidationLens of the system."""
    return deploy_liquidation_lens(system)


@pytest.fixture
def node(node_system: System) -> Iterator[Overridden]:
    """The system on Anvil with a Lens."""
    snapshot = node_system.backend.snapshot()
    yield Overridden(node_system)
    node_system.backend.revert(snapshot)

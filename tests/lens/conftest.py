"""The scene of the unit tests with a Lens in it."""

import pytest

from tests.lens.support import deploy_lens
from tests.support.scene import Scene, make_scene
from tests.support.system import System
from worldmarkets.client.lens import Lens


@pytest.fixture
def scene(system: System) -> Scene:
    """Maker and taker in the first market."""
    return make_scene(system)


@pytest.fixture
def lens(system: System) -> Lens:
    """A Lens of the system."""
    return deploy_lens(system)

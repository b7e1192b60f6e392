"""The scene of the unit tests with a backstop tranche beside it."""

import pytest

from tests.support.backstop import Backstop, make_backstop
from tests.support.played import scene
from tests.support.scene import Scene

__all__ = ["scene"]


@pytest.fixture
def backstop(scene: Scene) -> Backstop:
    """A tranche into which nobody has paid yet."""
    return make_backstop(scene)

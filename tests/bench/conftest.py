"""The standing book on a node, built once for a module that asks for it."""

from collections.abc import Iterator

import pytest

from worldmarkets.bench import results
from worldmarkets.bench.scene import Scene
from worldmarkets.bench.stage import PERP


@pytest.fixture(scope="module")
def scene() -> Iterator[Scene]:
    """The standing book; tests undo what they do to it."""
    with results.standing_scene() as scene:
        yield scene


@pytest.fixture(scope="module")
def perp_scene() -> Iterator[Scene]:
    """The standing book of the perp; tests undo what they do to it."""
    with results.standing_scene(PERP) as scene:
        yield scene

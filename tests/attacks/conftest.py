"""The scene every attack is tried in, checked for soundness afterwards."""

from tests.support.played import lending, perps, scene

__all__ = ["lending", "perps", "scene"]

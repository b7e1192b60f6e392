"""The scene every attack is tried in, checked for soundness afterwards."""

from tests.support.played import failing, lending, perps, scene

__all__ = ["failing", "lending", "perps", "scene"]

"""The scene every unit test plays in, checked for soundness afterwards."""

from tests.support.played import failing, lending, perps, scene

__all__ = ["failing", "lending", "perps", "scene"]

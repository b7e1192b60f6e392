"""A Hypothesis profile that searches as `make test` does and does not shrink what it finds.

A pytest plugin, so that it is there before the profile is loaded.
"""

from hypothesis import HealthCheck, Phase, settings

NAME = "mutation"

settings.register_profile(
    NAME,
    derandomize=True,
    deadline=None,
    max_examples=100,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
    database=None,
)

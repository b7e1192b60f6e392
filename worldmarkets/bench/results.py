"""Running every measurement and naming the results."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

from worldmarkets.bench.book import build
from worldmarkets.bench.bounds import FRESH_SHARE, FURTHER_MAKER, derive_further_maker
from worldmarkets.bench.costs import Cost
from worldmarkets.bench.operations import OPERATIONS
from worldmarkets.bench.orderflow import count_fresh_posts, flow_path
from worldmarkets.bench.scene import Scene, measure_dearer
from worldmarkets.bench.stage import ACCOUNTS, Stage
from worldmarkets.node import LocalNode

FRESH_SLOTS = ".fresh_slots"
"""Ending of the key of how many slots an operation turned from zero to non-zero."""
MEGAETH = ".megaeth"
"""Ending of the key of what an operation costs on MegaETH [gas]."""

Progress = Callable[[str], None]
"""Told what is being measured."""


@contextmanager
def standing_scene() -> Iterator[Scene]:
    """Start a node, deploy the exchange on it and build the standing book."""
    with LocalNode(accounts=ACCOUNTS) as node:
        stage = Stage(node)
        yield Scene(stage, build(stage))


def measure_operations(progress: Progress) -> dict[str, Cost]:
    """Measure every operation on a node of its own."""
    costs = {}
    with standing_scene() as scene:
        for name, operation in OPERATIONS.items():
            progress(name)
            costs[name] = measure_dearer(scene, operation)
    return costs


def measure_all(progress: Progress) -> dict[str, Decimal]:
    """Return all results by key: gas, fresh slots and MegaETH gas of the operations, and the share.

    The share of posts with a fresh slot is left out where the order flow is not there.
    """
    results = as_results(measure_operations(progress))
    if flow_path().exists():
        progress(FRESH_SHARE)
        results[FRESH_SHARE] = count_fresh_posts(flow_path()).share
    return results


def as_results(costs: Mapping[str, Cost]) -> dict[str, Decimal]:
    """Return costs as results by key."""
    results = {}
    for name, cost in costs.items():
        results[name] = Decimal(cost.gas)
        results[name + FRESH_SLOTS] = Decimal(cost.fresh_slots)
        results[name + MEGAETH] = Decimal(cost.megaeth_gas)
    return results


def with_derived(results: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return results with those that follow from others and have a bound of their own."""
    return {**results, FURTHER_MAKER: derive_further_maker(results)}

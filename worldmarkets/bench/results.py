"""Running every measurement and naming the results."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal

from worldmarkets.bench import liquidation, perps
from worldmarkets.bench.book import build
from worldmarkets.bench.bounds import FRESH_SHARE, derive_further_makers
from worldmarkets.bench.checks import CHECKS, measure_check
from worldmarkets.bench.costs import Cost
from worldmarkets.bench.hedged import HEDGED, measure_hedged_check
from worldmarkets.bench.operations import OPERATIONS
from worldmarkets.bench.orderflow import count_fresh_posts, flow_path
from worldmarkets.bench.scene import Operation, Scene, measure_dearer
from worldmarkets.bench.stage import ACCOUNTS, MARKET, PERP, Stage
from worldmarkets.node import LocalNode

FRESH_SLOTS = ".fresh_slots"
"""Ending of the key of how many slots an operation turned from zero to non-zero."""
MEGAETH = ".megaeth"
"""Ending of the key of what an operation costs on MegaETH [gas]."""

Progress = Callable[[str], None]
"""Told what is being measured."""


@contextmanager
def standing_scene(market_id: int = MARKET) -> Iterator[Scene]:
    """Start a node, deploy the exchange on it and build the standing book of a market."""
    with LocalNode(accounts=ACCOUNTS) as node:
        stage = Stage(node, market_id)
        yield Scene(stage, build(stage))


def measure_operations(
    scene: Scene, progress: Progress, operations: Mapping[str, Operation] = OPERATIONS
) -> dict[str, Cost]:
    """Measure every operation, those of the spot market unless others are given."""
    costs = {}
    for name, operation in operations.items():
        progress(name)
        costs[name] = measure_dearer(scene, operation)
    return costs


def measure_checks(scene: Scene, progress: Progress) -> dict[str, Decimal]:
    """Measure the check of an account's margin by the number of its assets [gas]."""
    gas = {}
    for name, others in CHECKS.items():
        progress(name)
        gas[name] = Decimal(measure_check(scene, others))
    for name, underlyings in HEDGED.items():
        progress(name)
        gas[name] = Decimal(measure_hedged_check(scene, underlyings))
    return gas


def measure_all(progress: Progress) -> dict[str, Decimal]:
    """Return all results by key.

    They are gas, fresh slots and MegaETH gas of the operations, gas of the checks, and the share of
    posts with a fresh slot, which is left out where the order flow is not there.
    """
    with standing_scene() as scene:
        results = as_results(measure_operations(scene, progress))
        results |= measure_checks(scene, progress)
    with standing_scene(PERP) as scene:
        for operations in (perps.OPERATIONS, liquidation.OPERATIONS):
            results |= as_results(measure_operations(scene, progress, operations))
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
    return {**results, **derive_further_makers(results)}

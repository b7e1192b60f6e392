"""Bit-exact differential: seeded random actions on model and contracts, compared after each."""

from collections import Counter
from functools import cache

import pytest

from tests.differential.flow import Flow, make_mirror
from tests.support.pyrevm_backend import PyrevmBackend

SEEDS = tuple(f"quick {number}" for number in range(6))
STEPS = 2_000
DEEP_SEEDS = tuple(f"deep {number}" for number in range(60))
DEEP_STEPS = 10_000

MUST_HAPPEN = (
    # What actions did.
    "Placed",
    "Filled",
    "Filled in part",
    "Taken",
    "Reduced",
    "Skipped",
    "Removed 0",
    "Removed 1",
    "Removed 2",
    "Removed 3",
    "Deposited",
    "Withdrawn",
    "Transferred",
    "PriceUpdated",
    "FeesCollected",
    # Every error but those that need 65,535 orders or a foreign token.
    "UnknownAccount",
    "NotAccountOwner",
    "SameAccount",
    "TooManyAssets",
    "UnlistedAsset",
    "ZeroAmount",
    "ZeroAddress",
    "FractionalAtoms",
    "TooMuchHeld",
    "InsufficientBalance",
    "UnknownMarket",
    "TickOutOfRange",
    "BelowMinimumSize",
    "TooManyFills",
    "PriceUnavailable",
    "PriceOutsideBand",
    "WouldCross",
    "NotFilledWhole",
    "TooMuchOpen",
    "StaleOrder",
    "NotOrderOwner",
    "NotAReduction",
    "DuplicateOrder",
    "DeadlinePassed",
    "InvalidParameter",
    "MarketAlreadyListed",
    "InvalidPrice",
    "AccessManagedUnauthorized",
    "ERC20InsufficientBalance",
    "ERC20InsufficientAllowance",
)


@cache
def run_flow(seed: str, steps: int) -> Counter[str]:
    """Run a flow and return what happened in it."""
    mirror = make_mirror(PyrevmBackend())
    Flow(mirror, seed).run(steps)
    return mirror.happened


@pytest.mark.parametrize("seed", SEEDS)
def test_random_actions_model_and_chain_agree(seed: str) -> None:
    happened = run_flow(seed, STEPS)
    assert happened["Placed"] > STEPS // 4


@pytest.mark.deep
@pytest.mark.parametrize("seed", DEEP_SEEDS)
def test_long_random_actions_model_and_chain_agree(seed: str) -> None:
    happened = run_flow(seed, DEEP_STEPS)
    assert happened["Placed"] > DEEP_STEPS // 4


def test_random_actions_reach_every_case() -> None:
    total = sum((run_flow(seed, STEPS) for seed in SEEDS), Counter())
    assert [name for name in MUST_HAPPEN if not total[name]] == []

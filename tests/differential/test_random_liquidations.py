"""Bit-exact differential of liquidation: random actions on model and contracts, compared."""

from collections import Counter
from functools import cache

import pytest

from tests.differential.liquidation_flow import LiquidationFlow
from tests.differential.test_random_perps import make_mirror
from tests.support.pyrevm_backend import PyrevmBackend

SEEDS = tuple(f"quick {number}" for number in range(3))
STEPS = 4_000
DEEP_SEEDS = tuple(f"deep {number}" for number in range(20))
DEEP_STEPS = 10_000

MUST_HAPPEN = (
    "Flagged",
    "FlagCleared",
    "AuctionRestarted",
    "AccountThawed",
    "SliceTaken",
    "slice paid for",
    "slice subsidised",
    "slice of all",
    "DeficitPaid",
    "ShortfallAdded",
    "PoolLoss",
    "claims repaid",
    "BondSet",
    "LineOffered",
    "LineAccepted",
    "LineNoticed",
    "LineDrawn",
    "LineClosed",
    "LiquidatorSet",
    "PriceMoved",
    "BackstopSet",
    "Removed 10",
    "AccountHealthy",
    "AlreadyFlagged",
    "NotFlagged",
    "AccountFrozen",
    "WindowOpen",
    "SameOwner",
    "SliceTooSmall",
    "PaidTooMuch",
    "BelowLeastProtection",
    "InsufficientBond",
    "NoSuchLine",
    "LineExists",
    "LineExpired",
    "LineCommitted",
    "PriceMoving",
    "BelowInitialMargin",
)


@cache
def run_flow(seed: str, steps: int) -> Counter[str]:
    """Run a flow and return what happened in it."""
    mirror = make_mirror(PyrevmBackend())
    LiquidationFlow(mirror, seed).run(steps)
    return mirror.happened


@pytest.mark.parametrize("seed", SEEDS)
def test_random_liquidations_model_and_chain_agree(seed: str) -> None:
    assert run_flow(seed, STEPS)["SliceTaken"] > 3


@pytest.mark.deep
@pytest.mark.parametrize("seed", DEEP_SEEDS)
def test_long_random_liquidations_model_and_chain_agree(seed: str) -> None:
    assert run_flow(seed, DEEP_STEPS)["SliceTaken"] > 8


def test_random_liquidations_reach_every_case() -> None:
    total = sum((run_flow(seed, STEPS) for seed in SEEDS), Counter())
    assert [name for name in MUST_HAPPEN if not total[name]] == []

"""Bit-exact differential of perps: random actions on model and contracts, compared after each."""

from collections import Counter
from functools import cache

import pytest

from tests.differential.perp_flow import PerpFlow
from tests.support.mirror import Mirror
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.rpc_backend import RpcBackend
from tests.support.system import DEFAULT_ASSETS, DEFAULT_MARKETS, INSURANCE_PPM, deploy_system

SEEDS = tuple(f"quick {number}" for number in range(4))
STEPS = 5_000
NODE_STEPS = 200
DEEP_SEEDS = tuple(f"deep {number}" for number in range(20))
DEEP_STEPS = 10_000

MUST_HAPPEN = (
    "filled perp",
    "filled spot",
    "Filled in part",
    "Taken",
    "Reduced",
    "Skipped",
    "Removed 2",
    "Removed 3",
    "Removed 4",
    "Removed 5",
    "Removed 6",
    "Removed 7",
    "Removed 8",
    "Removed 9",
    "MarkUpdated",
    "PriceJumped",
    "Settled",
    "PerpLimitsSet",
    "MarketDeactivated",
    "FeesCollected",
    "through zero",
    "closed",
    "opened isolated",
    "sampled again",
    "rate at the cap",
    "rate at the cap below",
    "profit paid",
    "loss paid",
    "loss paid in part",
    "draw in a shortfall",
    "loss in a shortfall",
    "fees repaid a shortfall",
    "settled on credit",
    "previewed perps",
    "withdrew all that is free",
    "MarketPauseSet",
    "MarketPaused",
    "PositionCapReached",
    "OpenInterestCapReached",
    "UnsettledProfit",
    "BelowInitialMargin",
    "InsufficientBalance",
    "LossBudgetSpent",
    "NotAccountOwner",
    "UnknownAccount",
    "UnknownMarket",
    "MarketInUse",
    "MarketAlreadyListed",
    "NothingToReduce",
    "OrderExpired",
    "PriceOutsideBand",
    "WouldCross",
    "NotFilledWhole",
    "StalePrice",
    "PriceUnconfirmed",
    "InvalidParameter",
    "AccessManagedUnauthorized",
)


def make_mirror(backend: PyrevmBackend | RpcBackend) -> Mirror:
    return Mirror(deploy_system(backend), DEFAULT_ASSETS, DEFAULT_MARKETS, INSURANCE_PPM)


@cache
def run_flow(seed: str, steps: int) -> Counter[str]:
    """Run a flow and return what happened in it."""
    mirror = make_mirror(PyrevmBackend())
    PerpFlow(mirror, seed).run(steps)
    return mirror.happened


@pytest.mark.parametrize("seed", SEEDS)
def test_random_perps_model_and_chain_agree(seed: str) -> None:
    assert run_flow(seed, STEPS)["filled perp"] > STEPS // 20


@pytest.mark.deep
@pytest.mark.parametrize("seed", DEEP_SEEDS)
def test_long_random_perps_model_and_chain_agree(seed: str) -> None:
    assert run_flow(seed, DEEP_STEPS)["filled perp"] > DEEP_STEPS // 20


@pytest.mark.node
def test_random_perps_on_anvil_change_the_same_words(anvil_url: str) -> None:
    """A node also tells which words a transaction changed: exactly those of the model."""
    mirror = make_mirror(RpcBackend(anvil_url))
    PerpFlow(mirror, "node").run(NODE_STEPS)
    assert mirror.happened["filled perp"] > 3


def test_random_perps_reach_every_case() -> None:
    total = sum((run_flow(seed, STEPS) for seed in SEEDS), Counter())
    assert [name for name in MUST_HAPPEN if not total[name]] == []

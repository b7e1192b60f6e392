"""Bit-exact differential of lending and margin: random actions on model and contracts."""

from collections import Counter
from functools import cache

import pytest

from tests.differential.lending_flow import LendingFlow
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
    "LentSet",
    "PoolAccrued",
    "ReserveCollected",
    "PoolTermsSet",
    "AssetRiskSet",
    "MarketRiskSet",
    "PriceJumped",
    "Removed 1",
    "Removed 8",
    "PoolNotOpen",
    "InsufficientLiquidity",
    "BorrowCapReached",
    "BorrowCeilingReached",
    "BorrowWindowReached",
    "SupplyCapReached",
    "NothingOwed",
    "BelowInitialMargin",
    "StalePrice",
    "PriceUnconfirmed",
    "ChangedTooSoon",
    "RampExceeded",
    "InvalidParameter",
    "InsufficientBalance",
    "AssetInUse",
)


def make_mirror(backend: PyrevmBackend | RpcBackend) -> Mirror:
    return Mirror(deploy_system(backend), DEFAULT_ASSETS, DEFAULT_MARKETS, INSURANCE_PPM)


@cache
def run_flow(seed: str, steps: int) -> Counter[str]:
    """Run a flow and return what happened in it."""
    mirror = make_mirror(PyrevmBackend())
    LendingFlow(mirror, seed).run(steps)
    return mirror.happened


@pytest.mark.parametrize("seed", SEEDS)
def test_random_lending_model_and_chain_agree(seed: str) -> None:
    assert run_flow(seed, STEPS)["Placed"] > STEPS // 10


@pytest.mark.deep
@pytest.mark.parametrize("seed", DEEP_SEEDS)
def test_long_random_lending_model_and_chain_agree(seed: str) -> None:
    assert run_flow(seed, DEEP_STEPS)["Placed"] > DEEP_STEPS // 10


@pytest.mark.node
def test_random_lending_on_anvil_changes_the_same_words(anvil_url: str) -> None:
    mirror = make_mirror(RpcBackend(anvil_url))
    LendingFlow(mirror, "node").run(NODE_STEPS)
    assert mirror.happened["LentSet"] > 3


def test_random_lending_reaches_every_case() -> None:
    total = sum((run_flow(seed, STEPS) for seed in SEEDS), Counter())
    assert [name for name in MUST_HAPPEN if not total[name]] == []

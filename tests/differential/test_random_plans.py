"""Bit-exact differential of risk plans: random actions on model and chain, compared after each."""

from collections import Counter
from functools import cache

import pytest

from tests.differential.plan_flow import PlanFlow
from tests.support.mirror import Mirror
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.rpc_backend import RpcBackend
from tests.support.system import DEFAULT_ASSETS, DEFAULT_MARKETS, INSURANCE_PPM, deploy_system

SEEDS = tuple(f"plans {number}" for number in range(3))
STEPS = 3_000
NODE_STEPS = 200
DEEP_SEEDS = tuple(f"deep plans {number}" for number in range(12))
DEEP_STEPS = 8_000

MUST_HAPPEN = (
    "PlanSet",
    "StepExecuted",
    "executed REDUCE",
    "executed SELL",
    "executed REPAY",
    "executed PULL",
    "fired by HEALTH",
    "fired by PRICE",
    "fired by FUNDING",
    "fired by BORROW_RATE",
    "executed in part",
    "executed while flagged",
    "tip paid",
    "Transferred",
    "TooManySteps",
    "InvalidStep",
    "NoSuchStep",
    "CoolingDown",
    "TriggerNotMet",
    "FillTooSmall",
    "NothingToReduce",
    "StalePrice",
    "PriceUnconfirmed",
    "PriceMoving",
    "BelowInitialMargin",
    "SameAccount",
    "AssetNotActivated",
    "UnknownAccount",
    "NotAccountOwner",
)


def make_mirror(backend: PyrevmBackend | RpcBackend) -> Mirror:
    return Mirror(deploy_system(backend), DEFAULT_ASSETS, DEFAULT_MARKETS, INSURANCE_PPM)


@cache
def run_flow(seed: str, steps: int) -> Counter[str]:
    """Run a flow and return what happened in it."""
    mirror = make_mirror(PyrevmBackend())
    PlanFlow(mirror, seed).run(steps)
    return mirror.happened


@pytest.mark.parametrize("seed", SEEDS)
def test_random_plans_model_and_chain_agree(seed: str) -> None:
    assert run_flow(seed, STEPS)["StepExecuted"] > STEPS // 40


@pytest.mark.deep
@pytest.mark.parametrize("seed", DEEP_SEEDS)
def test_long_random_plans_model_and_chain_agree(seed: str) -> None:
    assert run_flow(seed, DEEP_STEPS)["StepExecuted"] > DEEP_STEPS // 40


@pytest.mark.node
def test_random_plans_on_anvil_change_the_same_words(anvil_url: str) -> None:
    """A node also tells which words a transaction changed: exactly those of the model."""
    mirror = make_mirror(RpcBackend(anvil_url))
    PlanFlow(mirror, "plans on a node").run(NODE_STEPS)
    assert mirror.happened["StepExecuted"] > 3


def test_random_plans_reach_every_case() -> None:
    total = sum((run_flow(seed, STEPS) for seed in SEEDS), Counter())
    assert [name for name in MUST_HAPPEN if not total[name]] == []

"""Bit-exact differential: seeded random actions on model and contracts, compared after each."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

import pytest

from tests.differential.flow import Flow
from tests.differential.setting import make_mirror
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.rpc_backend import RpcBackend
from worldmarkets.model import slots
from worldmarkets.model.queue import LevelQueue
from worldmarkets.model.words import PoolWord

SEEDS = tuple(f"quick {number}" for number in range(6))
STEPS = 2_000
NODE_STEPS = 200
DEEP_SEEDS = tuple(f"deep {number}" for number in range(20))
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
    "Removed 4",
    "Removed 5",
    "Removed 7",
    "Expires",
    "Deposited",
    "Withdrawn",
    "Transferred",
    "PriceUpdated",
    "FeesCollected",
    "OperatorSet",
    "OperatorRevoked",
    "AssetActivated",
    "AssetDeactivated",
    "MarketPauseSet",
    "OutflowLimitSet",
    "fills used up",
    "slid",
    "cut to reduce",
    "decremented",
    "placed by an operator",
    "client id without rest",
    "amended in place",
    "amended anew",
    "deposited with a permit",
    "deposited native tokens",
    "withdrew native tokens",
    "withdrew all",
    "whole or not in a batch: NONE",
    "whole or not in a batch: NOT_FILLED_WHOLE",
    # What became of queues.
    "chunk made",
    "chunk reused",
    "tail started again",
    "head passed",
    "middle unlinked",
    "level restarted",
    # Every error but those that need 65,535 orders or a foreign token.
    "UnknownAccount",
    "NotAccountOwner",
    "OperatorExpired",
    "PermissionMissing",
    "LossBudgetSpent",
    "InvalidPermissions",
    "SameAccount",
    "TooManyAssets",
    "AssetNotActivated",
    "AssetInUse",
    "UnlistedAsset",
    "ZeroAmount",
    "ZeroAddress",
    "InvalidReceiver",
    "NotWrappedNative",
    "InvalidPermit",
    "OutflowLimitReached",
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
    "InvalidTerms",
    "OrderExpired",
    "NothingToReduce",
    "MarketPaused",
    "TooMuchOpen",
    "StaleOrder",
    "NotOrderOwner",
    "NotAReduction",
    "DuplicateOrder",
    "MalformedBatch",
    "DeadlinePassed",
    "PausedTooSoon",
    "InvalidParameter",
    "MarketAlreadyListed",
    "InvalidPrice",
    "AccessManagedUnauthorized",
    "ERC20InsufficientBalance",
    "ERC20InsufficientAllowance",
    "InsufficientAllowance",
)


@cache
def run_flow(seed: str, steps: int) -> Counter[str]:
    """Run a flow and return what happened in it."""
    mirror = make_mirror(PyrevmBackend())
    with counted_queues(mirror.happened):
        Flow(mirror, seed).run(steps)
    return mirror.happened


@contextmanager
def counted_queues(happened: Counter[str]) -> Iterator[None]:
    """Count what the model's queues, which equal the chain's word for word, do with chunks."""

    def count(method: str, name: Callable[[LevelQueue], str]) -> None:
        original = getattr(LevelQueue, method)

        @wraps(original)
        def counting(queue: LevelQueue, *arguments: Any) -> Any:
            happened[name(queue)] += 1
            return original(queue, *arguments)

        patch.setattr(LevelQueue, method, counting)

    def allocation(queue: LevelQueue) -> str:
        free = queue._state.load(PoolWord, slots.pool(queue._market_id)).free
        return "chunk reused" if free else "chunk made"

    def start(queue: LevelQueue) -> str:
        level = queue.level
        alive = level.tail_live or level.tail_chunk == level.head_chunk
        return "tail started behind another" if alive else "tail started again"

    with pytest.MonkeyPatch.context() as patch:
        count("_allocate", allocation)
        count("_start_tail", start)
        count("_pass_head", lambda _: "head passed")
        count("_unlink", lambda _: "middle unlinked")
        count("_restart", lambda _: "level restarted")
        yield


@pytest.mark.parametrize("seed", SEEDS)
def test_random_actions_model_and_chain_agree(seed: str) -> None:
    happened = run_flow(seed, STEPS)
    assert happened["Placed"] > STEPS // 4


@pytest.mark.deep
@pytest.mark.parametrize("seed", DEEP_SEEDS)
def test_long_random_actions_model_and_chain_agree(seed: str) -> None:
    happened = run_flow(seed, DEEP_STEPS)
    assert happened["Placed"] > DEEP_STEPS // 4


@pytest.mark.node
def test_random_actions_on_anvil_change_the_same_words(anvil_url: str) -> None:
    """A node also tells which words a transaction changed: exactly those of the model."""
    mirror = make_mirror(RpcBackend(anvil_url))
    Flow(mirror, "node").run(NODE_STEPS)
    assert mirror.happened["Filled"] > 10


def test_random_actions_reach_every_case() -> None:
    total = sum((run_flow(seed, STEPS) for seed in SEEDS), Counter())
    assert [name for name in MUST_HAPPEN if not total[name]] == []

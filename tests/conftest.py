"""Fixtures of the whole system, and the profiles of random searches."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.backend import rolled_back
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.rpc_backend import RpcBackend, running_anvil
from tests.support.system import System, deploy_system

settings.register_profile(
    "quick",
    derandomize=True,
    deadline=None,
    max_examples=100,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "deep",
    deadline=None,
    max_examples=200,
    stateful_step_count=50,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


@pytest.fixture(scope="session")
def deployed_system() -> System:
    """The system on the in-process EVM, deployed once; use `system` in tests."""
    return deploy_system(PyrevmBackend())


@pytest.fixture
def system(deployed_system: System) -> Iterator[System]:
    """The system with two markets and no users, as new for each test."""
    owners = dict(deployed_system.owners)
    tokens = list(deployed_system.tokens)
    assets = list(deployed_system.assets)
    with rolled_back(deployed_system.backend):
        yield deployed_system
    deployed_system.owners = owners
    deployed_system.tokens = tokens
    deployed_system.assets = assets


@pytest.fixture(scope="session")
def anvil_url() -> Iterator[str]:
    """An Anvil of this test session."""
    with running_anvil() as url:
        yield url


@pytest.fixture(scope="session")
def node_system(anvil_url: str) -> System:
    """The system on Anvil; tests that change it snapshot by hand."""
    return deploy_system(RpcBackend(anvil_url))

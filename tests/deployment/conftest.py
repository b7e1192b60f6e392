"""A node of the module, brought back to its empty state before each test."""

from collections.abc import Iterator

import pytest

from worldmarkets.deployment import Parameters, load_parameters
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner


@pytest.fixture(scope="module")
def running_node() -> Iterator[LocalNode]:
    with LocalNode() as node:
        yield node


@pytest.fixture
def node(running_node: LocalNode) -> Iterator[LocalNode]:
    empty = running_node.rpc.call("evm_snapshot")
    yield running_node
    assert running_node.rpc.call("evm_revert", empty)


@pytest.fixture
def deployer(node: LocalNode) -> KeySigner:
    return KeySigner(node.accounts[0].private_key)


@pytest.fixture(scope="session")
def local_parameters() -> Parameters:
    return load_parameters("local")

"""A node with a deployed exchange, as the tests of the client have it."""

from tests.client.conftest import (
    deployer,
    deployment,
    maker,
    node,
    running_node,
    taker,
)

__all__ = ["deployer", "deployment", "maker", "node", "running_node", "taker"]

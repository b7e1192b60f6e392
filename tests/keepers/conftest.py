"""A node with a deployed exchange, as the tests of the client have it."""

from tests.client.conftest import (
    broke,
    debtor,
    deployer,
    deployment,
    lender,
    maker,
    node,
    prices,
    running_node,
    taker,
)

__all__ = [
    "broke",
    "debtor",
    "deployer",
    "deployment",
    "lender",
    "maker",
    "node",
    "prices",
    "running_node",
    "taker",
]

"""Contracts are deployed once, and told from others by all of their code."""

from dataclasses import replace

import pytest

from worldmarkets.deployment import Contract, DeploymentMismatchError
from worldmarkets.deployment.contracts import ContractDeployer, Plan
from worldmarkets.node import LocalNode
from worldmarkets.rpc import number
from worldmarkets.transactions import KeySigner, Sender

pytestmark = pytest.mark.node

REPORTS = Plan("SignedReportFeed", "SignedReportFeed", ("0x" + "a1" * 20,), (), "SignedReportFeed")
"""A contract whose immutables tell its chain and its own address."""


def deployer_of(node: LocalNode, signer: KeySigner, known: dict[str, Contract]) -> ContractDeployer:
    return ContractDeployer(
        Sender(node.rpc, signer), known, known.__setitem__, 0, "unknown", renews=False
    )


@pytest.fixture
def known(node: LocalNode, deployer: KeySigner) -> dict[str, Contract]:
    """The records after the first deployment."""
    known: dict[str, Contract] = {}
    deployer_of(node, deployer, known).deploy(REPORTS)
    return known


def test_deploy_contract_with_a_domain_again_finds_it(
    node: LocalNode, deployer: KeySigner, known: dict[str, Contract]
) -> None:
    before = number(node.rpc.call("eth_blockNumber"))
    address = deployer_of(node, deployer, known).deploy(REPORTS)
    assert address == known[REPORTS.key].address
    assert number(node.rpc.call("eth_blockNumber")) == before


@pytest.mark.parametrize("domain", ["SignedReportFeeds", "S"])
def test_deploy_contract_with_another_domain_is_refused(
    node: LocalNode, deployer: KeySigner, known: dict[str, Contract], domain: str
) -> None:
    with pytest.raises(DeploymentMismatchError, match="has other code than the compiled"):
        deployer_of(node, deployer, known).deploy(replace(REPORTS, domain=domain))

"""Who may do what after a deployment, and how the deployer hands over."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.deployment.test_deploy import ConnectionLostError, FailingRpc, height, named
from worldmarkets.abi import abi_of
from worldmarkets.client import ContractError, Operation, OtherContractError, RawClient, Timelock
from worldmarkets.client.calls import Calls, post_prices
from worldmarkets.deployment import (
    Deployment,
    DeploymentMismatchError,
    Parameters,
    deploy,
    load_deployment,
    load_parameters,
    read_roles,
    verify_roles,
)
from worldmarkets.deployment.holders import ANYONE
from worldmarkets.deployment.roles import GUARDIAN_ROLE, LISTING_ROLE, PRICE_ROLE
from worldmarkets.model.interface import SpotTerms
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner, Request

pytestmark = pytest.mark.node

UNAUTHORISED = "AccessManagedUnauthorized"
ROLE_STEPS = range(42, 52)
"""Transactions that reserve functions, give roles and hand over."""


@pytest.fixture
def handed_over(local_parameters: Parameters) -> Parameters:
    return named(local_parameters).model_copy(update={"handover": True})


def refusal(client: RawClient, request: Request) -> str:
    try:
        client.execute(request)
    except ContractError as error:
        return str(error) if isinstance(error, OtherContractError) else error.name
    return ""


def restricted(deployment: Deployment) -> dict[str, Request]:
    """A call of each role that changes nothing, and one of the administrator."""
    calls = Calls(deployment.exchange)
    authority = abi_of("Authority").encode("labelRole", 9, "x")

    def exchange(function: str, *arguments: object) -> Request:
        return Request(deployment.exchange, abi_of("Exchange").encode(function, *arguments))

    feed = deployment.address("AggregatorFeed")
    aggregator = Request(feed, abi_of("AggregatorFeed").encode("setAggregator", 9, feed, 19))
    feed = deployment.address("SignedReportFeed")
    signers = Request(feed, abi_of("SignedReportFeed").encode("setSigners", [], 1))
    return {
        "list": calls.list_spot_market(1, SpotTerms(1, 1_000, 1, 0, 0, 1)),
        "limit": calls.set_outflow_limit(1, 250_000),
        "pool": exchange("setPoolTerms", 9, (0, 0, 0, 0, 0)),
        "asset risk": exchange("setAssetRisk", 9, (0, 0, 0, 0, 0, 0)),
        "market risk": exchange("setMarketRisk", (0, 0, 1)),
        "aggregator": aggregator,
        "signers": signers,
        "pause": calls.pause_markets([], 1),
        "resume": calls.resume_markets([]),
        "post": post_prices(deployment.price_feed, [], []),
        "administer": Request(deployment.authority, authority),
    }


def allowed(node: LocalNode, deployment: Deployment, account: int) -> set[str]:
    """What one of the node's accounts may do."""
    signer = KeySigner(node.accounts[account].private_key)
    client = RawClient(node.rpc, deployment, signer)
    return {
        name
        for name, request in restricted(deployment).items()
        if "Unauthorized" not in refusal(client, request)
    }


def test_deploy_handed_over_leaves_the_deployer_nothing(
    node: LocalNode, deployer: KeySigner, handed_over: Parameters
) -> None:
    deployment = deploy(node.rpc, handed_over, deployer)
    assert allowed(node, deployment, 0) == set()
    assert allowed(node, deployment, 1) == set()
    assert allowed(node, deployment, 2) == {"pause", "resume"}
    assert allowed(node, deployment, 3) == {"post"}
    assert allowed(node, deployment, 4) == set()
    proposer, guardian, poster = (one.address for one in node.accounts[1:4])
    roles = deployment.roles
    assert roles is not None
    assert (roles.admin, roles.listing) == ((deployment.timelock,), (deployment.timelock,))
    assert (roles.guardian, roles.price) == ((guardian,), (poster,))
    assert (roles.proposer, roles.canceller) == ((proposer,), (proposer,))
    assert (roles.executor, roles.timelock_admin) == ((ANYONE,), (deployment.timelock,))
    assert roles.delay_seconds == 60
    assert verify_roles(node.rpc, deployment, handed_over) == roles


def test_deploy_not_handed_over_leaves_the_deployer_everything(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters
) -> None:
    deployment = deploy(node.rpc, named(local_parameters), deployer)
    assert allowed(node, deployment, 0) == set(restricted(deployment))
    assert allowed(node, deployment, 2) == {"pause", "resume"}
    assert allowed(node, deployment, 3) == {"post"}
    assert verify_roles(node.rpc, deployment, named(local_parameters)) == deployment.roles


@pytest.mark.parametrize("step", [42, 45, 50, 51])
def test_deploy_interrupted_handover_continues(
    node: LocalNode,
    deployer: KeySigner,
    handed_over: Parameters,
    tmp_path: Path,
    step: int,
) -> None:
    path = tmp_path / "local.json"
    broken = FailingRpc(node.url, step, after_sending=step % 2 == 1)
    with pytest.raises(ConnectionLostError):
        deploy(broken, handed_over, deployer, path)
    broken.close()
    assert load_deployment(path).roles is None
    deployment = deploy(node.rpc, handed_over, deployer, path)
    assert verify_roles(node.rpc, deployment, handed_over) == deployment.roles
    assert load_deployment(path) == deployment
    assert height(node) == ROLE_STEPS[-1]
    content = path.read_bytes()
    assert deploy(node.rpc, handed_over, deployer, path) == deployment
    assert (height(node), path.read_bytes()) == (ROLE_STEPS[-1], content)


def test_deploy_with_a_role_too_many_does_not_hand_over(
    node: LocalNode, deployer: KeySigner, handed_over: Parameters, tmp_path: Path
) -> None:
    path = tmp_path / "local.json"
    broken = FailingRpc(node.url, ROLE_STEPS[-1], after_sending=False)
    with pytest.raises(ConnectionLostError):
        deploy(broken, handed_over, deployer, path)
    broken.close()
    deployment, stranger = load_deployment(path), node.accounts[7].address
    client = RawClient(node.rpc, deployment, deployer)
    grant = abi_of("Authority").encode("grantRole", PRICE_ROLE, stranger, 0)
    client.execute(Request(deployment.authority, grant))
    before = height(node)
    with pytest.raises(DeploymentMismatchError, match=f"price is .*{stranger}"):
        deploy(node.rpc, handed_over, deployer, path)
    assert height(node) == before
    assert deployer.address in read_roles(node.rpc, deployment).admin


@pytest.mark.parametrize("field", ["treasury", "proposers", "guardians", "price"])
@pytest.mark.parametrize("whom", ["nobody", "the deployer"])
def test_deploy_handover_to_nobody_or_the_deployer_refuses(
    node: LocalNode, deployer: KeySigner, handed_over: Parameters, field: str, whom: str
) -> None:
    holders = () if whom == "nobody" else (deployer.address.lower(),)
    if field == "treasury":
        changed = {"treasury": holders[0] if holders else None}
    else:
        changed = {"roles": handed_over.roles.model_copy(update={field: holders})}
    with pytest.raises(DeploymentMismatchError, match=f"{field} names {whom}"):
        deploy(node.rpc, handed_over.model_copy(update=changed), deployer)
    assert height(node) == 0


def test_deploy_mainnet_as_it_stands_refuses(deployer: KeySigner) -> None:
    with LocalNode(chain_id=4326) as chain:
        with pytest.raises(DeploymentMismatchError, match="treasury names nobody"):
            deploy(chain.rpc, load_parameters("megaeth-mainnet"), deployer)
        assert height(chain) == 0


def test_deploy_more_after_the_handover_is_left_to_the_timelock(
    node: LocalNode, deployer: KeySigner, handed_over: Parameters, tmp_path: Path
) -> None:
    path = tmp_path / "local.json"
    fewer = handed_over.model_copy(update={"markets": handed_over.markets[:2]})
    deploy(node.rpc, fewer, deployer, path)
    before = height(node)
    with pytest.raises(DeploymentMismatchError, match="may not listSpotMarket any more"):
        deploy(node.rpc, handed_over, deployer, path)
    further = handed_over.roles.model_copy(update={"price": (ANYONE[:-1] + "5",)})
    with pytest.raises(DeploymentMismatchError, match="is to be proposed to the timelock"):
        deploy(node.rpc, fewer.model_copy(update={"roles": further}), deployer, path)
    assert height(node) == before


def test_verify_roles_tells_every_difference(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters
) -> None:
    deployment = deploy(node.rpc, local_parameters, deployer)
    client = RawClient(node.rpc, deployment, deployer)
    authority, stranger = abi_of("Authority"), node.accounts[7].address
    selector = abi_of("Exchange").functions["setOutflowLimit"].selector
    changes = {
        "price is": ("grantRole", PRICE_ROLE, stranger, 0),
        "guardian is": ("revokeRole", GUARDIAN_ROLE, deployer.address),
        "which nothing here knows": ("grantRole", 9, stranger, 0),
        "asks for role 2": (
            "setTargetFunctionRole",
            deployment.exchange,
            [selector],
            PRICE_ROLE,
        ),
        "role 9 gives role 1": ("setRoleAdmin", LISTING_ROLE, 9),
    }
    for told, (function, *arguments) in changes.items():
        before = node.rpc.call("evm_snapshot")
        client.execute(Request(deployment.authority, authority.encode(function, *arguments)))
        with pytest.raises(DeploymentMismatchError, match=told):
            verify_roles(node.rpc, deployment, local_parameters)
        node.rpc.call("evm_revert", before)
        client.sender.resynchronise()
    slower = local_parameters.model_copy(update={"timelock_delay": 61})
    with pytest.raises(DeploymentMismatchError, match="delay_seconds is 60, wanted is 61"):
        verify_roles(node.rpc, deployment, slower)
    other = deploy(node.rpc, local_parameters, deployer).contracts["Authority"]
    mixed = replace(deployment, contracts={**deployment.contracts, "Authority": other})
    with pytest.raises(DeploymentMismatchError, match="Exchange obeys"):
        verify_roles(node.rpc, mixed, local_parameters)


def test_read_roles_follows_what_the_timelock_does(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters
) -> None:
    deployment = deploy(node.rpc, local_parameters, deployer)
    roles = deployment.roles
    assert roles is not None
    veto = node.accounts[5].address
    client = RawClient(node.rpc, deployment, deployer)
    timelock = Timelock(client)
    revocation = timelock.revoke(LISTING_ROLE, deployer.address)
    operation = Operation((timelock.let_cancel(veto), revocation))
    timelock.propose(operation)
    node.rpc.call("evm_increaseTime", 60)
    timelock.execute(operation)
    now = read_roles(node.rpc, deployment)
    assert now.canceller == tuple(sorted((deployer.address, veto)))
    assert now.listing == (deployment.timelock,)
    assert replace(now, canceller=roles.canceller, listing=roles.listing) == roles

"""A deployment is complete, recorded, and the same however often it is interrupted or repeated."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from worldmarkets.abi import abi_of
from worldmarkets.artifacts import load
from worldmarkets.client import Client, RawClient
from worldmarkets.deployment import (
    Deployment,
    DeploymentFileError,
    DeploymentMismatchError,
    Parameters,
    deploy,
    load_deployment,
    load_parameters,
    verify_roles,
    write_abi,
)
from worldmarkets.deployment.code import source_commit
from worldmarkets.deployment.contracts import created_address
from worldmarkets.deployment.holders import expected_roles
from worldmarkets.deployment.parameters import RoleParameters
from worldmarkets.deployment.plans import LENSES, PARTS
from worldmarkets.model import slots
from worldmarkets.model.words import BookWord, RegistryWord, UnderlyingWord
from worldmarkets.node import LocalNode, dev_accounts
from worldmarkets.rpc import Rpc, number
from worldmarkets.transactions import KeySigner, Request, Sender
from worldmarkets.transactions.receipts import to_bytes, to_hex

pytestmark = pytest.mark.node

SEND = "eth_sendRawTransactionSync"
EXCHANGE = 7 + len(PARTS)
"""The transaction that creates the exchange: an authority, a timelock, four tokens and the parts
come before it."""
STEPS = EXCHANGE + 32 + len(LENSES)
"""Transactions of a deployment on an empty local chain."""


class ConnectionLostError(Exception):
    """The interruption of these tests."""


class FailingRpc(Rpc):
    """Fails at one of the transactions, before it is sent or after."""

    def __init__(self, url: str, at: int, *, after_sending: bool) -> None:
        super().__init__(url)
        self._left = at
        self._after_sending = after_sending

    def call(self, method: str, *params: Any) -> Any:
        if method != SEND:
            return super().call(method, *params)
        self._left -= 1
        if self._left == 0 and not self._after_sending:
            raise ConnectionLostError
        answer = super().call(method, *params)
        if self._left == 0:
            raise ConnectionLostError
        return answer


def height(node: LocalNode) -> int:
    return number(node.rpc.call("eth_blockNumber"))


def parts_of(contract: str) -> list[str]:
    """Names of what the constructor of a contract takes as its parts."""
    (constructor,) = (entry for entry in load(contract).abi if entry["type"] == "constructor")
    (parts,) = (one for one in constructor["inputs"] if one["type"] == "tuple")
    return [one["name"] for one in parts["components"]]


def without_places(deployment: Deployment) -> Deployment:
    """What does not depend on when a contract was deployed."""
    contracts = {
        key: replace(contract, address="", transaction="", block=None, constructor_arguments=())
        for key, contract in deployment.contracts.items()
    }
    assets = tuple(replace(asset, token="") for asset in deployment.assets)
    return replace(deployment, contracts=contracts, assets=assets, roles=None)


def test_deploy_empty_chain_deploys_and_records_everything(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters, tmp_path: Path
) -> None:
    path = tmp_path / "local.json"
    deployment = deploy(node.rpc, local_parameters, deployer, path)
    assert height(node) == STEPS
    assert load_deployment(path) == deployment
    recorded = json.loads(path.read_text())
    exchange = recorded["contracts"]["Exchange"]
    known = {**PARTS, "wrappedNative": "WrappedNative"}
    parts = [recorded["contracts"][known[name]]["address"] for name in parts_of("Exchange")]
    authority = recorded["contracts"]["Authority"]["address"]
    assert exchange["constructor_arguments"] == [authority, parts, deployer.address, 500_000]
    assert exchange["block"] == EXCHANGE
    assert exchange["bytecode_hash"] == load("Exchange").bytecode_hash
    assert re.fullmatch(r"[0-9a-f]{40}(-modified)?|unknown", exchange["commit"])
    receipt = node.rpc.call("eth_getTransactionReceipt", exchange["transaction"])
    assert receipt["contractAddress"].lower() == exchange["address"].lower()
    assert recorded["chain_id"] == 31_337
    assert recorded["deployer"] == deployer.address


def test_deploy_lists_what_the_parameters_say(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters
) -> None:
    deployment = deploy(node.rpc, local_parameters, deployer)
    raw = RawClient(node.rpc, deployment)
    wanted = [slots.registry(), slots.book(257), slots.book(259), slots.underlying(1)]
    registry, weth, aapl, underlying = raw.read_words(wanted)
    assert RegistryWord.unpack(registry) == RegistryWord(3, 4, 500_000)
    assert BookWord.unpack(weth) == BookWord(0, 2**24 - 1, 31_500, 28_500, 40, 10, 10_000, 0, 0)
    assert BookWord.unpack(aapl) == BookWord(
        0, 2**24 - 1, 81_900, 35_100, 1, 10_000, 100_000_000, 0, 0
    )
    assert UnderlyingWord.unpack(underlying).price == 3_000 * 10**10
    assert [asset.symbol for asset in deployment.assets] == ["USDM", "WETH", "WBTC", "AAPL"]
    assert [asset.is_wrapped_native for asset in deployment.assets] == [False, True, False, False]
    assert deployment.asset("WETH").token == deployment.address("WrappedNative")
    abi = raw.calls.abi
    wrapped = abi.decode(
        "wrappedNative", raw.call(deployment.exchange, abi.encode("wrappedNative"))
    )
    assert wrapped == (deployment.address("WrappedNative").lower(),)
    assert [market.market_id for market in deployment.markets] == [257, 258, 259, 513, 514]


def test_deploy_second_run_changes_nothing(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters, tmp_path: Path
) -> None:
    path = tmp_path / "local.json"
    first = deploy(node.rpc, local_parameters, deployer, path)
    before, content = height(node), path.read_bytes()
    told: list[str] = []
    assert deploy(node.rpc, local_parameters, deployer, path, told.append) == first
    assert height(node) == before
    assert path.read_bytes() == content
    assert told == []


@pytest.mark.parametrize(
    "step",
    [
        1,
        2,
        4,
        *(EXCHANGE + after for after in (0, 2, 4, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19, 21, 24)),
        STEPS,
    ],
)
def test_deploy_interrupted_continues(
    node: LocalNode,
    deployer: KeySigner,
    local_parameters: Parameters,
    tmp_path: Path,
    step: int,
) -> None:
    path = tmp_path / "local.json"
    after_sending = step % 2 == 0
    broken = FailingRpc(node.url, step, after_sending=after_sending)
    with pytest.raises(ConnectionLostError):
        deploy(broken, local_parameters, deployer, path)
    broken.close()
    assert height(node) == (step if after_sending else step - 1)
    interrupted = load_deployment(path)
    deployment = deploy(node.rpc, local_parameters, deployer, path)
    assert height(node) == STEPS
    for key, contract in interrupted.contracts.items():
        assert deployment.contracts[key].address == contract.address
    assert all(contract.block for contract in deployment.contracts.values())
    assert deployment.roles == expected_roles(deployment, local_parameters)
    before = height(node)
    assert deploy(node.rpc, local_parameters, deployer, path) == deployment
    assert height(node) == before


def test_deploy_record_of_another_local_chain_is_replaced(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters, tmp_path: Path
) -> None:
    path = tmp_path / "local.json"
    first = deploy(node.rpc, local_parameters, deployer, path)
    stale = json.loads(path.read_text())
    stale["genesis_hash"] = "0x" + "11" * 32
    path.write_text(json.dumps(stale))
    second = deploy(node.rpc, local_parameters, deployer, path)
    assert second.exchange != first.exchange
    assert without_places(second) == without_places(first)
    assert load_deployment(path) == second


def test_deploy_other_chain_id_refuses(
    node: LocalNode, deployer: KeySigner, tmp_path: Path
) -> None:
    with pytest.raises(DeploymentMismatchError, match="31337, that of megaeth-testnet is 6343"):
        deploy(node.rpc, load_parameters("megaeth-testnet"), deployer, tmp_path / "x.json")
    assert height(node) == 0
    assert not (tmp_path / "x.json").exists()


def test_deploy_other_deployer_refuses(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters, tmp_path: Path
) -> None:
    path = tmp_path / "local.json"
    deploy(node.rpc, local_parameters, deployer, path)
    before, content = height(node), path.read_bytes()
    stranger = KeySigner(node.accounts[1].private_key)
    with pytest.raises(DeploymentMismatchError, match=f"begun by {deployer.address}"):
        deploy(node.rpc, local_parameters, stranger, path)
    assert (height(node), path.read_bytes()) == (before, content)


def test_deploy_other_constructor_arguments_refuses(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters, tmp_path: Path
) -> None:
    path = tmp_path / "local.json"
    deploy(node.rpc, local_parameters, deployer, path)
    before = height(node)
    other = local_parameters.model_copy(update={"insurance_ppm": 400_000})
    with pytest.raises(DeploymentMismatchError, match=r"Exchange at .* was made with"):
        deploy(node.rpc, other, deployer, path)
    assert height(node) == before


def test_deploy_other_atoms_refuses(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters, tmp_path: Path
) -> None:
    path = tmp_path / "local.json"
    deploy(node.rpc, local_parameters, deployer, path)
    before = height(node)
    usdm, weth, *others = local_parameters.assets
    other = local_parameters.model_copy(
        update={"assets": (usdm, weth.model_copy(update={"units_per_atom": 10**9}), *others)}
    )
    with pytest.raises(DeploymentMismatchError, match="asset 1 is TokenWord"):
        deploy(node.rpc, other, deployer, path)
    assert height(node) == before


def test_deploy_other_terms_refuses(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters, tmp_path: Path
) -> None:
    path = tmp_path / "local.json"
    deploy(node.rpc, local_parameters, deployer, path)
    before = height(node)
    market = local_parameters.markets[0].model_copy(update={"min_lots": 41})
    other = local_parameters.model_copy(update={"markets": (market, *local_parameters.markets[1:])})
    with pytest.raises(DeploymentMismatchError, match="market WETH/USDM has the terms"):
        deploy(node.rpc, other, deployer, path)
    assert height(node) == before


@pytest.mark.parametrize(
    ("key", "offset"), [("RiskEngine", 10), ("Exchange", 20), ("VaultModule", None)]
)
def test_deploy_other_code_on_chain_refuses(
    node: LocalNode,
    deployer: KeySigner,
    local_parameters: Parameters,
    tmp_path: Path,
    key: str,
    offset: int | None,
) -> None:
    """Also where only an immutable differs: the risk engine that a module asks."""
    path = tmp_path / "local.json"
    deployment = deploy(node.rpc, local_parameters, deployer, path)
    address = deployment.address(key)
    code = bytearray(to_bytes(node.rpc.call("eth_getCode", address, "latest")))
    if offset is None:
        (place, *_), _native = load(key).immutable_references.values()
        offset = place["start"] + 31
    code[offset] ^= 1
    node.rpc.call("anvil_setCode", address, to_hex(bytes(code)))
    before = height(node)
    with pytest.raises(DeploymentMismatchError, match=f"{key} at {address} has other code"):
        deploy(node.rpc, local_parameters, deployer, path)
    assert height(node) == before


def test_deploy_unreadable_record_of_a_public_network_refuses(
    deployer: KeySigner, tmp_path: Path
) -> None:
    path = tmp_path / "testnet.json"
    path.write_text("{}")
    with LocalNode(chain_id=6343) as testnet:
        with pytest.raises(DeploymentFileError, match="is no deployment file"):
            deploy(testnet.rpc, load_parameters("megaeth-testnet"), deployer, path)
        assert height(testnet) == 0
    assert path.read_text() == "{}"


@pytest.mark.parametrize(
    ("network", "chain_id"), [("megaeth-testnet", 6343), ("megaeth-mainnet", 4326)]
)
def test_deploy_public_network_uses_its_tokens_and_posts_no_price(
    deployer: KeySigner, tmp_path: Path, network: str, chain_id: int
) -> None:
    parameters = named(load_parameters(network))
    with LocalNode(chain_id=chain_id) as chain:
        with pytest.raises(DeploymentMismatchError, match="there is no token USDM at 0xFAfD"):
            deploy(chain.rpc, parameters, deployer, tmp_path / "live.json")
        assert height(chain) == 0
        for asset in parameters.assets:
            put_token(chain, deployer, asset.token or "", 9)
        before = height(chain)
        with pytest.raises(DeploymentMismatchError, match=r"USDM at .* has 9 decimals, not 18"):
            deploy(chain.rpc, parameters, deployer, tmp_path / "live.json")
        assert height(chain) == before
        for asset in parameters.assets:
            put_token(chain, deployer, asset.token or "", asset.token_decimals)
        deployment = deploy(chain.rpc, parameters, deployer, tmp_path / "live.json")
        assert [asset.token for asset in deployment.assets] == [
            asset.token for asset in parameters.assets
        ]
        ours = {"Authority", "BackstopVault", "Exchange", *LENSES, "Timelock"}
        feeds = {"PostedPriceFeed", "AggregatorFeed", "SignedReportFeed"}
        assert deployment.contracts.keys() == ours | feeds | {*PARTS.values()}
        parts = deployment.contracts["Exchange"].constructor_arguments[1]
        assert parts[-1] == deployment.asset("WETH").token  # type: ignore[index]
        assert verify_roles(chain.rpc, deployment, parameters) == deployment.roles
        assert Client(chain.rpc, deployment).book("WETH").highest_bid is None
        creation = deployment.contracts["Exchange"].transaction
        gas = number(chain.rpc.call("eth_getTransactionByHash", creation)["gas"])
        # MegaETH charges 10,200 gas for each byte deployed.
        assert gas > 10_200 * len(load("Exchange").deployed_bytecode)


def test_deploy_node_that_does_not_know_a_recorded_contract_refuses(
    deployer: KeySigner, tmp_path: Path
) -> None:
    """A node that lags behind must not lead to a second exchange; a local chain begins anew."""
    path = tmp_path / "live.json"
    parameters = load_parameters("megaeth-testnet")
    with LocalNode(chain_id=6343) as chain:
        for asset in parameters.assets:
            put_token(chain, deployer, asset.token or "", asset.token_decimals)
        before = chain.rpc.call("evm_snapshot")
        deployment = deploy(chain.rpc, parameters, deployer, path)
        content = path.read_bytes()
        chain.rpc.call("evm_revert", before)
        reached = height(chain)
        authority = deployment.authority
        with pytest.raises(DeploymentMismatchError, match=f"Authority was deployed at {authority}"):
            deploy(chain.rpc, parameters, deployer, path)
        assert height(chain) == reached
        assert path.read_bytes() == content


def test_deploy_local_contract_that_vanished_is_deployed_again(
    node: LocalNode, deployer: KeySigner, local_parameters: Parameters, tmp_path: Path
) -> None:
    path = tmp_path / "local.json"
    empty = node.rpc.call("evm_snapshot")
    first = deploy(node.rpc, local_parameters, deployer, path)
    node.rpc.call("evm_revert", empty)
    again = deploy(node.rpc, local_parameters, deployer, path)
    assert again.exchange == first.exchange
    assert height(node) == STEPS


def named(parameters: Parameters) -> Parameters:
    """Parameters with somebody for each role, none of them the deployer."""
    proposer, guardian, poster, treasurer = (one.address for one in dev_accounts(5)[1:])
    roles = RoleParameters(proposers=(proposer,), guardians=(guardian,), price=(poster,))
    return parameters.model_copy(update={"roles": roles, "treasury": treasurer})


def put_token(chain: LocalNode, deployer: KeySigner, address: str, decimals: int) -> None:
    """Put a token at a given address, with the code of one made elsewhere."""
    artifact = load("FaucetToken")
    creation = artifact.bytecode + abi_of("FaucetToken").encode_constructor("T", "T", decimals)
    receipt = Sender(chain.rpc, deployer).execute(Request(None, creation))
    code = chain.rpc.call("eth_getCode", receipt.contract_address, "latest")
    chain.rpc.call("anvil_setCode", address, code)


def test_created_address_is_that_of_the_receipt(node: LocalNode, deployer: KeySigner) -> None:
    sender = Sender(node.rpc, deployer)
    # 0x60006000f3 returns no code.
    receipts = [sender.execute(Request(None, bytes.fromhex("60006000f3"))) for _ in range(3)]
    assert [receipt.contract_address for receipt in receipts] == [
        created_address(deployer.address, nonce).lower() for nonce in range(3)
    ]


def test_write_abi_is_a_plain_list(tmp_path: Path) -> None:
    entries = json.loads(write_abi(tmp_path / "Exchange.json").read_text())
    names = {entry.get("name") for entry in entries}
    assert {"place", "deposit", "BookRecords", "InsufficientBalance"} <= names


def test_source_commit_outside_of_a_repository_is_unknown(tmp_path: Path) -> None:
    assert source_commit(tmp_path) == "unknown"

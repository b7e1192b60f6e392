"""The backstop tranche after a deployment: its account is the backstop, or is proposed to be."""

from pathlib import Path

import pytest

from tests.deployment.test_deploy import height, named
from tests.deployment.test_terms import Run, execute_proposal
from worldmarkets.artifacts import load
from worldmarkets.deployment import DeploymentMismatchError, Parameters
from worldmarkets.deployment.step import Chain
from worldmarkets.model import slots
from worldmarkets.model.liquidation_words import LiquidationWord
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner
from worldmarkets.transactions.receipts import to_bytes, to_hex

pytestmark = pytest.mark.node


@pytest.fixture
def run(node: LocalNode, deployer: KeySigner, tmp_path: Path) -> Run:
    return Run(node, deployer, tmp_path / "local.json")


def backstop(chain: Chain) -> int:
    """The account that is the backstop; 0 for none."""
    (word,) = chain.words([slots.liquidation()])
    return LiquidationWord.unpack(word).backstop


def set_backstop(node: LocalNode, run: Run, account: int) -> None:
    """Make an account the backstop, past the code of the exchange."""
    word = LiquidationWord(backstop=account).pack()
    place = (f"0x{slots.liquidation():064x}", f"0x{word:064x}")
    node.rpc.call("anvil_setStorageAt", run.deployment.exchange, *place)


def test_deploy_makes_the_account_of_the_tranche_the_backstop(
    run: Run, local_parameters: Parameters
) -> None:
    chain = run(local_parameters)
    assert backstop(chain) == 3
    assert chain.read("BackstopVault", "accountId") == (3,)
    assert chain.read("BackstopVault", "asset") == (run.deployment.asset("USDM").token.lower(),)
    assert run.deployment.backstop == run.deployment.address("BackstopVault")
    assert "account 3, of the tranche, is the backstop" in run.told
    assert run.verify(local_parameters) == []


def test_deploy_where_another_account_is_the_backstop_refuses(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    run(local_parameters)
    set_backstop(node, run, 2)
    before = height(node)
    with pytest.raises(DeploymentMismatchError, match="account 2, that of the tranche is 3"):
        run(local_parameters)
    with pytest.raises(DeploymentMismatchError, match="account 2, that of the tranche is 3"):
        run.verify(local_parameters)
    assert height(node) == before


def test_verify_without_backstop_refuses(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    run(local_parameters)
    set_backstop(node, run, 0)
    with pytest.raises(DeploymentMismatchError, match="account 0, that of the tranche is 3"):
        run.verify(local_parameters)


def test_deploy_without_backstop_after_the_handover_is_left_to_the_timelock(
    node: LocalNode, run: Run, local_parameters: Parameters
) -> None:
    handed_over = named(local_parameters).model_copy(update={"handover": True})
    run(handed_over)
    set_backstop(node, run, 0)
    before = height(node)
    chain = run(handed_over)
    assert height(node) == before
    assert "  the backstop: account 3" in run.told
    execute_proposal(node, run, chain)
    assert backstop(chain) == 3
    run(handed_over)
    assert run.told == []


@pytest.mark.parametrize("immutable", [0, 1, 2, 3])
@pytest.mark.parametrize("everywhere", [False, True])
def test_deploy_of_a_tranche_with_other_immutables_refuses(
    node: LocalNode, run: Run, local_parameters: Parameters, immutable: int, everywhere: bool
) -> None:
    """Exchange, account, units and token: in one place of its code, or in all of them."""
    run(local_parameters)
    address = run.deployment.backstop
    code = bytearray(to_bytes(node.rpc.call("eth_getCode", address, "latest")))
    references = load("BackstopVault").immutable_references
    places = references[sorted(references, key=int)[immutable]]
    # The last byte of a word; account 2 is the treasury's.
    for place in places if everywhere else places[:1]:
        code[place["start"] + 31] ^= 1
    node.rpc.call("anvil_setCode", address, to_hex(bytes(code)))
    before = height(node)
    with pytest.raises(DeploymentMismatchError, match=r"other code|owner of the account"):
        run(local_parameters)
    assert height(node) == before

"""The real `ape run deploy`, under a project whose only difference is the port of the node."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from eth_account import Account

from tests.deployment.test_deploy import EXCHANGE, STEPS, ConnectionLostError, FailingRpc, height
from worldmarkets.artifacts import project_root
from worldmarkets.deployment import Parameters, deploy, load_deployment, load_parameters
from worldmarkets.deployment.plans import LENSES
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner

pytestmark = pytest.mark.node

ROOT = project_root()

ApeRun = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ape_run(node: LocalNode, tmp_path: Path) -> ApeRun:
    """Run a script of the project with Ape, by default on the node as Ape's local network."""
    project = tmp_path / "project"
    project.mkdir()
    config = yaml.safe_load((ROOT / "ape-config.yaml").read_text())
    config["foundry"]["host"] = node.url
    (project / "ape-config.yaml").write_text(yaml.safe_dump(config))
    (project / "scripts").symlink_to(ROOT / "scripts")
    environment = {**os.environ, "APE_DATA_FOLDER": str(tmp_path / "ape")}
    environment["PATH"] = f"{ROOT / 'node_modules' / '.bin'}:{environment['PATH']}"
    ape = shutil.which("ape", path=str(Path(sys.executable).parent)) or "ape"

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [ape, "run", *arguments],
            cwd=project,
            env={**environment, **variables},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


LOCAL = ("--network", "ethereum:local:foundry")


def test_ape_run_deploy_twice_deploys_once(
    node: LocalNode, ape_run: ApeRun, tmp_path: Path
) -> None:
    record = tmp_path / "local.json"
    first = ape_run("deploy", *LOCAL, "--record", str(record))
    assert first.returncode == 0, first.stdout + first.stderr
    assert height(node) == STEPS
    deployment = load_deployment(record)
    assert f"exchange {deployment.exchange}" in first.stdout
    # The first test account of Ape is the first account of the node.
    assert deployment.deployer == node.accounts[0].address
    abi = json.loads((ROOT / "build" / "abi" / "Exchange.json").read_text())
    assert {entry["type"] for entry in abi} == {
        "constructor",
        "error",
        "event",
        "fallback",
        "function",
        "receive",
    }

    content = record.read_bytes()
    second = ape_run("deploy", *LOCAL, "--record", str(record))
    assert second.returncode == 0, second.stdout + second.stderr
    assert height(node) == STEPS
    assert record.read_bytes() == content

    verified = ape_run("verify", *LOCAL, "--record", str(record))
    assert verified.returncode == 0, verified.stdout + verified.stderr
    lines = verified.stdout.splitlines()
    holders = ", ".join(sorted((deployment.timelock, deployment.deployer)))
    assert {f"admin: {holders}", "delay_seconds: 60"} < set(lines)
    assert lines[-1] == "as the parameters say"


def test_ape_run_deploy_after_interruption_continues(
    node: LocalNode, ape_run: ApeRun, local_parameters: Parameters, tmp_path: Path
) -> None:
    record = tmp_path / "local.json"
    broken = FailingRpc(node.url, EXCHANGE, after_sending=True)
    with pytest.raises(ConnectionLostError):
        deploy(broken, local_parameters, KeySigner(node.accounts[0].private_key), record)
    begun = load_deployment(record)
    finished = ape_run("deploy", *LOCAL, "--record", str(record))
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert height(node) == STEPS
    deployment = load_deployment(record)
    assert deployment.exchange == begun.exchange
    assert len(begun.contracts) == EXCHANGE
    # The lenses, three feeds and the backstop tranche follow the exchange.
    assert len(deployment.contracts) == EXCHANGE + len(LENSES) + 4


def test_ape_run_deploy_named_account_signs_with_its_key_file(
    node: LocalNode, ape_run: ApeRun, tmp_path: Path
) -> None:
    account = Account.create()
    folder = tmp_path / "ape" / "accounts"
    folder.mkdir(parents=True)
    key_file = Account.encrypt(account.key, "open sesame", kdf="pbkdf2", iterations=1_000)
    (folder / "operator.json").write_text(json.dumps(key_file))
    node.rpc.call("anvil_setBalance", account.address, hex(10**18))
    record = tmp_path / "local.json"
    passphrase = {"APE_ACCOUNTS_operator_PASSPHRASE": "open sesame"}
    arguments = ("deploy", *LOCAL, "--account", "operator", "--record", str(record))
    finished = ape_run(*arguments, **passphrase)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert load_deployment(record).deployer == account.address
    assert height(node) == STEPS


def test_ape_run_deploy_unknown_account_says_so_in_a_line(
    node: LocalNode, ape_run: ApeRun, tmp_path: Path
) -> None:
    refused = ape_run("deploy", *LOCAL, "--account", "nobody", "--record", str(tmp_path / "x"))
    assert refused.returncode == 1
    assert "Ape has no account nobody" in refused.stderr
    assert "Traceback" not in refused.stdout + refused.stderr
    assert height(node) == 0


def test_ape_run_keeper_uses_the_key_and_the_node_of_ape(
    node: LocalNode, ape_run: ApeRun, tmp_path: Path
) -> None:
    """Ape's local network has its deployment where `ape run deploy` writes it."""
    signer = KeySigner(node.accounts[0].private_key)
    path = tmp_path / "local.json"
    deploy(node.rpc, load_parameters("local"), signer, path)
    arguments = ("funding", "--rounds", "1", "--deployment", str(path))
    ran = ape_run("keeper", *LOCAL, "--", *arguments)
    assert ran.returncode == 0, ran.stderr
    assert 'event=sent what="poke WETH-PERP, WBTC-PERP"' in ran.stdout
    assert "event=stopped" in ran.stdout

"""One small compilation with npm's compiler behind the wrapper, as py-solc-x and Ape would ask."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from worldmarkets.artifacts import project_root
from worldmarkets.compiler import jobs, settings
from worldmarkets.compiler.choice import choose
from worldmarkets.compiler.sources import read_project

COUNTER = """// SPDX-License-Identifier: MIT
pragma solidity 0.8.34;
import {Step} from "./Step.sol";
contract Counter {
    uint256 public count;
    function increment(uint256 unused) external { count += Step.SIZE; }
}
"""
STEP = "pragma solidity 0.8.34; library Step { uint256 internal constant SIZE = 1; }"


def no_download(folder: Path) -> None:
    raise OSError


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("project with spaces")
    (made / "contracts").mkdir()
    (made / "contracts" / "Counter.sol").write_text(COUNTER)
    (made / "contracts" / "Step.sol").write_text(STEP)
    return made


@pytest.fixture(scope="module")
def solc(root: Path) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(root))
        yield choose(project_root(), root / "solc", no_download).path


def test_wrapper_tells_its_version(solc: Path) -> None:
    answer = subprocess.run([solc, "--version"], capture_output=True, text=True, check=True)
    assert f"Version: {settings.SOLC_LONG_VERSION}." in answer.stdout


def test_run_contract_compiles_with_warnings_of_our_own(root: Path, solc: Path) -> None:
    outcome = jobs.run(solc, read_project(root), ("contracts/Counter.sol",))
    assert outcome.errors == ()
    assert len(outcome.warnings) == 2
    assert "SPDX" in outcome.warnings[0]
    assert "Unused function parameter" in outcome.warnings[1]
    output = outcome.contracts["contracts/Counter.sol"]["Counter"]
    assert [item["name"] for item in output["abi"]] == ["count", "increment"]
    assert output["evm"]["deployedBytecode"]["object"].startswith("60")


def test_run_error_is_returned_with_its_place(root: Path, solc: Path) -> None:
    project = read_project(root)
    broken = project.sources["contracts/Step.sol"].text.replace("= 1", '= "one"')
    (root / "contracts" / "Step.sol").write_text(broken)
    outcome = jobs.run(solc, read_project(root), ("contracts/Counter.sol",))
    (root / "contracts" / "Step.sol").write_text(STEP)
    assert outcome.contracts == {}
    assert len(outcome.errors) == 1
    assert "TypeError" in outcome.errors[0]
    assert "contracts/Step.sol:1:" in outcome.errors[0]


def test_wrapper_reads_imports_and_keeps_ast_ids_signed(root: Path, solc: Path) -> None:
    # `msg` is a built-in name; the declarations of these have negative ids.
    text = COUNTER.replace("external {", "external payable { require(msg.value == 0);")
    request = {
        "language": "Solidity",
        "sources": {"contracts/Counter.sol": {"content": text}},
        "settings": {"outputSelection": {"*": {"": ["ast"]}}},
    }
    answer = subprocess.run(
        [solc, "--standard-json", "--allow-paths", "."],
        cwd=root,
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=True,
    )
    output = json.loads(answer.stdout)
    assert sorted(output["sources"]) == ["contracts/Counter.sol", "contracts/Step.sol"]
    numbers = list(_numbers(output["sources"]))
    assert -100 < min(numbers) < 0
    assert max(numbers) < 2**31


def _numbers(node: Any) -> Iterator[int]:
    if isinstance(node, dict | list):
        for value in node.values() if isinstance(node, dict) else node:
            yield from _numbers(value)
    elif isinstance(node, int) and not isinstance(node, bool):
        yield node

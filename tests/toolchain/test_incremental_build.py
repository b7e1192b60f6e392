"""Which files a build compiles, keeps and deletes; a stand-in answers for the compiler."""

import json
from pathlib import Path

import pytest

from worldmarkets.artifacts import artifacts_folder
from worldmarkets.compiler import settings
from worldmarkets.compiler.build import Report, build
from worldmarkets.compiler.jobs import Outcome
from worldmarkets.compiler.sources import Project, SourceError

OUTPUT = {
    "abi": [],
    "userdoc": {},
    "devdoc": {},
    "storageLayout": {},
    "evm": {"bytecode": {"object": "6001"}, "deployedBytecode": {"object": "60"}},
}


class Workspace:
    """A project in a temporary folder whose compiler accepts all but the files in `broken`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.broken: set[str] = set()
        self.jobs: list[tuple[str, ...]] = []

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def build(self) -> Report:
        return build(self.root, self._run)

    def _run(self, project: Project, jobs: list[tuple[str, ...]]) -> list[Outcome]:
        self.jobs = jobs
        return [self._compile(project, job) for job in jobs]

    def _compile(self, project: Project, job: tuple[str, ...]) -> Outcome:
        if broken := self.broken.intersection(job):
            return Outcome(job, errors=tuple(f"{name}: no" for name in sorted(broken)))
        units = {name: project.units[name] for name in job}
        return Outcome(job, {n: {unit.name: OUTPUT} for n, unit in units.items() if unit})

    def artifacts(self) -> list[str]:
        return sorted(path.stem for path in artifacts_folder(self.root).glob("*.json"))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path)
    made.write("contracts/Units.sol", "type Lots is uint40;")
    made.write("contracts/Math.sol", 'import "./Units.sol"; library Math {}')
    made.write("contracts/Vault.sol", 'import {Math} from "./Math.sol"; contract Vault {}')
    made.write("contracts/Alone.sol", 'import "solady/src/Bits.sol"; contract Alone {}')
    made.write("node_modules/solady/src/Bits.sol", "library Bits {}")
    made.build()
    return made


def test_build_first_writes_one_artifact_a_unit(workspace: Workspace) -> None:
    assert workspace.artifacts() == ["Alone", "Math", "Vault"]
    vault = json.loads((artifacts_folder(workspace.root) / "Vault.json").read_text())
    assert vault["bytecode"] == "0x6001"
    assert vault["deployedBytecode"] == "0x60"
    assert vault["sourceName"] == "contracts/Vault.sol"
    # printf '\x60\x01' | sha256sum
    expected = "9e67b12fd8c58953460459cad7a6d4dd7d6d57594affce8206d1397c9c4db543"
    assert vault["bytecodeHash"] == expected


def test_build_contracts_run_alone_and_the_rest_together(workspace: Workspace) -> None:
    assert sorted(workspace.jobs) == [
        ("contracts/Alone.sol",),
        ("contracts/Math.sol", "contracts/Units.sol"),
        ("contracts/Vault.sol",),
    ]


def test_build_unchanged_compiles_nothing(workspace: Workspace) -> None:
    assert workspace.build().compiled == ()


def test_build_import_changed_compiles_its_users_only(workspace: Workspace) -> None:
    workspace.write("contracts/Units.sol", "type Lots is uint48;")
    assert workspace.build().compiled == (
        "contracts/Math.sol",
        "contracts/Units.sol",
        "contracts/Vault.sol",
    )


def test_build_package_changed_compiles_its_users_only(workspace: Workspace) -> None:
    workspace.write("node_modules/solady/src/Bits.sol", "library Bits { }")
    assert workspace.build().compiled == ("contracts/Alone.sol",)


def test_build_settings_changed_compiles_everything(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "OPTIMIZER_RUNS", settings.OPTIMIZER_RUNS + 1)
    assert len(workspace.build().compiled) == 4


def test_build_artifact_missing_compiles_it_again(workspace: Workspace) -> None:
    (artifacts_folder(workspace.root) / "Alone.json").unlink()
    assert workspace.build().compiled == ("contracts/Alone.sol",)
    assert "Alone" in workspace.artifacts()


def test_build_source_removed_deletes_its_artifact(workspace: Workspace) -> None:
    (workspace.root / "contracts/Alone.sol").unlink()
    report = workspace.build()
    assert (report.compiled, report.removed) == ((), ("Alone",))
    assert workspace.artifacts() == ["Math", "Vault"]


def test_build_unit_renamed_deletes_the_old_artifact(workspace: Workspace) -> None:
    workspace.write("contracts/Alone.sol", "contract Lonely {}")
    workspace.build()
    assert workspace.artifacts() == ["Lonely", "Math", "Vault"]


def test_build_error_deletes_the_failing_artifact_and_keeps_others(workspace: Workspace) -> None:
    workspace.write("contracts/Alone.sol", "contract Alone { broken }")
    workspace.broken = {"contracts/Alone.sol"}
    report = workspace.build()
    assert (report.ok, report.errors) == (False, ("contracts/Alone.sol: no",))
    assert workspace.artifacts() == ["Math", "Vault"]
    workspace.broken = set()
    assert workspace.build().compiled == ("contracts/Alone.sol",)


def test_build_two_units_of_one_name_raises(workspace: Workspace) -> None:
    workspace.write("contracts/copy/Vault.sol", "interface Vault {}")
    with pytest.raises(SourceError, match=r"Vault is defined in contracts/Vault\.sol and"):
        workspace.build()


def test_build_two_units_in_a_file_raises(workspace: Workspace) -> None:
    workspace.write("contracts/Alone.sol", "contract Alone {} library Helper {}")
    with pytest.raises(SourceError, match=r"contracts/Alone\.sol defines Alone, Helper"):
        workspace.build()

"""The contracts compile to the recorded bytecode; `make record` records a wanted change."""

import json
from pathlib import Path

import pytest

from worldmarkets.artifacts import ArtifactNotFoundError, load, project_root
from worldmarkets.compiler.record import differences, record_path, write_record


def write_artifact(root: Path, name: str, code: str, source: str | None = None) -> None:
    folder = root / "build" / "artifacts"
    folder.mkdir(parents=True, exist_ok=True)
    fields = {
        "contractName": name,
        "kind": "contract",
        "sourceName": source or f"contracts/{name}.sol",
        "abi": [],
        "bytecode": "0x6001",
        "deployedBytecode": "0x60",
        "userdoc": {},
        "devdoc": {},
        "storageLayout": {},
        "immutableReferences": {},
        "inputHash": "",
        "bytecodeHash": code,
    }
    (folder / f"{name}.json").write_text(json.dumps(fields))


def test_contracts_compile_to_the_recorded_bytecode() -> None:
    assert differences(project_root()) == []


def test_differences_after_recording_are_none(tmp_path: Path) -> None:
    write_artifact(tmp_path, "Vault", "aa")
    write_artifact(tmp_path, "Double", "bb", "contracts/test/Double.sol")
    write_record(tmp_path)
    assert json.loads(record_path(tmp_path).read_text()) == {"Vault": "aa"}
    assert differences(tmp_path) == []


def test_differences_name_changed_new_and_gone_contracts(tmp_path: Path) -> None:
    write_artifact(tmp_path, "Vault", "aa")
    write_artifact(tmp_path, "Gone", "bb")
    write_record(tmp_path)
    write_artifact(tmp_path, "Vault", "changed")
    write_artifact(tmp_path, "New", "cc")
    (tmp_path / "build/artifacts/Gone.json").unlink()
    assert differences(tmp_path) == [
        "Gone has a recorded bytecode hash and no artifact",
        "New has no recorded bytecode hash",
        "Vault differs from its recorded bytecode hash",
    ]


def test_load_reads_bytes_and_names(tmp_path: Path) -> None:
    write_artifact(tmp_path, "Vault", "aa")
    loaded = load("Vault", tmp_path / "build/artifacts")
    assert (loaded.bytecode, loaded.deployed_bytecode) == (b"\x60\x01", b"\x60")
    assert loaded.deployable
    assert not loaded.is_test_double


def test_load_recompiled_contract_is_read_again(tmp_path: Path) -> None:
    write_artifact(tmp_path, "Vault", "aa")
    folder = tmp_path / "build/artifacts"
    assert load("Vault", folder).bytecode_hash == "aa"
    (folder / "Vault.json").unlink()
    write_artifact(tmp_path, "Vault", "changed")
    assert load("Vault", folder).bytecode_hash == "changed"


def test_load_not_compiled_raises(tmp_path: Path) -> None:
    with pytest.raises(ArtifactNotFoundError, match=r"no artifact of Vault in .*: run `make comp"):
        load("Vault", tmp_path)

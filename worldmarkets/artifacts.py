"""Compiled contracts, as `python -m worldmarkets.compiler` leaves them in build/artifacts."""

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from worldmarkets.errors import WorldMarketsError

DELEGATES = {"Exchange": ("IWorldMarkets", "ExchangeExtension")}
"""Contracts that answer more than they have code for, and who says what."""
MAX_RUNTIME_BYTES = 24_576
"""Largest runtime code a chain accepts. Source: EIP-170."""


class ArtifactNotFoundError(WorldMarketsError):
    """The contract was not compiled, or no contract has this name."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        super().__init__(f"no artifact of {name} in {folder}: run `make compile`")


@dataclass(frozen=True)
class Artifact:
    """One compiled contract, interface or library.

    Interfaces and abstract contracts have empty bytecode. `immutable_references` maps the AST id
    of an immutable to the places (`start`, `length`, in bytes) its value takes in the runtime code.
    """

    name: str
    kind: str
    source_name: str
    abi: tuple[dict[str, Any], ...]
    bytecode: bytes
    deployed_bytecode: bytes
    userdoc: dict[str, Any]
    devdoc: dict[str, Any]
    storage_layout: dict[str, Any]
    immutable_references: dict[str, list[dict[str, int]]]
    input_hash: str
    bytecode_hash: str

    @property
    def deployable(self) -> bool:
        """Whether it is a contract that can be created on a chain by itself."""
        return self.kind == "contract" and bool(self.bytecode)

    @property
    def is_test_double(self) -> bool:
        """Whether it serves tests only and is no part of the product."""
        return self.source_name.startswith("contracts/test/")


def project_root() -> Path:
    """Return the checkout's root folder, the one that holds `contracts` and `build`."""
    return Path(__file__).resolve().parent.parent


def artifacts_folder(root: Path | None = None) -> Path:
    """Return the folder of the compiled contracts of the project at `root`."""
    return (root or project_root()) / "build" / "artifacts"


def load(name: str, folder: Path | None = None) -> Artifact:
    """Read the artifact of the contract `name`; its ABI has all that it answers.

    Raises:
        ArtifactNotFoundError: it was not compiled.
    """
    folder = folder or artifacts_folder()
    artifact = _load(name, folder)
    abi = list(artifact.abi)
    for other in DELEGATES.get(name, ()):
        added = _load(other, folder).abi
        abi += [entry for entry in added if entry["type"] != "constructor" and entry not in abi]
    return replace(artifact, abi=tuple(abi))


def load_all(folder: Path | None = None) -> tuple[Artifact, ...]:
    """Read every artifact, in order of name."""
    folder = folder or artifacts_folder()
    return tuple(load(path.stem, folder) for path in sorted(folder.glob("*.json")))


def _load(name: str, folder: Path) -> Artifact:
    path = folder / f"{name}.json"
    try:
        modified = path.stat().st_mtime_ns
    except FileNotFoundError:
        raise ArtifactNotFoundError(name, folder) from None
    return _read(path, modified)


# The modification time is part of the key so that a recompiled contract is read again.
@lru_cache(maxsize=256)
def _read(path: Path, _modified: int) -> Artifact:
    fields = json.loads(path.read_text(encoding="utf-8"))
    return Artifact(
        name=fields["contractName"],
        kind=fields["kind"],
        source_name=fields["sourceName"],
        abi=tuple(fields["abi"]),
        bytecode=bytes.fromhex(fields["bytecode"].removeprefix("0x")),
        deployed_bytecode=bytes.fromhex(fields["deployedBytecode"].removeprefix("0x")),
        userdoc=fields["userdoc"],
        devdoc=fields["devdoc"],
        storage_layout=fields["storageLayout"],
        immutable_references=fields["immutableReferences"],
        input_hash=fields["inputHash"],
        bytecode_hash=fields["bytecodeHash"],
    )

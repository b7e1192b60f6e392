"""Brings build/artifacts up to date with the sources."""

import fcntl
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from worldmarkets.artifacts import artifacts_folder
from worldmarkets.compiler import jobs
from worldmarkets.compiler.sources import Project, Unit, read_project


@dataclass(frozen=True)
class Entry:
    """What is known of a file since it was last compiled; `name` is its unit's, if it has one."""

    input_hash: str
    name: str | None


@dataclass(frozen=True)
class Report:
    """What a build did: files it tried, artifacts it deleted before, the compiler's messages."""

    compiled: tuple[str, ...]
    removed: tuple[str, ...]
    errors: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether every file compiled."""
        return not self.errors


RunJobs = Callable[[Project, list[tuple[str, ...]]], list[jobs.Outcome]]


@contextmanager
def build_lock(root: Path) -> Iterator[None]:
    """Let one build at a time write to the build folder; others wait."""
    folder = root / "build"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build(root: Path, run_jobs: RunJobs) -> Report:
    """Compile the files whose input changed since the last build, and drop what has no source.

    A file that fails to compile loses its artifact, so that nothing can be deployed from it.

    Raises:
        SourceError: the sources break the rule of one uniquely named unit a file.
        CompilerFailedError: the compiler crashed.
    """
    folder = artifacts_folder(root)
    folder.mkdir(parents=True, exist_ok=True)
    state_path = folder.parent / "compiled.json"
    project = read_project(root)
    hashes = {name: project.input_hash(name) for name in project.own}
    old = _read_state(state_path)
    changed = [name for name in project.own if _is_stale(folder, old, project, hashes, name)]
    state = {name: old[name] for name in hashes if name not in changed}
    removed = _remove_unknown(folder, state.values())
    outcomes = run_jobs(project, jobs.plan(project, changed)) if changed else []
    for outcome in outcomes:
        if not outcome.errors:
            for name in outcome.wanted:
                state[name] = _write(folder, project.units[name], hashes[name], outcome)
    _write_state(state_path, state)
    return Report(
        tuple(changed),
        removed,
        _unique(message for outcome in outcomes for message in outcome.errors),
        _unique(message for outcome in outcomes for message in outcome.warnings),
    )


def _is_stale(
    folder: Path, state: dict[str, Entry], project: Project, hashes: dict[str, str], name: str
) -> bool:
    unit = project.units[name]
    if state.get(name) != Entry(hashes[name], unit.name if unit else None):
        return True
    return unit is not None and not (folder / f"{unit.name}.json").is_file()


def _remove_unknown(folder: Path, entries: Iterable[Entry]) -> tuple[str, ...]:
    known = {entry.name for entry in entries}
    unknown = [path for path in sorted(folder.glob("*.json")) if path.stem not in known]
    for path in unknown:
        path.unlink()
    return tuple(path.stem for path in unknown)


def _write(folder: Path, unit: Unit | None, input_hash: str, outcome: jobs.Outcome) -> Entry:
    if unit is None:
        return Entry(input_hash, None)
    artifact = _artifact(unit, input_hash, outcome.contracts[unit.source_name][unit.name])
    text = json.dumps(artifact, indent=1, sort_keys=True) + "\n"
    (folder / f"{unit.name}.json").write_text(text, encoding="utf-8")
    return Entry(input_hash, unit.name)


def _artifact(unit: Unit, input_hash: str, output: dict[str, Any]) -> dict[str, Any]:
    evm = output["evm"]
    code, runtime = evm["bytecode"]["object"], evm["deployedBytecode"]["object"]
    return {
        "contractName": unit.name,
        "kind": unit.kind,
        "sourceName": unit.source_name,
        "abi": output["abi"],
        "bytecode": f"0x{code}",
        "deployedBytecode": f"0x{runtime}",
        "userdoc": output["userdoc"],
        "devdoc": output["devdoc"],
        "storageLayout": output["storageLayout"],
        "immutableReferences": evm["deployedBytecode"].get("immutableReferences", {}),
        "inputHash": input_hash,
        "bytecodeHash": hashlib.sha256(bytes.fromhex(code)).hexdigest(),
    }


def _unique(messages: Iterable[str]) -> tuple[str, ...]:
    # Every run that imports a file reports the errors in it.
    return tuple(dict.fromkeys(messages))


def _read_state(path: Path) -> dict[str, Entry]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        return {name: Entry(**entry) for name, entry in entries.items()}
    except (OSError, ValueError, TypeError):
        return {}


def _write_state(path: Path, state: dict[str, Entry]) -> None:
    entries = {name: asdict(entry) for name, entry in sorted(state.items())}
    path.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")

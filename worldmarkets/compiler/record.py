"""The recorded hashes of the contracts' creation code, by which a change of bytecode is noticed."""

import json
from pathlib import Path

from worldmarkets.artifacts import artifacts_folder, load_all


def record_path(root: Path) -> Path:
    """Return the file of the recorded hashes: contract name to SHA-256 of its creation code."""
    return root / "deployments" / "bytecode-hashes.json"


def current_hashes(root: Path) -> dict[str, str]:
    """Return the hashes of the product's deployable contracts as compiled now."""
    artifacts = load_all(artifacts_folder(root))
    return {
        artifact.name: artifact.bytecode_hash
        for artifact in artifacts
        if artifact.deployable and not artifact.is_test_double
    }


def write_record(root: Path) -> None:
    """Record the hashes as compiled now."""
    path = record_path(root)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(current_hashes(root), indent=2) + "\n", encoding="utf-8")


def differences(root: Path) -> list[str]:
    """Return one sentence for each contract that is not as recorded."""
    try:
        recorded: dict[str, str] = json.loads(record_path(root).read_text(encoding="utf-8"))
    except FileNotFoundError:
        recorded = {}
    current = current_hashes(root)
    found = []
    for name in sorted(recorded.keys() | current.keys()):
        if name not in recorded:
            found.append(f"{name} has no recorded bytecode hash")
        elif name not in current:
            found.append(f"{name} has a recorded bytecode hash and no artifact")
        elif recorded[name] != current[name]:
            found.append(f"{name} differs from its recorded bytecode hash")
    return found

"""Comparing the code on a chain with the compiled one, and naming the sources it came from."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from worldmarkets.artifacts import Artifact, project_root
from worldmarkets.deployment.manifest import Argument

UNKNOWN_COMMIT = "unknown"


def runtime_code(
    artifact: Artifact, arguments: Sequence[Argument], immutables: Sequence[int]
) -> bytes:
    """Return the code that a contract has on the chain.

    Args:
        artifact: The compiled contract.
        arguments: Its constructor arguments.
        immutables: For each immutable, in the order of declaration, the index of the constructor
            argument that becomes its value; the fields of a struct count one by one.
    """
    leaves = list(_leaves(arguments))
    code = bytearray(artifact.deployed_bytecode)
    # Ids of the syntax tree grow along the source.
    places = [
        artifact.immutable_references[key] for key in sorted(artifact.immutable_references, key=int)
    ]
    for index, occurrences in zip(immutables, places, strict=True):
        word = _word(leaves[index])
        for place in occurrences:
            code[place["start"] : place["start"] + place["length"]] = word
    return bytes(code)


def _leaves(arguments: Sequence[Argument]) -> Iterator[str | int]:
    """Yield arguments, those within others in their place."""
    for argument in arguments:
        if isinstance(argument, tuple):
            yield from _leaves(argument)
        else:
            yield argument


def _word(argument: str | int) -> bytes:
    """Return a number, or an address, as a word."""
    number = int(argument, 16) if isinstance(argument, str) else argument
    return number.to_bytes(32, "big")


def source_commit(root: Path | None = None) -> str:
    """Return the commit of the sources, with "-modified" if the contracts differ from it."""
    root = root or project_root()
    commit = _git(root, "rev-parse", "HEAD")
    if not commit:
        return UNKNOWN_COMMIT
    changed = _git(root, "status", "--porcelain", "--", "contracts")
    return f"{commit}-modified" if changed else commit


def _git(root: Path, *arguments: str) -> str:
    try:
        finished = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return finished.stdout.strip() if finished.returncode == 0 else ""

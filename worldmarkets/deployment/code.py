"""Comparing the code on a chain with the compiled one, and naming the sources it came from."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from worldmarkets.artifacts import Artifact, project_root
from worldmarkets.deployment.manifest import Argument

UNKNOWN_COMMIT = "unknown"

_DOMAIN = keccak(
    text="EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_DOMAIN_VERSION = "1"
_WORD = 32


AS_FOUND = None
"""Stands for an immutable that only the chain tells."""


def runtime_code(
    artifact: Artifact,
    arguments: Sequence[Argument],
    immutables: Sequence[int | None],
    found: bytes = b"",
) -> bytes:
    """Return the code that a contract has on the chain.

    Args:
        artifact: The compiled contract.
        arguments: Its constructor arguments.
        immutables: For each immutable, in the order of declaration, the index of the constructor
            argument that becomes its value; the fields of a struct count one by one. Or `AS_FOUND`
            for one that the constructor finds out.
        found: The code that is on the chain, where such an immutable is taken from: what it has to
            be is for the views of the contract to tell.
    """
    leaves = list(_leaves(arguments))
    code = bytearray(artifact.deployed_bytecode)
    # Ids of the syntax tree grow along the source.
    places = [
        artifact.immutable_references[key] for key in sorted(artifact.immutable_references, key=int)
    ]
    for index, occurrences in zip(immutables, places, strict=True):
        start = occurrences[0]["start"]
        word = found[start : start + _WORD] if index is AS_FOUND else _word(leaves[index])
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
    return number.to_bytes(_WORD, "big")


def domain_immutables(name: str, chain_id: int, contract: str) -> tuple[int, ...]:
    """Return the immutables of a contract that has an EIP-712 domain of version 1, and no others.

    They come in the order of declaration. Source: EIP712.sol and ShortStrings.sol of OpenZeppelin.

    Args:
        name: Name of the domain, at most 31 bytes.
        chain_id: Chain that the contract is on.
        contract: Address of the contract.
    """
    texts = [name.encode(), _DOMAIN_VERSION.encode()]
    hashes = [keccak(text) for text in texts]
    fields = ["bytes32", "bytes32", "bytes32", "uint256", "address"]
    separator = keccak(encode(fields, [_DOMAIN, *hashes, chain_id, contract]))
    # A short string has its length in the last byte.
    packed = [text.ljust(31, b"\0") + bytes([len(text)]) for text in texts]
    words = [int.from_bytes(word, "big") for word in (*hashes, *packed)]
    return int.from_bytes(separator, "big"), chain_id, int(contract, 16), *words


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

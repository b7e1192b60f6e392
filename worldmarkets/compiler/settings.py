"""The compiler's version and settings.

ape-config.yaml and foundry.toml repeat them for their tools; a test compares all three.
"""

from typing import Any

SOLC_VERSION = "0.8.34"
SOLC_LONG_VERSION = "0.8.34+commit.80d5c536"
EVM_VERSION = "prague"
VIA_IR = True
OPTIMIZE = True

OPTIMIZER_RUNS = 500
"""How often an opcode is expected to run. Fewer cost gas; 900 outgrow the size budget."""

SOURCES_FOLDER = "contracts"

REMAPPINGS = {
    "@openzeppelin/contracts/": "node_modules/@openzeppelin/contracts/",
    "solady/src/": "node_modules/solady/src/",
}

_OUTPUTS = [
    "abi",
    "devdoc",
    "evm.bytecode.object",
    "evm.deployedBytecode.immutableReferences",
    "evm.deployedBytecode.object",
    "storageLayout",
    "userdoc",
]


def standard_settings() -> dict[str, Any]:
    """Return the `settings` of a standard JSON input, without the choice of outputs.

    No hash of the metadata is appended to the code, so that comments do not change the bytecode.
    """
    return {
        "evmVersion": EVM_VERSION,
        "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
        "optimizer": {"enabled": OPTIMIZE, "runs": OPTIMIZER_RUNS},
        "remappings": [f"{prefix}={path}" for prefix, path in sorted(REMAPPINGS.items())],
        "viaIR": VIA_IR,
    }


def standard_input(sources: dict[str, str], wanted: list[str]) -> dict[str, Any]:
    """Return a standard JSON input that compiles `wanted` out of `sources` (name to text)."""
    selection = {name: {"*": _OUTPUTS} for name in wanted}
    return {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sorted(sources.items())},
        "settings": {**standard_settings(), "outputSelection": selection},
    }

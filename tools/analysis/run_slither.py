"""Runs every detector of Slither on a compiler's answer: `run_slither.py ANSWER FINDINGS`.

Runs in .venv-analysis, so it may import nothing of the project. ANSWER is a standard JSON output
with syntax trees and without code, FINDINGS becomes the list of Slither's findings.
"""

import inspect
import json
import sys
from pathlib import Path
from typing import Any

from crytic_compile import CryticCompile
from crytic_compile.compilation_unit import CompilationUnit
from crytic_compile.compiler.compiler import CompilerVersion
from crytic_compile.platform.solc_standard_json import SolcStandardJson, parse_standard_json_output
from slither import Slither
from slither.detectors import all_detectors
from slither.detectors.abstract_detector import AbstractDetector

NO_CODE = {"object": "", "sourceMap": ""}


class Compiled(SolcStandardJson):  # type: ignore[misc]
    """Sources that were compiled already."""

    def __init__(self, answer: dict[str, Any], version: str) -> None:
        super().__init__()
        self.answer = answer
        self.version = version

    def compile(self, crytic_compile: CryticCompile, **_: Any) -> None:
        """Read the answer instead of compiling."""
        unit = CompilationUnit(crytic_compile, "contracts")
        unit.compiler_version = CompilerVersion("solc", self.version, optimized=True)
        parse_standard_json_output(self.answer, unit)


def findings(answer: dict[str, Any], version: str) -> list[dict[str, Any]]:
    """All that the detectors find, in the form of Slither's JSON."""
    for contracts in answer["contracts"].values():
        for contract in contracts.values():
            contract["evm"] = {"bytecode": NO_CODE, "deployedBytecode": NO_CODE}
    slither = Slither(CryticCompile(Compiled(answer, version)))
    for _, detector in inspect.getmembers(all_detectors, inspect.isclass):
        if issubclass(detector, AbstractDetector):
            slither.register_detector(detector)
    return [finding for results in slither.run_detectors() for finding in results]


def main(answer: str, version: str, output: str) -> None:
    """Read one file and write the other."""
    found = findings(json.loads(Path(answer).read_text(encoding="utf-8")), version)
    Path(output).write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Runs the compiler on sets of files and reads what it answers."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from worldmarkets.compiler import settings
from worldmarkets.compiler.sources import Project
from worldmarkets.errors import WorldMarketsError

PROCESSES = 2


class CompilerFailedError(WorldMarketsError):
    """The compiler ended without an answer that can be read."""


@dataclass(frozen=True)
class Outcome:
    """What one compiler run said: outputs by source name, and messages.

    `contracts` is empty when there is an error. Warnings about other people's files are left out.
    """

    wanted: tuple[str, ...]
    contracts: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def plan(project: Project, names: Sequence[str]) -> list[tuple[str, ...]]:
    """Divide files into compiler runs: each contract by itself, all the rest together.

    With the IR pipeline the code of a contract can depend on which other files are in the same
    run, so a contract runs with nothing but its own imports: its bytecode stays reproducible.
    Files with no code of their own need no such care and share one run. Longest first.
    """
    alone = [name for name in names if _is_contract(project, name)]
    together = tuple(name for name in names if not _is_contract(project, name))
    weight = {
        name: sum(len(project.sources[p].text) for p in project.closure(name)) for name in alone
    }
    alone.sort(key=lambda name: (-weight[name], name))
    return [(name,) for name in alone] + ([together] if together else [])


def run_all(solc: Path, project: Project, jobs: Sequence[tuple[str, ...]]) -> list[Outcome]:
    """Run the jobs, up to `PROCESSES` at a time, and return their outcomes in the same order."""
    with ThreadPoolExecutor(PROCESSES) as pool:
        return list(pool.map(lambda job: run(solc, project, job), jobs))


def run(solc: Path, project: Project, wanted: tuple[str, ...]) -> Outcome:
    """Compile the files `wanted`.

    Raises:
        CompilerFailedError: the compiler crashed.
    """
    from solcx.exceptions import SolcError  # noqa: PLC0415  (half a second a no-op run can spare)
    from solcx.wrapper import solc_wrapper  # noqa: PLC0415

    names = {part for name in wanted for part in project.closure(name)}
    texts = {name: project.sources[name].text for name in names}
    request = json.dumps(settings.standard_input(texts, list(wanted)))
    try:
        answer, *_ = solc_wrapper(solc_binary=solc, stdin=request, standard_json=True)
        return read_answer(wanted, json.loads(answer))
    except (SolcError, ValueError) as error:
        raise CompilerFailedError(f"the compiler failed on {', '.join(wanted)}: {error}") from error


def read_answer(wanted: tuple[str, ...], answer: dict[str, Any]) -> Outcome:
    """Turn the compiler's standard JSON output into an outcome."""
    messages = answer.get("errors", [])
    contracts = answer.get("contracts", {})
    errors = [m["formattedMessage"] for m in messages if m["severity"] == "error"]
    warnings = [m for m in messages if m["severity"] == "warning" and _is_own(m)]
    # With errors, code may be missing.
    if not errors:
        linked = (name for name in wanted if _needs_linking(contracts.get(name, {})))
        errors = [_linking_error(name) for name in linked]
    return Outcome(
        wanted,
        {} if errors else contracts,
        tuple(errors),
        tuple(m["formattedMessage"] for m in warnings),
    )


def _needs_linking(contracts: dict[str, Any]) -> bool:
    return any("__$" in output["evm"]["bytecode"]["object"] for output in contracts.values())


def _linking_error(name: str) -> str:
    return f"{name}: calls an external library function, make it internal or deploy a contract"


def _is_contract(project: Project, name: str) -> bool:
    unit = project.units[name]
    return unit is not None and unit.kind == "contract"


def _is_own(message: dict[str, Any]) -> bool:
    place = message.get("sourceLocation") or {}
    return bool(place.get("file", "").startswith(f"{settings.SOURCES_FOLDER}/"))

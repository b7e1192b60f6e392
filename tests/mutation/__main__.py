"""Makes each mutant, runs its tests, and fails if too many survive: `make mutate`."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.mutation.mutants import Mutant, MutantError, read_mutants
from tests.mutation.workspace import Verdict, Workspace
from worldmarkets.artifacts import project_root

WORKERS = 2
SHARE_NOTICED = 95
"""The share of mutants that must be noticed [%]."""


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant; `defect` is set if it could not be judged."""

    mutant: Mutant
    verdict: Verdict | None
    seconds: float
    defect: str = ""

    def line(self) -> str:
        """One row of the table."""
        if self.verdict is None:
            return f"defect    {self.seconds:4.0f} s  {self.mutant.name}: {self.defect}"
        word = "noticed " if self.verdict.noticed else "SURVIVED"
        return f"{word}  {self.seconds:4.0f} s  {self.mutant.name}  {self.verdict.by}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge the mutants chosen and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="judge this mutant")
    parser.add_argument("--list", action="store_true", help="name the mutants and judge none")
    options = parser.parse_args(arguments)
    try:
        mutants = read_mutants()
        if options.only:
            mutants = _chosen(mutants, options.only)
        if options.list:
            print("\n".join(f"{mutant.name}  {mutant.file}" for mutant in mutants))
            return 0
        return _judge_all(mutants)
    except MutantError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _chosen(mutants: list[Mutant], names: list[str]) -> list[Mutant]:
    known = {mutant.name: mutant for mutant in mutants}
    for name in names:
        if name not in known:
            raise MutantError(f"no mutant is called {name}")
    return [known[name] for name in names]


def _judge_all(mutants: list[Mutant]) -> int:
    started = time.monotonic()
    counted = [mutant for mutant in mutants if not mutant.equivalent]
    workspaces: SimpleQueue[Workspace] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        for number in range(WORKERS):
            root = Path(folder) / str(number)
            root.mkdir()
            workspaces.put(Workspace(project_root(), root))
        _check_unmutated(workspaces, counted)
        with ThreadPoolExecutor(WORKERS) as pool:
            outcomes = list(pool.map(lambda mutant: _judge(workspaces, mutant), counted))
    return conclude(outcomes, len(mutants) - len(counted), time.monotonic() - started)


def _check_unmutated(workspaces: SimpleQueue[Workspace], mutants: list[Mutant]) -> None:
    """Tests that fail anyway would notice anything."""
    tests = tuple(dict.fromkeys(test for mutant in mutants for test in mutant.tests))
    workspace = workspaces.get()
    verdict = workspace.run_tests(tests)
    workspaces.put(workspace)
    if verdict.noticed:
        raise MutantError(f"fails without any mutant: {verdict.by}")


def _judge(workspaces: SimpleQueue[Workspace], mutant: Mutant) -> Outcome:
    workspace = workspaces.get()
    started = time.monotonic()
    try:
        outcome = Outcome(mutant, workspace.judge(mutant), time.monotonic() - started)
    except MutantError as error:
        outcome = Outcome(mutant, None, time.monotonic() - started, str(error))
    finally:
        workspaces.put(workspace)
    print(outcome.line(), flush=True)
    return outcome


def conclude(outcomes: Sequence[Outcome], equivalent: int, seconds: float) -> int:
    """Print the summary and return the exit status."""
    defects = sum(outcome.verdict is None for outcome in outcomes)
    noticed = sum(outcome.verdict is not None and outcome.verdict.noticed for outcome in outcomes)
    survivors = [
        outcome.mutant.name
        for outcome in outcomes
        if outcome.verdict and not outcome.verdict.noticed
    ]
    share = 100 * noticed / len(outcomes) if outcomes else 0.0
    print(
        f"{noticed} of {len(outcomes)} mutants noticed ({share:.1f} %, at least {SHARE_NOTICED} % "
        f"needed), {equivalent} equivalent, {defects} defects, {seconds / 60:.1f} minutes"
    )
    if survivors:
        print("survived: " + ", ".join(survivors))
    return int(bool(defects) or share < SHARE_NOTICED)


if __name__ == "__main__":
    sys.exit(main())

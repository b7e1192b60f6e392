"""A copy of the tree in which contracts can be changed and compiled without disturbing anyone."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.mutation import profile
from tests.mutation.mutants import Mutant, MutantError
from worldmarkets.compiler import jobs
from worldmarkets.compiler.build import build
from worldmarkets.compiler.choice import choose, solc_folder
from worldmarkets.compiler.sources import Project

COPIED = ("contracts", "deployments", "scripts", "tests", "worldmarkets")
COPIED_FILES = ("pyproject.toml", "ape-config.yaml", "foundry.toml", "package.json", "README.md")
PASSED, FAILED = 0, 1
TEST_SECONDS = 240
"""A mutant that makes a loop endless counts as noticed."""


@dataclass(frozen=True)
class Verdict:
    """Whether the tests noticed, and the first one that did."""

    noticed: bool
    by: str = ""


class Workspace:
    """A private copy of the project at `origin`, whose contracts must be compiled there."""

    def __init__(self, origin: Path, root: Path) -> None:
        self.origin = origin
        self.root = root
        self._solc = choose(origin, solc_folder(origin)).path
        for name in COPIED:
            shutil.copytree(
                origin / name, root / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        for name in COPIED_FILES:
            shutil.copy2(origin / name, root / name)
        for name in ("node_modules", ".venv"):
            (root / name).symlink_to(origin / name)
        self._pristine = root / "pristine"
        _copy_built(origin, root)
        self.compile("the tree as it is")
        _copy_built(root, self._pristine)

    def judge(self, mutant: Mutant) -> Verdict:
        """Make a mutant, run its tests until one fails, and undo it; raises MutantError."""
        path = self.root / "contracts" / mutant.file
        pristine = path.read_bytes()
        try:
            mutant.apply(self.root)
            self.compile(mutant.name, lambda name: mutant.needs(self.root, name))
            return self.run_tests(mutant.tests)
        finally:
            path.write_bytes(pristine)
            _copy_built(self._pristine, self.root)

    def compile(self, what: str, needs: Callable[[str], bool] = lambda _: True) -> None:
        """Compile the files needed of those that changed; raises MutantError.

        The others keep the artifacts of the tree as it is, so at worst a mutant survives for it.
        """

        def run_jobs(project: Project, work: list[tuple[str, ...]]) -> list[jobs.Outcome]:
            wanted = [job for job in work if all(map(needs, job))]
            return [jobs.run(self._solc, project, job) for job in wanted]

        report = build(self.root, run_jobs)
        if not report.ok:
            raise MutantError(f"{what} does not compile:\n" + "\n".join(report.errors))
        for artifact in (self._pristine / "build" / "artifacts").glob("*.json"):
            if not (target := self.root / "build" / "artifacts" / artifact.name).exists():
                shutil.copy2(artifact, target)

    def run_tests(self, tests: tuple[str, ...]) -> Verdict:
        """Run tests until the first failure; raises MutantError if they cannot be run."""
        options = ["-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", profile.__name__]
        command = [sys.executable, "-m", "pytest", *options]
        environment = {
            **os.environ,
            # Found first, the copy of the package reads the artifacts of the copy.
            "PYTHONPATH": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_PROFILE": profile.NAME,
        }
        try:
            ran = subprocess.run(
                [*command, *tests],
                cwd=self.root,
                env=environment,
                capture_output=True,
                text=True,
                timeout=TEST_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Verdict(True, f"no end within {TEST_SECONDS} s")
        if ran.returncode not in (PASSED, FAILED):
            raise MutantError(f"{' '.join(tests)} cannot be run:\n{ran.stdout}{ran.stderr}")
        return Verdict(ran.returncode == FAILED, _first_failure(ran.stdout))


def _copy_built(source: Path, target: Path) -> None:
    shutil.rmtree(target / "build", ignore_errors=True)
    shutil.copytree(source / "build" / "artifacts", target / "build" / "artifacts")
    shutil.copy2(source / "build" / "compiled.json", target / "build" / "compiled.json")


def _first_failure(output: str) -> str:
    lines = [line for line in output.splitlines() if line.startswith(("FAILED ", "ERROR "))]
    return lines[0].split(" ")[1] if lines else ""

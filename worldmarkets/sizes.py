"""Runtime code sizes of the deployable contracts against the chain's limit and their budgets.

`python -m worldmarkets.sizes` prints a table and fails where a contract is too large.
"""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from worldmarkets.artifacts import (
    MAX_RUNTIME_BYTES,
    Artifact,
    artifacts_folder,
    load_all,
    project_root,
)
from worldmarkets.errors import WorldMarketsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class BudgetFileError(WorldMarketsError):
    """The file of the budgets is missing or is not a table of whole numbers."""


@dataclass(frozen=True)
class Size:
    """One contract's runtime code and its budget, both in bytes.

    A test double has no budget but the chain's limit; `budget` is None where one is missing.
    """

    name: str
    size: int
    budget: int | None

    @property
    def problem(self) -> str | None:
        """What is wrong with the size, or None."""
        if self.size > MAX_RUNTIME_BYTES:
            return f"above the chain's limit of {MAX_RUNTIME_BYTES:,}"
        if self.budget is None:
            return "has no budget in contracts/sizes.toml"
        if self.size > self.budget:
            return f"{self.size - self.budget:,} above its budget"
        return None


def read_budgets(path: Path) -> dict[str, int]:
    """Read the budgets, contract name to bytes.

    Raises:
        BudgetFileError: the file cannot be used.
    """
    try:
        budgets = tomllib.loads(path.read_text(encoding="utf-8"))["budgets"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise BudgetFileError(f"{path.name} has no readable table [budgets]: {error}") from error
    if not isinstance(budgets, dict) or any(type(size) is not int for size in budgets.values()):
        raise BudgetFileError(f"{path.name}: every budget is a whole number of bytes")
    return budgets


def measure(artifacts: Iterable[Artifact], budgets: Mapping[str, int]) -> list[Size]:
    """Return the sizes of the deployable contracts, largest first."""
    sizes = [
        Size(
            artifact.name,
            len(artifact.deployed_bytecode),
            MAX_RUNTIME_BYTES if artifact.is_test_double else budgets.get(artifact.name),
        )
        for artifact in artifacts
        if artifact.deployable
    ]
    return sorted(sizes, key=lambda size: (-size.size, size.name))


def find_problems(sizes: Iterable[Size], budgets: Mapping[str, int]) -> list[str]:
    """Return one sentence for each size that is wrong and each budget without a contract."""
    sizes = list(sizes)
    found = [f"{size.name}: {size.problem}" for size in sizes if size.problem]
    unknown = sorted(budgets.keys() - {size.name for size in sizes})
    return found + [f"{name}: has a budget and is no deployable contract" for name in unknown]


def main() -> int:
    """Print the table and what is wrong, and return the exit status."""
    root = project_root()
    try:
        budgets = read_budgets(root / "contracts" / "sizes.toml")
    except BudgetFileError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    sizes = measure(load_all(artifacts_folder(root)), budgets)
    Console().print(_table(sizes))
    problems = find_problems(sizes, budgets)
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _table(sizes: Iterable[Size]) -> Table:
    table = Table("contract", title="Runtime code [bytes]")
    for heading in ("size", "budget", "left"):
        table.add_column(heading, justify="right")
    for size in sizes:
        left = "" if size.budget is None else f"{size.budget - size.size:,}"
        budget = "none" if size.budget is None else f"{size.budget:,}"
        table.add_row(size.name, f"{size.size:,}", budget, left)
    return table


if __name__ == "__main__":
    sys.exit(main())

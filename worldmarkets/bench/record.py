"""The results as files: what a run writes, what was recorded, and whether both agree."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from worldmarkets.artifacts import project_root
from worldmarkets.errors import WorldMarketsError

TOLERANCE = Decimal("0.01")
"""A result may differ from the recorded one by this share of it."""


class ResultsFileError(WorldMarketsError):
    """A file of results is missing or is not a table of numbers."""


def results_path() -> Path:
    """Return the file that a run writes."""
    return project_root() / "build" / "bench" / "gas.json"


def recorded_path() -> Path:
    """Return the file of the recorded results, which is part of the repository."""
    return project_root() / "benchmarks" / "gas.json"


def write_results(path: Path, results: Mapping[str, Decimal]) -> None:
    """Write results, one a line; whole numbers as such, shares with the digits they have."""
    lines = [f"  {json.dumps(name)}: {number:f}" for name, number in results.items()]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def read_results(path: Path) -> dict[str, Decimal]:
    """Read results as they were written.

    Raises:
        ResultsFileError: the file cannot be used.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise ResultsFileError(f"{path.name} cannot be read: {error}") from error
    if not isinstance(fields, dict) or any(type(n) not in (int, Decimal) for n in fields.values()):
        raise ResultsFileError(f"{path.name} is not a table of numbers")
    return {name: Decimal(number) for name, number in fields.items()}


def find_changes(recorded: Mapping[str, Decimal], measured: Mapping[str, Decimal]) -> list[str]:
    """Return one sentence for each result that is not within 1 % of the recorded one.

    A result that appears in one of both only is a change too.
    """
    found = []
    for name in sorted(recorded.keys() | measured.keys()):
        if name not in measured:
            found.append(f"{name}: recorded and not measured")
        elif name not in recorded:
            found.append(f"{name}: measured and not recorded")
        elif abs(measured[name] - recorded[name]) > TOLERANCE * recorded[name]:
            found.append(f"{name}: {measured[name]:,}, recorded {recorded[name]:,}")
    return found

"""Slither's findings against the triaged ones: which are new, which are gone."""

import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from worldmarkets.errors import WorldMarketsError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

# Slither follows every name by its place: " (contracts/Exchange.sol#10-12)".
_PLACE = re.compile(r"\s*\([^()\s]*\.sol#[-\d]+\)")


class BaselineError(WorldMarketsError):
    """The file of the triaged findings cannot be used."""


@dataclass(frozen=True, order=True)
class Finding:
    """What a detector says, without the lines at which it says so.

    Two findings that read the same are one: they are in one function and of one expression.
    """

    detector: str
    says: str


@dataclass(frozen=True)
class Baseline:
    """The detectors left out and the triaged findings, each with the reason."""

    excluded: Mapping[str, str]
    reasons: Mapping[Finding, str]


def read_baseline(path: Path) -> Baseline:
    """Read the triaged findings.

    Raises:
        BaselineError: the file is unreadable, repeats a finding or leaves a reason out.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        excluded = dict(content.get("excluded", {}))
        entries = [
            (Finding(entry["detector"], entry["says"].strip()), entry["reason"])
            for entry in content.get("finding", [])
        ]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise BaselineError(f"{path.name} cannot be read: {error!r}") from error
    reasons = dict(entries)
    if len(reasons) != len(entries):
        raise BaselineError(f"{path.name} has a finding twice")
    if not all(reason.strip() for reason in (*excluded.values(), *reasons.values())):
        raise BaselineError(f"{path.name} has an entry without a reason")
    return Baseline(excluded, reasons)


def read_findings(found: Iterable[Mapping[str, Any]], folder: str) -> set[Finding]:
    """Return what Slither found in the sources below `folder`."""
    return {
        Finding(finding["check"], says(finding["description"]))
        for finding in found
        if _source(finding).startswith(f"{folder}/")
    }


def says(description: str) -> str:
    """Return a description without files, lines and indentation."""
    lines = (_PLACE.sub("", line).strip(" \t-") for line in description.splitlines())
    return "\n".join(line for line in lines if line)


def problems(found: set[Finding], baseline: Baseline) -> list[str]:
    """Return one text for each finding that is not triaged and each triaged one that is gone."""
    left = {finding for finding in found if finding.detector not in baseline.excluded}
    new = [f"new:\n{as_entry(finding)}" for finding in sorted(left - baseline.reasons.keys())]
    gone = [f"gone:\n{as_entry(finding)}" for finding in sorted(baseline.reasons.keys() - left)]
    idle = sorted(baseline.excluded.keys() - {finding.detector for finding in found})
    return new + gone + [f"excluded and silent: {detector}" for detector in idle]


def as_entry(finding: Finding) -> str:
    """Return the finding as it stands in the file, but for the reason."""
    text = json.dumps(finding.says)
    if "\n" in finding.says:
        text = f'"""\n{finding.says}\n"""'
    return f'[[finding]]\ndetector = "{finding.detector}"\nsays = {text}\n'


def _source(finding: Mapping[str, Any]) -> str:
    elements = finding["elements"]
    return str(elements[0]["source_mapping"]["filename_relative"]) if elements else ""

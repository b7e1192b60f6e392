"""Runs Slither on the product's contracts and holds its findings against the triaged ones.

`python -m tools.analysis.check_slither`; what changed is printed as it stands in slither.toml.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.analysis.slither_baseline import problems, read_baseline, read_findings
from worldmarkets.artifacts import project_root
from worldmarkets.compiler import settings
from worldmarkets.compiler.choice import choose, solc_folder
from worldmarkets.compiler.sources import read_project
from worldmarkets.errors import WorldMarketsError

ANALYSIS_PYTHON = ".venv-analysis/bin/python"
BASELINE = "tools/analysis/slither.toml"


class SlitherFailedError(WorldMarketsError):
    """The sources do not compile, or Slither ended without findings to read."""


def main() -> int:
    """Print what differs from the triaged findings and return the exit status."""
    root = project_root()
    try:
        baseline = read_baseline(root / BASELINE)
        found = read_findings(_run_slither(root), settings.SOURCES_FOLDER)
    except WorldMarketsError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    differences = problems(found, baseline)
    if differences:
        print("\n".join(differences))
        print(f"Slither: {len(differences)} differences from {BASELINE}; triage them there")
        return 1
    print(f"Slither: {len(baseline.reasons)} findings, all triaged in {BASELINE}")
    return 0


def _run_slither(root: Path) -> list[dict[str, Any]]:
    folder = root / "build" / "slither"
    folder.mkdir(parents=True, exist_ok=True)
    answer, findings = folder / "answer.json", folder / "findings.json"
    answer.write_text(json.dumps(_compile(root)), encoding="utf-8")
    script = str(Path(__file__).with_name("run_slither.py"))
    command = [ANALYSIS_PYTHON, script, str(answer), settings.SOLC_VERSION, str(findings)]
    # Some descriptions list the members of sets.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    ran = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise SlitherFailedError(f"Slither failed:\n{ran.stderr}")
    found: list[dict[str, Any]] = json.loads(findings.read_text(encoding="utf-8"))
    return found


def _compile(root: Path) -> dict[str, Any]:
    """Return syntax trees of the product's sources; without code they take three seconds."""
    project = read_project(root)
    own = [name for name in project.own if not name.startswith("contracts/test/")]
    names = sorted({part for name in own for part in project.closure(name)})
    request = {
        "language": "Solidity",
        "sources": {name: {"content": project.sources[name].text} for name in names},
        "settings": {
            **settings.standard_settings(),
            "outputSelection": {"*": {"": ["ast"], "*": ["abi"]}},
        },
    }
    compiler = choose(root, solc_folder(root))
    ran = subprocess.run(
        [compiler.path, "--standard-json"],
        input=json.dumps(request).encode(),
        capture_output=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(ran.stdout)
    errors = [e["formattedMessage"] for e in answer.get("errors", []) if e["severity"] == "error"]
    if errors:
        raise SlitherFailedError("\n".join(errors))
    return answer


if __name__ == "__main__":
    sys.exit(main())

"""The triaged findings of Slither: what identifies a finding, and what a check complains of."""

from pathlib import Path
from typing import Any

import pytest

from tools.analysis.check_slither import BASELINE
from tools.analysis.slither_baseline import (
    Baseline,
    BaselineError,
    Finding,
    as_entry,
    problems,
    read_baseline,
    read_findings,
    says,
)
from worldmarkets.artifacts import project_root

CALL = (
    "Vault.pay(uint8) (contracts/Vault.sol#10-12) ignores the result:\n"
    "\t- f() (contracts/Vault.sol#11)\n"
)
KNOWN = Finding("unused-return", "Vault.pay(uint8) ignores the result:\nf()")
OTHER = Finding("timestamp", "Vault.wait() compares time")


def slither_finding(description: str, source: str) -> dict[str, Any]:
    element = {"source_mapping": {"filename_relative": source}}
    return {"check": "unused-return", "description": description, "elements": [element]}


@pytest.fixture
def baseline() -> Baseline:
    return Baseline({"pragma": "exact"}, {KNOWN: "called for its check"})


def test_says_places_and_indentation_are_left_out() -> None:
    assert says(CALL) == KNOWN.says


def test_says_moved_lines_read_the_same() -> None:
    moved = CALL.replace("#10-12", "#210-212").replace("#11", "#211")
    assert says(moved) == says(CALL)


def test_says_other_expression_reads_differently() -> None:
    assert says(CALL.replace("f()", "g()")) != says(CALL)


def test_read_findings_other_folder_is_left_out() -> None:
    own = slither_finding(CALL, "contracts/Vault.sol")
    dependency = slither_finding("Other.f() ignores", "node_modules/Other.sol")
    assert read_findings([own, dependency], "contracts") == {KNOWN}


def test_problems_all_triaged_is_silent(baseline: Baseline) -> None:
    assert problems({KNOWN, Finding("pragma", "7 versions")}, baseline) == []


def test_problems_new_finding_is_printed_as_an_entry(baseline: Baseline) -> None:
    found = {KNOWN, OTHER, Finding("pragma", "7 versions")}
    assert problems(found, baseline) == [f"new:\n{as_entry(OTHER)}"]


def test_problems_vanished_finding_is_stale(baseline: Baseline) -> None:
    assert problems({Finding("pragma", "7 versions")}, baseline) == [f"gone:\n{as_entry(KNOWN)}"]


def test_problems_exclusion_without_effect_is_stale(baseline: Baseline) -> None:
    assert problems({KNOWN}, baseline) == ["excluded and silent: pragma"]


def test_as_entry_with_a_reason_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "baseline.toml"
    entries = [f'{as_entry(finding)}reason = "because"\n' for finding in (KNOWN, OTHER)]
    path.write_text("\n".join(entries))
    assert read_baseline(path).reasons == {KNOWN: "because", OTHER: "because"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (as_entry(OTHER), "reason"),
        (f'{as_entry(OTHER)}reason = " "', "without a reason"),
        (f'{as_entry(OTHER)}reason = "a"\n{as_entry(OTHER)}reason = "b"', "twice"),
        ("[[finding", "cannot be read"),
    ],
)
def test_read_baseline_unusable_file_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "baseline.toml"
    path.write_text(text)
    with pytest.raises(BaselineError, match=complaint):
        read_baseline(path)


def test_read_baseline_the_projects_own_is_readable() -> None:
    assert read_baseline(project_root() / BASELINE).reasons

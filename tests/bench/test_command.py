from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from worldmarkets.bench import command as module
from worldmarkets.bench import perps
from worldmarkets.bench.bounds import FRESH_SHARE
from worldmarkets.bench.checks import CHECKS
from worldmarkets.bench.hedged import HEDGED
from worldmarkets.bench.operations import OPERATIONS
from worldmarkets.bench.record import read_results
from worldmarkets.bench.results import FRESH_SLOTS, MEGAETH

CHEAP = {
    name + ending: Decimal(gas)
    for name in (*OPERATIONS, *perps.OPERATIONS)
    for ending, gas in (("", 21_000), (FRESH_SLOTS, 0), (MEGAETH, 60_000))
} | dict.fromkeys((*CHECKS, *HEDGED), Decimal(3_000))
SHARE = {FRESH_SHARE: Decimal("0.01")}


@pytest.fixture
def results_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "bench" / "gas.json"
    monkeypatch.setattr(module, "results_path", lambda: path)
    return path


@pytest.fixture
def recorded_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "recorded.json"
    monkeypatch.setattr(module, "recorded_path", lambda: path)
    return path


def measuring(monkeypatch: pytest.MonkeyPatch, results: dict[str, Decimal]) -> None:
    monkeypatch.setattr(module, "measure_all", lambda _progress: dict(results))


def test_command_within_bounds_writes_results_and_succeeds(
    results_path: Path, recorded_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring(monkeypatch, CHEAP | SHARE)
    outcome = CliRunner().invoke(module.command)
    assert outcome.exit_code == 0
    assert read_results(results_path) == CHEAP | SHARE
    assert not recorded_path.exists()
    assert "place_spot_live_level" in outcome.output
    assert "100,264 Lighter v2" in outcome.output


def test_command_beyond_a_bound_says_so_and_fails(
    results_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring(monkeypatch, CHEAP | SHARE | {"cancel_last": Decimal(60_001)})
    outcome = CliRunner().invoke(module.command)
    assert outcome.exit_code == 1
    assert "error: cancel_last: 60,001 is above the bound of 60,000" in outcome.output
    assert read_results(results_path)["cancel_last"] == 60_001


def test_command_shows_what_packed_arguments_save(
    results_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packed = {
        "replace_10_spot": Decimal(240_000),
        "replace_10_spot_packed": Decimal(236_400),
        "replace_10_spot.megaeth": Decimal(450_000),
        "replace_10_spot_packed.megaeth": Decimal(405_000),
    }
    measuring(monkeypatch, CHEAP | SHARE | packed)
    outcome = CliRunner().invoke(module.command)
    assert outcome.exit_code == 0
    title = "What packed arguments save"
    row = next(
        line
        for line in outcome.output.split(title)[1].splitlines()
        if "replace_10_spot_packed " in line
    )
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == ["replace_10_spot_packed", "3,600", "1.50 %", "45,000", "10.00 %"]


def test_command_beyond_the_bound_on_an_operator_fails(
    results_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dear = {"cancel_middle_by_operator": Decimal(23_301)}
    measuring(monkeypatch, CHEAP | SHARE | dear)
    outcome = CliRunner().invoke(module.command)
    assert outcome.exit_code == 1
    assert "error: cancel_middle_by_operator: 23,301 is above the bound of 23,300" in outcome.output


def test_command_beyond_the_bound_on_fresh_slots_fails(
    results_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring(monkeypatch, CHEAP | {FRESH_SHARE: Decimal("0.025001")})
    outcome = CliRunner().invoke(module.command)
    assert outcome.exit_code == 1
    assert f"error: {FRESH_SHARE}: 0.025001 is above the bound of 0.025" in outcome.output


def test_command_without_order_flow_says_so_and_succeeds(
    results_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring(monkeypatch, CHEAP)
    outcome = CliRunner().invoke(module.command)
    assert outcome.exit_code == 0
    assert f"{FRESH_SHARE} was not measured" in outcome.output
    assert FRESH_SHARE not in read_results(results_path)


def test_command_record_keeps_the_results(
    results_path: Path, recorded_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring(monkeypatch, CHEAP | SHARE)
    outcome = CliRunner().invoke(module.command, ["--record"])
    assert outcome.exit_code == 0
    assert read_results(recorded_path) == CHEAP | SHARE


def test_command_record_of_incomplete_results_is_refused(
    results_path: Path, recorded_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    measuring(monkeypatch, CHEAP)
    outcome = CliRunner().invoke(module.command, ["--record"])
    assert outcome.exit_code == 1
    assert f"{FRESH_SHARE} is missing" in outcome.output
    assert not recorded_path.exists()

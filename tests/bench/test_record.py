import json
from decimal import Decimal
from pathlib import Path

import pytest

from worldmarkets.bench.record import (
    ResultsFileError,
    find_changes,
    read_results,
    write_results,
)

RECORDED = {"place": Decimal(50_000), "place.fresh_slots": Decimal(0), "share": Decimal("0.02")}


def test_write_results_then_read_results_returns_them(tmp_path: Path) -> None:
    path = tmp_path / "bench" / "gas.json"
    write_results(path, RECORDED)
    assert read_results(path) == RECORDED


def test_write_results_writes_plain_json_numbers(tmp_path: Path) -> None:
    path = tmp_path / "gas.json"
    write_results(path, RECORDED)
    plain = json.loads(path.read_text(encoding="utf-8"))
    assert plain == {"place": 50_000, "place.fresh_slots": 0, "share": 0.02}
    assert isinstance(plain["place"], int)


@pytest.mark.parametrize("text", ["", "[]", '{"place": "1"}', '{"place": true}', '{"place": null}'])
def test_read_results_of_other_content_raises(tmp_path: Path, text: str) -> None:
    path = tmp_path / "gas.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ResultsFileError):
        read_results(path)


def test_read_results_of_missing_file_raises(tmp_path: Path) -> None:
    with pytest.raises(ResultsFileError):
        read_results(tmp_path / "gas.json")


@pytest.mark.parametrize("gas", [49_500, 50_000, 50_500])
def test_find_changes_within_one_percent_finds_none(gas: int) -> None:
    assert find_changes(RECORDED, {**RECORDED, "place": Decimal(gas)}) == []


@pytest.mark.parametrize("gas", [49_499, 50_501])
def test_find_changes_beyond_one_percent_names_both_numbers(gas: int) -> None:
    found = find_changes(RECORDED, {**RECORDED, "place": Decimal(gas)})
    assert found == [f"place: {gas:,}, recorded 50,000"]


def test_find_changes_of_first_fresh_slot_names_it() -> None:
    found = find_changes(RECORDED, {**RECORDED, "place.fresh_slots": Decimal(1)})
    assert found == ["place.fresh_slots: 1, recorded 0"]


def test_find_changes_of_share_is_relative() -> None:
    assert find_changes(RECORDED, {**RECORDED, "share": Decimal("0.0202")}) == []
    found = find_changes(RECORDED, {**RECORDED, "share": Decimal("0.020201")})
    assert found == ["share: 0.020201, recorded 0.02"]


def test_find_changes_of_missing_and_new_results_names_them() -> None:
    measured = {"place": Decimal(50_000), "share": Decimal("0.02"), "cancel": Decimal(1)}
    assert find_changes(RECORDED, measured) == [
        "cancel: measured and not recorded",
        "place.fresh_slots: recorded and not measured",
    ]

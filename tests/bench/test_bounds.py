from decimal import Decimal
from pathlib import Path

import pytest

from worldmarkets.bench import perps
from worldmarkets.bench.bounds import (
    FRESH_SHARE,
    FURTHER_MAKER,
    FURTHER_PERP_MAKER,
    Bound,
    BoundsFileError,
    bounds_path,
    derive_further_makers,
    find_excesses,
    read_bounds,
)
from worldmarkets.bench.checks import CHECKS
from worldmarkets.bench.operations import OPERATIONS


def write(folder: Path, text: str) -> Path:
    path = folder / "bounds.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_read_bounds_of_file_returns_each_number(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
        [operations.place]
        bound = 54_000
        peer = 100_264
        peer_name = "Other book"
        floor = 40_991
        [operations.place_by_operator]
        bound = 2_300
        beyond = "place"
        [operations.share]
        bound = 0.025
        [operations.reduce]
        """,
    )
    assert read_bounds(path) == {
        "place": Bound(Decimal(54_000), "", 100_264, "Other book", 40_991),
        "place_by_operator": Bound(Decimal(2_300), "place"),
        "share": Bound(Decimal("0.025")),
        "reduce": Bound(),
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[operations",
        "[operations.place]\nlimit = 1",
        "[operations.place]\nbound = 0",
        "[operations.place]\nbound = -1",
        "[operations.place]\nbound = true",
        '[operations.place]\nbound = "54000"',
        "[operations.place]\npeer = 1",
        '[operations.place]\npeer_name = "Other book"',
        '[operations.place]\nbeyond = "cancel"',
        "[operations.place]\nbound = 1\nbeyond = 2",
        "[operations]\nplace = 54_000",
    ],
)
def test_read_bounds_of_other_content_raises(tmp_path: Path, text: str) -> None:
    with pytest.raises(BoundsFileError):
        read_bounds(write(tmp_path, text))


def test_read_bounds_of_missing_file_raises(tmp_path: Path) -> None:
    with pytest.raises(BoundsFileError):
        read_bounds(tmp_path / "bounds.toml")


def test_read_bounds_of_repository_names_only_what_is_measured() -> None:
    bounds = read_bounds(bounds_path())
    measured = {*OPERATIONS, *perps.OPERATIONS, *CHECKS, FRESH_SHARE}
    assert bounds.keys() <= {*measured, FURTHER_MAKER, FURTHER_PERP_MAKER}
    assert bounds["place_spot_live_level"].limit == 62_000
    assert bounds["check_16"].limit == 300_000
    assert bounds[FURTHER_MAKER].limit == 15_000
    assert {bound.beyond for bound in bounds.values()} <= {"", *OPERATIONS}
    assert bounds[FRESH_SHARE].limit == Decimal("0.025")


def test_find_excesses_at_the_bound_finds_none() -> None:
    assert find_excesses({"place": Bound(Decimal(54_000))}, {"place": Decimal(54_000)}) == []


def test_find_excesses_above_the_bound_names_it() -> None:
    found = find_excesses({"place": Bound(Decimal(54_000))}, {"place": Decimal(54_001)})
    assert found == ["place: 54,001 is above the bound of 54,000"]


def test_find_excesses_beyond_another_operation_counts_from_what_it_costs() -> None:
    bounds = {"take_by_operator": Bound(Decimal(2_300), "take")}
    results = {"take": Decimal(70_000), "take_by_operator": Decimal(72_300)}
    assert find_excesses(bounds, results) == []
    results["take_by_operator"] += 1
    assert find_excesses(bounds, results) == [
        "take_by_operator: 72,301 is above the bound of 72,300"
    ]


def test_find_excesses_beyond_an_unmeasured_operation_names_it() -> None:
    bounds = {"take_by_operator": Bound(Decimal(2_300), "take")}
    found = find_excesses(bounds, {"take_by_operator": Decimal(1)})
    assert found == ["take_by_operator: has a bound and was not measured"]


def test_find_excesses_without_bound_finds_none() -> None:
    assert find_excesses({"reduce": Bound(peer=1, peer_name="x")}, {"reduce": Decimal(10**9)}) == []


def test_find_excesses_of_unmeasured_operation_names_it() -> None:
    found = find_excesses({"place": Bound(Decimal(54_000))}, {})
    assert found == ["place: has a bound and was not measured"]


def test_find_excesses_without_order_flow_accepts_the_missing_share() -> None:
    assert find_excesses({FRESH_SHARE: Bound(Decimal("0.025"))}, {}) == []


def test_derive_further_makers_rounds_up() -> None:
    gas = {"take_spot_5": Decimal(100_000), "take_spot_20": Decimal(325_001)}
    gas |= {"take_perp_5": Decimal(90_000), "take_perp_20": Decimal(225_000)}
    assert derive_further_makers(gas) == {"further_maker": 15_001, "further_perp_maker": 9_000}
    gas["take_spot_20"] = Decimal(325_000)
    assert derive_further_makers(gas)["further_maker"] == 15_000

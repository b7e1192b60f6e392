"""Files of risk parameters: those shipped, and those refused."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from worldmarkets.atlas import AssetRisk, GlobalRisk, load_risk_set, read_risk_set
from worldmarkets.atlas.errors import RiskSetError
from worldmarkets.atlas.sets import SHIPPED, parse_risk_set

ASSET = {
    "name": "BTC",
    "beta_milli": 1_000,
    "iota_bps": 200,
    "basis_bps": 300,
    "spot_exit_bps": 100,
    "perp_exit_bps": 90,
    "depth": 7,
}
FIELDS: dict[str, Any] = {
    "name": "mine",
    "sigma_bps": 600,
    "end_percent": 80,
    "maintenance_percent": 60,
    "assets": [ASSET],
}


@pytest.mark.parametrize("name", SHIPPED)
def test_load_risk_set_shipped_sets_fit_their_words(name: str) -> None:
    found = load_risk_set(name)
    assert found.name == name
    assert {"BTC", "ETH"} <= set(found.assets)
    for risk in found.assets.values():
        assert AssetRisk.unpack(risk.pack()) == risk


def test_load_risk_set_published_is_the_published_rule() -> None:
    found = load_risk_set("published")
    assert found.risk == GlobalRisk(0, 80, 60)
    assert found.assets == {
        "BTC": AssetRisk(0, 1_500, 0, 200, 0),
        "ETH": AssetRisk(0, 2_000, 0, 200, 0),
    }


def test_read_risk_set_every_field_lands_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(FIELDS), encoding="utf-8")
    found = read_risk_set(path)
    assert (found.name, found.risk) == ("mine", GlobalRisk(600, 80, 60))
    assert found.asset("BTC") == AssetRisk(1_000, 200, 300, 100, 90, 7)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"assets": [ASSET | {"iota_bps": 149}]}, "BTC: iota_bps 149 is less than half"),
        ({"assets": [ASSET | {"depth": 2**16}]}, "BTC: depth is 65536"),
        ({"assets": [ASSET | {"depth": 1.5}]}, "assets.0.depth"),
        ({"assets": [{**ASSET, "gamma": 1}]}, "assets.0.gamma"),
        ({"assets": [ASSET, ASSET]}, "an asset is given twice"),
        ({"assets": []}, "assets"),
        ({"sigma_bps": -1}, "sigma_bps is -1"),
        ({"sigma_bps": "6 %"}, "sigma_bps"),
        ({"end_percent": 50}, "maintenance 60 %, end 50 %"),
    ],
)
def test_parse_risk_set_wrong_field_is_named(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(RiskSetError, match=r"^mine\.yaml: .*") as caught:
        parse_risk_set(FIELDS | changes, "mine.yaml")
    assert text in str(caught.value)
    assert "\n" not in str(caught.value)


def test_parse_risk_set_missing_field_is_named() -> None:
    with pytest.raises(RiskSetError, match="sigma_bps"):
        parse_risk_set({name: value for name, value in FIELDS.items() if name != "sigma_bps"})


def test_read_risk_set_missing_broken_or_misnamed_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RiskSetError, match="there are no risk parameters"):
        read_risk_set(tmp_path / "missing.yaml")
    broken = tmp_path / "broken.yaml"
    broken.write_text("name: [", encoding="utf-8")
    with pytest.raises(RiskSetError) as caught:
        read_risk_set(broken)
    assert "\n" not in str(caught.value)
    broken.write_text(yaml.safe_dump(FIELDS), encoding="utf-8")
    with pytest.raises(RiskSetError, match="is of set mine"):
        read_risk_set(broken)


def test_asset_unknown_to_the_set_is_refused() -> None:
    with pytest.raises(RiskSetError, match="published has no asset DOGE"):
        load_risk_set("published").asset("DOGE")

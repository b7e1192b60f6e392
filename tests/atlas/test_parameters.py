"""Limits of risk parameters, and the bits they are packed into."""

import pytest

from worldmarkets.atlas import AssetRisk, GlobalRisk
from worldmarkets.atlas.errors import LevelOrderError, OwnShockBelowBasisError, RiskFieldError

WIDTHS = {
    "beta_milli": (0, 12),
    "iota_bps": (12, 14),
    "basis_bps": (26, 12),
    "spot_exit_bps": (38, 12),
    "perp_exit_bps": (50, 12),
    "depth": (62, 16),
}
"""Lowest bit and width of each field."""


def risk(**changes: int) -> AssetRisk:
    plain = dict.fromkeys(WIDTHS, 0) | {"iota_bps": 2**14 - 1}
    return AssetRisk(**(plain | changes))


@pytest.mark.parametrize("name", WIDTHS)
def test_asset_risk_field_at_its_width_packs_to_its_bits(name: str) -> None:
    offset, width = WIDTHS[name]
    most = 2**width - 1
    others = 0 if name == "iota_bps" else (2**14 - 1) << 12
    assert risk(**{name: most}).pack() == others | most << offset
    assert AssetRisk.unpack(risk(**{name: most}).pack()) == risk(**{name: most})


@pytest.mark.parametrize("name", WIDTHS)
def test_asset_risk_field_beyond_its_width_is_refused(name: str) -> None:
    for value in (-1, 2 ** WIDTHS[name][1]):
        with pytest.raises(RiskFieldError) as caught:
            risk(**{name: value})
        assert (caught.value.name, caught.value.value) == (name, value)


def test_pack_all_fields_gives_the_word_of_the_contract() -> None:
    packed = AssetRisk(1_150, 300, 200, 50, 40, 25_000).pack()
    assert packed == 1_150 + 300 * 2**12 + 200 * 2**26 + 50 * 2**38 + 40 * 2**50 + 25_000 * 2**62
    assert AssetRisk.unpack(packed) == AssetRisk(1_150, 300, 200, 50, 40, 25_000)


def test_unpack_bit_beyond_the_field_is_refused() -> None:
    AssetRisk.unpack(2**78 - 1 - (2**12 - 1) * 2**26)
    with pytest.raises(RiskFieldError):
        AssetRisk.unpack(2**78)


def test_asset_risk_iota_of_half_the_basis_is_the_least() -> None:
    assert AssetRisk(0, 100, 200, 0, 0).iota_bps == 100
    for iota, basis in ((99, 200), (100, 201)):
        with pytest.raises(OwnShockBelowBasisError):
            AssetRisk(0, iota, basis, 0, 0)


def test_depth_atoms_of_one_unit_are_ten_thousand_dollars() -> None:
    assert AssetRisk(0, 0, 0, 0, 0, 1).depth_atoms == 10_000 * 10**6


@pytest.mark.parametrize(
    ("peg_bps", "factor"), [(10_000, 10_000), (9_900, 10_000), (9_899, 10_004), (0, 49_600)]
)
def test_peg_factor_bps_grows_fourfold_below_99_cents(peg_bps: int, factor: int) -> None:
    assert GlobalRisk(0, peg_bps=peg_bps).peg_factor_bps == factor


@pytest.mark.parametrize(("end", "maintenance"), [(59, 60), (101, 60), (80, -1)])
def test_global_risk_levels_out_of_order_are_refused(end: int, maintenance: int) -> None:
    with pytest.raises(LevelOrderError):
        GlobalRisk(100, end, maintenance)


def test_global_risk_negative_sigma_is_refused() -> None:
    with pytest.raises(RiskFieldError):
        GlobalRisk(-1)

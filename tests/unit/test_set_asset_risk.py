"""Risk parameters of an asset: bounds, the ramp of a new one, and how fast they may rise."""

from dataclasses import astuple, replace

import pytest

from tests.support.lending import ETH_RISK, LendingScene
from tests.support.ramps import deploy_with_ramp
from tests.support.scene import STRANGER, Scene
from tests.support.soundness import refused
from tests.support.system import System
from worldmarkets.model import slots
from worldmarkets.model.interface import AssetRiskTerms
from worldmarkets.model.words import RampWord

DAY = 86_400
RAMP = 10 * DAY
RISES = [
    ("betaMilli", "beta_milli"),
    ("iotaBps", "iota_bps"),
    ("basisBps", "basis_bps"),
    ("spotExitBps", "spot_exit_bps"),
    ("perpExitBps", "perp_exit_bps"),
]


def parameter(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


def test_set_asset_risk_writes_its_fields_and_the_time(scene: Scene) -> None:
    system, before = scene.system, scene.underlying()
    terms = AssetRiskTerms(1_100, 150, 200, 50, 60, 7)

    system.set_asset_risk(1, terms)

    [event] = system.events()
    assert event.name == "AssetRiskSet"
    assert event.fields == {"assetId": 1, "terms": astuple(terms)}
    assert scene.underlying() == replace(
        before,
        beta_milli=1_100,
        iota_bps=150,
        basis_bps=200,
        spot_exit_bps=50,
        perp_exit_bps=60,
        depth=7,
    )
    ramp = scene.word(RampWord, slots.ramp(1))
    assert ramp.changed_at == system.backend.time


def test_a_new_asset_supports_nothing(scene: Scene) -> None:
    assert scene.underlying().iota_bps == 10_000
    assert scene.word(RampWord, slots.ramp(1)).changed_at == 0


@pytest.mark.parametrize(
    ("name", "field", "most"),
    [
        ("betaMilli", "beta_milli", 4_095),
        ("iotaBps", "iota_bps", 16_383),
        ("basisBps", "basis_bps", 4_095),
        ("spotExitBps", "spot_exit_bps", 4_095),
        ("perpExitBps", "perp_exit_bps", 4_095),
    ],
)
def test_set_asset_risk_at_a_bound_passes_and_beyond_is_refused(
    scene: Scene, name: str, field: str, most: int
) -> None:
    wide = AssetRiskTerms(1_000, 10_000, 200, 50, 50)
    with refused(scene.system, "InvalidParameter", parameter(name), most + 1):
        scene.system.set_asset_risk(1, replace(wide, **{field: most + 1}))
    scene.system.set_asset_risk(1, replace(wide, **{field: most}))
    assert getattr(scene.underlying(), field) == most


def test_set_asset_risk_with_more_basis_than_twice_its_own_shock_is_refused(
    scene: Scene,
) -> None:
    with refused(scene.system, "InvalidParameter", parameter("iotaBps"), 99):
        scene.system.set_asset_risk(1, AssetRiskTerms(1_000, 99, 199, 50, 50))
    scene.system.set_asset_risk(1, AssetRiskTerms(1_000, 100, 200, 50, 50))


def test_set_asset_risk_of_the_quote_asset_is_refused(scene: Scene) -> None:
    with refused(scene.system, "InvalidParameter", parameter("assetId"), 0):
        scene.system.set_asset_risk(0, ETH_RISK)


@pytest.mark.parametrize("asset", [3, 255, 256, 65_535])
def test_set_asset_risk_of_an_unlisted_asset_is_refused(scene: Scene, asset: int) -> None:
    with refused(scene.system, "UnlistedAsset", asset):
        scene.system.set_asset_risk(asset, ETH_RISK)


def test_set_asset_risk_by_a_stranger_is_refused(scene: Scene) -> None:
    with refused(scene.system, "AccessManagedUnauthorized", STRANGER):
        scene.system.set_asset_risk(1, ETH_RISK, sender=STRANGER)


def test_set_asset_risk_within_a_day_is_refused(lending: LendingScene) -> None:
    system = lending.system
    earliest = system.backend.time + DAY
    lending.wait(DAY - 1)
    with refused(system, "ChangedTooSoon", 1, earliest):
        system.set_asset_risk(1, ETH_RISK)
    lending.wait(1)
    system.set_asset_risk(1, ETH_RISK)


@pytest.mark.parametrize(("name", "field"), RISES)
def test_set_asset_risk_raised_by_a_tenth_and_two_units_and_no_more(
    lending: LendingScene, name: str, field: str
) -> None:
    system = lending.system
    lending.wait(DAY)
    old = getattr(ETH_RISK, field)
    limit = old + old // 10 + 2
    with refused(system, "RampExceeded", 1, parameter(name), limit + 1, limit):
        system.set_asset_risk(1, replace(ETH_RISK, **{field: limit + 1}))
    system.set_asset_risk(1, replace(ETH_RISK, **{field: limit}))
    assert getattr(lending.underlying(), field) == limit


def test_set_asset_risk_may_be_lowered_at_once(lending: LendingScene) -> None:
    lending.wait(DAY)
    lending.system.set_asset_risk(1, AssetRiskTerms(ETH_RISK.beta_milli, 0, 0, 0, 0))
    assert lending.underlying().iota_bps == 0


def test_set_asset_risk_lowers_beta_by_a_tenth_and_two_units_and_no_more(
    lending: LendingScene,
) -> None:
    """What moves less with the market hedges less of it."""
    system = lending.system
    lending.wait(DAY)
    old = ETH_RISK.beta_milli
    lowest = next(beta for beta in range(old) if beta + beta // 10 + 2 >= old)
    limit = lowest - 1 + (lowest - 1) // 10 + 2
    with refused(system, "RampExceeded", 1, parameter("betaMilli"), old, limit):
        system.set_asset_risk(1, replace(ETH_RISK, beta_milli=lowest - 1))
    system.set_asset_risk(1, replace(ETH_RISK, beta_milli=lowest))
    assert lending.underlying().beta_milli == lowest


def test_set_asset_risk_of_a_young_listing_takes_all_of_its_worth(system: System) -> None:
    """By shock and exit cost together, however old the listing is before the end of the ramp."""
    fresh = deploy_with_ramp(system, RAMP)
    system.backend.set_time(system.backend.time + RAMP // 2)
    short = AssetRiskTerms(1_000, 9_900, 200, 99, 50)
    with refused(fresh, "RampExceeded", 1, parameter("iotaBps"), 9_999, 10_000):
        fresh.set_asset_risk(1, short)
    fresh.set_asset_risk(1, replace(short, spot_exit_bps=100))


def test_set_asset_risk_before_the_last_second_of_the_ramp_takes_all(
    system: System,
) -> None:
    fresh = deploy_with_ramp(system, RAMP)
    system.backend.set_time(system.backend.time + RAMP - 1)
    nothing = AssetRiskTerms(1_000, 0, 0, 0, 0)
    with refused(fresh, "RampExceeded", 1, parameter("iotaBps"), 0, 10_000):
        fresh.set_asset_risk(1, nothing)
    system.backend.set_time(system.backend.time + 1)
    fresh.set_asset_risk(1, nothing)

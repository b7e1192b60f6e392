"""Risk parameters of all assets together."""

from dataclasses import astuple, replace

import pytest

from tests.support.lending import MARKET_RISK, LendingScene
from tests.support.scene import STRANGER, Scene
from tests.support.soundness import refused
from worldmarkets.model import slots
from worldmarkets.model.interface import MarketRiskTerms
from worldmarkets.model.words import RampWord, RiskWord

DAY = 86_400
ALL_ASSETS = 255


def parameter(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


def test_set_market_risk_writes_its_fields_and_the_time(scene: Scene) -> None:
    system = scene.system
    terms = MarketRiskTerms(400, 90, 70)

    system.set_market_risk(terms)

    [event] = system.events()
    assert event.name == "MarketRiskSet"
    assert event.fields == {"terms": astuple(terms)}
    assert scene.word(RiskWord, slots.risk()) == RiskWord(400, 90, 70)
    assert scene.word(RampWord, slots.ramp(ALL_ASSETS)) == RampWord(0, system.backend.time)


def test_set_market_risk_at_its_bounds_passes_and_beyond_is_refused(scene: Scene) -> None:
    system = scene.system
    for terms, name, value in (
        (MarketRiskTerms(4_096), "sigmaBps", 4_096),
        (MarketRiskTerms(300, 101, 60), "endPercent", 101),
        (MarketRiskTerms(300, 80, 81), "maintenancePercent", 81),
    ):
        with refused(system, "InvalidParameter", parameter(name), value):
            system.set_market_risk(terms)
    system.set_market_risk(MarketRiskTerms(4_095, 100, 100))


def test_set_market_risk_keeps_the_peg_and_that_the_pool_is_open(lending: LendingScene) -> None:
    system = lending.system
    word = lending.risk().pack() | 9_876 << 26 | 12_345 << 42
    system.backend.set_word(system.exchange, slots.risk(), word)  # type: ignore[attr-defined]
    lending.wait(DAY)
    system.set_market_risk(MarketRiskTerms(310))
    assert lending.risk() == RiskWord(310, 80, 60, 9_876, 12_345, 1)


def test_set_market_risk_within_a_day_is_refused(lending: LendingScene) -> None:
    system = lending.system
    earliest = system.backend.time + DAY
    lending.wait(DAY - 1)
    with refused(system, "ChangedTooSoon", ALL_ASSETS, earliest):
        system.set_market_risk(MARKET_RISK)
    lending.wait(1)
    system.set_market_risk(MARKET_RISK)


def test_set_market_risk_raises_sigma_by_a_tenth_and_two_units_and_no_more(
    lending: LendingScene,
) -> None:
    system = lending.system
    lending.wait(DAY)
    with refused(system, "RampExceeded", 0, parameter("sigmaBps"), 333, 332):
        system.set_market_risk(replace(MARKET_RISK, sigma_bps=333))
    system.set_market_risk(replace(MARKET_RISK, sigma_bps=332))


def test_set_market_risk_raises_maintenance_by_a_tenth_and_two_percent_and_no_more(
    lending: LendingScene,
) -> None:
    """So maintenance stays below what was the initial requirement."""
    system = lending.system
    lending.wait(DAY)
    with refused(system, "RampExceeded", 0, parameter("maintenancePercent"), 69, 68):
        system.set_market_risk(replace(MARKET_RISK, maintenance_percent=69))
    system.set_market_risk(replace(MARKET_RISK, maintenance_percent=68))


def test_set_market_risk_to_nothing_is_no_way_around_the_bounds(lending: LendingScene) -> None:
    """Only the first setting is free."""
    system = lending.system
    lending.wait(DAY)
    system.set_market_risk(MarketRiskTerms(1, 0, 0))
    lending.wait(DAY)
    with refused(system, "RampExceeded", 0, parameter("sigmaBps"), 4, 3):
        system.set_market_risk(MarketRiskTerms(4, 0, 0))


def test_set_market_risk_by_a_stranger_is_refused(scene: Scene) -> None:
    with refused(scene.system, "AccessManagedUnauthorized", STRANGER):
        scene.system.set_market_risk(MARKET_RISK, sender=STRANGER)


@pytest.mark.parametrize("asset", [0, 1])
def test_set_market_risk_is_no_change_of_an_asset(scene: Scene, asset: int) -> None:
    before = scene.system.read_word(slots.ramp(asset))
    scene.system.set_market_risk(MARKET_RISK)
    assert scene.system.read_word(slots.ramp(asset)) == before

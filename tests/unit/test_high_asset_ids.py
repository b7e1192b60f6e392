"""Assets whose ids are beyond the lowest byte of the set of assets an account uses."""

import pytest

from tests.support.scene import ASK, Scene
from tests.support.soundness import refused
from tests.support.system import AssetPlan
from worldmarkets.model.interface import SpotTerms

LOT = 1_000
HELD = 10 * LOT


@pytest.fixture
def asset(scene: Scene) -> int:
    """An asset with a market, of which the maker has a few lots of an atom."""
    for index in range(6):
        asset = scene.system.add_asset(AssetPlan(f"T{index}", 8, 1, 10**18))
    scene.system.fund(scene.maker, asset, HELD)
    return asset


def test_open_ask_of_a_high_asset_keeps_what_it_sells(scene: Scene, asset: int) -> None:
    assert asset == 8
    market = scene.system.list_spot_market(asset, SpotTerms(10**6, LOT, 1, 0, 0, 500))
    with refused(scene.system, "InsufficientBalance", scene.maker, asset, HELD, HELD + LOT):
        scene.system.place(scene.maker, market, ASK, 1_000, 11)
    scene.system.place(scene.maker, market, ASK, 1_000, 10)
    with refused(scene.system, "InsufficientBalance", scene.maker, asset, HELD - 1, HELD):
        scene.system.withdraw(scene.maker, asset, 1)

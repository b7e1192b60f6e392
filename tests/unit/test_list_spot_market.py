"""Listing spot markets."""

from dataclasses import replace

import pytest

from tests.support.scene import STRANGER, Scene
from tests.support.soundness import refused
from tests.support.system import DOLLAR, AssetPlan, terms_tuple
from worldmarkets.model import slots
from worldmarkets.model.interface import SpotTerms
from worldmarkets.model.words import (
    NO_ASK,
    BookWord,
    ConfigWord,
    TapeWord,
    spot_market,
)

TERMS = SpotTerms(
    tick_value=7, atoms_per_lot=1_000, min_lots=3, taker_ppm=500, maker_ppm=-200, band_bps=1_000
)


@pytest.fixture
def asset(scene: Scene) -> int:
    return scene.system.add_asset(AssetPlan("NEW", 8, 1, 70_000 * DOLLAR))


def test_list_spot_market_stores_three_words(scene: Scene, asset: int) -> None:
    market = scene.system.list_spot_market(asset, TERMS)

    [event] = scene.system.events()
    assert (event.name, event.fields["marketId"], event.fields["baseAssetId"]) == (
        "MarketListed",
        market,
        asset,
    )
    assert event.fields["terms"] == terms_tuple(TERMS)
    assert market == spot_market(asset) == 256 + asset
    assert scene.book(market) == BookWord(
        best_ask=NO_ASK,
        # A lot is 0.7 dollars, 100,000 ticks of 7 atoms.
        highest_bid=110_000,
        lowest_ask=90_000,
        min_lots=3,
        tick_value=7,
        atoms_per_lot=1_000,
        maker_ppm=-200,
    )
    assert scene.tape(market) == TapeWord(taker_ppm=500, touched=1)
    assert scene.word(ConfigWord, slots.config(market)) == ConfigWord(asset, 1, 1_000)


@pytest.mark.parametrize(
    "terms",
    [
        SpotTerms(2**32 - 1, 2**64 - 1, 2**24 - 1, 2**15 - 1, -(2**15) + 1, 4_095),
        SpotTerms(1, 1_000, 1, -(2**15) + 1, 2**15 - 1, 1),
        SpotTerms(1, 1_000, 1, 0, 0, 1),
    ],
)
def test_list_spot_market_with_extreme_terms_stores_them(
    scene: Scene, asset: int, terms: SpotTerms
) -> None:
    market = scene.system.list_spot_market(asset, terms)
    book, tape = scene.book(market), scene.tape(market)
    assert (book.tick_value, book.atoms_per_lot, book.min_lots, book.maker_ppm) == (
        terms.tick_value,
        terms.atoms_per_lot,
        terms.min_lots,
        terms.maker_ppm,
    )
    assert tape.taker_ppm == terms.taker_ppm
    assert scene.word(ConfigWord, slots.config(market)).band_bps == terms.band_bps
    assert (book.best_bid, book.best_ask) == (0, NO_ASK)


def test_list_spot_market_by_a_stranger_is_refused(scene: Scene, asset: int) -> None:
    with refused(scene.system, "AccessManagedUnauthorized", STRANGER):
        scene.system.list_spot_market(asset, TERMS, sender=STRANGER)


@pytest.mark.parametrize("unlisted", [4, 43, 255, 256, 257, 65_535])
def test_list_spot_market_of_unlisted_asset_is_refused(
    scene: Scene, asset: int, unlisted: int
) -> None:
    with refused(scene.system, "UnlistedAsset", unlisted):
        scene.system.list_spot_market(unlisted, TERMS)


def test_list_spot_market_twice_is_refused(scene: Scene) -> None:
    with refused(scene.system, "MarketAlreadyListed", 257):
        scene.system.list_spot_market(1, TERMS)


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        ({"tick_value": 0}, "tickValue", 0),
        ({"atoms_per_lot": 0}, "atomsPerLot", 0),
        ({"atoms_per_lot": 999}, "atomsPerLot", 999),
        ({"min_lots": 0}, "minLots", 0),
        ({"band_bps": 0}, "bandBps", 0),
        ({"band_bps": 4_096}, "bandBps", 4_096),
        ({"band_bps": 65_535}, "bandBps", 65_535),
        ({"maker_ppm": -501}, "makerPpm", 2**16 - 501),
        ({"maker_ppm": -(2**15)}, "makerPpm", 2**15),
        ({"taker_ppm": -1, "maker_ppm": 0}, "makerPpm", 0),
    ],
)
def test_list_spot_market_with_a_parameter_out_of_bounds_is_refused(
    scene: Scene, asset: int, change: dict[str, int], name: str, value: int
) -> None:
    arguments = (name.encode().ljust(32, b"\0"), value)
    with refused(scene.system, "InvalidParameter", *arguments):
        scene.system.list_spot_market(asset, replace(TERMS, **change))


def test_list_spot_market_of_the_quote_asset_is_refused(scene: Scene) -> None:
    with refused(scene.system, "InvalidParameter", b"baseAssetId".ljust(32, b"\0"), 0):
        scene.system.list_spot_market(0, TERMS)

"""Listing perps, and setting how much of them may be open."""

from dataclasses import astuple, replace
from typing import Any

import pytest

from tests.support.abi import creation_code
from tests.support.lending import LendingScene
from tests.support.perps import MARK, PerpScene
from tests.support.scene import STRANGER
from tests.support.soundness import refused
from tests.support.system import ADMIN, BTC_PERP, DOLLAR, ETH_PERP, ETH_PERP_TERMS
from worldmarkets.model import slots
from worldmarkets.model.perp_words import Q24, MarkWord, PerpPoolWord
from worldmarkets.model.words import NO_ASK, BookWord, ConfigWord, TapeWord

MARK_FIELDS = ("mark", "fundingIndex", "rate", "time")


def name32(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


def test_list_perp_market_stores_its_terms_and_the_mark(lending: LendingScene) -> None:
    system = lending.system
    assert system.list_perp_market(1, ETH_PERP_TERMS) == ETH_PERP
    listed, marked = system.events()
    assert (listed.name, marked.name) == ("PerpMarketListed", "MarkUpdated")
    assert listed.fields == {
        "marketId": ETH_PERP,
        "baseAssetId": 1,
        "terms": astuple(ETH_PERP_TERMS),
    }
    now = system.backend.time
    assert marked.fields == {
        "marketId": ETH_PERP,
        **dict(zip(MARK_FIELDS, (MARK * Q24, 0, 10_000, now), strict=True)),
    }
    assert lending.word(MarkWord, slots.mark(ETH_PERP)) == MarkWord(
        MARK * Q24, 0, 10_000, now, 0, 100, cap_code=16 << 3
    )
    book = lending.book(ETH_PERP)
    assert replace(book, atoms_per_lot=0) == BookWord(0, NO_ASK, 21_000, 19_000, 1, 100, 0, -100, 0)
    # 3 % of the market, 2 % of its own and an eighth of that; without a depth there is no limit.
    assert (book.flat_until, book.flat_bps, book.flat_limit) == (now + 60, 525, 65_535)
    assert lending.word(TapeWord, slots.tape(ETH_PERP)) == TapeWord(
        taker_ppm=350, touched=1, open_interest_cap=1_000_000
    )
    assert lending.word(PerpPoolWord, slots.perp_pool(ETH_PERP)) == PerpPoolWord(touched=1)
    assert lending.word(ConfigWord, slots.config(ETH_PERP)) == ConfigWord(
        base=1,
        kind=2,
        band_bps=500,
        atoms_per_lot=100_000,
        impact_notional=20_000,
        mark_band_bps=300,
        funding_cap=4_000_000,
        interest=10_000,
        clamp=50_000,
    )


def test_list_perp_market_before_the_first_price_has_no_mark(lending: LendingScene) -> None:
    system = lending.system
    token = system.backend.deploy(ADMIN, creation_code("FaucetToken", "NEW", "NEW", 18))
    asset = system.list_asset(token, 10**10, system.feed)
    market = system.list_perp_market(asset, ETH_PERP_TERMS)
    assert [event.name for event in system.events()] == ["PerpMarketListed"]
    assert lending.word(MarkWord, slots.mark(market)).mark == 0
    with refused(system, "PriceUnavailable", asset):
        system.poke_markets(market)
    system.set_price(asset, 1_000 * DOLLAR)
    assert lending.word(MarkWord, slots.mark(market)).mark == 10_000 * Q24


def test_list_perp_market_by_a_stranger_is_refused(lending: LendingScene) -> None:
    with refused(lending.system, "AccessManagedUnauthorized", STRANGER):
        lending.system.list_perp_market(1, ETH_PERP_TERMS, sender=STRANGER)


def test_list_perp_market_twice_is_refused(perps: PerpScene) -> None:
    with refused(perps.system, "MarketAlreadyListed", ETH_PERP):
        perps.system.list_perp_market(1, ETH_PERP_TERMS)


@pytest.mark.parametrize(
    ("asset", "error", "arguments"),
    [
        (0, "InvalidParameter", (name32("baseAssetId"), 0)),
        (3, "UnlistedAsset", (3,)),
    ],
)
def test_list_perp_market_of_no_base_asset_is_refused(
    lending: LendingScene, asset: int, error: str, arguments: tuple[object, ...]
) -> None:
    with refused(lending.system, error, *arguments):
        lending.system.list_perp_market(asset, ETH_PERP_TERMS)


@pytest.mark.parametrize(
    ("field", "name", "least", "most"),
    [
        ("tick_value", "tickValue", 1, 2**32 - 1),
        ("atoms_per_lot", "atomsPerLot", 1_000, 2**64 - 1),
        ("min_lots", "minLots", 1, 2**24 - 1),
        ("band_bps", "bandBps", 1, 4_095),
        ("open_interest_cap_lots", "openInterestCapLots", 1, 2**39 - 1),
        ("position_cap_lots", "positionCapLots", 8, 15 << 31),
        ("impact_notional", "impactNotional", 1, 2**32 - 1),
        ("mark_band_bps", "markBandBps", 1, 4_095),
        ("funding_cap", "fundingCap", 0, 4_000_000),
        ("interest", "interest", 0, 4_000_000),
        ("clamp", "clamp", 0, 4_000_000),
    ],
)
def test_list_perp_market_terms_within_their_bounds_alone(
    lending: LendingScene, field: str, name: str, least: int, most: int
) -> None:
    system = lending.system
    widest = {"tick_value": 32, "atoms_per_lot": 64, "min_lots": 24, "impact_notional": 32}
    beyond = [least - 1] if least else []
    if field not in widest:
        beyond.append(most + 1)
    for value in beyond:
        terms = changed(field, value)
        with refused(system, "InvalidParameter", name32(name), value):
            system.list_perp_market(1, terms)
    for asset, value in ((1, least), (2, most)):
        system.list_perp_market(asset, changed(field, value))


def changed(field: str, value: int) -> Any:
    return replace(ETH_PERP_TERMS, **{field: value})


@pytest.mark.parametrize(("taker", "maker", "passes"), [(350, -350, True), (350, -351, False)])
def test_list_perp_market_fees_are_never_negative_together(
    lending: LendingScene, taker: int, maker: int, passes: bool
) -> None:
    terms = replace(ETH_PERP_TERMS, taker_ppm=taker, maker_ppm=maker)
    if passes:
        assert lending.system.list_perp_market(1, terms) == ETH_PERP
        return
    with refused(lending.system, "InvalidParameter", name32("makerPpm"), 2**16 + maker):
        lending.system.list_perp_market(1, terms)


# --------------------------------------------------------------- caps


@pytest.mark.parametrize("cap", [8, 9, 15, 16, 18, 30, 2**34, 15 << 31])
def test_set_perp_limits_stores_both_caps(perps: PerpScene, cap: int) -> None:
    before = perps.mark()
    perps.system.set_perp_limits(ETH_PERP, 12_345, cap)
    [event] = perps.system.events()
    assert (event.name, event.fields) == (
        "PerpLimitsSet",
        {"marketId": ETH_PERP, "openInterestCapLots": 12_345, "positionCapLots": cap},
    )
    assert perps.mark().position_cap == cap
    assert replace(perps.mark(), cap_code=before.cap_code) == before
    assert perps.perp_tape().open_interest_cap == 12_345


@pytest.mark.parametrize("cap", [0, 7, 17, 31, 2**19 + 1, (15 << 31) + 1])
def test_set_perp_limits_position_cap_without_a_code_is_refused(perps: PerpScene, cap: int) -> None:
    with refused(perps.system, "InvalidParameter", name32("positionCapLots"), cap):
        perps.system.set_perp_limits(ETH_PERP, 1_000, cap)


@pytest.mark.parametrize("cap", [0, 2**39, 2**40 - 1])
def test_set_perp_limits_open_interest_cap_out_of_bounds_is_refused(
    perps: PerpScene, cap: int
) -> None:
    with refused(perps.system, "InvalidParameter", name32("openInterestCapLots"), cap):
        perps.system.set_perp_limits(ETH_PERP, cap, 8)


def test_set_perp_limits_of_a_perp_that_is_not_listed_is_refused(perps: PerpScene) -> None:
    for market in (BTC_PERP, 257):
        with refused(perps.system, "UnknownMarket", market):
            perps.system.set_perp_limits(market, 8, 8)


def test_set_perp_limits_by_a_stranger_is_refused(perps: PerpScene) -> None:
    with refused(perps.system, "AccessManagedUnauthorized", STRANGER):
        perps.system.set_perp_limits(ETH_PERP, 8, 8, sender=STRANGER)

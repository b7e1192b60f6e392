"""Listing of perps, their fees and their marks after prices, by the modules alone."""

from typing import Any

import pytest

from tests.support.abi import Reverted, codec, creation_code
from tests.support.backend import user_address
from tests.support.bits import ceiling, pack
from tests.support.perp_formulas import CONFIG, MARK, Q24, TAPE, funding_at, mark_at, rate_of
from tests.support.pyrevm_backend import PyrevmBackend

ASSET = 1
MARKET = 2 << 8 | ASSET
ADMIN, STRANGER = user_address(1), user_address(2)
PRICE = 20 * 10**12
INDEX = 20_000 * Q24
TERMS = {
    "tickValue": 100,
    "atomsPerLot": 100_000,
    "minLots": 3,
    "takerPpm": 350,
    "makerPpm": -50,
    "bandBps": 500,
    "openInterestCapLots": 2**39 - 1,
    "positionCapLots": 15 << 31,
    "impactNotional": 20_000,
    "markBandBps": 300,
    "fundingCap": 4_000_000,
    "interest": 10_000,
    "clamp": 50_000,
}
RATE = rate_of(0, 10_000, 50_000, 4_000_000)


def slot(region: int, key: int) -> int:
    return region << 64 | key


CONFIG_SLOT, BOOK_SLOT, MARK_SLOT, TAPE_SLOT, SAMPLE_SLOT, POOL_SLOT = (
    slot(region, MARKET) for region in (8, 9, 10, 16, 25, 26)
)
FEED_SLOT, UNDERLYING_SLOT = slot(6, ASSET), slot(7, ASSET)
PERP_SLOTS = (CONFIG_SLOT, BOOK_SLOT, MARK_SLOT, TAPE_SLOT, SAMPLE_SLOT, POOL_SLOT)


class Module:
    """One module with two assets listed, its words read and written by slot."""

    def __init__(self, name: str, backend: PyrevmBackend | None = None) -> None:
        self.backend = backend or PyrevmBackend()
        self.codec = codec(name, "IExchange")
        authority = self.backend.deploy(ADMIN, creation_code("Authority", ADMIN))
        self.address = self.backend.deploy(ADMIN, creation_code(name, authority))
        for asset in (0, ASSET):
            self.write(slot(5, asset), 0xABC + asset | 10**6 << 160 | 18 << 224)

    def write(self, key: int, word: int) -> None:
        self.backend.set_word(self.address, key, word)

    def word(self, key: int) -> int:
        return self.backend.word(self.address, key)

    def call(self, function: str, *arguments: object, caller: str = ADMIN) -> Any:
        data = self.codec.encode(function, *arguments)
        result = self.backend.call(caller, self.address, data)
        if not result.ok:
            raise self.codec.error(result.returned)
        self.events = self.codec.events(result.logs)
        values = self.codec.decode(function, result.returned)
        return values[0] if values else None


@pytest.fixture
def listing() -> Module:
    return Module("PerpListingModule")


def terms(**changes: int) -> tuple[int, ...]:
    return tuple((TERMS | changes).values())


def band_around(low: int, high: int) -> int:
    return high * 10_500 // (10_000 * Q24) | ceiling(low * 9_500, 10_000 * Q24) << 24


# ------------------------------------------------------------------ listing


def test_list_perp_market_stores_its_words(listing: Module) -> None:
    assert listing.call("listPerpMarket", ASSET, terms()) == MARKET

    config = pack(CONFIG, band_bps=500, atoms_per_lot=100_000, impact_notional=20_000)
    config |= pack(CONFIG, mark_band_bps=300, funding_cap=4_000_000, interest=10_000, clamp=50_000)
    mark = pack(MARK, rate=RATE, time=listing.backend.time, tick_value=100, cap_code=255)
    book = (2**24 - 1) << 24 | 3 << 96 | 100 << 120 | (-50 % 2**16) << 216
    tape = pack(TAPE, cap=2**39 - 1) | 350 << 200 | 1 << 216
    words = (config | ASSET | 2 << 16, book, mark, tape, 0, 1 << 160)
    assert tuple(map(listing.word, PERP_SLOTS)) == words
    (event,) = listing.events
    assert event.name == "PerpMarketListed"
    assert event.fields == {"marketId": MARKET, "baseAssetId": ASSET, "terms": terms()}


def test_list_perp_market_with_a_price_has_a_mark_at_once(listing: Module) -> None:
    listing.write(UNDERLYING_SLOT, PRICE)
    listing.call("listPerpMarket", ASSET, terms())
    mark = listing.word(MARK_SLOT)
    level = mark_at(INDEX, 0, 0, RATE, 300)
    assert (MARK["mark"].of(mark), MARK["until"].of(mark)) == (level, 0)
    assert listing.word(BOOK_SLOT) >> 48 & 2**48 - 1 == band_around(level, level)
    assert [event.name for event in listing.events] == ["PerpMarketListed", "MarkUpdated"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("tickValue", 0),
        ("atomsPerLot", 999),
        ("minLots", 0),
        ("bandBps", 0),
        ("bandBps", 4_096),
        ("openInterestCapLots", 0),
        ("openInterestCapLots", 2**39),
        ("positionCapLots", 0),
        ("positionCapLots", 7),
        ("positionCapLots", 17),
        ("positionCapLots", 16 << 31),
        ("impactNotional", 0),
        ("markBandBps", 0),
        ("markBandBps", 4_096),
        ("fundingCap", 4_000_001),
        ("interest", 4_000_001),
        ("clamp", 4_000_001),
    ],
)
def test_list_perp_market_on_bad_terms_reverts(listing: Module, name: str, value: int) -> None:
    with pytest.raises(Reverted) as caught:
        listing.call("listPerpMarket", ASSET, terms(**{name: value}))
    assert caught.value.name == "InvalidParameter"
    assert caught.value.arguments == (name.encode().ljust(32, b"\0"), value)
    assert tuple(map(listing.word, PERP_SLOTS)) == (0,) * 6


def test_list_perp_market_on_bad_fees_reverts(listing: Module) -> None:
    with pytest.raises(Reverted) as caught:
        listing.call("listPerpMarket", ASSET, terms(makerPpm=-351))
    assert caught.value.arguments == (b"makerPpm".ljust(32, b"\0"), -351 % 2**16)


def test_list_perp_market_twice_or_of_no_asset_or_by_anyone_reverts(listing: Module) -> None:
    listing.call("listPerpMarket", ASSET, terms())
    for asset, caller, error in (
        (ASSET, ADMIN, ("MarketAlreadyListed", (MARKET,))),
        (2, ADMIN, ("UnlistedAsset", (2,))),
        (256 + ASSET, ADMIN, ("UnlistedAsset", (256 + ASSET,))),
        (0, ADMIN, ("InvalidParameter", (b"baseAssetId".ljust(32, b"\0"), 0))),
        (ASSET, STRANGER, ("AccessManagedUnauthorized", (STRANGER,))),
    ):
        with pytest.raises(Reverted) as caught:
            listing.call("listPerpMarket", asset, terms(), caller=caller)
        assert (caught.value.name, caught.value.arguments) == error


def test_set_perp_limits_changes_both_caps_alone(listing: Module) -> None:
    listing.write(UNDERLYING_SLOT, PRICE)
    listing.call("listPerpMarket", ASSET, terms())
    before = list(map(listing.word, PERP_SLOTS))
    listing.call("setPerpLimits", MARKET, 5, 9 << 4)
    before[2] = MARK["cap_code"].put(before[2], 4 << 3 | 1)
    before[3] = TAPE["cap"].put(before[3], 5)
    assert list(map(listing.word, PERP_SLOTS)) == before
    (event,) = listing.events
    assert (event.name, tuple(event.fields.values())) == ("PerpLimitsSet", (MARKET, 5, 9 << 4))
    for market, interest, position, caller, name in (
        (256 + ASSET, 5, 8, ADMIN, "UnknownMarket"),
        (MARKET, 0, 8, ADMIN, "InvalidParameter"),
        (MARKET, 5, 19, ADMIN, "InvalidParameter"),
        (MARKET, 5, 8, STRANGER, "AccessManagedUnauthorized"),
    ):
        with pytest.raises(Reverted) as caught:
            listing.call("setPerpLimits", market, interest, position, caller=caller)
        assert caught.value.name == name
    assert list(map(listing.word, PERP_SLOTS)) == before


# ------------------------------------------------------------------ pauses


def test_pause_of_a_perp_is_kept_in_its_book_word_alone(listing: Module) -> None:
    listing.call("listPerpMarket", ASSET, terms())
    guard = Module("GuardModule", listing.backend)
    for key in PERP_SLOTS:
        guard.write(key, listing.word(key))
    guard.call("pauseMarkets", [MARKET], 1)
    hour = guard.backend.time // 3_600 + 2
    assert guard.word(BOOK_SLOT) == listing.word(BOOK_SLOT) | hour << 232
    guard.call("resumeMarkets", [MARKET])
    assert guard.word(BOOK_SLOT) == listing.word(BOOK_SLOT) | hour - 2 << 232
    assert guard.word(MARK_SLOT) == listing.word(MARK_SLOT)


# ------------------------------------------------------------------ fees


@pytest.mark.parametrize(
    ("fees", "cash", "shortfall", "paid", "left"),
    [
        (1_001, 5_000, 0, 1_001, 0),
        (1_001, 300, 0, 300, 701),
        (1_001, 5_000, 400, 601, 0),
        (1_001, 100, 400, 100, 501),
        (1_001, 5_000, 2_000, 0, 0),
        (0, 5, 5, 0, 0),
    ],
)
def test_collect_fees_of_a_perp(fees: int, cash: int, shortfall: int, paid: int, left: int) -> None:
    module = Module("ListingModule")
    module.write(slot(1, 0), 2 | 2 << 32 | 500_000 << 40)
    module.write(TAPE_SLOT, 1 << 216 | fees << 80 | 77)
    module.write(POOL_SLOT, cash | shortfall << 80 | 1 << 160)
    module.call("collectFees", MARKET, caller=STRANGER)
    cancelled = min(fees, shortfall)
    assert module.word(TAPE_SLOT) == 1 << 216 | left << 80 | 77
    assert module.word(POOL_SLOT) == cash - paid | shortfall - cancelled << 80 | 1 << 160
    insurance = ceiling(paid, 2)
    balances = [module.word(slot(3, account << 8)) >> 160 for account in (1, 2)]
    assert balances == [insurance, paid - insurance]
    (event,) = module.events
    assert event.name == "FeesCollected"
    assert tuple(event.fields.values()) == (MARKET, insurance, paid - insurance)


def test_collect_fees_of_a_spot_market_takes_nothing_from_a_pool() -> None:
    module = Module("ListingModule")
    module.write(slot(1, 0), 2 | 2 << 32 | 500_000 << 40)
    module.write(slot(16, 256 + ASSET), 1 << 216 | 11 << 80)
    module.write(POOL_SLOT, 1 << 160 | 50)
    module.call("collectFees", 256 + ASSET)
    assert module.word(POOL_SLOT) == 1 << 160 | 50
    assert tuple(module.events[0].fields.values()) == (256 + ASSET, 6, 5)


# ------------------------------------------------------------------ prices


class Prices(Module):
    """The price module with a perp of an asset whose feed says what a test wants."""

    def __init__(self) -> None:
        super().__init__("PriceModule")
        self.feed = self.backend.deploy(ADMIN, creation_code("ScriptedPriceFeed"))
        self.scripted = codec("ScriptedPriceFeed")
        start = self.backend.time
        listing = Module("PerpListingModule", self.backend)
        listing.write(UNDERLYING_SLOT, PRICE)
        listing.call("listPerpMarket", ASSET, terms())
        for key in PERP_SLOTS:
            self.write(key, listing.word(key))
        self.write(UNDERLYING_SLOT, PRICE | PRICE << 64 | 10_000 << 128 | start << 142)
        self.write(FEED_SLOT, int(self.feed, 16))
        # A rate that holds for a while.
        mark = MARK["rate"].put(self.word(MARK_SLOT), 1_000_000)
        self.write(MARK_SLOT, MARK["until"].put(mark, start + 300))

    def report(self, price: int) -> None:
        """A price of an atom, reported now, and poked."""
        # A token of 18 decimals has 1e12 atoms of 1e6 units.
        data = self.scripted.encode("set", price * 10**12, self.backend.time)
        assert self.backend.call(ADMIN, self.feed, data).ok
        data = self.scripted.encode("setConfidence", 10_000)
        assert self.backend.call(ADMIN, self.feed, data).ok
        self.call("poke", [ASSET])


def test_poke_moves_the_mark_of_the_perp_after_funding_at_the_old_one() -> None:
    prices = Prices()
    old = prices.word(MARK_SLOT)
    prices.backend.set_time(prices.backend.time + 10)
    prices.report(PRICE * 105 // 100)
    level = mark_at(INDEX * 105 // 100, 0, 0, 1_000_000, 300)
    expected = MARK["funding"].put(old, funding_at(old, prices.backend.time))
    expected = MARK["time"].put(expected, prices.backend.time)
    assert prices.word(MARK_SLOT) == MARK["mark"].put(expected, level) != old
    assert MARK["funding"].of(expected) > 0
    assert prices.word(BOOK_SLOT) >> 48 & 2**48 - 1 == band_around(level, level)
    names = ["PriceMoved", "PriceUpdated", "MarkUpdated"]
    assert [event.name for event in prices.events] == names


def test_poke_that_waits_widens_the_band_and_leaves_the_mark() -> None:
    prices = Prices()
    old = prices.word(MARK_SLOT)
    prices.backend.set_time(prices.backend.time + 10)
    for price in (PRICE // 2, PRICE * 2):
        prices.report(price)
        low, high = (
            mark_at(INDEX * each // PRICE, 0, 0, 1_000_000, 300) for each in sorted((PRICE, price))
        )
        book = prices.word(BOOK_SLOT)
        assert book >> 48 & 2**48 - 1 == band_around(low, high)
        assert book >> 255 == 1
        assert prices.word(MARK_SLOT) == old
        assert [event.name for event in prices.events] == ["PriceMoved", "PriceJumped"]
    # The second report confirms it.
    prices.backend.set_time(prices.backend.time + 3)
    prices.report(PRICE * 2)
    level = mark_at(INDEX * 2, 0, 0, 1_000_000, 300)
    assert prices.word(BOOK_SLOT) >> 255 == 0
    assert prices.word(BOOK_SLOT) >> 48 & 2**48 - 1 == band_around(level, level)
    assert prices.word(MARK_SLOT) % 2**48 == level


def test_poke_of_an_asset_without_a_perp_writes_no_mark() -> None:
    prices = Prices()
    for key in PERP_SLOTS:
        prices.write(key, 0)
    prices.report(PRICE * 105 // 100)
    assert tuple(map(prices.word, PERP_SLOTS)) == (0,) * 6
    assert [event.name for event in prices.events] == ["PriceMoved", "PriceUpdated"]

"""What guards a reference price: confirmation of jumps, the slow price, confidence, the peg."""

from fractions import Fraction

import pytest

from tests.support.backend import START_TIME
from tests.support.doubles import list_with_scripted_feed, script_confidence, script_feed
from tests.support.lending import BORROWER, LendingScene
from tests.support.scene import DOLLARS, IOC, UNIT, Scene
from tests.support.soundness import exchange_storage, refused
from tests.support.system import DOLLAR, System, deploy_system
from worldmarkets.model import slots
from worldmarkets.model.interface import SpotTerms
from worldmarkets.model.words import BookWord, FeedWord, RiskWord, UnderlyingWord

HOUR = 3_600
PRICE = 10**10
"""What a dollar is worth an atom of eight decimals [1e-18 dollars]."""
TERMS = SpotTerms(1, 1_000, 1, 0, 0, 500)


@pytest.fixture
def feed(scene: Scene) -> str:
    """A scripted feed of asset 3, whose price is 100 dollars."""
    _, address = list_with_scripted_feed(scene.system, 8, 1)
    report(scene, address, 100 * DOLLAR)
    return address


def report(scene: Scene, feed: str, price: int, age: int = 0) -> str:
    """Report a price of asset 3, so many seconds old, and poke; what became of it, by event."""
    script_feed(scene.system, feed, price, scene.system.backend.time - age)
    scene.system.poke(3)
    names = [event.name for event in scene.system.events() if event.name != "PriceMoved"]
    return "".join(names)


def wait(scene: Scene, seconds: int) -> None:
    scene.system.backend.set_time(scene.system.backend.time + seconds)


# --------------------------------------------------------------- jumps


@pytest.mark.parametrize("price", [110 * DOLLAR, 90 * DOLLAR])
def test_poke_of_a_tenth_more_or_less_is_taken_and_a_bit_more_waits(
    scene: Scene, feed: str, price: int
) -> None:
    step = 10**8 if price > 100 * DOLLAR else -(10**8)
    assert report(scene, feed, price + step) == "PriceJumped"
    assert scene.underlying(3).price == 100 * PRICE
    assert report(scene, feed, price) == "PriceUpdated"
    assert scene.underlying(3).price == price // 10**8


def test_poke_of_a_jump_waits_and_says_so(scene: Scene, feed: str) -> None:
    wait(scene, 5)
    before = scene.underlying(3)

    assert report(scene, feed, 150 * DOLLAR, age=1) == "PriceJumped"

    [moved, event] = scene.system.events()
    now = scene.system.backend.time
    assert (moved.name, moved.fields) == ("PriceMoved", {"assetId": 3, "pausedUntil": now + 10})
    assert event.fields == {"assetId": 3, "price": 150 * PRICE, "time": now - 1}
    waiting = scene.word(FeedWord, slots.feed(3))
    assert waiting == FeedWord(int(feed, 16), 150 * PRICE, now - 1)
    after = scene.underlying(3)
    assert after.unconfirmed == 1
    assert (after.price, after.slow_price, after.time) == (100 * PRICE, 100 * PRICE, before.time)


def test_poke_of_a_second_report_confirms_three_seconds_later(scene: Scene, feed: str) -> None:
    assert report(scene, feed, 150 * DOLLAR) == "PriceJumped"
    for _ in range(2):
        wait(scene, 1)
        before = exchange_storage(scene.system)
        assert report(scene, feed, 150 * DOLLAR) == ""
        assert exchange_storage(scene.system) == before
    wait(scene, 1)
    assert report(scene, feed, 150 * DOLLAR) == "PriceUpdated"
    after = scene.underlying(3)
    assert (after.price, after.unconfirmed) == (150 * PRICE, 0)
    assert scene.word(FeedWord, slots.feed(3)) == FeedWord(int(feed, 16))


def test_poke_counts_when_reports_were_made_not_when_they_came(scene: Scene, feed: str) -> None:
    wait(scene, 10)
    assert report(scene, feed, 150 * DOLLAR, age=9) == "PriceJumped"
    assert report(scene, feed, 150 * DOLLAR, age=7) == ""
    assert report(scene, feed, 150 * DOLLAR, age=6) == "PriceUpdated"


@pytest.mark.parametrize("hundredths", [99, 101])
def test_poke_of_a_second_report_within_a_hundredth_confirms(
    scene: Scene, feed: str, hundredths: int
) -> None:
    report(scene, feed, 150 * DOLLAR)
    wait(scene, 3)
    price = 150 * DOLLAR * hundredths // 100
    outside = price + (10**8 if hundredths > 100 else -(10**8))
    snapshot = scene.system.backend.snapshot()
    assert report(scene, feed, outside) == "PriceJumped"
    scene.system.backend.revert(snapshot)
    assert report(scene, feed, price) == "PriceUpdated"
    assert scene.underlying(3).price == price // 10**8


def test_poke_of_another_jump_starts_waiting_anew(scene: Scene, feed: str) -> None:
    report(scene, feed, 150 * DOLLAR)
    wait(scene, 2)
    assert report(scene, feed, 200 * DOLLAR) == "PriceJumped"
    wait(scene, 2)
    assert report(scene, feed, 200 * DOLLAR) == ""
    wait(scene, 1)
    assert report(scene, feed, 200 * DOLLAR) == "PriceUpdated"


def test_poke_of_a_price_that_comes_back_ends_the_wait(scene: Scene, feed: str) -> None:
    report(scene, feed, 150 * DOLLAR)
    wait(scene, 1)
    assert report(scene, feed, 101 * DOLLAR) == "PriceUpdated"
    after = scene.underlying(3)
    assert (after.price, after.unconfirmed) == (101 * PRICE, 0)
    assert scene.word(FeedWord, slots.feed(3)).pending_price == 0


def test_poke_of_a_jump_lets_the_band_reach_to_both_prices(scene: Scene, feed: str) -> None:
    market = scene.system.list_spot_market(3, TERMS)
    # A lot is a hundred-thousandth of a token: 100 dollars are 1,000 ticks.
    assert band(scene, market) == (1_050, 950)
    report(scene, feed, 150 * DOLLAR)
    assert band(scene, market) == (1_575, 950)
    report(scene, feed, 50 * DOLLAR)
    assert band(scene, market) == (1_050, 475)
    wait(scene, 3)
    report(scene, feed, 50 * DOLLAR)
    assert band(scene, market) == (525, 475)


def band(scene: Scene, market: int) -> tuple[int, int]:
    book = scene.word(BookWord, slots.book(market))
    return book.highest_bid, book.lowest_ask


def test_poke_of_a_first_price_is_never_a_jump(scene: Scene) -> None:
    _, feed = list_with_scripted_feed(scene.system, 8, 1)
    assert report(scene, feed, 10**6 * DOLLAR) == "PriceUpdated"
    assert scene.underlying(3).slow_price == 10**6 * PRICE


# --------------------------------------------------------------- slow price


def test_poke_moves_the_slow_price_by_the_price_that_held_meanwhile(
    scene: Scene, feed: str
) -> None:
    """No report moves it at once: what counts for the time between is the price before."""
    report(scene, feed, 105 * DOLLAR)
    assert scene.underlying(3).slow_price == 100 * PRICE
    wait(scene, 600)
    report(scene, feed, 100 * DOLLAR)
    exact = 105 * PRICE - 5 * PRICE / Fraction(HOUR + 1, HOUR) ** 600
    assert abs(scene.underlying(3).slow_price - exact) <= 1
    assert scene.underlying(3).price == 100 * PRICE


def test_poke_limits_the_slow_price_to_six_percent_an_hour(scene: Scene, feed: str) -> None:
    report(scene, feed, 200 * DOLLAR)
    wait(scene, 3)
    report(scene, feed, 200 * DOLLAR)
    assert scene.underlying(3).slow_price == 100 * PRICE
    wait(scene, HOUR)
    report(scene, feed, 200 * DOLLAR)
    assert scene.underlying(3).slow_price == 106 * PRICE


def test_poke_of_a_second_report_counts_the_old_price_for_the_wait(scene: Scene, feed: str) -> None:
    """While a price waits the old one holds: a jump cannot move the slow price before it is
    confirmed."""
    report(scene, feed, 105 * DOLLAR)
    wait(scene, 60)
    report(scene, feed, 50 * DOLLAR)
    wait(scene, 60)
    report(scene, feed, 50 * DOLLAR)
    assert 100 * PRICE < scene.underlying(3).slow_price < 105 * PRICE


# --------------------------------------------------------------- confidence


@pytest.mark.parametrize("confidence", [0, 1, 9_999, 10_000])
def test_poke_keeps_the_confidence(scene: Scene, feed: str, confidence: int) -> None:
    script_confidence(scene.system, feed, confidence)
    report(scene, feed, 101 * DOLLAR)
    assert scene.underlying(3).confidence_bps == confidence


@pytest.mark.parametrize("confidence", [10_001, 65_535])
def test_poke_of_more_than_full_confidence_is_refused(
    scene: Scene, feed: str, confidence: int
) -> None:
    script_confidence(scene.system, feed, confidence)
    script_feed(scene.system, feed, 101 * DOLLAR, START_TIME)
    with refused(scene.system, "InvalidPrice", 3, 101 * DOLLAR):
        scene.system.poke(3)


def test_borrow_at_low_confidence_is_refused_and_at_the_least_costs_more(
    lending: LendingScene,
) -> None:
    """At 90 % a tenth of the worth is required besides; a basis point below, nothing goes."""
    system = lending.system
    account = lending.new_account(BORROWER, lots=10_000)
    set_confidence(lending, 8_999)
    with refused(system, "LowConfidence", 1, 8_999, 9_000):
        system.borrow(account, 0, UNIT)
    set_confidence(lending, 9_000)
    with refused(system, "BelowInitialMargin", account, 3_000 * DOLLARS - 1, 3_000 * DOLLARS):
        system.borrow(account, 0, (17_000 * DOLLARS + 1) * UNIT)
    system.borrow(account, 0, 17_000 * DOLLARS * UNIT)


def set_confidence(lending: LendingScene, bps: int) -> None:
    """Write the confidence of asset 1 where its feed would have put it [basis points]."""
    system = lending.system
    word = UnderlyingWord(**{**lending.underlying().__dict__, "confidence_bps": bps})
    system.backend.set_word(  # type: ignore[attr-defined]
        system.exchange, slots.underlying(1), word.pack()
    )


# --------------------------------------------------------------- the quote token


@pytest.fixture
def pegged(system: System) -> System:
    """An exchange whose quote token has a feed."""
    fresh = deploy_system(system.backend, assets=(), markets={})
    plan = system.assets[0]
    fresh.add_asset(type(plan)(plan.symbol, plan.decimals, plan.units_per_atom, DOLLAR))
    return fresh


def risk(system: System) -> RiskWord:
    return RiskWord.unpack(system.read_word(slots.risk()))


@pytest.mark.parametrize(
    ("price", "bps"),
    [
        (DOLLAR, 10_000),
        (DOLLAR * 98 // 100, 9_800),
        (DOLLAR * 9_899_999 // 10**7, 9_899),
        (DOLLAR // 10**5, 1),
        (7 * DOLLAR, 65_535),
        (1_000 * DOLLAR, 65_535),
    ],
)
def test_poke_of_the_quote_token_keeps_its_peg(pegged: System, price: int, bps: int) -> None:
    now = pegged.backend.time
    pegged.set_price(0, price)
    assert risk(pegged) == RiskWord(peg_bps=bps, peg_time=now)
    [event] = pegged.events()
    assert event.name == "PriceUpdated"
    assert event.fields == {"assetId": 0, "price": price // 10**6, "time": now}
    # No price of its own: it is a dollar.
    assert pegged.read_word(slots.underlying(0)) == 0


def test_poke_of_an_older_peg_changes_nothing(pegged: System) -> None:
    now = pegged.backend.time
    word = risk(pegged)
    later = RiskWord(peg_bps=word.peg_bps, peg_time=now + 1).pack()
    pegged.backend.set_word(  # type: ignore[attr-defined]
        pegged.exchange, slots.risk(), later
    )
    pegged.post_price(0, DOLLAR * 98 // 100)
    pegged.poke(0)
    assert pegged.events() == []
    assert pegged.read_word(slots.risk()) == later


# --------------------------------------------------------------- while a price waits


def test_trade_on_credit_while_a_price_waits_is_refused_and_goes_on_after(
    lending: LendingScene,
) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, 10_000 * DOLLARS)
    lending.ask(lending.maker, 20_000, 20_000)
    system.post_price(1, 2_300 * DOLLAR)
    system.poke(1)
    with refused(system, "PriceUnconfirmed", 1):
        lending.bid(account, 20_000, 10_000, IOC)
    # What is paid for needs no price.
    assert lending.bid(account, 20_000, 1_000, IOC).filled_lots == 1_000
    lending.wait(3)
    system.post_price(1, 2_000 * DOLLAR)
    system.poke(1)
    assert lending.bid(account, 20_000, 10_000, IOC).filled_lots == 10_000

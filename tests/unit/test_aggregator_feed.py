"""Prices read from aggregators."""

import pytest

from tests.support.backend import START_TIME, user_address
from tests.support.feeds import AggregatorFeed, deploy_aggregator_feed
from tests.support.scene import STRANGER, Scene
from tests.support.soundness import refused
from tests.support.system import DOLLAR, System
from worldmarkets.model.words import UnderlyingWord

ASSET = 7
NOBODY = "0x" + "00" * 20
HIGHEST = 2**127 - 1


@pytest.fixture
def feed(system: System) -> AggregatorFeed:
    return deploy_aggregator_feed(system)


@pytest.fixture
def aggregator(feed: AggregatorFeed) -> str:
    """The aggregator of ASSET: 2,000 dollars with 8 decimals, made at the start."""
    aggregator = feed.new_aggregator(2_000 * 10**8)
    feed.set_aggregator(ASSET, aggregator)
    return aggregator


def test_set_aggregator_is_told_and_readable(feed: AggregatorFeed) -> None:
    aggregator = feed.new_aggregator(10**8)
    feed.set_aggregator(ASSET, aggregator)
    [event] = feed.system.events()
    assert (event.name, event.address) == ("AggregatorSet", feed.address)
    assert event.fields == {"assetId": ASSET, "aggregator": aggregator, "decimals": 8}
    assert feed.view("aggregatorOf", ASSET) == (aggregator, 8)
    assert feed.view("aggregatorOf", ASSET + 1) == (NOBODY, 0)


def test_set_aggregator_of_another_asset_leaves_the_first(
    feed: AggregatorFeed, aggregator: str
) -> None:
    feed.set_aggregator(ASSET + 1, feed.new_aggregator(5, decimals=0), 0)
    assert feed.latest(ASSET) == (2_000 * DOLLAR, START_TIME, 10_000)
    assert feed.latest(ASSET + 1) == (5 * DOLLAR, START_TIME, 10_000)


def test_set_aggregator_again_replaces_it(feed: AggregatorFeed, aggregator: str) -> None:
    feed.set_aggregator(ASSET, feed.new_aggregator(3 * 10**18, decimals=18), 18)
    assert feed.latest(ASSET) == (3 * DOLLAR, START_TIME, 10_000)


def test_set_aggregator_to_zero_leaves_no_price(feed: AggregatorFeed, aggregator: str) -> None:
    feed.set_aggregator(ASSET, NOBODY, 0)
    assert feed.latest(ASSET) == (0, 0, 0)
    assert feed.view("aggregatorOf", ASSET) == (NOBODY, 0)


def test_set_aggregator_by_a_stranger_is_refused(feed: AggregatorFeed, aggregator: str) -> None:
    with refused(feed.system, "AccessManagedUnauthorized", STRANGER):
        feed.set_aggregator(ASSET, aggregator, sender=STRANGER)


def test_set_aggregator_of_nineteen_decimals_is_refused(feed: AggregatorFeed) -> None:
    aggregator = feed.new_aggregator(10**19, decimals=19)
    with refused(feed.system, "TooManyDecimals", ASSET, 19, 18):
        feed.set_aggregator(ASSET, aggregator, 19)


@pytest.mark.parametrize("decimals", [7, 9])
def test_set_aggregator_with_other_decimals_than_it_has_is_refused(
    feed: AggregatorFeed, decimals: int
) -> None:
    aggregator = feed.new_aggregator(10**8)
    with refused(feed.system, "DecimalsChanged", ASSET, 8, decimals):
        feed.set_aggregator(ASSET, aggregator, decimals)


def test_set_aggregator_without_an_answer_is_refused(feed: AggregatorFeed) -> None:
    aggregator = feed.new_aggregator(10**8)
    feed.script(aggregator, "set", 10**8, 0)
    with refused(feed.system, "RoundIncomplete", ASSET, 1):
        feed.set_aggregator(ASSET, aggregator)


def test_set_aggregator_to_an_address_without_code_is_refused(feed: AggregatorFeed) -> None:
    nobody = user_address(0x99)
    with refused(feed.system, "AggregatorUnreadable", ASSET, nobody):
        feed.set_aggregator(ASSET, nobody)


def test_set_aggregator_to_a_contract_of_another_kind_is_refused(feed: AggregatorFeed) -> None:
    """A token has decimals and no rounds."""
    token = feed.system.tokens[2]
    with refused(feed.system, "AggregatorUnreadable", ASSET, token):
        feed.set_aggregator(ASSET, token, 8)


def test_latest_price_without_aggregator_is_zero(feed: AggregatorFeed) -> None:
    assert feed.latest(ASSET) == (0, 0, 0)


@pytest.mark.parametrize(
    ("decimals", "answer", "price"),
    [
        (0, 1, DOLLAR),
        (8, 1, 10**10),
        (8, 60_123_45678901, 60_123_45678901 * 10**10),
        (17, 1, 10),
        (18, 1, 1),
        (18, HIGHEST, HIGHEST),
        (0, HIGHEST, HIGHEST * DOLLAR),
    ],
)
def test_latest_price_is_the_answer_in_the_unit_of_prices(
    feed: AggregatorFeed, decimals: int, answer: int, price: int
) -> None:
    feed.set_aggregator(ASSET, feed.new_aggregator(answer, decimals), decimals)
    assert feed.latest(ASSET) == (price, START_TIME, 10_000)


def test_latest_price_has_the_time_of_the_answer(feed: AggregatorFeed, aggregator: str) -> None:
    feed.system.backend.set_time(START_TIME + 500)
    assert feed.latest(ASSET) == (2_000 * DOLLAR, START_TIME, 10_000)
    feed.script(aggregator, "set", 2_001 * 10**8, START_TIME + 499)
    assert feed.latest(ASSET) == (2_001 * DOLLAR, START_TIME + 499, 10_000)


@pytest.mark.parametrize("answer", [0, -1, -(2**255), HIGHEST + 1, 2**255 - 1])
def test_latest_price_of_an_answer_that_is_no_price_is_refused(
    feed: AggregatorFeed, aggregator: str, answer: int
) -> None:
    feed.script(aggregator, "set", answer, START_TIME)
    with refused(feed.system, "InvalidAnswer", ASSET, answer):
        feed.latest(ASSET)


def test_latest_price_of_a_round_without_time_is_refused(
    feed: AggregatorFeed, aggregator: str
) -> None:
    feed.script(aggregator, "set", 2_000 * 10**8, 0)
    with refused(feed.system, "RoundIncomplete", ASSET, 1):
        feed.latest(ASSET)


def test_latest_price_of_a_round_answered_in_an_earlier_one_is_refused(
    feed: AggregatorFeed, aggregator: str
) -> None:
    feed.script(aggregator, "setRounds", 2**80 - 1, 2**80 - 2)
    with refused(feed.system, "RoundIncomplete", ASSET, 2**80 - 1):
        feed.latest(ASSET)
    feed.script(aggregator, "setRounds", 2**80 - 1, 2**80 - 1)
    assert feed.latest(ASSET)[0] == 2_000 * DOLLAR


@pytest.mark.parametrize("ahead", [1, 2**32, 2**256 - 1 - START_TIME])
def test_latest_price_from_the_future_is_refused(
    feed: AggregatorFeed, aggregator: str, ahead: int
) -> None:
    feed.script(aggregator, "set", 2_000 * 10**8, START_TIME + ahead)
    with refused(feed.system, "RoundFromFuture", ASSET, START_TIME + ahead):
        feed.latest(ASSET)


@pytest.mark.parametrize("decimals", [0, 7, 9, 18, 264, 2**256 - 1])
def test_latest_price_with_changed_decimals_is_refused(
    feed: AggregatorFeed, aggregator: str, decimals: int
) -> None:
    feed.script(aggregator, "setDecimals", decimals)
    with refused(feed.system, "DecimalsChanged", ASSET, decimals, 8):
        feed.latest(ASSET)


@pytest.mark.parametrize("size", [0, 1, 32, 159])
def test_latest_price_of_an_aggregator_that_fails_or_says_too_little_is_refused(
    feed: AggregatorFeed, aggregator: str, size: int
) -> None:
    feed.script(aggregator, "setRoundSize", size)
    with refused(feed.system, "AggregatorUnreadable", ASSET, aggregator):
        feed.latest(ASSET)
    feed.script(aggregator, "setRoundSize", 160)
    assert feed.latest(ASSET)[0] == 2_000 * DOLLAR


def test_poke_copies_the_answer_into_the_exchange(scene: Scene) -> None:
    feed = deploy_aggregator_feed(scene.system)
    asset = feed.list_asset()
    feed.set_aggregator(asset, feed.new_aggregator(25 * 10**8))
    scene.system.poke(asset, sender=STRANGER)
    word: UnderlyingWord = scene.underlying(asset)
    assert (word.price, word.time) == (25 * DOLLAR // 10**8, START_TIME)


def test_poke_without_aggregator_is_refused(scene: Scene) -> None:
    asset = deploy_aggregator_feed(scene.system).list_asset()
    with refused(scene.system, "InvalidPrice", asset, 0):
        scene.system.poke(asset)

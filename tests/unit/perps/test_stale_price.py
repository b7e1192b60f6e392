"""Perps while the price of the asset is old, unconfirmed or uncertain: de-risking alone."""

from dataclasses import replace

import pytest

from tests.support.perps import MARK, PerpScene
from tests.support.scene import IOC
from tests.support.soundness import refused
from tests.support.system import DOLLAR, ETH_PERP
from worldmarkets.model import slots

OLD = 61
"""A second more than a price may be old where risk is added."""


@pytest.fixture
def open_position(perps: PerpScene) -> PerpScene:
    """A hundred lots long against as many short, and a minute and a second later."""
    perps.trade(perps.long_account, perps.short_account, 100)
    perps.perp_ask(perps.maker, MARK, 1_000)
    perps.perp_bid(perps.taker, MARK - 1, 1_000)
    perps.wait(OLD)
    return perps


def stale(perps: PerpScene) -> tuple[str, int, int, int]:
    return ("StalePrice", 1, perps.underlying().time, perps.system.backend.time - 60)


def test_opening_at_an_old_price_is_refused(open_position: PerpScene, third: int) -> None:
    scene = open_position
    with refused(scene.system, *stale(scene)):
        scene.perp_bid(third, MARK, 1, IOC)
    with refused(scene.system, *stale(scene)):
        scene.perp_bid(third, MARK - 2, 1)


def test_adding_at_an_old_price_is_refused(open_position: PerpScene, long: int, short: int) -> None:
    scene = open_position
    with refused(scene.system, *stale(scene)):
        scene.perp_bid(long, MARK, 1, IOC)
    with refused(scene.system, *stale(scene)):
        scene.perp_ask(short, MARK - 1, 1, IOC)


@pytest.mark.parametrize("lots", [1, 99, 100])
def test_closing_at_an_old_price_passes(
    open_position: PerpScene, long: int, short: int, lots: int
) -> None:
    scene = open_position
    assert scene.perp_ask(long, MARK - 1, lots, IOC).filled_lots == lots
    assert scene.perp_bid(short, MARK, lots, IOC).filled_lots == lots


def test_turning_at_an_old_price_is_refused(open_position: PerpScene, long: int) -> None:
    scene = open_position
    with refused(scene.system, *stale(scene)):
        scene.perp_ask(long, MARK - 1, 101, IOC)


def test_resting_what_only_reduces_at_an_old_price_passes(
    open_position: PerpScene, long: int, short: int
) -> None:
    scene = open_position
    assert scene.perp_ask(long, 20_100, 100, reduce_only=True).resting_lots == 100
    assert scene.perp_bid(short, 19_900, 100, reduce_only=True).resting_lots == 100


def test_cancelling_and_settling_at_an_old_price_pass(open_position: PerpScene, long: int) -> None:
    scene = open_position
    [(order_id, _)] = scene.orders(MARK, ETH_PERP)
    assert scene.system.cancel(scene.maker, order_id) == 1_000
    assert scene.system.settle(long, ETH_PERP) == -70_000


def test_opening_while_a_price_waits_is_refused(perps: PerpScene, long: int, short: int) -> None:
    perps.trade(long, short, 100)
    perps.perp_ask(perps.maker, MARK, 10)
    perps.perp_bid(perps.taker, MARK - 1, 10)
    perps.system.post_price(1, 2_400 * DOLLAR)
    perps.system.poke(1)
    with refused(perps.system, "PriceUnconfirmed", 1):
        perps.perp_bid(long, MARK, 1, IOC)
    assert perps.perp_ask(long, MARK - 1, 10, IOC).filled_lots == 10


def test_opening_at_an_uncertain_price_is_refused(perps: PerpScene, long: int, short: int) -> None:
    perps.trade(long, short, 100)
    perps.perp_bid(perps.taker, MARK - 1, 10)
    perps.perp_ask(perps.maker, MARK, 10)
    word = replace(perps.underlying(), confidence_bps=8_999)
    perps.set_word(slots.underlying(1), word)
    perps.system.poke_markets(ETH_PERP)
    with refused(perps.system, "LowConfidence", 1, 8_999, 9_000):
        perps.perp_bid(long, MARK, 1, IOC)
    assert perps.perp_ask(long, MARK - 1, 10, IOC).filled_lots == 10

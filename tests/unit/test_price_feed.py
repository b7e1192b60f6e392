"""Posting prices."""

import pytest

from tests.support.backend import START_TIME
from tests.support.scene import STRANGER
from tests.support.soundness import all_storage, refused
from tests.support.system import ADMIN, DOLLAR, System


def post(system: System, assets: list[int], prices: list[int], sender: str = ADMIN) -> None:
    system.execute_on(system.feed, "PostedPriceFeed", sender, "post", assets, prices)


def latest(system: System, asset: int) -> tuple[int, int]:
    price, time, confidence_bps = system.view(system.feed, "PostedPriceFeed", "latestPrice", asset)
    assert confidence_bps == 10_000
    return price, time


def test_post_stores_prices_and_the_time(system: System) -> None:
    system.backend.set_time(START_TIME + 7)
    post(system, [1, 9], [5 * DOLLAR, 2**224 - 1])
    [event] = system.events()
    assert event.name == "PricesPosted"
    assert event.fields == {"assetIds": (1, 9), "prices": (5 * DOLLAR, 2**224 - 1)}
    assert latest(system, 1) == (5 * DOLLAR, START_TIME + 7)
    assert latest(system, 9) == (2**224 - 1, START_TIME + 7)


def test_latest_price_before_the_first_post_is_zero(system: System) -> None:
    assert latest(system, 40) == (0, 0)


def test_post_changes_the_exchange_only_when_poked(system: System) -> None:
    before = all_storage(system.backend)[system.exchange]
    post(system, [1], [5 * DOLLAR])
    assert all_storage(system.backend)[system.exchange] == before


def test_post_by_a_stranger_is_refused(system: System) -> None:
    with refused(system, "AccessManagedUnauthorized", STRANGER):
        post(system, [1], [DOLLAR], STRANGER)


@pytest.mark.parametrize(("assets", "prices"), [([1, 2], [1]), ([], [1]), ([1], [])])
def test_post_of_arrays_of_different_length_is_refused(
    system: System, assets: list[int], prices: list[int]
) -> None:
    with refused(system, "LengthMismatch", len(assets), len(prices)):
        post(system, assets, prices)

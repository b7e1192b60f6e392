"""Listing assets."""

import pytest

from tests.support.abi import creation_code
from tests.support.scene import STRANGER, Scene
from tests.support.soundness import refused
from tests.support.system import ADMIN, DOLLAR, System, deploy_system
from worldmarkets.model import slots
from worldmarkets.model.words import FeedWord, OutflowWord, RegistryWord, TokenWord

ZERO = "0x" + "00" * 20


def parameter(name: str) -> bytes:
    return name.encode().ljust(32, b"\0")


def new_token(system: System, decimals: int = 8) -> str:
    return system.backend.deploy(ADMIN, creation_code("FaucetToken", "T", "T", decimals))


def test_list_asset_takes_the_next_id_and_stores_its_terms(scene: Scene) -> None:
    system = scene.system
    token = new_token(system, 12)

    assert system.list_asset(token, 10**4, system.feed) == 3

    [event] = system.events()
    assert event.name == "AssetListed"
    assert event.fields == {
        "assetId": 3,
        "token": token,
        "unitsPerAtom": 10**4,
        "feed": system.feed,
    }
    assert scene.word(TokenWord, slots.token(3)) == TokenWord(int(token, 16), 10**4, 12)
    assert system.read_word(slots.feed(3)) == int(system.feed, 16)
    assert scene.word(RegistryWord, slots.registry()).assets == 4


def test_list_asset_by_a_stranger_is_refused(scene: Scene) -> None:
    token = new_token(scene.system)
    with refused(scene.system, "AccessManagedUnauthorized", STRANGER):
        scene.system.list_asset(token, 1, scene.system.feed, sender=STRANGER)


def test_list_asset_twice_is_refused(scene: Scene) -> None:
    for token in scene.system.tokens:
        arguments = (parameter("token"), int(token, 16))
        with refused(scene.system, "InvalidParameter", *arguments):
            scene.system.list_asset(token, 1, scene.system.feed)


def test_list_asset_without_units_is_refused(scene: Scene) -> None:
    token = new_token(scene.system)
    with refused(scene.system, "InvalidParameter", parameter("unitsPerAtom"), 0):
        scene.system.list_asset(token, 0, scene.system.feed)


def test_list_asset_without_feed_is_refused(scene: Scene) -> None:
    token = new_token(scene.system)
    with refused(scene.system, "InvalidParameter", parameter("feed"), 0):
        scene.system.list_asset(token, 1, ZERO)


@pytest.mark.parametrize("has_feed", [False, True])
def test_list_quote_asset_with_and_without_a_feed_stores_it(system: System, has_feed: bool) -> None:
    fresh = deploy_system(system.backend, assets=(), markets={})
    feed = fresh.feed if has_feed else ZERO
    assert fresh.list_asset(new_token(fresh), 1, feed) == 0
    assert FeedWord.unpack(fresh.read_word(slots.feed(0))) == FeedWord(feed=int(feed, 16))
    # It has no risk of its own and no ramp.
    assert fresh.read_words([slots.underlying(0), slots.ramp(0)]) == [0, 0]


@pytest.mark.parametrize("address", [ZERO, STRANGER])
def test_list_asset_of_no_contract_is_refused(scene: Scene, address: str) -> None:
    with refused(scene.system, ""):
        scene.system.list_asset(address, 1, scene.system.feed)


def test_list_asset_with_the_largest_unit_is_stored(scene: Scene) -> None:
    token = new_token(scene.system)
    asset = scene.system.list_asset(token, 2**64 - 1, scene.system.feed)
    stored = scene.word(TokenWord, slots.token(asset))
    assert (stored.units_per_atom, stored.decimals) == (2**64 - 1, 8)


def test_list_asset_forty_fifth_is_refused(scene: Scene) -> None:
    for _ in range(41):
        last = scene.system.list_asset(new_token(scene.system), 1, scene.system.feed)
    assert last == 43
    token = new_token(scene.system)
    with refused(scene.system, "InvalidParameter", parameter("assets"), 44):
        scene.system.list_asset(token, 1, scene.system.feed)


@pytest.mark.parametrize("decimals", [0, 36])
def test_list_asset_with_the_fewest_and_most_decimals_is_stored(
    scene: Scene, decimals: int
) -> None:
    asset = scene.system.list_asset(new_token(scene.system, decimals), 1, scene.system.feed)
    assert scene.word(TokenWord, slots.token(asset)).decimals == decimals


@pytest.mark.parametrize("decimals", [37, 77, 78, 255])
def test_list_asset_with_too_many_decimals_is_refused(scene: Scene, decimals: int) -> None:
    """Ten to their power would not fit, and every poke would revert."""
    token = new_token(scene.system, decimals)
    with refused(scene.system, "InvalidParameter", parameter("decimals"), decimals):
        scene.system.list_asset(token, 1, scene.system.feed)


def test_list_asset_with_the_most_decimals_takes_prices(scene: Scene) -> None:
    system = scene.system
    asset = system.list_asset(new_token(system, 36), 10**18, system.feed)
    system.set_price(asset, 2 * DOLLAR)
    assert scene.underlying(asset).price == 2


def test_list_asset_may_let_a_quarter_leave_in_a_day(scene: Scene) -> None:
    asset = scene.system.list_asset(new_token(scene.system), 1, scene.system.feed)
    assert scene.outflow(asset) == OutflowWord(limit_ppm=250_000)

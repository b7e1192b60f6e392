"""Which assets an account uses."""

import pytest

from tests.support.scene import (
    BID,
    ETH_UNIT,
    IOC,
    LOT,
    MAKER,
    START_CASH,
    START_LOTS,
    STRANGER,
    UNIT,
    Scene,
)
from tests.support.soundness import refused
from tests.support.system import BTC_MARKET, AssetPlan


def test_activate_marks_the_asset_and_the_quote_asset(scene: Scene) -> None:
    account = scene.system.create_account(STRANGER)
    scene.system.activate_asset(account, 2)
    [event] = scene.system.events()
    assert event.name == "AssetActivated"
    assert event.fields == {"accountId": account, "assetId": 2}
    assert scene.account(account).assets == 0b101


def test_activate_of_the_quote_asset_marks_it_alone(scene: Scene) -> None:
    account = scene.system.create_account(STRANGER)
    scene.system.activate_asset(account, 0)
    assert scene.account(account).assets == 0b1


def test_activate_twice_changes_nothing_more(scene: Scene) -> None:
    before = scene.account(scene.maker)
    scene.system.activate_asset(scene.maker, 1)
    assert scene.account(scene.maker) == before


@pytest.mark.parametrize("asset", [3, 43, 44, 255, 256, 65_535])
def test_activate_and_deactivate_of_an_unlisted_asset_are_refused(scene: Scene, asset: int) -> None:
    with refused(scene.system, "UnlistedAsset", asset):
        scene.system.activate_asset(scene.maker, asset)
    with refused(scene.system, "UnlistedAsset", asset):
        scene.system.deactivate_asset(scene.maker, asset)


def test_activate_by_a_stranger_or_for_nobody_is_refused(scene: Scene) -> None:
    for function in (scene.system.activate_asset, scene.system.deactivate_asset):
        with refused(scene.system, "NotAccountOwner", scene.maker, STRANGER):
            function(scene.maker, 2, sender=STRANGER)
        with refused(scene.system, "UnknownAccount", 99):
            function(99, 2, sender=MAKER)


def test_activate_of_a_seventeenth_asset_is_refused(scene: Scene) -> None:
    system = scene.system
    for index in range(14):
        system.add_asset(AssetPlan(f"T{index}", 8, 1, 10**18))
    account = system.create_account(STRANGER)
    for asset in range(1, 16):
        system.activate_asset(account, asset)
    assert scene.account(account).assets == 2**16 - 1
    with refused(system, "TooManyAssets", account, 17, 16):
        system.activate_asset(account, 16)
    system.deactivate_asset(account, 7)
    system.activate_asset(account, 16)
    assert scene.account(account).assets == (2**16 - 1 | 1 << 16) & ~(1 << 7)


def test_deactivate_of_an_empty_asset_frees_its_place(scene: Scene) -> None:
    scene.system.activate_asset(scene.maker, 2)
    scene.system.deactivate_asset(scene.maker, 2)
    [event] = scene.system.events()
    assert event.name == "AssetDeactivated"
    assert event.fields == {"accountId": scene.maker, "assetId": 2}
    assert scene.account(scene.maker).assets == 0b11


def test_deactivate_of_an_asset_not_in_use_changes_nothing(scene: Scene) -> None:
    before = scene.account(scene.maker)
    scene.system.deactivate_asset(scene.maker, 2)
    assert scene.account(scene.maker) == before


def test_deactivate_of_an_asset_with_a_balance_is_refused(scene: Scene) -> None:
    with refused(scene.system, "AssetInUse", scene.maker, 1):
        scene.system.deactivate_asset(scene.maker, 1)
    scene.system.withdraw(scene.maker, 1, START_LOTS * LOT * ETH_UNIT - ETH_UNIT)
    with refused(scene.system, "AssetInUse", scene.maker, 1):
        scene.system.deactivate_asset(scene.maker, 1)


def test_deactivate_of_an_asset_with_an_open_bid_is_refused(scene: Scene) -> None:
    system = scene.system
    made = system.place(scene.maker, BTC_MARKET, BID, 60_000, 20).order_id
    with refused(system, "AssetInUse", scene.maker, 2):
        system.deactivate_asset(scene.maker, 2)
    system.cancel(scene.maker, made)
    system.deactivate_asset(scene.maker, 2)
    assert scene.account(scene.maker).assets == 0b11


def test_deactivate_of_the_quote_asset_is_refused(scene: Scene) -> None:
    """Every market pays into it, even of an account that has nothing."""
    with refused(scene.system, "AssetInUse", scene.maker, 0):
        scene.system.deactivate_asset(scene.maker, 0)
    account = scene.system.create_account(STRANGER)
    with refused(scene.system, "AssetInUse", account, 0):
        scene.system.deactivate_asset(account, 0)
    scene.system.withdraw(scene.maker, 0, START_CASH * UNIT)
    with refused(scene.system, "AssetInUse", scene.maker, 0):
        scene.system.deactivate_asset(scene.maker, 0)


def test_deactivated_asset_is_no_longer_credited_by_others(scene: Scene) -> None:
    system = scene.system
    system.activate_asset(scene.taker, 2)
    system.deactivate_asset(scene.taker, 2)
    system.mint(STRANGER, 2, 5)
    with refused(system, "AssetNotActivated", scene.taker, 2):
        system.deposit(scene.taker, 2, 5, sender=STRANGER)


def test_immediate_order_that_trades_nothing_activates_nothing(scene: Scene) -> None:
    account = scene.new_account(STRANGER, START_CASH)
    scene.bid(account, 20_000, 1, IOC)
    assert scene.account(account).assets == 0b1
    scene.ask(scene.maker, 20_000, 1)
    scene.bid(account, 20_000, 1, IOC)
    assert scene.account(account).assets == 0b11

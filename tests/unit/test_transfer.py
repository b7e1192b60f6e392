"""Moving atoms between accounts."""

import pytest

from tests.support.scene import (
    LOT,
    MAKER,
    START_CASH,
    START_LOTS,
    STRANGER,
    Scene,
)
from tests.support.soundness import refused
from tests.support.system import AssetPlan
from worldmarkets.model.words import LedgerWord


def test_transfer_moves_atoms_and_emits_both_balances(scene: Scene) -> None:
    other = scene.new_account(MAKER, cash_atoms=5)
    scene.system.transfer(scene.maker, other, 0, 7)
    [event] = scene.system.events()
    assert event.name == "Transferred"
    assert event.fields == {
        "fromAccountId": scene.maker,
        "toAccountId": other,
        "assetId": 0,
        "atoms": 7,
        "fromBalanceAtoms": START_CASH - 7,
        "toBalanceAtoms": 12,
    }
    assert scene.ledger(scene.maker, 0) == LedgerWord(touched=1, balance=START_CASH - 7)
    assert scene.ledger(other, 0) == LedgerWord(touched=1, balance=12)


def test_transfer_of_a_whole_base_balance_moves_the_place_in_use(scene: Scene) -> None:
    other = scene.system.create_account(MAKER)
    scene.system.transfer(scene.maker, other, 1, START_LOTS * LOT)
    assert scene.account(scene.maker).assets == 0b01
    assert scene.account(other).assets == 0b11
    assert (scene.base(scene.maker), scene.base(other)) == (0, START_LOTS * LOT)


def test_transfer_from_unknown_account_is_refused(scene: Scene) -> None:
    with refused(scene.system, "UnknownAccount", 99):
        scene.system.transfer(99, scene.maker, 0, 1, sender=MAKER)


def test_transfer_to_unknown_account_is_refused(scene: Scene) -> None:
    with refused(scene.system, "UnknownAccount", 99):
        scene.system.transfer(scene.maker, 99, 0, 1)


def test_transfer_from_somebody_else_is_refused(scene: Scene) -> None:
    own = scene.new_account(STRANGER)
    with refused(scene.system, "NotAccountOwner", scene.maker, STRANGER):
        scene.system.transfer(scene.maker, own, 0, 1, sender=STRANGER)


def test_transfer_to_somebody_else_moves_atoms(scene: Scene) -> None:
    scene.system.transfer(scene.maker, scene.taker, 0, 7)
    assert (scene.cash(scene.maker), scene.cash(scene.taker)) == (START_CASH - 7, START_CASH + 7)


def test_transfer_to_somebody_else_who_does_not_use_the_asset_is_refused(scene: Scene) -> None:
    scene.system.fund(scene.maker, 2, 5)
    with refused(scene.system, "AssetNotActivated", scene.taker, 2):
        scene.system.transfer(scene.maker, scene.taker, 2, 5)
    scene.system.activate_asset(scene.taker, 2)
    scene.system.transfer(scene.maker, scene.taker, 2, 5)
    assert (scene.base(scene.maker, 2), scene.base(scene.taker, 2)) == (0, 5)


def test_transfer_to_the_same_account_is_refused(scene: Scene) -> None:
    with refused(scene.system, "SameAccount", scene.maker):
        scene.system.transfer(scene.maker, scene.maker, 0, 1)


@pytest.mark.parametrize("asset", [3, 255, 256, 65_535])
def test_transfer_of_unlisted_asset_is_refused(scene: Scene, asset: int) -> None:
    other = scene.system.create_account(MAKER)
    with refused(scene.system, "UnlistedAsset", asset):
        scene.system.transfer(scene.maker, other, asset, 1)


def test_transfer_of_nothing_is_refused(scene: Scene) -> None:
    other = scene.system.create_account(MAKER)
    with refused(scene.system, "ZeroAmount"):
        scene.system.transfer(scene.maker, other, 0, 0)


@pytest.mark.parametrize("atoms", [START_CASH + 1, 2**95, 2**96, 2**160, 2**255, 2**256 - 1])
def test_transfer_of_more_than_the_balance_is_refused(scene: Scene, atoms: int) -> None:
    other = scene.system.create_account(MAKER)
    with refused(scene.system, "InsufficientBalance", scene.maker, 0, START_CASH, atoms):
        scene.system.transfer(scene.maker, other, 0, atoms)


def test_transfer_of_what_open_asks_need_is_refused(scene: Scene) -> None:
    other = scene.system.create_account(MAKER)
    scene.ask(scene.maker, 20_000, START_LOTS)
    balance = START_LOTS * LOT
    with refused(scene.system, "InsufficientBalance", scene.maker, 1, balance - 1, balance):
        scene.system.transfer(scene.maker, other, 1, 1)


def test_transfer_of_what_open_bids_need_is_refused(scene: Scene) -> None:
    other = scene.system.create_account(MAKER)
    scene.bid(scene.maker, 19_000, 1_000)
    needed = 1_000 * scene.book().highest_bid * 100
    with refused(scene.system, "InsufficientBalance", scene.maker, 0, needed - 1, needed):
        scene.system.transfer(scene.maker, other, 0, START_CASH - needed + 1)
    scene.system.transfer(scene.maker, other, 0, START_CASH - needed)


def test_transfer_of_a_seventeenth_asset_is_refused(scene: Scene) -> None:
    system = scene.system
    for index in range(14):
        system.add_asset(AssetPlan(f"T{index}", 8, 1, 10**18))
    full = system.create_account(MAKER)
    for asset in range(2, 17):
        system.fund(full, asset, 1)
    with refused(system, "TooManyAssets", full, 17, 16):
        system.transfer(scene.maker, full, 1, 1)

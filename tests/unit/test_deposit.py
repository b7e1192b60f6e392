"""Bringing tokens in."""

import pytest

from tests.support.abi import creation_code
from tests.support.doubles import list_double
from tests.support.scene import (
    DEPOSITOR,
    ETH_UNIT,
    MAKER,
    START_CASH,
    STRANGER,
    UNIT,
    Scene,
)
from tests.support.soundness import refused
from tests.support.system import ADMIN, AssetPlan
from worldmarkets.model.words import MAX_HELD_ATOMS, LedgerWord


def test_deposit_credits_what_arrived_and_emits_the_balance(scene: Scene) -> None:
    system = scene.system
    system.mint(MAKER, 0, 7 * UNIT)
    before = system.token_balance(0, system.exchange)

    assert system.deposit(scene.maker, 0, 7 * UNIT) == 7

    [event] = [event for event in system.events() if event.name == "Deposited"]
    assert event.fields == {
        "accountId": scene.maker,
        "assetId": 0,
        "atoms": 7,
        "balanceAtoms": START_CASH + 7,
    }
    assert scene.ledger(scene.maker, 0) == LedgerWord(touched=1, balance=START_CASH + 7)
    assert system.token_balance(0, MAKER) == 0
    assert system.token_balance(0, system.exchange) == before + 7 * UNIT


def test_deposit_of_first_base_asset_marks_it_and_quote_as_used(scene: Scene) -> None:
    account = scene.system.create_account(MAKER)
    scene.system.fund(account, 2, 5)
    assert scene.account(account).assets == 0b101
    assert scene.base(account, 2) == 5


def test_deposit_of_one_atom_is_credited(scene: Scene) -> None:
    account = scene.new_account(STRANGER, cash_atoms=1)
    assert scene.cash(account) == 1


def test_deposit_to_unknown_account_is_refused(scene: Scene) -> None:
    scene.system.mint(MAKER, 0, UNIT)
    with refused(scene.system, "UnknownAccount", 99):
        scene.system.deposit(99, 0, UNIT, sender=MAKER)
    with refused(scene.system, "UnknownAccount", 0):
        scene.system.deposit(0, 0, UNIT, sender=MAKER)


def test_deposit_by_somebody_else_is_credited_to_the_account(scene: Scene) -> None:
    system = scene.system
    system.mint(DEPOSITOR, 0, 7 * UNIT)
    assert system.deposit(scene.maker, 0, 7 * UNIT, sender=DEPOSITOR) == 7
    assert scene.cash(scene.maker) == START_CASH + 7
    assert system.token_balance(0, DEPOSITOR) == 0


def test_deposit_by_somebody_else_of_a_further_asset_is_refused(scene: Scene) -> None:
    system = scene.system
    system.mint(DEPOSITOR, 2, 5)
    with refused(system, "AssetNotActivated", scene.maker, 2):
        system.deposit(scene.maker, 2, 5, sender=DEPOSITOR)
    system.activate_asset(scene.maker, 2)
    assert system.deposit(scene.maker, 2, 5, sender=DEPOSITOR) == 5
    assert scene.base(scene.maker, 2) == 5


def test_deposit_by_somebody_else_into_an_account_without_assets_is_refused(scene: Scene) -> None:
    account = scene.system.create_account(STRANGER)
    scene.system.mint(DEPOSITOR, 0, UNIT)
    with refused(scene.system, "AssetNotActivated", account, 0):
        scene.system.deposit(account, 0, UNIT, sender=DEPOSITOR)


def test_deposit_by_somebody_else_uses_his_allowance_alone(scene: Scene) -> None:
    """The owner's allowance is never drawn on by others."""
    system = scene.system
    system.mint(MAKER, 0, UNIT)
    with refused(system, "ERC20InsufficientAllowance", system.exchange, 0, UNIT):
        system.deposit(scene.maker, 0, UNIT, sender=DEPOSITOR)


@pytest.mark.parametrize("asset", [3, 43, 255, 256, 257, 65_535])
def test_deposit_of_unlisted_asset_is_refused(scene: Scene, asset: int) -> None:
    with refused(scene.system, "UnlistedAsset", asset):
        scene.system.deposit(scene.maker, asset, UNIT)


def test_deposit_of_nothing_is_refused(scene: Scene) -> None:
    with refused(scene.system, "ZeroAmount"):
        scene.system.deposit(scene.maker, 0, 0)


@pytest.mark.parametrize("units", [1, UNIT - 1, UNIT + 1])
def test_deposit_of_fractional_atoms_is_refused(scene: Scene, units: int) -> None:
    scene.system.mint(MAKER, 0, units)
    with refused(scene.system, "FractionalAtoms", units, UNIT):
        scene.system.deposit(scene.maker, 0, units)


def test_deposit_without_allowance_is_refused(scene: Scene) -> None:
    system = scene.system
    account = system.create_account(STRANGER)
    system.execute_on(system.tokens[0], "FaucetToken", STRANGER, "draw", UNIT)
    with refused(system, "ERC20InsufficientAllowance", system.exchange, 0, UNIT):
        system.deposit(account, 0, UNIT)


def test_deposit_up_to_the_most_held_is_credited_and_one_atom_more_refused(scene: Scene) -> None:
    system = scene.system
    asset = system.add_asset(AssetPlan("MANY", 18, 1, 10**22))
    system.fund(scene.maker, asset, MAX_HELD_ATOMS - 1)
    system.fund(scene.taker, asset, 1)
    assert scene.base(scene.maker, asset) == MAX_HELD_ATOMS - 1
    system.mint(MAKER, asset, 1)
    limits = (MAX_HELD_ATOMS + 1, MAX_HELD_ATOMS)
    with refused(system, "TooMuchHeld", asset, *limits):
        system.deposit(scene.maker, asset, 1)
    # Room comes back with a withdrawal.
    system.withdraw(scene.taker, asset, 1)
    system.deposit(scene.maker, asset, 1)


def test_deposit_of_seventeenth_asset_is_refused(scene: Scene) -> None:
    """Sixteen assets with the quote asset, which every account that uses anything uses."""
    system = scene.system
    account = system.create_account(MAKER)
    for index in range(14):
        system.add_asset(AssetPlan(f"T{index}", 8, 1, 10**18))
    for asset in range(1, 16):
        system.fund(account, asset, ETH_UNIT if asset == 1 else 1)
    assert scene.account(account).assets == 2**16 - 1
    system.mint(MAKER, 16, 1)
    with refused(system, "TooManyAssets", account, 17, 16):
        system.deposit(account, 16, 1)
    # An asset withdrawn whole makes room.
    system.withdraw(account, 15, 1)
    system.deposit(account, 16, 1)
    assert scene.account(account).assets == 2**15 - 1 | 1 << 16


def test_deposit_of_token_without_return_value_is_credited(scene: Scene) -> None:
    system = scene.system
    asset = list_double(system, "MissingReturnToken", 8, 8)
    token = (system.tokens[asset], "MissingReturnToken", MAKER)
    system.execute_on(*token, "draw", 7)
    system.execute_on(*token, "approve", system.exchange, 5)
    assert system.deposit(scene.maker, asset, 5) == 5
    assert scene.base(scene.maker, asset) == 5


def test_deposit_of_token_that_returns_false_is_refused(scene: Scene) -> None:
    system = scene.system
    asset = list_double(system, "FalseReturningToken", 8, 8)
    token = system.tokens[asset]
    system.mint(MAKER, asset, 5)
    system.execute_on(token, "FalseReturningToken", ADMIN, "setRefuses", True)
    with refused(system, "SafeERC20FailedOperation", token):
        system.deposit(scene.maker, asset, 5)


def test_deposit_of_fee_on_transfer_token_credits_what_arrived(scene: Scene) -> None:
    asset = list_double(scene.system, "FeeOnTransferToken", 8, 8, 3)
    scene.system.fund(scene.maker, asset, 10)
    assert scene.base(scene.maker, asset) == 7


def test_deposit_of_fee_on_transfer_token_of_which_nothing_arrives_is_refused(
    scene: Scene,
) -> None:
    system = scene.system
    asset = list_double(system, "FeeOnTransferToken", 8, 8, 3)
    system.mint(MAKER, asset, 3)
    with refused(system, "ZeroAmount"):
        system.deposit(scene.maker, asset, 3)


def test_deposit_of_which_fractional_atoms_arrive_is_refused(scene: Scene) -> None:
    system = scene.system
    token = system.backend.deploy(ADMIN, creation_code("FeeOnTransferToken", 8, 3))
    asset = system.list_asset(token, 10, system.feed)
    system.tokens.append(token)
    system.assets.append(AssetPlan("FEE", 8, 10))
    system.mint(MAKER, asset, 23)
    with refused(system, "FractionalAtoms", 17, 10):
        system.deposit(scene.maker, asset, 20)
    # Whole atoms arrive although what was sent is none.
    assert system.deposit(scene.maker, asset, 23) == 2

"""Native tokens, wrapped on the way in and unwrapped on the way out."""

from dataclasses import replace

import pytest

from tests.support.abi import creation_code
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import ETH_UNIT, MAKER, STRANGER, UNIT, Scene
from tests.support.soundness import refused
from tests.support.system import ADMIN, NATIVE, TREASURY, System

ZERO = "0x" + "00" * 20
RECEIVER = "0x" + "cc" * 20


@pytest.fixture
def native(scene: Scene) -> int:
    """The wrapped native token, listed."""
    return scene.system.add_asset(NATIVE)


def native_balance(system: System, holder: str) -> int:
    backend = system.backend
    assert isinstance(backend, PyrevmBackend)
    return backend._evm.get_balance(holder)


def test_deposit_native_credits_what_was_sent(scene: Scene, native: int) -> None:
    system = scene.system
    assert system.deposit_native(scene.maker, native, 7 * ETH_UNIT) == 7
    [event] = [event for event in system.events() if event.name == "Deposited"]
    assert event.fields == {
        "accountId": scene.maker,
        "assetId": native,
        "atoms": 7,
        "balanceAtoms": 7,
    }
    assert scene.base(scene.maker, native) == 7
    assert system.token_balance(native, system.exchange) == 7 * ETH_UNIT
    assert native_balance(system, system.exchange) == 0
    assert scene.account(scene.maker).assets == 0b11 | 1 << native


@pytest.mark.parametrize("units", [1, ETH_UNIT - 1, ETH_UNIT + 1])
def test_deposit_native_of_fractional_atoms_is_refused(
    scene: Scene, native: int, units: int
) -> None:
    with refused(scene.system, "FractionalAtoms", units, ETH_UNIT):
        scene.system.deposit_native(scene.maker, native, units)
    assert native_balance(scene.system, scene.system.exchange) == 0


def test_deposit_native_of_nothing_is_refused(scene: Scene, native: int) -> None:
    with refused(scene.system, "ZeroAmount"):
        scene.system.deposit_native(scene.maker, native, 0)


def test_deposit_native_as_another_asset_is_refused(scene: Scene, native: int) -> None:
    for asset in (0, 1, 2):
        with refused(scene.system, "NotWrappedNative", asset):
            scene.system.deposit_native(scene.maker, asset, ETH_UNIT)
    for asset in (native + 1, 256 + native):
        with refused(scene.system, "UnlistedAsset", asset):
            scene.system.deposit_native(scene.maker, asset, ETH_UNIT)


def test_deposit_native_into_an_account_of_somebody_else(scene: Scene, native: int) -> None:
    with refused(scene.system, "AssetNotActivated", scene.maker, native):
        scene.system.deposit_native(scene.maker, native, ETH_UNIT, sender=STRANGER)
    scene.system.activate_asset(scene.maker, native)
    scene.system.deposit_native(scene.maker, native, ETH_UNIT, sender=STRANGER)
    assert scene.base(scene.maker, native) == 1
    with refused(scene.system, "UnknownAccount", 99):
        scene.system.deposit_native(99, native, ETH_UNIT, sender=STRANGER)


def test_withdraw_native_sends_native_tokens(scene: Scene, native: int) -> None:
    system = scene.system
    system.deposit_native(scene.maker, native, 7 * ETH_UNIT)
    system.withdraw_native(scene.maker, native, 5 * ETH_UNIT, RECEIVER)
    [event] = [event for event in system.events() if event.name == "Withdrawn"]
    assert event.fields == {
        "accountId": scene.maker,
        "assetId": native,
        "to": RECEIVER,
        "atoms": 5,
        "balanceAtoms": 2,
    }
    assert native_balance(system, RECEIVER) == 5 * ETH_UNIT
    assert system.token_balance(native, system.exchange) == 2 * ETH_UNIT
    assert native_balance(system, system.exchange) == 0
    assert scene.base(scene.maker, native) == 2


def test_wrapped_and_native_tokens_are_the_same_asset(scene: Scene, native: int) -> None:
    """In as either, out as either."""
    system = scene.system
    system.deposit_native(scene.maker, native, 7 * ETH_UNIT)
    system.fund(scene.maker, native, 3 * ETH_UNIT)
    system.withdraw(scene.maker, native, 6 * ETH_UNIT, RECEIVER)
    system.withdraw_native(scene.maker, native, 4 * ETH_UNIT, RECEIVER)
    assert system.token_balance(native, RECEIVER) == 6 * ETH_UNIT
    assert native_balance(system, RECEIVER) == 4 * ETH_UNIT
    assert scene.account(scene.maker).assets == 0b11


def test_withdraw_native_checks_what_withdraw_checks(scene: Scene, native: int) -> None:
    system = scene.system
    system.deposit_native(scene.maker, native, 7 * ETH_UNIT)
    for error, arguments, units, receiver in (
        ("ZeroAmount", (), 0, RECEIVER),
        ("FractionalAtoms", (ETH_UNIT + 1, ETH_UNIT), ETH_UNIT + 1, RECEIVER),
        ("ZeroAddress", (), ETH_UNIT, ZERO),
        ("InvalidReceiver", (system.exchange,), ETH_UNIT, system.exchange),
        ("InvalidReceiver", (system.wrapped_native,), ETH_UNIT, system.wrapped_native),
        ("InsufficientBalance", (scene.maker, native, 7, 8), 8 * ETH_UNIT, RECEIVER),
    ):
        with refused(system, error, *arguments):
            system.withdraw_native(scene.maker, native, units, receiver)
    with refused(system, "NotAccountOwner", scene.maker, STRANGER):
        system.withdraw_native(scene.maker, native, ETH_UNIT, RECEIVER, sender=STRANGER)
    with refused(system, "UnknownAccount", 99):
        system.withdraw_native(99, native, ETH_UNIT, RECEIVER, sender=MAKER)


def test_withdraw_native_of_another_asset_is_refused(scene: Scene, native: int) -> None:
    for asset in (0, 1, 2):
        with refused(scene.system, "NotWrappedNative", asset):
            scene.system.withdraw_native(scene.maker, asset, UNIT, RECEIVER)
    with refused(scene.system, "UnlistedAsset", native + 1):
        scene.system.withdraw_native(scene.maker, native + 1, UNIT, RECEIVER)


def test_withdraw_native_to_a_receiver_that_refuses_changes_nothing(
    scene: Scene, native: int
) -> None:
    system = scene.system
    system.deposit_native(scene.maker, native, 7 * ETH_UNIT)
    receiver = system.backend.deploy(ADMIN, creation_code("NativeReceiver"))
    system.execute_on(receiver, "NativeReceiver", ADMIN, "setRefuses", True)
    with refused(system, "unknown"):
        system.withdraw_native(scene.maker, native, 7 * ETH_UNIT, receiver)
    # As wrapped tokens he gets them all the same.
    system.withdraw(scene.maker, native, 7 * ETH_UNIT, receiver)
    assert system.token_balance(native, receiver) == 7 * ETH_UNIT


def test_withdraw_native_to_a_contract_without_a_way_to_receive_is_refused(
    scene: Scene, native: int
) -> None:
    scene.system.deposit_native(scene.maker, native, 7 * ETH_UNIT)
    with refused(scene.system, "FailedCall"):
        scene.system.withdraw_native(scene.maker, native, ETH_UNIT, scene.system.feed)


@pytest.mark.parametrize("sender", [MAKER, STRANGER, ADMIN, TREASURY])
def test_native_tokens_sent_to_the_exchange_are_refused(scene: Scene, sender: str) -> None:
    """They would belong to nobody."""
    result = scene.system.backend.call(sender, scene.system.exchange, b"", value=1)
    assert not result.ok
    assert native_balance(scene.system, scene.system.exchange) == 0


def test_native_tokens_sent_with_any_other_call_are_refused(scene: Scene, native: int) -> None:
    system = scene.system
    system.mint(MAKER, native, ETH_UNIT)
    for function, arguments in (
        ("deposit", (scene.maker, native, ETH_UNIT)),
        ("createAccount", ()),
        ("withdrawNative", (scene.maker, native, ETH_UNIT, MAKER)),
        ("poke", ([1],)),
    ):
        with refused(system, ""):
            system.execute(MAKER, function, *arguments, value=ETH_UNIT)


def test_exchange_without_a_wrapped_native_token_takes_none(scene: Scene) -> None:
    """Where there is none, nothing is the wrapped native token."""
    system = scene.system
    vault = system.backend.deploy(ADMIN, creation_code("VaultModule", system.risk_engine, ZERO))
    bare = replace(system, vault_module=vault, wrapped_native=ZERO, owners={}, last=system.last)
    code = creation_code("Exchange", system.authority, bare.parts, TREASURY, 0)
    bare.exchange = system.backend.deploy(ADMIN, code)
    account = bare.create_account(MAKER)
    with refused(bare, "UnlistedAsset", 0):
        bare.deposit_native(account, 0, ETH_UNIT)
    assert not bare.backend.call(MAKER, bare.exchange, b"", value=1).ok

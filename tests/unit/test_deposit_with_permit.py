"""Deposits whose allowance is signed instead of sent."""

from dataclasses import replace

import pytest

from tests.support.backend import START_TIME
from tests.support.doubles import list_double
from tests.support.permits import Signature, Signer
from tests.support.scene import ETH_UNIT, MAKER, START_CASH, START_LOTS, STRANGER, UNIT, Scene
from tests.support.soundness import refused
from tests.support.system import FOREVER, NATIVE, System

NONE: Signature = (27, bytes(32), bytes(32))
"""What is no signature at all."""
OWNER, OTHER = Signer(1), Signer(2)
AMOUNT = 5 * ETH_UNIT


@pytest.fixture
def native(scene: Scene) -> int:
    """The wrapped native token, listed; its owner has some and has approved nobody."""
    asset = scene.system.add_asset(NATIVE)
    wrap = (scene.system.wrapped_native, "WrappedNative", OWNER.address, "deposit")
    scene.system.execute_on(*wrap, value=10 * AMOUNT)
    return asset


@pytest.fixture
def account(scene: Scene) -> int:
    return scene.system.create_account(OWNER.address)


def allowance(system: System, owner: str) -> int:
    token = (system.wrapped_native, "WrappedNative", "allowance")
    return system.view(*token, owner, system.exchange)[0]


def use_permit(system: System, signature: Signature, sender: str) -> None:
    """Somebody sends the signed allowance to the token himself."""
    values = (OWNER.address, system.exchange, AMOUNT, FOREVER, *signature)
    system.execute_on(system.wrapped_native, "WrappedNative", sender, "permit", *values)


def test_deposit_with_permit_credits_and_leaves_no_allowance(
    scene: Scene, native: int, account: int
) -> None:
    signature = OWNER.permit(scene.system, AMOUNT, FOREVER)
    assert scene.system.deposit_with_permit(account, native, AMOUNT, FOREVER, signature) == 5
    [event] = [event for event in scene.system.events() if event.name == "Deposited"]
    assert event.fields == {
        "accountId": account,
        "assetId": native,
        "atoms": 5,
        "balanceAtoms": 5,
    }
    assert scene.base(account, native) == 5
    assert scene.account(account).assets == 1 << native | 1
    assert allowance(scene.system, OWNER.address) == 0


def test_deposit_with_permit_that_somebody_used_first_goes_through(
    scene: Scene, native: int, account: int
) -> None:
    """Whoever front-runs the permit only makes the allowance earlier."""
    signature = OWNER.permit(scene.system, AMOUNT, FOREVER)
    use_permit(scene.system, signature, STRANGER)
    assert scene.system.deposit_with_permit(account, native, AMOUNT, FOREVER, signature) == 5
    assert scene.base(account, native) == 5


def test_deposit_with_permit_replayed_is_refused(scene: Scene, native: int, account: int) -> None:
    signature = OWNER.permit(scene.system, AMOUNT, FOREVER)
    scene.system.deposit_with_permit(account, native, AMOUNT, FOREVER, signature)
    with refused(scene.system, "InvalidPermit", native, OWNER.address, 0):
        scene.system.deposit_with_permit(account, native, AMOUNT, FOREVER, signature)


def test_deposit_with_a_permit_of_another_signer_is_refused(
    scene: Scene, native: int, account: int
) -> None:
    signature = OTHER.permit(scene.system, AMOUNT, FOREVER)
    with refused(scene.system, "InvalidPermit", native, OWNER.address, 0):
        scene.system.deposit_with_permit(account, native, AMOUNT, FOREVER, signature)


def test_deposit_with_a_permit_sent_by_somebody_else_is_refused(
    scene: Scene, native: int, account: int
) -> None:
    """A permit lets the exchange pull for the caller alone, never from the signer for others."""
    thief = scene.system.create_account(STRANGER)
    signature = OWNER.permit(scene.system, AMOUNT, FOREVER)
    with refused(scene.system, "InvalidPermit", native, STRANGER, 0):
        scene.system.deposit_with_permit(thief, native, AMOUNT, FOREVER, signature)
    use_permit(scene.system, signature, STRANGER)
    with refused(scene.system, "InvalidPermit", native, STRANGER, 0):
        scene.system.deposit_with_permit(thief, native, AMOUNT, FOREVER, signature)


@pytest.mark.parametrize("signed", [AMOUNT - 1, AMOUNT + 1, 0])
def test_deposit_with_a_permit_of_another_amount_is_refused(
    scene: Scene, native: int, account: int, signed: int
) -> None:
    signature = OWNER.permit(scene.system, signed, FOREVER)
    with refused(scene.system, "InvalidPermit", native, OWNER.address, 0):
        scene.system.deposit_with_permit(account, native, AMOUNT, FOREVER, signature)


def test_deposit_with_permit_at_its_deadline_goes_through_and_later_is_refused(
    scene: Scene, native: int, account: int
) -> None:
    deadline = START_TIME + 100
    signature = OWNER.permit(scene.system, AMOUNT, deadline)
    scene.system.backend.set_time(deadline)
    scene.system.deposit_with_permit(account, native, AMOUNT, deadline, signature)
    signature = OWNER.permit(scene.system, AMOUNT, deadline)
    scene.system.backend.set_time(deadline + 1)
    with refused(scene.system, "InvalidPermit", native, OWNER.address, 0):
        scene.system.deposit_with_permit(account, native, AMOUNT, deadline, signature)


def test_deposit_with_permit_into_an_account_of_somebody_else_is_credited_there(
    scene: Scene, native: int
) -> None:
    signature = OWNER.permit(scene.system, AMOUNT, FOREVER)
    arguments = (scene.maker, native, AMOUNT, FOREVER, signature)
    with refused(scene.system, "AssetNotActivated", scene.maker, native):
        scene.system.deposit_with_permit(*arguments, sender=OWNER.address)
    scene.system.activate_asset(scene.maker, native)
    scene.system.deposit_with_permit(*arguments, sender=OWNER.address)
    assert scene.base(scene.maker, native) == 5


def test_deposit_with_no_permit_but_allowance_goes_through(scene: Scene) -> None:
    """A token without permits reverts, or swallows the call; the allowance is what counts."""
    silent = list_double(scene.system, "SilentPermitToken", 8, 8)
    scene.system.mint(MAKER, silent, 7)
    scene.system.mint(MAKER, 0, 7 * UNIT)
    for asset, units in ((0, 7 * UNIT), (silent, 7)):
        assert scene.system.deposit_with_permit(scene.maker, asset, units, FOREVER, NONE) == 7
    assert scene.cash(scene.maker) == START_CASH + 7
    assert scene.base(scene.maker, silent) == 7


def test_deposit_with_no_permit_and_too_little_allowance_is_refused(scene: Scene) -> None:
    silent = list_double(scene.system, "SilentPermitToken", 8, 8)
    token = (scene.system.tokens[silent], "SilentPermitToken", MAKER)
    scene.system.execute_on(*token, "draw", 7)
    scene.system.execute_on(*token, "approve", scene.system.exchange, 6)
    with refused(scene.system, "InvalidPermit", silent, MAKER, 6):
        scene.system.deposit_with_permit(scene.maker, silent, 7, FOREVER, NONE)


def test_deposit_with_permit_checks_what_deposit_checks(scene: Scene, native: int) -> None:
    system = scene.system
    system.mint(MAKER, native, 10 * AMOUNT)
    for error, arguments, deposit in (
        ("ZeroAmount", (), (scene.maker, native, 0)),
        ("FractionalAtoms", (AMOUNT + 1, ETH_UNIT), (scene.maker, native, AMOUNT + 1)),
        ("UnknownAccount", (99,), (99, native, AMOUNT)),
        ("UnlistedAsset", (77,), (scene.maker, 77, AMOUNT)),
    ):
        with refused(system, error, *arguments):
            system.deposit_with_permit(*deposit, FOREVER, NONE, sender=MAKER)
    assert scene.base(scene.maker) == START_LOTS * 100_000


def test_deposit_with_permit_of_an_openzeppelin_token_is_credited(scene: Scene) -> None:
    """Another implementation of the same standard, signed for its own domain."""
    system = scene.system
    asset = list_double(system, "PermitToken", 8, 8)
    token = (system.tokens[asset], "PermitToken", OWNER.address)
    system.execute_on(*token, "draw", 7)
    account = system.create_account(OWNER.address)
    wrong = OWNER.permit(system, 7, FOREVER)
    with refused(system, "InvalidPermit", asset, OWNER.address, 0):
        system.deposit_with_permit(account, asset, 7, FOREVER, wrong)
    # The signer asks the token he is told is the wrapped one.
    signature = OWNER.permit(replace(system, wrapped_native=token[0]), 7, FOREVER)
    assert system.deposit_with_permit(account, asset, 7, FOREVER, signature) == 7
    assert scene.base(account, asset) == 7

"""Making accounts."""

from tests.support.backend import user_address
from tests.support.scene import MAKER, STRANGER, Scene
from tests.support.system import System
from worldmarkets.model import slots
from worldmarkets.model.words import AccountWord, RegistryWord


def test_create_account_first_user_gets_id_three(system: System) -> None:
    assert system.create_account(MAKER) == 3
    [event] = system.events()
    assert (event.name, event.fields) == ("AccountCreated", {"accountId": 3, "owner": MAKER})


def test_create_account_stores_owner_and_nothing_in_use(scene: Scene) -> None:
    account = scene.system.create_account(STRANGER)
    assert scene.account(account) == AccountWord(owner=int(STRANGER, 16), live=1)


def test_create_account_twice_gives_one_owner_two_accounts(scene: Scene) -> None:
    first = scene.system.create_account(STRANGER)
    second = scene.system.create_account(STRANGER)
    assert second == first + 1
    assert scene.account(first).owner == scene.account(second).owner == int(STRANGER, 16)


def test_create_account_counts_in_registry_and_keeps_its_other_fields(system: System) -> None:
    before = RegistryWord.unpack(system.read_word(slots.registry()))
    for index in range(5):
        system.create_account(user_address(index))
    after = RegistryWord.unpack(system.read_word(slots.registry()))
    assert after == RegistryWord(before.accounts + 5, before.assets, before.insurance_ppm)

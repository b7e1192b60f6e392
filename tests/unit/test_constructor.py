"""What a new exchange is."""

import pytest

from tests.support.abi import Reverted, codec, creation_code
from tests.support.backend import CallFailedError
from tests.support.scene import STRANGER
from tests.support.system import ADMIN, INSURANCE_PPM, MODULES, PARTS, TREASURY, System
from worldmarkets.model import slots
from worldmarkets.model.words import AccountWord, RegistryWord


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def deploy(
    system: System, treasury: str = TREASURY, insurance_ppm: int = 0, **other_parts: str
) -> str:
    parts = tuple(other_parts.get(name, getattr(system, name)) for name in PARTS)
    code = creation_code("Exchange", system.authority, parts, treasury, insurance_ppm)
    try:
        return system.backend.deploy(ADMIN, code)
    except CallFailedError as error:
        raise codec("Exchange").error(error.returned) from None


def test_constructor_makes_the_accounts_of_insurance_and_treasury(system: System) -> None:
    insurance, treasury = system.read_words([slots.account(1), slots.account(2)])
    assert AccountWord.unpack(insurance) == AccountWord(
        owner=int(system.exchange, 16), live=1, assets=1
    )
    assert AccountWord.unpack(treasury) == AccountWord(owner=int(TREASURY, 16), live=1)


def test_constructor_stores_split_and_counts_two_accounts(system: System) -> None:
    exchange = deploy(system, insurance_ppm=10**6)
    [words] = system.view(exchange, "Exchange", "readWords", [slots.registry()])
    assert RegistryWord.unpack(words[0]) == RegistryWord(2, 0, 10**6)


def test_constructor_keeps_its_modules(system: System) -> None:
    for name in (*PARTS, "authority"):
        assert system.view(system.exchange, "Exchange", camel(name)) == (getattr(system, name),)


@pytest.mark.parametrize("name", MODULES)
def test_constructor_with_a_module_without_code_is_refused(system: System, name: str) -> None:
    with pytest.raises(Reverted) as caught:
        deploy(system, **{name: STRANGER})
    wrong = (camel(name).encode().ljust(32, b"\0"), int(STRANGER, 16))
    assert (caught.value.name, caught.value.arguments) == ("InvalidParameter", wrong)


def test_constructor_without_wrapped_native_token_makes_an_exchange(system: System) -> None:
    nobody = "0x" + "00" * 20
    exchange = deploy(system, wrapped_native=nobody)
    assert system.view(exchange, "Exchange", "wrappedNative") == (nobody,)


def test_constructor_share_above_one_is_refused(system: System) -> None:
    with pytest.raises(Reverted) as caught:
        deploy(system, insurance_ppm=10**6 + 1)
    name = b"insurancePpm".ljust(32, b"\0")
    assert (caught.value.name, caught.value.arguments) == (
        "InvalidParameter",
        (name, 10**6 + 1),
    )


def test_constructor_without_treasury_is_refused(system: System) -> None:
    with pytest.raises(Reverted) as caught:
        deploy(system, treasury="0x" + "00" * 20)
    assert caught.value.name == "ZeroAddress"


def test_default_split_is_that_of_the_parameters(system: System) -> None:
    registry = RegistryWord.unpack(system.read_word(slots.registry()))
    assert registry.insurance_ppm == INSURANCE_PPM

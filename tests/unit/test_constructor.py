"""What a new exchange is."""

import pytest

from tests.support.abi import Reverted, codec, creation_code
from tests.support.backend import CallFailedError
from tests.support.system import ADMIN, INSURANCE_PPM, TREASURY, System
from worldmarkets.model import slots
from worldmarkets.model.words import AccountWord, RegistryWord


def deploy(system: System, treasury: str = TREASURY, insurance_ppm: int = 0) -> str:
    modules = (system.risk_engine, system.vault_module, system.listing_module)
    code = creation_code("Exchange", system.authority, *modules, treasury, insurance_ppm)
    try:
        return system.backend.deploy(ADMIN, code)
    except CallFailedError as error:
        raise codec("Exchange").error(error.returned) from None


def test_constructor_makes_the_accounts_of_insurance_and_treasury(system: System) -> None:
    insurance, treasury = system.read_words([slots.account(1), slots.account(2)])
    assert AccountWord.unpack(insurance) == AccountWord(owner=int(system.exchange, 16))
    assert AccountWord.unpack(treasury) == AccountWord(owner=int(TREASURY, 16))


def test_constructor_stores_split_and_counts_two_accounts(system: System) -> None:
    exchange = deploy(system, insurance_ppm=10**6)
    [words] = system.view(exchange, "Exchange", "readWords", [slots.registry()])
    assert RegistryWord.unpack(words[0]) == RegistryWord(2, 0, 10**6)


def test_constructor_keeps_its_modules(system: System) -> None:
    for name in ("risk_engine", "vault_module", "listing_module", "authority"):
        first, *rest = name.split("_")
        function = first + "".join(part.capitalize() for part in rest)
        assert system.view(system.exchange, "Exchange", function) == (getattr(system, name),)


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

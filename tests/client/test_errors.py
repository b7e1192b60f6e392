"""Custom errors arrive as exceptions of the same name with their values."""

from dataclasses import fields

import pytest
from eth_abi.abi import encode

from worldmarkets.abi import abi_of
from worldmarkets.client import ContractError, OtherContractError
from worldmarkets.client.errors import contract_error
from worldmarkets.model import errors as model_errors
from worldmarkets.model.errors import InsufficientBalance, NotAccountOwner

OWN_ERRORS = {error.name: error for error in abi_of("IExchangeErrors").errors.values()}


def sample(kind: str) -> object:
    if kind == "address":
        return "0x" + "0a" * 20
    return b"fee".ljust(32, b"\0") if kind == "bytes32" else 5


@pytest.mark.parametrize("name", sorted(OWN_ERRORS))
def test_contract_error_each_error_has_an_exception(name: str) -> None:
    error = OWN_ERRORS[name]
    values = [sample(kind) for kind in error.inputs]
    found = contract_error(error.selector + encode(error.inputs, values))
    assert type(found) is getattr(model_errors, name)
    assert isinstance(found, ContractError)
    assert len(fields(found)) == len(values)
    numbers = [int("0a" * 20, 16) if value == "0x" + "0a" * 20 else value for value in values]
    assert list(found.arguments) == numbers


def test_contract_error_signed_values_keep_their_sign() -> None:
    selector = OWN_ERRORS["InsufficientBalance"].selector
    words = (3, 1, 2**256 - 7, 9)
    data = selector + b"".join(word.to_bytes(32, "big") for word in words)
    found = contract_error(data)
    assert isinstance(found, InsufficientBalance)
    assert (found.account_id, found.asset_id) == (3, 1)
    assert (found.balance_atoms, found.required_atoms) == (-7, 9)
    assert str(found) == (
        "InsufficientBalance(account_id=3, asset_id=1, balance_atoms=-7, required_atoms=9)"
    )


def test_contract_error_address_is_its_number() -> None:
    error = OWN_ERRORS["NotAccountOwner"]
    found = contract_error(error.selector + encode(error.inputs, [3, "0x" + "00" * 19 + "10"]))
    assert isinstance(found, NotAccountOwner)
    assert found.caller == 16


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "reverted without a reason"),
        (bytes.fromhex("08c379a0") + encode(["string"], ["too late"]), "too late"),
        (bytes.fromhex("4e487b71") + encode(["uint256"], [0x11]), "Panic(0x11)"),
        (bytes.fromhex("deadbeef") + b"\0" * 32, "unknown error 0xdeadbeef"),
        (bytes.fromhex("08c379a0") + b"\1", "unknown error 0x08c379a0"),
        (
            bytes.fromhex("ab8b67c6") + encode(["uint256", "uint256"], [1, 2]),
            "LengthMismatch(assetIds=1, prices=2)",
        ),
    ],
)
def test_contract_error_other_reverts_are_told(data: bytes, text: str) -> None:
    found = contract_error(data)
    assert isinstance(found, OtherContractError)
    assert str(found) == text
    assert found.data == data

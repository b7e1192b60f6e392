"""What an action of the client can raise.

A refusal by the contracts arrives as the exception of `worldmarkets.model.errors` that has the name
and the fields of the custom error; `OtherContractError` stands for any other revert.
"""

from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from worldmarkets.abi import Abi, abi_of
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model import errors as model_errors
from worldmarkets.model.errors import ContractError

_STRING_ERROR = bytes.fromhex("08c379a0")
_PANIC = bytes.fromhex("4e487b71")
_SOURCES = (
    "Exchange",
    "Lens",
    "PerpLens",
    "LiquidationLens",
    "BackstopVault",
    "VaultModule",
    "ListingModule",
    "FaucetToken",
    "PostedPriceFeed",
    "AggregatorFeed",
    "SignedReportFeed",
    "WrappedNative",
    "Timelock",
    "Authority",
)


class UnalignedAmountError(WorldMarketsError):
    """A price, size or amount that is no whole number of steps. Nothing is ever rounded."""

    def __init__(self, what: str, amount: object, step: object) -> None:
        self.amount = amount
        self.step = step
        super().__init__(f"{what} {amount} is no positive whole number of steps of {step}")


class UnknownNameError(WorldMarketsError):
    """No asset or market of the deployment has this name or id."""


class ReadOnlyClientError(WorldMarketsError):
    """A client without a key was asked to send something."""

    def __init__(self) -> None:
        super().__init__("this client has no key: it can only read")


class OtherContractError(ContractError):
    """A revert that is none of the exchange's own errors; `data` is what was returned."""

    def __init__(self, text: str, data: bytes) -> None:
        self.text = text
        self.data = data
        super().__init__()

    def __str__(self) -> str:
        return self.text


def contract_error(data: bytes) -> ContractError:
    """Return the exception for what a reverted call returned."""
    for source in _SOURCES:
        try:
            found = _known(abi_of(source), data)
        except DecodingError:
            found = None
        if found is not None:
            return found
    return _builtin(data)


def _known(abi: Abi, data: bytes) -> ContractError | None:
    found = abi.decode_error(data)
    if found is None:
        return None
    error, values = found
    kind = getattr(model_errors, error.name, None)
    if kind is None:
        fields = ", ".join(
            f"{name}={value}" for name, value in zip(error.names, values, strict=True)
        )
        return OtherContractError(f"{error.name}({fields})", data)
    exception: ContractError = kind(*map(_plain, error.inputs, values))
    return exception


def _plain(kind: str, value: Any) -> Any:
    """Return addresses as the numbers that the model knows them by."""
    return int(value, 16) if kind == "address" else value


def _builtin(data: bytes) -> ContractError:
    try:
        if data[:4] == _STRING_ERROR:
            return OtherContractError(str(decode(["string"], data[4:])[0]), data)
        if data[:4] == _PANIC:
            return OtherContractError(f"Panic({decode(['uint256'], data[4:])[0]:#x})", data)
    except DecodingError:
        pass
    text = f"unknown error 0x{data[:4].hex()}" if data else "reverted without a reason"
    return OtherContractError(text, data)

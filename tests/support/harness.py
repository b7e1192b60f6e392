"""Library harnesses of contracts/test on an EVM of their own."""

from typing import Any

from tests.support.abi import Reverted, codec, creation_code
from tests.support.backend import CallFailedError, user_address
from tests.support.pyrevm_backend import PyrevmBackend

_CALLER = user_address(0x4A)


class Harness:
    """One harness, its functions called by name; `read` is for those that change nothing."""

    def __init__(self, contract: str) -> None:
        self.backend = PyrevmBackend()
        self._codec = codec(contract)
        self.address = self.backend.deploy(_CALLER, creation_code(contract))

    def call(self, function: str, *arguments: object) -> Any:
        """Call a function; a single value comes bare, several as a tuple. Raises Reverted."""
        result = self.backend.call(_CALLER, self.address, self._codec.encode(function, *arguments))
        if not result.ok:
            raise self._codec.error(result.returned)
        self.logs = result.logs
        return self._decode(function, result.returned)

    def read(self, function: str, *arguments: object) -> Any:
        """The same without a transaction."""
        data = self._codec.encode(function, *arguments)
        try:
            return self._decode(function, self.backend.view(self.address, data))
        except CallFailedError as error:
            raise self._codec.error(error.returned) from None

    def _decode(self, function: str, returned: bytes) -> Any:
        values = self._codec.decode(function, returned)
        return values[0] if len(values) == 1 else values


__all__ = ["Harness", "Reverted"]

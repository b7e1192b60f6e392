"""Encoding and decoding by the compiled ABI."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from eth_abi import decode, encode
from eth_utils import keccak

from tests.support.backend import Log
from worldmarkets.artifacts import load


class Reverted(Exception):  # noqa: N818 - a fact, like the errors of the contracts
    """A call reverted with a custom error; `Panic` and `Error` are named like the others.

    `name` is "" if the revert data is empty, "unknown" if no ABI given knows it.
    """

    def __init__(self, name: str, arguments: tuple[Any, ...] = (), data: bytes = b"") -> None:
        super().__init__(f"{name}{arguments}")
        self.name = name
        self.arguments = arguments
        self.data = data


@dataclass(frozen=True)
class Event:
    """A decoded log entry, fields by name."""

    name: str
    fields: dict[str, Any]
    address: str = ""


@dataclass(frozen=True)
class _Function:
    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class _EventType:
    name: str
    indexed: tuple[tuple[str, str], ...]
    plain: tuple[tuple[str, str], ...]


class Codec:
    """Functions, errors and events of one or several contracts."""

    def __init__(self, *contracts: str) -> None:
        self._functions: dict[str, _Function] = {}
        self._errors = {
            keccak(text=f"{name}({kind})")[:4]: (name, (kind,))
            for name, kind in (("Error", "string"), ("Panic", "uint256"))
        }
        self._events: dict[bytes, _EventType] = {}
        for contract in contracts:
            for entry in load(contract).abi:
                self._add(entry)

    def encode(self, function: str, *arguments: object) -> bytes:
        """Calldata of a function, by its bare name."""
        known = self._functions[function]
        return known.selector + encode(known.inputs, arguments)

    def selector(self, function: str) -> bytes:
        """Selector of a function."""
        return self._functions[function].selector

    def decode(self, function: str, returned: bytes) -> tuple[Any, ...]:
        """What a function returned."""
        return decode(self._functions[function].outputs, returned)

    def error(self, returned: bytes) -> Reverted:
        """The error that revert data holds."""
        if not returned:
            return Reverted("")
        name, kinds = self._errors.get(returned[:4], ("unknown", ()))
        return Reverted(name, decode(kinds, returned[4:]) if kinds else (), returned)

    def events(self, logs: tuple[Log, ...]) -> list[Event]:
        """The log entries whose type is known, decoded."""
        return [
            _decode_event(self._events[log.topics[0]], log)
            for log in logs
            if log.topics and log.topics[0] in self._events
        ]

    def _add(self, entry: dict[str, Any]) -> None:
        if entry["type"] not in ("function", "error", "event"):
            return
        inputs = tuple(map(_type, entry["inputs"]))
        digest = keccak(text=f"{entry['name']}({','.join(inputs)})")
        if entry["type"] == "function":
            outputs = tuple(map(_type, entry["outputs"]))
            self._functions[entry["name"]] = _Function(digest[:4], inputs, outputs)
        elif entry["type"] == "error":
            self._errors[digest[:4]] = (entry["name"], inputs)
        else:
            named = [(i["indexed"], (i["name"], _type(i))) for i in entry["inputs"]]
            indexed = tuple(field for is_indexed, field in named if is_indexed)
            plain = tuple(field for is_indexed, field in named if not is_indexed)
            self._events[digest] = _EventType(entry["name"], indexed, plain)


@lru_cache(maxsize=32)
def codec(*contracts: str) -> Codec:
    """The codec of some contracts, made once."""
    return Codec(*contracts)


def constructor_arguments(contract: str, *arguments: object) -> bytes:
    """ABI encoding of a contract's constructor arguments."""
    entries = [entry for entry in load(contract).abi if entry["type"] == "constructor"]
    return encode([_type(i) for i in entries[0]["inputs"]], arguments) if entries else b""


def creation_code(contract: str, *arguments: object) -> bytes:
    """Bytecode and constructor arguments, ready to deploy."""
    return load(contract).bytecode + constructor_arguments(contract, *arguments)


def _type(entry: dict[str, Any]) -> str:
    if not entry["type"].startswith("tuple"):
        return str(entry["type"])
    inner = ",".join(map(_type, entry["components"]))
    return f"({inner}){entry['type'].removeprefix('tuple')}"


def _decode_event(known: _EventType, log: Log) -> Event:
    fields = {
        name: decode([kind], topic)[0]
        for (name, kind), topic in zip(known.indexed, log.topics[1:], strict=True)
    }
    values = decode([kind for _, kind in known.plain], log.data)
    fields.update(zip((name for name, _ in known.plain), values, strict=True))
    return Event(known.name, fields, log.address)

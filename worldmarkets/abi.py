"""Calldata, results, errors and events by the compiled ABI of a contract."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

from worldmarkets.artifacts import Artifact, load


@dataclass(frozen=True)
class Function:
    """One function of a contract."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    selector: bytes

    def encode(self, *arguments: Any) -> bytes:
        """Return the calldata of a call."""
        return self.selector + encode(self.inputs, arguments)

    def decode(self, returned: bytes) -> tuple[Any, ...]:
        """Return what a call returned."""
        return tuple(decode(self.outputs, returned))


@dataclass(frozen=True)
class CustomError:
    """One custom error of a contract."""

    name: str
    inputs: tuple[str, ...]
    names: tuple[str, ...]
    selector: bytes


@dataclass(frozen=True)
class Event:
    """One event of a contract: its topic, and its fields as (name, type, whether indexed)."""

    name: str
    topic: bytes
    fields: tuple[tuple[str, str, bool], ...]

    def decode(self, topics: Sequence[bytes], data: bytes) -> dict[str, Any]:
        """Return the fields of a log entry by name. Indexed fields have to be of a static type."""
        plain = [(name, kind) for name, kind, indexed in self.fields if not indexed]
        indexed = [(name, kind) for name, kind, is_indexed in self.fields if is_indexed]
        decoded = decode([kind for _, kind in plain], data)
        values = dict(zip((name for name, _ in plain), decoded, strict=True))
        for (name, kind), topic in zip(indexed, topics[1:], strict=True):
            values[name] = decode([kind], topic)[0]
        return values


class Abi:
    """The functions, errors and events of a contract. Overloaded functions are not told apart."""

    def __init__(self, entries: Iterable[Mapping[str, Any]]) -> None:
        entries = tuple(entries)
        self.functions = {
            entry["name"]: _function(entry) for entry in entries if entry["type"] == "function"
        }
        errors = [_error(entry) for entry in entries if entry["type"] == "error"]
        events = [_event(entry) for entry in entries if entry["type"] == "event"]
        self.errors = {error.selector: error for error in errors}
        self.events = {event.topic: event for event in events}
        self.events_by_name = {event.name: event for event in events}
        self.constructor = next(
            (_types(entry["inputs"]) for entry in entries if entry["type"] == "constructor"), ()
        )

    def encode(self, function: str, *arguments: Any) -> bytes:
        """Return the calldata of a call."""
        return self.functions[function].encode(*arguments)

    def encode_constructor(self, *arguments: Any) -> bytes:
        """Return the constructor arguments as they stand behind the bytecode."""
        return bytes(encode(self.constructor, arguments))

    def decode(self, function: str, returned: bytes) -> tuple[Any, ...]:
        """Return what a call returned."""
        return self.functions[function].decode(returned)

    def decode_error(self, data: bytes) -> tuple[CustomError, tuple[Any, ...]] | None:
        """Return the custom error in what a reverted call returned, or None if it is not one."""
        error = self.errors.get(data[:4])
        return None if error is None else (error, tuple(decode(error.inputs, data[4:])))


@lru_cache(maxsize=32)
def abi_of(name: str) -> Abi:
    """Return the ABI of a compiled contract.

    Raises:
        ArtifactNotFoundError: it was not compiled.
    """
    return Abi(load(name).abi)


def creation_code(artifact: Artifact, arguments: Sequence[Any]) -> bytes:
    """Return what creates a contract: its bytecode and the encoded constructor arguments."""
    return artifact.bytecode + Abi(artifact.abi).encode_constructor(*arguments)


def _types(parameters: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(collapse_if_tuple(dict(parameter)) for parameter in parameters)


def _hash(entry: Mapping[str, Any]) -> bytes:
    return bytes(keccak(text=f"{entry['name']}({','.join(_types(entry['inputs']))})"))


def _function(entry: Mapping[str, Any]) -> Function:
    return Function(
        entry["name"], _types(entry["inputs"]), _types(entry["outputs"]), _hash(entry)[:4]
    )


def _error(entry: Mapping[str, Any]) -> CustomError:
    names = tuple(parameter["name"] for parameter in entry["inputs"])
    return CustomError(entry["name"], _types(entry["inputs"]), names, _hash(entry)[:4])


def _event(entry: Mapping[str, Any]) -> Event:
    names = [(parameter["name"], parameter["indexed"]) for parameter in entry["inputs"]]
    types = _types(entry["inputs"])
    fields = tuple(
        (name, kind, bool(indexed)) for (name, indexed), kind in zip(names, types, strict=True)
    )
    return Event(entry["name"], _hash(entry), fields)

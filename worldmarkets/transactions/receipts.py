"""Receipts and logs as JSON-RPC gives them, typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from worldmarkets.rpc import number


@dataclass(frozen=True)
class Log:
    """One log entry. `index` is its place in the block."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block: int
    transaction_hash: str
    index: int


@dataclass(frozen=True)
class Receipt:
    """What became of a transaction. Gas price in wei."""

    transaction_hash: str
    block: int
    succeeded: bool
    gas_used: int
    gas_price_wei: int
    contract_address: str | None
    logs: tuple[Log, ...]


def parse_log(entry: Mapping[str, Any]) -> Log:
    """Return a log entry of `eth_getLogs` or of a receipt."""
    return Log(
        address=entry["address"],
        topics=tuple(to_bytes(topic) for topic in entry["topics"]),
        data=to_bytes(entry["data"]),
        block=number(entry["blockNumber"]),
        transaction_hash=entry["transactionHash"],
        index=number(entry["logIndex"]),
    )


def parse_receipt(entry: Mapping[str, Any]) -> Receipt:
    """Return a receipt of `eth_getTransactionReceipt`."""
    return Receipt(
        transaction_hash=entry["transactionHash"],
        block=number(entry["blockNumber"]),
        succeeded=number(entry["status"]) == 1,
        gas_used=number(entry["gasUsed"]),
        gas_price_wei=number(entry["effectiveGasPrice"]),
        contract_address=entry.get("contractAddress"),
        logs=tuple(parse_log(log) for log in entry["logs"]),
    )


def to_bytes(text: str) -> bytes:
    """Return the bytes that JSON-RPC wrote as hex."""
    return bytes.fromhex(text.removeprefix("0x"))


def to_hex(data: bytes) -> str:
    """Return bytes as JSON-RPC writes them."""
    return "0x" + data.hex()

"""Records of the books from logs: what an action did, in integers."""

from collections.abc import Iterable
from dataclasses import dataclass

from worldmarkets.abi import abi_of
from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.records import (
    VERSION,
    Expires,
    Filled,
    Header,
    Placed,
    Record,
    Reduced,
    Removed,
    Skipped,
    Taken,
    unpack_record,
)
from worldmarkets.transactions import Log

__all__ = [
    "VERSION",
    "Action",
    "Expires",
    "Filled",
    "Header",
    "Placed",
    "Record",
    "Reduced",
    "Removed",
    "Skipped",
    "Taken",
    "UnknownVersionError",
    "actions",
    "book_records_topic",
    "decode_action",
]

_WORD_BYTES = 32


class UnknownVersionError(WorldMarketsError):
    """A log of the books in a format that this package does not know."""

    def __init__(self, version: int) -> None:
        super().__init__(f"records have version {version}, known is {VERSION}")


@dataclass(frozen=True)
class Action:
    """The records of one transaction by one account, in the order in which things happened."""

    account_id: int
    records: tuple[Record, ...]
    block: int
    transaction_hash: str
    log_index: int


def book_records_topic() -> bytes:
    """Return the topic of the event BookRecords."""
    return abi_of("Exchange").events_by_name["BookRecords"].topic


def decode_action(log: Log) -> Action:
    """Decode one BookRecords log.

    Raises:
        UnknownVersionError: its format is not known.
        UnknownRecordError: a record of it is not known.
    """
    header = Header.unpack(int.from_bytes(log.topics[1], "big"))
    if header.version != VERSION:
        raise UnknownVersionError(header.version)
    packed = abi_of("Exchange").events_by_name["BookRecords"].decode(log.topics, log.data)
    content: bytes = packed["records"]
    records = tuple(
        unpack_record(int.from_bytes(content[start : start + _WORD_BYTES], "big"))
        for start in range(0, len(content), _WORD_BYTES)
    )
    return Action(header.account, records, log.block, log.transaction_hash, log.index)


def actions(logs: Iterable[Log], exchange: str) -> list[Action]:
    """Decode the BookRecords logs of an exchange among others, in order."""
    topic = book_records_topic()
    return [
        decode_action(log)
        for log in logs
        if log.address.lower() == exchange.lower() and log.topics and log.topics[0] == topic
    ]

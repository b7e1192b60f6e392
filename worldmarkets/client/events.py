"""What an exchange has logged, as the events of the model: in integers, units as in IExchange."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from worldmarkets.abi import abi_of
from worldmarkets.client.records import decode_action
from worldmarkets.client.structs import struct
from worldmarkets.model import events as model_events
from worldmarkets.model.events import BookRecords, Event
from worldmarkets.transactions import Log

KINDS: dict[str, type[Event]] = {kind.__name__: kind for kind in get_args(model_events.Event)}
"""Every event of the exchange by its name."""


@dataclass(frozen=True)
class LoggedEvent:
    """An event, and where it stands on the chain."""

    event: Event
    block: int
    transaction_hash: str
    log_index: int


def event_topic(kind: type[Event]) -> bytes:
    """Return the topic of an event."""
    return abi_of("Exchange").events_by_name[kind.__name__].topic


def decode_event(log: Log) -> Event | None:
    """Decode a log of the exchange; None if it is no event of its own.

    Raises:
        UnknownVersionError: it is one of the books in an unknown format.
    """
    known = abi_of("Exchange").events.get(log.topics[0]) if log.topics else None
    if known is None or known.name not in KINDS:
        return None
    if known.name == BookRecords.__name__:
        action = decode_action(log)
        return BookRecords(action.account_id, action.records)
    values = known.decode(log.topics, log.data)
    make: Callable[..., Event] = KINDS[known.name]
    return struct(make, [values[name] for name, _kind, _indexed in known.fields])


def decode_events(logs: Iterable[Log], exchange: str) -> Iterator[LoggedEvent]:
    """Yield the events of an exchange among other logs, in order."""
    for log in logs:
        event = decode_event(log) if log.address.lower() == exchange.lower() else None
        if event is not None:
            yield LoggedEvent(event, log.block, log.transaction_hash, log.index)

"""Order-by-order files: what happened to every order of a market, in sequence.

Two formats are known. A *message* file (LOBSTER's columns) says of each event what it did, and
replays exactly. A *stream* file (Bitstamp's columns) says what each order has left afterwards; its
marketable orders trade by themselves when they are placed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path

from worldmarkets.marketdata.tables import (
    MalformedRowError,
    UnknownFormatError,
    read_columns,
    read_rows,
)

MESSAGE_COLUMNS = ("time", "type", "order_id", "size", "price", "direction")
"""Columns of a message file; `synthetic` may follow."""

STREAM_COLUMNS = ("ts_ms", "action", "order_id", "side", "price", "amount_left", "exch_ts_s")
"""Columns of a stream file."""

_NANOSECONDS = Decimal(10**9)
_MESSAGE_PRICE_UNITS_PER_TICK = 100


class FlowKind(Enum):
    """What an event did."""

    ADD = "add"
    """An order of `lots` came in."""
    REDUCE = "reduce"
    """An order was made smaller by `lots`."""
    CANCEL = "cancel"
    """What was left of an order went."""
    EXECUTE = "execute"
    """`lots` of a resting order traded."""
    HIDDEN = "hidden"
    """A trade that no visible order took part in."""
    LEFT = "left"
    """An order has `lots` left, whatever the reason."""


class FlowFormat(Enum):
    """Format of an order-by-order file."""

    MESSAGES = "messages"
    STREAM = "stream"


@dataclass(frozen=True)
class FlowTerms:
    """What the numbers of a format mean on the exchange.

    `price_per_tick` is in dollars for one unit of the asset, `units_per_lot` in units of it.
    """

    price_per_tick: Decimal
    units_per_lot: Decimal


TERMS = {
    FlowFormat.MESSAGES: FlowTerms(Decimal("0.01"), Decimal(1)),
    FlowFormat.STREAM: FlowTerms(Decimal("0.01"), Decimal("0.0001")),
}
"""Messages: one share is a lot, one cent a tick. Streams: a ten-thousandth of a coin and a cent."""


@dataclass(frozen=True)
class FlowEvent:
    """One event of a file.

    Attributes:
        time_ns: Since the beginning of the file's clock [nanoseconds].
        order_id: The file's own number of the order.
        lots: What `kind` says [lots]; rounded down where the file has fractions of a lot.
        tick: Price of the order [ticks].
        is_ask: Side of the resting order.
        synthetic: Whether the event was added to make the file self-contained.
        row: The fields of the file that identify a message, to join other files on.
    """

    time_ns: int
    kind: FlowKind
    order_id: int
    lots: int
    tick: int
    is_ask: bool
    synthetic: bool
    row: tuple[str, ...]


@dataclass(frozen=True)
class Flow:
    """An order-by-order file."""

    path: Path
    format: FlowFormat

    @property
    def terms(self) -> FlowTerms:
        """What its numbers mean."""
        return TERMS[self.format]

    def events(self) -> Iterator[FlowEvent]:
        """Yield its events in order.

        Raises:
            MalformedRowError: a row is not of the format.
        """
        parse = _parse_message if self.format is FlowFormat.MESSAGES else _parse_stream
        for line, fields in read_rows(self.path):
            try:
                event = parse(fields)
            except (ValueError, KeyError, InvalidOperation) as error:
                raise MalformedRowError(self.path, line, f"unexpected value {error}") from error
            yield event


def open_flow(path: Path) -> Flow:
    """Recognise an order-by-order file by its columns.

    Raises:
        UnreadableFileError: the file is missing or not text.
        UnknownFormatError: it has the columns of no known format.
    """
    columns = read_columns(path)
    if columns in (MESSAGE_COLUMNS, (*MESSAGE_COLUMNS, "synthetic")):
        return Flow(path, FlowFormat.MESSAGES)
    if columns == STREAM_COLUMNS:
        return Flow(path, FlowFormat.STREAM)
    raise UnknownFormatError(path, columns, (MESSAGE_COLUMNS, STREAM_COLUMNS))


_MESSAGE_KINDS = {
    "1": FlowKind.ADD,
    "2": FlowKind.REDUCE,
    "3": FlowKind.CANCEL,
    "4": FlowKind.EXECUTE,
    "5": FlowKind.HIDDEN,
}
_STREAM_KINDS = {
    "created": FlowKind.ADD,
    "changed": FlowKind.LEFT,
    "deleted": FlowKind.CANCEL,
}


def _parse_message(fields: list[str]) -> FlowEvent:
    time, kind, order_id, size, price, direction = fields[: len(MESSAGE_COLUMNS)]
    tick, fraction = divmod(int(price), _MESSAGE_PRICE_UNITS_PER_TICK)
    # Hidden trades may be at half cents; they do not touch the book.
    if fraction and kind != "5":
        raise ValueError(f"price {price}, which is no whole tick")
    return FlowEvent(
        time_ns=int(Decimal(time) * _NANOSECONDS),
        kind=_MESSAGE_KINDS[kind],
        order_id=int(order_id),
        lots=int(size),
        tick=tick,
        is_ask={"1": False, "-1": True}[direction],
        synthetic=len(fields) > len(MESSAGE_COLUMNS) and int(fields[-1]) != 0,
        row=tuple(fields[: len(MESSAGE_COLUMNS)]),
    )


def _parse_stream(fields: list[str]) -> FlowEvent:
    ts_ms, action, order_id, side, price, amount_left = fields[:6]
    terms = TERMS[FlowFormat.STREAM]
    return FlowEvent(
        time_ns=int(ts_ms) * 10**6,
        kind=_STREAM_KINDS[action],
        order_id=int(order_id),
        lots=int(Decimal(amount_left) / terms.units_per_lot),
        tick=int(Decimal(price) / terms.price_per_tick),
        is_ask={"bid": False, "ask": True}[side],
        synthetic=False,
        row=tuple(fields),
    )

"""The packed records of the event BookRecords; formats of contracts/interfaces/IExchange.sol."""

from dataclasses import dataclass

from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.packing import Word, bits

VERSION = 1
"""Version of the formats."""


class UnknownRecordError(WorldMarketsError):
    """A record of no known kind."""

    def __init__(self, record: int) -> None:
        super().__init__(f"record of unknown kind {record >> 248}")


@dataclass(frozen=True)
class Header(Word):
    """The indexed header: who acted, and the version of the formats."""

    account: int = bits(0, 32)
    version: int = bits(32, 8, default=VERSION)


@dataclass(frozen=True)
class Placed(Word):
    """An order rests; with id and lots 0, one that has a client id does not."""

    order_id: int = bits(0, 128)
    lots: int = bits(128, 40)
    client_id: int = bits(168, 64)
    is_ask: int = bits(232, 1)
    reduce_only: int = bits(233, 1)
    by_operator: int = bits(234, 1)
    kind: int = bits(248, 8, default=1)


@dataclass(frozen=True)
class Filled(Word):
    """A maker order traded; `gone` if it has left the book."""

    order_id: int = bits(0, 128)
    lots: int = bits(128, 40)
    account: int = bits(168, 32)
    sequence: int = bits(200, 40)
    is_ask: int = bits(240, 1)
    gone: int = bits(241, 1)
    kind: int = bits(248, 8, default=2)


@dataclass(frozen=True)
class Removed(Word):
    """An order, or what was left of it, went without trading."""

    order_id: int = bits(0, 128)
    lots: int = bits(128, 40)
    account: int = bits(168, 32)
    reason: int = bits(240, 8)
    kind: int = bits(248, 8, default=3)


@dataclass(frozen=True)
class Reduced(Word):
    """An order became smaller."""

    order_id: int = bits(0, 128)
    lots_left: int = bits(128, 40)
    lots_off: int = bits(168, 40)
    kind: int = bits(248, 8, default=4)


@dataclass(frozen=True)
class Taken(Word):
    """An order took others: the sums of its fills [quote atoms]."""

    notional_atoms: int = bits(0, 80)
    fee_atoms: int = bits(80, 64, signed=True)
    lots: int = bits(144, 40)
    sequence: int = bits(184, 40)
    market: int = bits(224, 16)
    is_ask: int = bits(240, 1)
    kind: int = bits(248, 8, default=5)


@dataclass(frozen=True)
class Skipped(Word):
    """An item of a batch was skipped; refusal 0 for a cancel that found nothing."""

    index: int = bits(0, 16)
    refusal: int = bits(16, 8)
    kind: int = bits(248, 8, default=6)


@dataclass(frozen=True)
class Expires(Word):
    """The order placed by the record before expires: the last second at which it may trade."""

    order_id: int = bits(0, 128)
    expiry: int = bits(128, 32)
    kind: int = bits(248, 8, default=7)


Record = Placed | Filled | Removed | Reduced | Taken | Skipped | Expires

_KINDS: dict[int, type[Record]] = {
    1: Placed,
    2: Filled,
    3: Removed,
    4: Reduced,
    5: Taken,
    6: Skipped,
    7: Expires,
}


def unpack_record(record: int) -> Record:
    """Unpack a record by its kind.

    Raises:
        UnknownRecordError: no kind known has its number.
    """
    kind = _KINDS.get(record >> 248)
    if kind is None:
        raise UnknownRecordError(record)
    return kind.unpack(record)

"""The packed form of a batch; format of `batchPacked` in contracts/interfaces/IExchange.sol."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from worldmarkets.errors import WorldMarketsError
from worldmarkets.model.errors import InvalidParameter, MalformedBatch
from worldmarkets.model.interface import OrderRequest, Side
from worldmarkets.model.packing import Word, bits

HEADER_SIZE = 11
"""Bytes before the first cancel."""
CANCEL_SIZE = 16
"""Bytes of a cancel."""
PLACE_SIZE = 12
"""Bytes of a place without expiry and client id."""
MORE_SIZE = 12
"""Bytes of expiry and client id."""
MAX_ITEMS = 2**8 - 1
"""The most cancels, and the most places, of a packed batch."""
MAX_DEADLINE = 2**32 - 1
"""The latest deadline of a packed batch [seconds]."""


_ALL_OR_NONE = 1
"""The one flag of a header."""


class TooManyItemsError(WorldMarketsError):
    """A packed batch can not hold as many cancels or places."""

    def __init__(self, items: int) -> None:
        super().__init__(f"a packed batch holds {MAX_ITEMS} cancels and places each, not {items}")


@dataclass(frozen=True)
class PackedHeader(Word):
    """What a packed batch begins with, as one big-endian number."""

    places: int = bits(0, 8)
    cancels: int = bits(8, 8)
    flags: int = bits(16, 8)
    deadline: int = bits(24, 32)
    account: int = bits(56, 32)


@dataclass(frozen=True)
class PackedPlace(Word):
    """A place of a packed batch, as one big-endian number; `more` if a `PackedMore` follows."""

    is_ask: int = bits(0, 1)
    time_in_force: int = bits(1, 3)
    self_trade: int = bits(4, 2)
    reduce_only: int = bits(6, 1)
    more: int = bits(7, 1)
    max_fills: int = bits(8, 8)
    lots: int = bits(16, 40)
    tick: int = bits(56, 24)
    market: int = bits(80, 16)


@dataclass(frozen=True)
class PackedMore(Word):
    """The terms that few orders have, as one big-endian number."""

    client_id: int = bits(0, 64)
    expiry: int = bits(64, 32)


class PackedBatch:
    """A packed batch as it is read: in turn, so that what is missing shows when it is needed."""

    def __init__(self, packed: bytes) -> None:
        """Read the header; raises MalformedBatch, InvalidParameter."""
        self._packed = packed
        self._offset = 0
        self.header = PackedHeader.unpack(self._next(HEADER_SIZE))
        if self.header.flags > _ALL_OR_NONE:
            raise InvalidParameter(b"flags".ljust(32, b"\0"), self.header.flags)
        self.all_or_none = self.header.flags == _ALL_OR_NONE

    def cancels(self) -> Iterator[int]:
        """Yield the order ids to cancel, before the places; raises MalformedBatch."""
        for _ in range(self.header.cancels):
            yield self._next(CANCEL_SIZE)

    def places(self) -> Iterator[OrderRequest]:
        """Yield the orders to place, after the cancels; raises MalformedBatch."""
        for _ in range(self.header.places):
            place = PackedPlace.unpack(self._next(PLACE_SIZE))
            more = PackedMore.unpack(self._next(MORE_SIZE) if place.more else 0)
            yield _unpack_place(place, more)

    def check_end(self) -> None:
        """Pass if nothing follows the last place; raises MalformedBatch."""
        if self._offset != len(self._packed):
            raise MalformedBatch(len(self._packed), self._offset)

    def _next(self, size: int) -> int:
        """Return the next bytes as a number."""
        end = self._offset + size
        if len(self._packed) < end:
            raise MalformedBatch(len(self._packed), end)
        number = int.from_bytes(self._packed[self._offset : end], "big")
        self._offset = end
        return number


def pack_batch(
    account_id: int,
    cancels: Sequence[int],
    places: Sequence[OrderRequest],
    deadline: int = MAX_DEADLINE,
    all_or_none: bool = False,
) -> bytes:
    """Pack a batch; a deadline [seconds] beyond the latest there is becomes the latest.

    Raises:
        TooManyItemsError: more than 255 cancels or places.
        FieldOverflowError: a number is wider than its field.
    """
    for items in (cancels, places):
        if len(items) > MAX_ITEMS:
            raise TooManyItemsError(len(items))
    header = PackedHeader(
        len(places), len(cancels), int(all_or_none), min(deadline, MAX_DEADLINE), account_id
    )
    packed = [header.pack().to_bytes(HEADER_SIZE, "big")]
    packed += [order_id.to_bytes(CANCEL_SIZE, "big") for order_id in cancels]
    packed += [_pack_place(order) for order in places]
    return b"".join(packed)


def _pack_place(order: OrderRequest) -> bytes:
    more = PackedMore(order.client_id, order.expiry)
    place = PackedPlace(
        is_ask=order.side,
        time_in_force=order.time_in_force,
        self_trade=order.self_trade,
        reduce_only=int(order.reduce_only),
        more=int(more != PackedMore()),
        max_fills=order.max_fills,
        lots=order.lots,
        tick=order.tick,
        market=order.market_id,
    )
    packed = place.pack().to_bytes(PLACE_SIZE, "big")
    return packed + more.pack().to_bytes(MORE_SIZE, "big") if place.more else packed


def _unpack_place(place: PackedPlace, more: PackedMore) -> OrderRequest:
    return OrderRequest(
        place.market,
        Side(place.is_ask),
        place.tick,
        place.lots,
        place.time_in_force,
        place.max_fills,
        place.self_trade,
        more.expiry,
        bool(place.reduce_only),
        more.client_id,
    )

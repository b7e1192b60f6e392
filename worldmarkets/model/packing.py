"""Dataclasses whose fields are bits of one integer."""

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from worldmarkets.errors import WorldMarketsError

W = TypeVar("W", bound="Word")


class FieldOverflowError(WorldMarketsError):
    """A value does not fit the bits of its field."""

    def __init__(self, word: str, name: str, value: int) -> None:
        super().__init__(f"{word}.{name} cannot hold {value}")


@dataclass(frozen=True)
class Bits:
    """Where a field is in its word."""

    name: str
    offset: int
    width: int
    signed: bool

    @property
    def mask(self) -> int:
        """Ones as wide as the field."""
        return (1 << self.width) - 1


def bits(offset: int, width: int, *, signed: bool = False, default: int = 0) -> Any:
    """Declare a field of `width` bits from bit `offset` up."""
    return field(default=default, metadata={"bits": (offset, width, signed)})


_LAYOUTS: dict[type, tuple[Bits, ...]] = {}


def layout(kind: type["Word"]) -> tuple[Bits, ...]:
    """Return the fields of a word in the order of their declaration."""
    known = _LAYOUTS.get(kind)
    if known is None:
        known = tuple(Bits(declared.name, *declared.metadata["bits"]) for declared in fields(kind))
        _LAYOUTS[kind] = known
    return known


@dataclass(frozen=True)
class Word:
    """A word of storage, an id or a record, unpacked. Bits without a field are spare and zero."""

    @classmethod
    def unpack(cls: type[W], word: int) -> W:
        """Read the fields of `word`; spare bits are ignored, see `spare_bits`."""
        values = []
        for bit in layout(cls):
            value = (word >> bit.offset) & bit.mask
            if bit.signed and value >> (bit.width - 1):
                value -= 1 << bit.width
            values.append(value)
        return cls(*values)

    def pack(self) -> int:
        """Return the word.

        Raises:
            FieldOverflowError: a field does not fit its bits.
        """
        word = 0
        for bit in layout(type(self)):
            value = getattr(self, bit.name)
            low = -(1 << (bit.width - 1)) if bit.signed else 0
            if not low <= value < low + (1 << bit.width):
                raise FieldOverflowError(type(self).__name__, bit.name, value)
            word |= (value & bit.mask) << bit.offset
        return word

    @classmethod
    def spare_bits(cls, word: int) -> int:
        """Return `word` with all fields cleared: zero if it is well-formed."""
        for bit in layout(cls):
            word &= ~(bit.mask << bit.offset)
        return word

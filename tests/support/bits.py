"""Words as plain numbers: fields at an offset and of a width, signed or not."""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.support.properties import signed, unsigned


@dataclass(frozen=True)
class Field:
    """Where a field of a word is."""

    offset: int
    width: int
    signed: bool = False

    @property
    def values(self) -> st.SearchStrategy[int]:
        """Anything it can be, often its extremes."""
        return signed(self.width) if self.signed else unsigned(self.width)

    def of(self, word: int) -> int:
        """Return the field of a word."""
        value = word >> self.offset & (1 << self.width) - 1
        return value - (1 << self.width) if self.signed and value >> self.width - 1 else value

    def put(self, word: int, value: int) -> int:
        """Return the word with another value of the field; a wider one is cut."""
        mask = (1 << self.width) - 1
        return word & ~(mask << self.offset) | (value & mask) << self.offset


def pack(layout: dict[str, Field], **values: int) -> int:
    """Return the word with fields by name; the others are 0."""
    word = 0
    for name, value in values.items():
        word = layout[name].put(word, value)
    return word


def truncated(numerator: int, denominator: int) -> int:
    """Return a quotient rounded toward zero, as the chain divides signed numbers."""
    quotient = abs(numerator) // abs(denominator)
    return quotient if (numerator < 0) == (denominator < 0) else -quotient


def ceiling(numerator: int, denominator: int) -> int:
    """Return a quotient rounded up."""
    return -(-numerator // denominator)

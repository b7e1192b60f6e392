"""The storage words of perps, unpacked; layouts and names of contracts/types.

Marks are in 2^-24 ticks, the funding index in 2^-40 ticks, what is booked of a position in
tick-lots·2^-24: a tick-lot is a lot at tick 1, worth the market's tick value in quote atoms.
"""

from dataclasses import dataclass

from worldmarkets.model.packing import Word, bits

Q24 = 2**24
MAX_MARK = 2**48 - 1
"""The highest mark [2^-24 ticks]."""
MAX_OPEN_LOTS = 2**40 - 1
"""The most lots that open orders of one side of an account add up to in a perp."""
MAX_CAP_CODE = 2**8 - 1
_LEAST_CAP = 8
"""A code has three bits below its leading one."""


@dataclass(frozen=True)
class PositionWord(Word):
    """What an account has in a perp: signed size and open orders [lots], cash [2^-24 tick-lots].

    Trades are booked at price less funding index, so that size·(mark - index) + cash is what is
    not settled yet. `funding_entry` is the index at which the open lots were bought on average,
    modulo 2^34 [2^-10 ticks]; it is for display alone.
    """

    open_bids: int = bits(0, 40)
    size: int = bits(40, 36, signed=True)
    open_asks: int = bits(76, 40)
    funding_entry: int = bits(116, 34)
    frozen: int = bits(153, 1)
    touched: int = bits(154, 1)
    cash: int = bits(160, 96, signed=True)

    @property
    def is_empty(self) -> bool:
        """Whether there is neither a position, nor cash, nor an open order."""
        return not (self.size or self.cash or self.open_bids or self.open_asks)


@dataclass(frozen=True)
class MarkWord(Word):
    """Mark and funding index of a perp, as of `time`, and what every trade reads besides.

    The rate [1e-8 per 8 hours] holds until the second `until`. The cap on a position is a code of
    one byte, see `cap_of`.
    """

    mark: int = bits(0, 48)
    funding: int = bits(48, 80, signed=True)
    rate: int = bits(128, 24, signed=True)
    time: int = bits(152, 32)
    until: int = bits(184, 32)
    tick_value: int = bits(216, 32)
    cap_code: int = bits(248, 8)

    @property
    def position_cap(self) -> int:
        """The most lots an account may hold on one side, open orders included."""
        return cap_of(self.cap_code)


@dataclass(frozen=True)
class SampleWord(Word):
    """Premium, mid and book of a perp against its index at the last two samples, A before B.

    They are in 1e-8 of the index; the averages, up to A, in 1e-12. `span` is the time between A
    and B, at most 300 [seconds].
    """

    premium_a: int = bits(0, 24, signed=True)
    mid_a: int = bits(24, 24, signed=True)
    book_a: int = bits(48, 24, signed=True)
    premium_b: int = bits(72, 24, signed=True)
    mid_b: int = bits(96, 24, signed=True)
    book_b: int = bits(120, 24, signed=True)
    book_counted: int = bits(144, 24, signed=True)
    span: int = bits(168, 9)
    premium_average: int = bits(177, 38, signed=True)
    mid_average: int = bits(215, 38, signed=True)


@dataclass(frozen=True)
class PerpPoolWord(Word):
    """What settled losses of a perp have paid in, and the deficit nobody paid [quote atoms]."""

    cash: int = bits(0, 80)
    shortfall: int = bits(80, 80)
    touched: int = bits(160, 1)


def cap_of(code: int) -> int:
    """Return the position cap that a code of eight bits stands for [lots]."""
    return _LEAST_CAP + (code & 7) << (code >> 3)


def code_of(cap: int) -> int | None:
    """Return the code of a position cap [lots], None if it has none."""
    shift = cap.bit_length() - _LEAST_CAP.bit_length()
    if shift < 0 or cap >> shift << shift != cap:
        return None
    code = shift << 3 | (cap >> shift) - _LEAST_CAP
    return code if code <= MAX_CAP_CODE else None


def wrapped(units: int) -> int:
    """Return units as a position word keeps them: modulo 2^96, signed [2^-24 tick-lots]."""
    return (units + 2**95) % 2**96 - 2**95

"""What the specification of perps says, in plain numbers: words as fields, rates, marks.

Units as in the contracts: marks and indices in 2^-24 ticks, rates and samples in 1e-8, averages in
1e-12.
"""

from tests.support.bits import Field, truncated
from worldmarkets.model.compounding import ONE, growth_up

Q24 = 2**24
ENTRY_ONE = 2**34
MAX_PART = 8_000_000
POSITION = {
    "open_bids": Field(0, 40),
    "size": Field(40, 36, signed=True),
    "open_asks": Field(76, 40),
    "entry": Field(116, 34),
    "cash": Field(160, 96, signed=True),
}
MARK = {
    "mark": Field(0, 48),
    "funding": Field(48, 80, signed=True),
    "rate": Field(128, 24, signed=True),
    "time": Field(152, 32),
    "until": Field(184, 32),
    "tick_value": Field(216, 32),
    "cap_code": Field(248, 8),
}
PARTS = tuple(Field(24 * i, 24, signed=True) for i in range(6))
SAMPLE = {
    "book_counted": Field(144, 24, signed=True),
    "span": Field(168, 9),
    "premium": Field(177, 38, signed=True),
    "middle": Field(215, 38, signed=True),
}
TAPE = {"last": Field(0, 24), "open_interest": Field(24, 40), "cap": Field(217, 39)}
CONFIG = {
    "band_bps": Field(20, 12),
    "atoms_per_lot": Field(32, 64),
    "impact_notional": Field(96, 32),
    "mark_band_bps": Field(128, 12),
    "funding_cap": Field(140, 24),
    "interest": Field(164, 24),
    "clamp": Field(188, 24),
}


def entry_after(entry: int, old: int, new: int, funding: int) -> int:
    """The average funding index at entry of what is open, in 2^-10 ticks, modulo 2^34."""
    now = (funding >> 14) % ENTRY_ONE
    if old * new <= 0:
        return now
    if abs(new) <= abs(old):
        return entry
    moved = (now - entry + ENTRY_ONE // 2) % ENTRY_ONE - ENTRY_ONE // 2
    return (now - truncated(moved * abs(old), abs(new))) % ENTRY_ONE


def cap_of(code: int) -> int:
    """The lots of the code of a position cap."""
    return 8 + code % 8 << code // 8


def funding_at(word: int, time: int) -> int:
    """The funding index at a time, in 2^-40 ticks."""
    of = {name: field.of(word) for name, field in MARK.items()}
    seconds = max(0, min(time, of["until"]) - of["time"])
    return of["funding"] + truncated(of["mark"] * 2**16 * of["rate"] * seconds, 28_800 * 10**8)


def clamped(value: int, low: int, high: int) -> int:
    """What is nearest to a value between two bounds."""
    return max(low, min(value, high))


def common(first: int, second: int) -> int:
    """What two samples have in common."""
    if first * second <= 0:
        return 0
    return first if abs(first) < abs(second) else second


def averaged(average: int, held: int, span: int, tau: int) -> int:
    """An average after something has held for a time."""
    distance = abs(held * 10_000 - average)
    moved = distance - distance * ONE // growth_up(ONE // tau, span)
    return average - moved if held * 10_000 < average else average + moved


def rate_of(average: int, interest: int, clamp: int, cap: int) -> int:
    """The funding rate of an average premium."""
    premium = truncated(average, 10_000)
    return clamped(premium + clamped(interest - premium, -clamp, clamp), -cap, cap)


def deviation(price: int, index: int) -> int:
    """How far a price is from the index [1e-8 of it]."""
    return clamped(truncated((price - index) * 10**8, index), -MAX_PART, MAX_PART)


def mark_at(index: int, middle: int, book: int, rate: int, band_bps: int) -> int:
    """The mark at an index."""
    mark = sorted(
        (
            index * (10**12 + middle) // 10**12,
            index * (10**8 + book) // 10**8,
            index * (10**8 + rate) // 10**8,
        )
    )[1]
    low, high = (index * (10_000 + side * band_bps) // 10_000 for side in (-1, 1))
    return clamped(clamped(mark, low, high), 1, 2**48 - 1)

"""The funding index F: what a lot held long has paid since the market began.

It grows by mark times rate, per 8 hours, for as long as the rate holds: until 300 seconds after the
last sample. What longs pay shorts get, as both are booked against the same index.
"""

from dataclasses import replace

from worldmarkets.model import slots
from worldmarkets.model.perp_words import MarkWord
from worldmarkets.model.perps.integers import clamped, truncated
from worldmarkets.model.state import State

PERIOD = 28_800
"""The time that a rate is for [seconds]."""
RATE_ONE = 10**8
"""All of the mark, in the unit of rates."""
AVERAGE_ONE = 10**12
"""All of the index, in the unit of averages."""
_AVERAGE_A_RATE = AVERAGE_ONE // RATE_ONE


def load(state: State, market_id: int) -> MarkWord:
    """Return the mark word of a perp market."""
    return state.load(MarkWord, slots.mark(market_id))


def accrued(word: MarkWord, time: int) -> MarkWord:
    """Return a mark word with the funding up to a time [seconds]."""
    seconds = max(0, min(time, word.until) - word.time)
    paid = truncated(word.mark * 2**16 * word.rate * seconds, PERIOD * RATE_ONE)
    return replace(word, funding=word.funding + paid, time=time)


def index_at(word: MarkWord, time: int) -> int:
    """Return the funding index at a time [seconds], rounded down [2^-24 ticks]."""
    return accrued(word, time).funding >> 16


def index_now(state: State, market_id: int) -> int:
    """Return the funding index now, rounded down [2^-24 ticks]."""
    return index_at(load(state, market_id), state.time)


def rate_of(premium_average: int, interest: int, clamp: int, cap: int) -> int:
    """Return the rate that an average premium [1e-12] makes [1e-8 per 8 hours].

    It is the premium, drawn toward the interest by at most the clamp, and within the cap.
    """
    premium = truncated(premium_average, _AVERAGE_A_RATE)
    rate = premium + clamped(interest - premium, -clamp, clamp)
    return clamped(rate, -cap, cap)

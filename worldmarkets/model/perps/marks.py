"""The mark of a perp: index, book and funding rate, none of which a trade can move at once."""

from dataclasses import dataclass, replace

from worldmarkets.model import bitmap, slots
from worldmarkets.model.compounding import ONE, growth_up
from worldmarkets.model.errors import PriceUnavailable, UnknownMarket
from worldmarkets.model.events import MarkUpdated
from worldmarkets.model.fees import divide_up
from worldmarkets.model.perp_words import MAX_MARK, Q24, MarkWord, SampleWord
from worldmarkets.model.perps import flat_margin, funding
from worldmarkets.model.perps.integers import clamped, median, truncated
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    MAX_TICK,
    NO_ASK,
    NO_BID,
    BookWord,
    ConfigWord,
    FeedWord,
    LevelWord,
    TapeWord,
    UnderlyingWord,
    base_of,
    is_perp,
    perp_market,
)

HOLDS = 300
"""How long a sample counts [seconds]."""
MID_TAU = 150
"""Time constant of the average distance of the mid from the index [seconds]."""
PREMIUM_TAU = 3_600
"""Time constant of the average premium [seconds]."""
MAX_LEVELS = 20
"""The most levels of a side that an impact price looks at."""
MAX_DEVIATION = 8_000_000
"""The most that a sample is from the index [1e-8 of it]."""
_BPS = 10**4
_ATOM_PRICES_A_QUOTE_ATOM = 10**12
_QUOTE_ATOMS_A_DOLLAR = 10**6


@dataclass(frozen=True)
class _Sample:
    """How far book and premium are from the index at a moment [1e-8 of it]."""

    premium: int
    mid: int
    book: int


def config_of(state: State, market_id: int) -> ConfigWord:
    """Return the config word of a listed perp; raises UnknownMarket."""
    config = state.load(ConfigWord, slots.config(market_id)) if is_perp(market_id) else None
    if config is None or not config.kind:
        raise UnknownMarket(market_id)
    return config


def index_ticks(price: int, config: ConfigWord, tick_value: int) -> int:
    """Return the price of a lot at the price of an atom, at least 1 [2^-24 ticks]."""
    ticks = price * config.atoms_per_lot * Q24 // (_ATOM_PRICES_A_QUOTE_ATOM * tick_value)
    return max(1, ticks)


def counted(first: int, second: int) -> int:
    """Return what counts of an interval with two samples at its ends: the smaller in magnitude.

    Nothing if they are on two sides.
    """
    if first * second <= 0:
        return 0
    return min(first, second, key=abs)


def average(old: int, counted_now: int, seconds: int, tau: int) -> int:
    """Return an average [1e-12] after what counts [1e-8] has held for a time.

    The distance shrinks by a factor 1 + 1/tau a second, so n steps are one.
    """
    target = counted_now * (funding.AVERAGE_ONE // funding.RATE_ONE)
    distance = abs(target - old)
    moved = distance - distance * ONE // growth_up(ONE // tau, seconds)
    return old + moved if target >= old else old - moved


def mark_at(index: int, sampled: SampleWord, rate: int, mark_band_bps: int) -> int:
    """Return the mark at an index [2^-24 ticks].

    It is the middle one of the index and the average distance of the mid, the book as it has
    counted, and the index and one period of funding; within a band around the index.
    """
    one, average_one = funding.RATE_ONE, funding.AVERAGE_ONE
    middle = median(
        index * (average_one + sampled.mid_average) // average_one,
        index * (one + sampled.book_counted) // one,
        index * (one + rate) // one,
    )
    low, high = (index * (_BPS + side * mark_band_bps) // _BPS for side in (-1, 1))
    return clamped(clamped(middle, low, high), 1, MAX_MARK)


def poke(state: State, market_id: int) -> MarkUpdated:
    """Add up funding, sample the book, and set mark and rate by the samples before this second.

    Raises:
        UnknownMarket, PriceUnavailable.
    """
    config = config_of(state, market_id)
    price = state.load(UnderlyingWord, slots.underlying(config.base)).price
    if price == 0:
        raise PriceUnavailable(config.base)
    word = funding.accrued(funding.load(state, market_id), state.time)
    if state.time > word.until - HOLDS or word.until == 0:
        word = _sampled(state, market_id, word, price)
    else:
        _sample_again(state, market_id, word, price)
    return _store(state, market_id, word, price)


def reprice(state: State, asset_id: int, price: int) -> MarkUpdated | None:
    """Move the mark of an asset's perp, if it has one, to a new price of an atom."""
    market_id = perp_market(asset_id)
    if not state.load_raw(slots.config(market_id)):
        return None
    word = funding.accrued(funding.load(state, market_id), state.time)
    return _store(state, market_id, word, price)


def widen(state: State, asset_id: int, low: int, high: int) -> None:
    """Let the band of an asset's perp, if it has one, reach to the marks at two prices."""
    market_id = perp_market(asset_id)
    if state.load_raw(slots.config(market_id)):
        word = funding.load(state, market_id)
        marks = [_mark_at_price(state, market_id, word, price) for price in (low, high)]
        _move_band(state, market_id, marks[0], marks[1], unconfirmed=low != high)


def _store(state: State, market_id: int, word: MarkWord, price: int) -> MarkUpdated:
    """Write a mark word with the mark at a price, and let the band follow."""
    word = replace(word, mark=_mark_at_price(state, market_id, word, price))
    state.store(slots.mark(market_id), word)
    asset_id = base_of(market_id)
    if state.load(UnderlyingWord, slots.underlying(asset_id)).unconfirmed:
        pending = state.load(FeedWord, slots.feed(asset_id)).pending_price
        widen(state, asset_id, *sorted((price, pending)))
    else:
        _move_band(state, market_id, word.mark, word.mark, unconfirmed=False)
    return MarkUpdated(market_id, word.mark, word.funding, word.rate, word.time)


def _mark_at_price(state: State, market_id: int, word: MarkWord, price: int) -> int:
    config = state.load(ConfigWord, slots.config(market_id))
    index = index_ticks(price, config, word.tick_value)
    sampled = state.load(SampleWord, slots.sample(market_id))
    return mark_at(index, sampled, word.rate, config.mark_band_bps)


def _move_band(state: State, market_id: int, low: int, high: int, *, unconfirmed: bool) -> None:
    """Set the limits of the band around the lower and the higher of two marks."""
    config = state.load(ConfigWord, slots.config(market_id))
    book = state.load(BookWord, slots.book(market_id))
    highest_bid = high * (_BPS + config.band_bps) // (_BPS * Q24)
    lowest_ask = divide_up(low * (_BPS - config.band_bps), _BPS * Q24)
    band = {"highest_bid": min(highest_bid, MAX_TICK), "lowest_ask": min(lowest_ask, NO_ASK)}
    book = replace(book, **band, unconfirmed=int(unconfirmed))
    book = flat_margin.renewed(state, book, base_of(market_id))
    state.store(slots.book(market_id), book)


# ---------------------------------------------------------------------- samples


def _sampled(state: State, market_id: int, word: MarkWord, price: int) -> MarkWord:
    """Let the interval up to the last sample count, take a new sample, and set the rate."""
    config = state.load(ConfigWord, slots.config(market_id))
    index = index_ticks(price, config, word.tick_value)
    new = _take_sample(state, market_id, index, word.tick_value)
    old = state.load(SampleWord, slots.sample(market_id))
    older = {"premium_a": old.premium_b, "mid_a": old.mid_b, "book_a": old.book_b}
    newer = {"premium_b": new.premium, "mid_b": new.mid, "book_b": new.book}
    # No interval ends with the first sample.
    span = min(state.time - (word.until - HOLDS), HOLDS) if word.until else 0
    premium = counted(old.premium_a, old.premium_b)
    mid = counted(old.mid_a, old.mid_b)
    sampled = replace(
        old,
        **older,
        **newer,
        book_counted=counted(old.book_a, old.book_b),
        span=span,
        premium_average=average(old.premium_average, premium, old.span, PREMIUM_TAU),
        mid_average=average(old.mid_average, mid, old.span, MID_TAU),
    )
    state.store(slots.sample(market_id), sampled)
    terms = (config.interest, config.clamp, config.funding_cap)
    rate = funding.rate_of(sampled.premium_average, *terms)
    return replace(word, rate=rate, until=state.time + HOLDS)


def _sample_again(state: State, market_id: int, word: MarkWord, price: int) -> None:
    """Leave of the sample taken in this second what a further one has in common with it.

    Whoever samples first in every second, with quotes that he pulls at once, then moves nothing if
    one other samples after him. Averages and rate stay.
    """
    config = state.load(ConfigWord, slots.config(market_id))
    index = index_ticks(price, config, word.tick_value)
    new = _take_sample(state, market_id, index, word.tick_value)
    old = state.load(SampleWord, slots.sample(market_id))
    agreed = replace(
        old,
        premium_b=counted(old.premium_b, new.premium),
        mid_b=counted(old.mid_b, new.mid),
        book_b=counted(old.book_b, new.book),
    )
    state.store(slots.sample(market_id), agreed)


def _take_sample(state: State, market_id: int, index: int, tick_value: int) -> _Sample:
    book = state.load(BookWord, slots.book(market_id))
    last = state.load(TapeWord, slots.tape(market_id)).last
    premium = _premium(state, market_id, index, tick_value)
    if book.best_bid == NO_BID or book.best_ask == NO_ASK:
        return _Sample(premium, 0, 0)
    mid = _deviation((book.best_bid + book.best_ask) * 2**23, index)
    if not last:
        return _Sample(premium, mid, 0)
    traded = median(book.best_bid, book.best_ask, last) * Q24
    return _Sample(premium, mid, _deviation(traded, index))


def _premium(state: State, market_id: int, index: int, tick_value: int) -> int:
    """Return by how much impact prices are beyond the index on both sides [1e-8 of it]."""
    config = state.load(ConfigWord, slots.config(market_id))
    notional = config.impact_notional * _QUOTE_ATOMS_A_DOLLAR * Q24
    lots = divide_up(notional, index * tick_value)
    bid = impact_price(state, market_id, is_ask=False, lots=lots)
    ask = impact_price(state, market_id, is_ask=True, lots=lots)
    above = max(0, bid - index) if bid is not None else 0
    below = max(0, index - ask) if ask is not None else 0
    return _deviation(index + above - below, index)


def impact_price(state: State, market_id: int, *, is_ask: bool, lots: int) -> int | None:
    """Return the average price of the first lots of a side, rounded down [2^-24 ticks].

    None if a few levels have not so many.
    """
    tick = state.load(BookWord, slots.book(market_id)).best(is_ask)
    left, cost = lots, 0
    for _ in range(MAX_LEVELS):
        if tick in (NO_BID, NO_ASK):
            return None
        taken = min(left, state.load(LevelWord, slots.level(market_id, tick)).lots)
        left -= taken
        cost += taken * tick
        if not left:
            return cost * Q24 // lots
        tick = bitmap.next_worse(state, market_id, tick, is_ask)
    return None


def _deviation(price: int, index: int) -> int:
    """Return how far a price is from the index, within bounds [1e-8 of it]."""
    away = truncated((price - index) * funding.RATE_ONE, index)
    return clamped(away, -MAX_DEVIATION, MAX_DEVIATION)

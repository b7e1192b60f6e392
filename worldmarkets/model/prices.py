"""Reference prices: copied from feeds, guarded against jumps, averaged slowly."""

from dataclasses import replace

from worldmarkets.model import slots
from worldmarkets.model.assets import token_of
from worldmarkets.model.compounding import ONE, growth_up
from worldmarkets.model.errors import InvalidPrice
from worldmarkets.model.events import Event, PriceJumped, PriceUpdated
from worldmarkets.model.liquidation import moves
from worldmarkets.model.listing import move_band
from worldmarkets.model.perps import flat_margin, marks
from worldmarkets.model.reference import market_risk
from worldmarkets.model.state import State
from worldmarkets.model.words import SECONDS_AN_HOUR, FeedWord, RiskWord, UnderlyingWord

MAX_PRICE = 2**55
"""The highest price of an atom [1e-18 dollars]."""
JUMP_DIVISOR = 10
"""The largest move that needs no confirmation: a tenth."""
CONFIRM_DIVISOR = 100
"""How close a second report must be: a hundredth."""
CONFIRM_DELAY = 3
"""How much later a second report must have been made [seconds]."""
DRIFT_PERCENT = 6
"""The most the slow price moves in an hour [percent]."""
FULL_CONFIDENCE = 10_000
_MAX_TOKEN_PRICE = 2**128 - 1
_MAX_PEG = 2**16 - 1
_PEG_SCALE = 10**14
_SLOW_RATE = ONE // SECONDS_AN_HOUR

Report = tuple[int, int, int]
"""Price of a whole token [1e-18 dollars], time [seconds], confidence [basis points]."""


def poke(state: State, asset_id: int, report: Report) -> list[Event]:
    """Take a feed's report of an asset over, and return what is to be said of it.

    Raises:
        InvalidPrice: no price, one from the future, or a confidence above one.
    """
    token = token_of(state, asset_id)
    token_price, time, confidence = report
    price = token_price * token.units_per_atom // 10**token.decimals
    if (
        token_price > _MAX_TOKEN_PRICE
        or not 0 < price <= MAX_PRICE
        or time > state.time
        or confidence > FULL_CONFIDENCE
    ):
        raise InvalidPrice(asset_id, token_price)
    if asset_id == 0:
        return _take_peg(state, token_price, price, time)
    return _take(state, asset_id, price, time, confidence)


def slow_price(slow: int, price: int, seconds: int) -> int:
    """Return the slow price after a price has held for a time, rounded towards that price.

    The distance shrinks by a factor 1 + 1/3,600 a second; the move is at most 6 % an hour.
    """
    factor = growth_up(_SLOW_RATE, seconds)
    limit = slow * DRIFT_PERCENT * seconds // (100 * SECONDS_AN_HOUR)
    distance = abs(price - slow)
    moved = min(distance - distance * ONE // factor, limit)
    return slow + moved if price >= slow else slow - moved


def _take_peg(state: State, token_price: int, price: int, time: int) -> list[Event]:
    word = state.load(RiskWord, slots.risk())
    if time < word.peg_time:
        return []
    peg = max(1, min(token_price // _PEG_SCALE, _MAX_PEG))
    factor = market_risk(state).peg_factor_bps
    state.store(slots.risk(), replace(word, peg_bps=peg, peg_time=time))
    if market_risk(state).peg_factor_bps != factor:
        flat_margin.renew_all(state)
    return [PriceUpdated(0, price, time)]


def _take(state: State, asset_id: int, price: int, time: int, confidence: int) -> list[Event]:
    slot = slots.underlying(asset_id)
    word = state.load(UnderlyingWord, slot)
    feed = state.load(FeedWord, slots.feed(asset_id))
    if time < word.time:
        return []
    if _is_beyond(price, word.price, JUMP_DIVISOR) and not _confirms(feed, price, time):
        return _wait(state, asset_id, price, time)
    slow = slow_price(word.slow_price, word.price, time - word.time) if word.price else price
    taken = replace(
        word, price=price, slow_price=slow, time=time, confidence_bps=confidence, unconfirmed=0
    )
    state.store(slot, taken)
    if feed.pending_price:
        state.store(slots.feed(asset_id), FeedWord(feed.feed))
    moved = moves.note(state, asset_id, price, word.price)
    move_band(state, asset_id, price, price)
    marked = marks.reprice(state, asset_id, price)
    told = [moved, PriceUpdated(asset_id, price, time), marked]
    return [event for event in told if event is not None]


def _wait(state: State, asset_id: int, price: int, time: int) -> list[Event]:
    """Keep the first report of a new price until one of its kind confirms it."""
    word = state.load(UnderlyingWord, slots.underlying(asset_id))
    feed = state.load(FeedWord, slots.feed(asset_id))
    if feed.pending_price and not _is_beyond(price, feed.pending_price, CONFIRM_DIVISOR):
        return []
    state.store(slots.feed(asset_id), FeedWord(feed.feed, price, time))
    state.store(slots.underlying(asset_id), replace(word, unconfirmed=1))
    low, high = sorted((word.price, price))
    move_band(state, asset_id, low, high)
    marks.widen(state, asset_id, low, high)
    return [moves.pause(state, asset_id), PriceJumped(asset_id, price, time)]


def _confirms(feed: FeedWord, price: int, time: int) -> bool:
    if not feed.pending_price or time < feed.pending_time + CONFIRM_DELAY:
        return False
    return not _is_beyond(price, feed.pending_price, CONFIRM_DIVISOR)


def _is_beyond(price: int, other: int, divisor: int) -> bool:
    """Return whether a price is further from another, if there is one, than a part of it."""
    return other != 0 and abs(price - other) * divisor > other

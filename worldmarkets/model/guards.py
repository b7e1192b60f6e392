"""Pauses of new risk, and limits of what leaves."""

from dataclasses import replace

from worldmarkets.model import slots
from worldmarkets.model.assets import invalid, token_of
from worldmarkets.model.errors import PausedTooSoon, UnknownMarket
from worldmarkets.model.events import MarketPauseSet, OutflowLimitSet
from worldmarkets.model.fees import PPM
from worldmarkets.model.state import State
from worldmarkets.model.words import SECONDS_AN_HOUR, BookWord, OutflowWord

MAX_PAUSE_HOURS = 72
"""The longest pause."""
PAUSE_COOLDOWN_HOURS = 7 * 24
"""Time from the end of a pause to the next."""


def check_hours(hours_long: int) -> None:
    """Pass if a pause may be so long; raises InvalidParameter."""
    if not 0 < hours_long <= MAX_PAUSE_HOURS:
        raise invalid("hoursLong", hours_long)


def pause(state: State, market_id: int, hours_long: int, time: int) -> MarketPauseSet:
    """Pause a market; raises UnknownMarket or PausedTooSoon."""
    last = _book(state, market_id).paused_until
    earliest = last + PAUSE_COOLDOWN_HOURS * SECONDS_AN_HOUR if last else 0
    if time < earliest:
        raise PausedTooSoon(market_id, earliest)
    return _pause_until_hour(state, market_id, time // SECONDS_AN_HOUR + hours_long + 1)


def resume(state: State, market_id: int, time: int) -> MarketPauseSet | None:
    """End the pause of a market, None if there is none; raises UnknownMarket."""
    if _book(state, market_id).paused_until <= time:
        return None
    return _pause_until_hour(state, market_id, time // SECONDS_AN_HOUR)


def set_outflow_limit(state: State, asset_id: int, limit_ppm: int) -> OutflowLimitSet:
    """Set how much of an asset may leave in a day; raises UnlistedAsset or InvalidParameter."""
    token_of(state, asset_id)
    if limit_ppm > PPM:
        raise invalid("limitPpm", limit_ppm)
    slot = slots.outflow(asset_id)
    state.store(slot, replace(state.load(OutflowWord, slot), limit_ppm=limit_ppm))
    return OutflowLimitSet(asset_id, limit_ppm)


def _book(state: State, market_id: int) -> BookWord:
    book = state.load(BookWord, slots.book(market_id))
    if book.tick_value == 0:
        raise UnknownMarket(market_id)
    return book


def _pause_until_hour(state: State, market_id: int, hour: int) -> MarketPauseSet:
    book = replace(_book(state, market_id), pause_hour=hour)
    state.store(slots.book(market_id), book)
    return MarketPauseSet(market_id, book.paused_until)

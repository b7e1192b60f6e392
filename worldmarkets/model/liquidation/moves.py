"""The pause after a fast move: who is about to lose must not be able to step aside meanwhile.

Profits of the asset's perp can not be drawn then, and nothing that is lent can be taken out.
"""

from dataclasses import replace

from worldmarkets.model import balances, slots
from worldmarkets.model.errors import PriceMoving
from worldmarkets.model.liquidation_events import PriceMoved
from worldmarkets.model.liquidation_words import MoveWord, PauseWord
from worldmarkets.model.state import State

PAUSE = 10
"""How long a pause lasts [seconds]."""
MOVE_PERCENT = 1
"""The move within this minute and the one before that needs no pause."""
_MINUTE = 60
_PERCENT = 100


def note(state: State, asset_id: int, price: int, last: int) -> PriceMoved | None:
    """Note a price of an asset; it begins a pause if it has moved fast, else returns None.

    `last` is the price before, 0 if there was none; both are of an atom [1e-18 dollars].
    """
    word = _rolled(state.load(MoveWord, slots.move(asset_id)), state.time // _MINUTE)
    lows = [low for low in (word.low, word.low_before) if low]
    low = min(lows) if lows else last
    high = max(word.high, word.high_before) or last
    word = replace(word, low=min(word.low or price, price), high=max(word.high, price))
    state.store(slots.move(asset_id), word)
    if not low or low <= price <= high:
        return None
    low, high = min(low, price), max(high, price)
    return pause(state, asset_id) if (high - low) * _PERCENT > low * MOVE_PERCENT else None


def pause(state: State, asset_id: int) -> PriceMoved:
    """Begin a pause, or begin it anew."""
    until = state.time + PAUSE
    for key in (asset_id, slots.ALL_PAUSES):
        state.store(slots.pause(key), PauseWord(until, touched=1))
    return PriceMoved(asset_id, until)


def check(state: State, key: int) -> None:
    """Pass unless an asset, or any of them, moves fast; raises PriceMoving."""
    until = state.load(PauseWord, slots.pause(key)).paused_until
    if state.time < until:
        raise PriceMoving(until)


def check_lent(state: State, account_id: int, asset_id: int) -> None:
    """Pass unless something that is lent would be taken out while any price moves fast.

    Raises:
        PriceMoving.
    """
    word = balances.load(state, account_id, asset_id)
    if word.lent and word.balance > 0:
        check(state, slots.ALL_PAUSES)


def _rolled(word: MoveWord, minute: int) -> MoveWord:
    """Return a word as seen from a minute."""
    if word.minute == minute:
        return word
    if word.minute + 1 == minute:
        return MoveWord(minute, low_before=word.low, high_before=word.high)
    return MoveWord(minute)

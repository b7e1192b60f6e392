"""Positions: what a trade books, what is not settled yet, and open totals."""

from dataclasses import replace

from worldmarkets.model import slots
from worldmarkets.model.perp_words import Q24, MarkWord, PositionWord, wrapped
from worldmarkets.model.perps import funding
from worldmarkets.model.perps.integers import truncated
from worldmarkets.model.state import State
from worldmarkets.model.words import base_of

_ENTRY_ONE = 2**34
"""What entries are kept modulo."""


def load(state: State, account_id: int, market_id: int) -> PositionWord:
    """Return the position word of an account in a perp market."""
    return state.load(PositionWord, slots.position(account_id, base_of(market_id)))


def store(state: State, account_id: int, market_id: int, word: PositionWord) -> None:
    """Write the position word of an account in a perp market."""
    slot = slots.position(account_id, base_of(market_id))
    state.store(slot, replace(word, touched=1))


def unsettled_units(word: PositionWord, mark: int, index: int) -> int:
    """Return what is not settled yet at a mark and a funding index [2^-24 tick-lots]."""
    return wrapped(word.size * (mark - index) + word.cash)


def unsettled_now(state: State, account_id: int, market_id: int) -> int:
    """Return what is not settled yet at the mark, funding up to now [2^-24 tick-lots]."""
    market = funding.load(state, market_id)
    index = funding.index_at(market, state.time)
    return unsettled_units(load(state, account_id, market_id), market.mark, index)


def atoms_down(units: int, tick_value: int) -> int:
    """Return units in quote atoms, rounded down."""
    return units * tick_value // Q24


def units_down(atoms: int, tick_value: int) -> int:
    """Return quote atoms in units, rounded down."""
    return atoms * Q24 // tick_value


def units_up(atoms: int, tick_value: int) -> int:
    """Return quote atoms in units, rounded up."""
    return -(-atoms * Q24 // tick_value)


def booked(market: MarkWord, index: int, is_ask: bool, lots: int, notional: int, fee: int) -> int:
    """Return what one side of trades adds to its cash [2^-24 tick-lots].

    Args:
        market: The market's mark word.
        index: Its funding index [2^-24 ticks].
        is_ask: Whether the side sells.
        lots: Lots traded.
        notional: What they cost, fees not included [quote atoms].
        fee: Its fee, negative for a rebate [quote atoms].
    """
    bought = notional // market.tick_value * Q24 - lots * index
    return (bought if is_ask else -bought) - units_up(fee, market.tick_value)


def traded(word: PositionWord, lots: int, cash: int, index: int) -> PositionWord:
    """Return a position after trades of lots, negative if sold, which add to its cash."""
    size = word.size + lots
    entry = entry_after(word.funding_entry, word.size, size, index)
    return replace(word, size=size, cash=wrapped(word.cash + cash), funding_entry=entry)


def entry_after(entry: int, old: int, new: int, index: int) -> int:
    """Return the average funding index at entry of a position whose size has changed.

    What is added enters at the index, what is taken off leaves the average as it is, and whatever
    went through zero starts anew.
    """
    now = entry_at(index)
    if old * new < 0 or new == 0:
        return now
    if abs(new) < abs(old):
        return entry
    ahead = (now - entry + _ENTRY_ONE // 2) % _ENTRY_ONE - _ENTRY_ONE // 2
    return (now - truncated(ahead * abs(old), abs(new))) % _ENTRY_ONE


def entry_at(index: int) -> int:
    """Return a funding index as positions note it, modulo 2^34 [2^-10 ticks]."""
    return (index >> 14) % _ENTRY_ONE


def open_interest_change(buyer: int, seller: int, lots: int) -> int:
    """Return by how much a trade changes the lots held long, given the sizes before it."""
    bought = max(buyer + lots, 0) - max(buyer, 0)
    sold = max(seller - lots, 0) - max(seller, 0)
    return bought + sold


def add_open(state: State, account_id: int, market_id: int, is_ask: bool, lots: int) -> None:
    """Add lots (negative: take) to the open total of one side."""
    word = load(state, account_id, market_id)
    if is_ask:
        word = replace(word, open_asks=word.open_asks + lots)
    else:
        word = replace(word, open_bids=word.open_bids + lots)
    store(state, account_id, market_id, word)

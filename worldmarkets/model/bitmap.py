"""Which ticks of a market have live orders: three layers of words with 255 children each.

Bit 255 of every word used once stays set, so that no word returns to zero.
"""

from worldmarkets.model import slots
from worldmarkets.model.state import State
from worldmarkets.model.words import NO_ASK, NO_BID

CHILDREN = 255
LAYERS = 3
SENTINEL = 1 << CHILDREN
CHILD_MASK = SENTINEL - 1


def set_tick(state: State, market_id: int, tick: int) -> None:
    """Mark a tick as having live orders."""
    index = tick
    for layer in range(LAYERS):
        index, child = divmod(index, CHILDREN)
        slot = slots.bitmap(market_id, layer, index)
        word = state.load_raw(slot)
        state.store_raw(slot, word | 1 << child | SENTINEL)
        if word & CHILD_MASK:
            return


def clear_tick(state: State, market_id: int, tick: int) -> None:
    """Mark a tick as having no live order."""
    index = tick
    for layer in range(LAYERS):
        index, child = divmod(index, CHILDREN)
        slot = slots.bitmap(market_id, layer, index)
        word = state.load_raw(slot) & ~(1 << child)
        state.store_raw(slot, word)
        if word & CHILD_MASK:
            return


def is_set(state: State, market_id: int, tick: int) -> bool:
    """Return whether a tick has live orders."""
    index, child = divmod(tick, CHILDREN)
    return bool(state.load_raw(slots.bitmap(market_id, 0, index)) >> child & 1)


def next_worse(state: State, market_id: int, tick: int, is_ask: bool) -> int:
    """Return the nearest set tick above `tick` for asks, below it for bids.

    NO_ASK or NO_BID if there is none.
    """
    index = tick
    for layer in range(LAYERS):
        index, child = divmod(index, CHILDREN)
        beyond = CHILD_MASK & ~((2 << child) - 1) if is_ask else (1 << child) - 1
        others = state.load_raw(slots.bitmap(market_id, layer, index)) & beyond
        if others:
            return _descend(
                state, market_id, layer, index * CHILDREN + _edge(others, is_ask), is_ask
            )
    return NO_ASK if is_ask else NO_BID


def _descend(state: State, market_id: int, layer: int, index: int, is_ask: bool) -> int:
    """Follow the nearest children from a word's child down to a tick."""
    while layer:
        layer -= 1
        word = state.load_raw(slots.bitmap(market_id, layer, index)) & CHILD_MASK
        index = index * CHILDREN + _edge(word, is_ask)
    return index


def _edge(word: int, lowest: bool) -> int:
    """Position of the lowest or highest set bit."""
    return (word & -word if lowest else word).bit_length() - 1

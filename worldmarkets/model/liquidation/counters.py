"""What is counted of all accounts together: flags, deficits, bonds and lines."""

from dataclasses import replace

from worldmarkets.model import slots
from worldmarkets.model.liquidation_words import LiquidationWord
from worldmarkets.model.state import State


def load(state: State) -> LiquidationWord:
    """Return the liquidation word."""
    return state.load(LiquidationWord, slots.liquidation())


def add(
    state: State, *, flagged: int = 0, in_deficit: int = 0, bonds: int = 0, lines: int = 0
) -> None:
    """Add to the counts (negative: take): accounts, and quote atoms that are locked."""
    word = load(state)
    word = replace(
        word,
        flagged=word.flagged + flagged,
        in_deficit=word.in_deficit + in_deficit,
        bonds=word.bonds + bonds,
        lines=word.lines + lines,
        touched=1,
    )
    state.store(slots.liquidation(), word)

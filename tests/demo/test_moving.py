"""What a fast move of a price lets wait: known before the block that brings it."""

from decimal import Decimal

import pytest

from worldmarkets.demo.basistrader import due
from worldmarkets.demo.underlyings import Underlying
from worldmarkets.keepers.job import Action
from worldmarkets.marketdata.paths import PointPath
from worldmarkets.model import slots
from worldmarkets.model.liquidation_words import MoveWord
from worldmarkets.model.reading import WordReader
from worldmarkets.model.words import UnderlyingWord
from worldmarkets.staging import Venue
from worldmarkets.transactions import Request

MINUTE = 29_166_667
NOW = MINUTE * 60
ATOM = 10**10
"""A dollar a token, of an atom [1e-18 dollars]."""
PATH = PointPath("none", (0, 1_000), (Decimal(1), Decimal(1)))
ETHER = Underlying(
    "WETH",
    Venue("WETH", 257, 1, 8, 100, 100_000, 1),
    Venue("WETH", 513, 1, 8, 100, 100_000, 1),
    PATH,
)


def reader(price: int, **moved: int) -> WordReader:
    """A chain on which ether costs so many dollars, and which took prices down this minute."""
    words = {
        slots.underlying(1): UnderlyingWord(price=price * ATOM).pack(),
        slots.move(1): MoveWord(**moved).pack(),
    }
    return WordReader(lambda wanted: [words[slot] for slot in wanted], NOW - 1)


@pytest.mark.parametrize(
    ("dollars", "moves"),
    [("2000", False), ("2020", False), ("2020.01", True), ("1980.2", False), ("1980.1", True)],
)
def test_is_moving_beyond_a_hundredth_of_the_lower_price(dollars: str, moves: bool) -> None:
    assert ETHER.is_moving(reader(2_000), Decimal(dollars), NOW) is moves


def test_is_moving_counts_prices_of_this_minute_and_changes_nothing() -> None:
    seen = reader(2_010, minute=MINUTE, low=1_995 * ATOM, high=2_010 * ATOM)
    before = seen.load(MoveWord, slots.move(1))
    assert ETHER.is_moving(seen, Decimal(2_016), NOW)
    assert not ETHER.is_moving(seen, Decimal(2_014), NOW)
    # Two minutes later only the price before it counts.
    assert not ETHER.is_moving(seen, Decimal(2_016), NOW + 120)
    assert seen.load(MoveWord, slots.move(1)) == before


def test_due_leaves_what_waits_for_the_price_to_a_later_block() -> None:
    settles, places, done = (Request(None, bytes([number])) for number in range(3))
    actions = (
        Action("settle", settles, harmless=frozenset({"PriceMoving"})),
        Action("place", places),
        Action("cancel", done, is_due=lambda: False),
    )
    assert due(actions, is_moving=False) == [settles, places]
    assert due(actions, is_moving=True) == [places]

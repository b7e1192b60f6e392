"""Trades while the funding index is not zero: what they are booked at, and the average entry."""

from dataclasses import replace

import pytest

from tests.support.perps import MARK, PerpScene, fee_units
from tests.support.scene import fee_up, notional
from tests.support.system import ETH_PERP
from worldmarkets.model import slots
from worldmarkets.model.perp_words import Q24

ENTRY = 2**34
"""Entries are kept modulo this [2^-10 ticks]."""


def set_funding(perps: PerpScene, ticks: int) -> None:
    """Let the funding index be so many ticks, as if a lot had paid them."""
    word = replace(perps.mark(), funding=ticks << 40)
    perps.set_word(slots.mark(ETH_PERP), word)


def test_trade_is_booked_at_its_price_less_the_funding_index(
    perps: PerpScene, long: int, short: int
) -> None:
    set_funding(perps, 30)
    perps.trade(long, short, 1_000)
    value = 1_000 * (MARK - 30) * Q24
    worth = notional(1_000, MARK)
    assert perps.position(long).cash == -value - fee_units(fee_up(worth, 350))
    assert perps.position(short).cash == value - fee_units(fee_up(worth, -100))
    assert perps.position(long).funding_entry == 30 * 1024
    # Only the fees have been lost.
    assert perps.unsettled(long) == -700_000
    assert perps.unsettled(short) == 200_000


@pytest.mark.parametrize("ticks", [3, -3])
def test_funding_is_paid_by_one_side_to_the_other(
    perps: PerpScene, long: int, short: int, ticks: int
) -> None:
    perps.trade(long, short, 1_000)
    set_funding(perps, ticks)
    assert perps.unsettled(long) == -700_000 - ticks * 1_000 * 100
    assert perps.unsettled(short) == 200_000 + ticks * 1_000 * 100


@pytest.mark.parametrize(
    ("more", "before", "after", "entry"),
    [
        (500, 0, 3, 1_024),
        (300, 0, 3, 3_072 - 2_363),
        (300, 0, -3, -3_072 + 2_363),
        (1_000, -2, 2, 0),
        (1, 0, 3, 3_072 - 3_068),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_entry_of_lots_added_is_the_average(
    perps: PerpScene,
    long: int,
    short: int,
    more: int,
    before: int,
    after: int,
    entry: int,
    sign: int,
) -> None:
    """What the first 1,000 lots are behind is rounded toward zero; the same for long and short."""
    one, other = (long, short) if sign > 0 else (short, long)
    set_funding(perps, before)
    perps.trade(one, other, 1_000)
    set_funding(perps, after)
    perps.trade(one, other, more)
    for account in (long, short):
        assert perps.position(account).funding_entry == entry % ENTRY


@pytest.mark.parametrize(("closed", "entry"), [(1, 0), (999, 0), (1_000, 3_072), (1_001, 3_072)])
def test_entry_of_lots_that_close_stays_until_none_are_left(
    perps: PerpScene, long: int, short: int, closed: int, entry: int
) -> None:
    perps.trade(long, short, 1_000)
    set_funding(perps, 3)
    perps.trade(short, long, closed)
    for account in (long, short):
        assert perps.position(account).funding_entry == entry

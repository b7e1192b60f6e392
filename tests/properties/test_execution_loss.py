"""What a trade loses against the reference price: never less than the truth, and hardly more."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.harness import Harness
from tests.support.properties import signed
from worldmarkets.model.words import MAX_TICK

_Market = tuple[int, int, int, int]
"""Tick value, atoms a lot, band in basis points, price of an atom."""
_ETH: _Market = (100, 100_000, 500, 2_000 * 10**10)


@pytest.fixture(scope="module")
def losses() -> Harness:
    return Harness("ExecutionLossHarness")


def reference(market: _Market) -> Fraction:
    """The reference price of a lot, exactly [ticks]."""
    tick_value, atoms_per_lot, _, price = market
    return Fraction(price * atoms_per_lot, 10**12 * tick_value)


def band(market: _Market) -> tuple[Fraction, Fraction]:
    """The exact limits of the band, lowest ask first [ticks]."""
    bps = market[2]
    return reference(market) * (10_000 - bps) / 10_000, reference(market) * (10_000 + bps) / 10_000


def true_loss(market: _Market, is_ask: bool, lots: int, notional: int, fee: int) -> Fraction:
    """What the side that trades loses, exactly; negative for a gain [quote atoms]."""
    worth = lots * market[0] * reference(market)
    return (worth - notional if is_ask else notional - worth) + fee


def market_of(tick_value: int, atoms_per_lot: int, bps: int, ticks: int) -> _Market:
    """A market whose reference price is about so many ticks."""
    price = ticks * tick_value * 10**12 // atoms_per_lot
    return tick_value, atoms_per_lot, bps, max(1, min(price, 2**55))


def markets(lowest: int, highest: int) -> st.SearchStrategy[_Market]:
    """Markets whose reference price is about so many ticks."""
    ticks = st.integers(lowest, highest) | st.integers(lowest, min(highest, lowest + 100))
    terms = (st.integers(1, 10**4), st.integers(1_000, 10**9), st.integers(1, 4_095))
    return st.builds(market_of, *terms, ticks)


@given(markets(1, MAX_TICK * 2 // 3), st.booleans(), st.integers(1, 2**40 - 1), st.data())
def test_loss_up_covers_the_true_loss_and_less_than_a_tick_a_lot_more(
    losses: Harness, market: _Market, is_ask: bool, lots: int, data: st.DataObject
) -> None:
    low, high = (int(limit) for limit in band(market))
    assume(high < MAX_TICK)
    # A seller may sell as low as the band, a buyer buy as high; both may do better.
    first, last = (low + 1, MAX_TICK) if is_ask else (1, high)
    assume(first <= last)
    near = st.integers(max(first, low - 2), min(last, high + 2))
    tick = data.draw(st.integers(first, last) | near)
    fee = data.draw(st.integers(-(10**6), 10**6) | signed(64))
    notional = lots * tick * market[0]
    loss = losses.read("lossUp", market, is_ask, lots, notional, fee)
    exact = true_loss(market, is_ask, lots, notional, fee)
    assert loss >= exact
    assert loss < max(exact + lots * market[0], 0) + 1


@given(markets(MAX_TICK * 3 // 4, MAX_TICK * 3 // 2), st.integers(1, 2**40 - 1), st.data())
def test_loss_up_where_the_band_is_cut_at_the_highest_tick_covers_the_true_loss(
    losses: Harness, market: _Market, lots: int, data: st.DataObject
) -> None:
    """The reference price is then known from below alone."""
    low, high = (int(limit) for limit in band(market))
    assume(low < MAX_TICK <= high)
    tick = data.draw(st.integers(low + 1, MAX_TICK) | st.just(low + 1))
    notional = lots * tick * market[0]
    for is_ask in (False, True):
        loss = losses.read("lossUp", market, is_ask, lots, notional, 0)
        assert loss >= true_loss(market, is_ask, lots, notional, 0)


@pytest.mark.parametrize(
    ("is_ask", "tick", "fee", "loss"),
    [
        # The reference price is 20,000 ticks of 100 atoms; half a tick is added for rounding.
        (False, 20_000, 0, 50),
        (False, 20_001, 0, 150),
        (False, 19_999, 0, 0),
        (False, 21_000, 0, 100_050),
        (True, 20_000, 0, 50),
        (True, 19_999, 0, 150),
        (True, 20_001, 0, 0),
        (True, 19_000, 0, 100_050),
        # A fee adds to the loss, a rebate takes from it, to the atom.
        (False, 20_000, 700, 750),
        (False, 20_000, -49, 1),
        (False, 20_000, -50, 0),
        (False, 19_999, 50, 0),
        (False, 19_999, 51, 1),
        (True, 20_001, 51, 1),
    ],
)
def test_loss_up_of_a_lot_at_a_price_of_whole_ticks(
    losses: Harness, is_ask: bool, tick: int, fee: int, loss: int
) -> None:
    assert losses.read("lossUp", _ETH, is_ask, 1, tick * 100, fee) == loss


def test_loss_up_of_odd_halves_rounds_up(losses: Harness) -> None:
    """A tick of one atom: half an atom is a whole one."""
    market = (1, 100_000, 500, 2_000 * 10**8)
    assert losses.read("lossUp", market, False, 1, 20_000, 0) == 1
    assert losses.read("lossUp", market, False, 2, 40_000, 0) == 1
    assert losses.read("lossUp", market, False, 3, 60_000, 0) == 2

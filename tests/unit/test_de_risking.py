"""Actions of accounts below their initial margin: what lowers the risk there was before passes.

Every account is 10 ETH long or short, which needs 1,000 dollars, and has half of that.
"""

from dataclasses import replace
from typing import Any

import pytest

from tests.support.abi import Reverted
from tests.support.lending import BORROWER, LendingScene
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import DOLLARS, FOK, IOC, LOT, UNIT, order
from tests.support.soundness import refused
from tests.support.system import DOLLAR
from worldmarkets.model import slots
from worldmarkets.model.interface import OrderRequest, Side

LOTS = 10_000
EQUITY = 500 * DOLLARS
CLOSING = {"long": Side.ASK, "short": Side.BID}


@pytest.fixture
def position(request: pytest.FixtureRequest) -> str:
    """Whether the account is long or short."""
    held: str = request.param
    return held


@pytest.fixture
def account(lending: LendingScene, position: str) -> int:
    """An account with half of what its position needs."""
    if position == "long":
        made = lending.long(BORROWER, 3_000 * DOLLARS, LOTS)
        lending.set_equity(made, EQUITY)
    else:
        made = lending.short(BORROWER, 3_000 * DOLLARS, LOTS)
        lose_cash(lending, made, lending.margin(made).equity_atoms - EQUITY)
    assert lending.margin(made).initial_atoms == 1_000 * DOLLARS
    return made


def lose_cash(lending: LendingScene, account: int, atoms: int) -> None:
    """Let cash in custody be the maker's, as if it had been lost to him."""
    backend, exchange = lending.system.backend, lending.system.exchange
    assert isinstance(backend, PyrevmBackend)
    for holder, change in ((account, -atoms), (lending.maker, atoms)):
        word = lending.ledger(holder, 0)
        word = replace(word, balance=word.balance + change)
        backend.set_word(exchange, slots.ledger(holder, 0), word.pack())


both = pytest.mark.parametrize("position", ["long", "short"], indirect=True)


def closing(position: str, lots: int, **terms: Any) -> OrderRequest:
    """An order at the mark that makes the position smaller."""
    return order(CLOSING[position], 20_000, lots, **terms)


def offer(lending: LendingScene, position: str, lots: int) -> None:
    """Let the taker stand ready to be met by closing orders."""
    place = lending.bid if position == "long" else lending.ask
    place(lending.taker, 20_000, lots)


@both
@pytest.mark.parametrize("lots", [1, 1_000, LOTS])
def test_closing_at_the_mark_passes(
    lending: LendingScene, account: int, position: str, lots: int
) -> None:
    offer(lending, position, lots)
    result = lending.system.place_order(account, closing(position, lots, tif=IOC))
    assert result.filled_lots == lots
    left = LOTS - lots if position == "long" else lots - LOTS
    assert lending.base(account) == left * LOT


@both
def test_closing_whole_in_a_batch_passes(
    lending: LendingScene, account: int, position: str
) -> None:
    """A fill-or-kill order is placed in a call of its own; its cash and its change count."""
    offer(lending, position, 1_000)
    _, [result] = lending.system.batch(account, (), [closing(position, 1_000, tif=FOK)])
    assert result.filled_lots == 1_000


@both
def test_opening_more_is_refused(lending: LendingScene, account: int, position: str) -> None:
    opening = Side.BID if position == "long" else Side.ASK
    place = lending.ask if position == "long" else lending.bid
    place(lending.taker, 20_000, 1_000)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        lending.system.place_order(account, order(opening, 20_000, 1_000, IOC))


@both
def test_closing_a_little_hides_no_larger_order_behind_it(
    lending: LendingScene, account: int, position: str
) -> None:
    """Both in one batch: what rests would open more, and none of it was there before."""
    offer(lending, position, 1)
    more = order(Side.BID, 19_500, 1_000)
    if position == "short":
        more = order(Side.ASK, 20_500, 1_000)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        lending.system.batch(account, (), [closing(position, 1, tif=IOC), more])


@both
def test_closing_a_little_pays_no_free_band_of_an_order_that_may_open(
    lending: LendingScene, account: int, position: str
) -> None:
    """What rests would close, but does not say that it only reduces, so it needs its free band."""
    offer(lending, position, 1)
    tick, side = (20_500, Side.ASK) if position == "long" else (19_500, Side.BID)
    places = [closing(position, 1, tif=IOC), order(side, tick, 4_000)]
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        lending.system.batch(account, (), places)
    # In a batch, where a later order could remove it again, saying so does not help either.
    places[1] = order(side, tick, 4_000, reduce_only=True)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        lending.system.batch(account, (), places)
    lending.system.place_order(account, places[0])
    assert lending.system.place_order(account, places[1]).resting_lots == 4_000


@both
def test_resting_an_order_that_only_reduces_passes(
    lending: LendingScene, account: int, position: str
) -> None:
    tick, side = (20_500, Side.ASK) if position == "long" else (19_500, Side.BID)
    system = lending.system
    rested = system.place_order(account, order(side, tick, LOTS, reduce_only=True))
    assert rested.resting_lots == LOTS


@pytest.mark.parametrize("position", ["long"], indirect=True)
def test_closing_passes_at_an_old_price_and_opening_does_not(
    lending: LendingScene, account: int
) -> None:
    offer(lending, "long", 1_000)
    lending.wait(61)
    assert lending.ask(account, 20_000, 1_000, IOC).filled_lots == 1_000
    now = lending.system.backend.time
    with refused(lending.system, "StalePrice", 1, now - 61, now - 60):
        lending.bid(account, 19_500, 1_000)


@pytest.mark.parametrize("position", ["long"], indirect=True)
def test_withdraw_of_any_cash_is_refused(lending: LendingScene, account: int) -> None:
    """Closing everything repays the debt; before that nothing leaves."""
    system = lending.system
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        system.borrow(account, 0, UNIT)


def test_trading_on_credit_is_judged_at_the_price_of_now_alone(lending: LendingScene) -> None:
    """At a slow price that lags a rise of a tenth, 20 ETH more would be a loss of 4,000 dollars and
    too much to hold; nothing leaves by buying them, but nothing may leave after it."""
    system = lending.system
    made = lending.long(BORROWER, 5_000 * DOLLARS, LOTS)
    system.set_price(1, 2_200 * DOLLAR)
    lending.ask(lending.taker, 22_000, 2 * LOTS)
    assert lending.bid(made, 22_000, 2 * LOTS, IOC).filled_lots == 2 * LOTS
    margin = lending.margin(made)
    assert margin.free_atoms > 3_000 * DOLLARS
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        system.borrow(made, 0, UNIT)


def test_trading_on_credit_needs_no_price_of_an_asset_that_is_only_in_use(
    lending: LendingScene,
) -> None:
    made = lending.new_account(BORROWER, 5_000 * DOLLARS)
    lending.system.activate_asset(made, 2)
    lending.ask(lending.maker, 20_000, LOTS)
    lending.wait(3_600)
    lending.refresh(1)
    assert lending.bid(made, 20_000, LOTS, IOC).filled_lots == LOTS

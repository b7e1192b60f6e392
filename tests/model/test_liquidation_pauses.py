"""Pauses after fast moves: who is about to lose can not step aside meanwhile."""

import pytest

from tests.model.liquidation import DOLLAR, STRANGER, TRADER, WINNER, Scene, fund, leveraged
from tests.model.perps import PERP_MARKET, assert_sound, make_perps, open_pool
from tests.model.setting import FEED, WETH, add_user
from worldmarkets.model import Exchange, slots
from worldmarkets.model.errors import InsufficientBalance, NotAccountOwner, PriceMoving
from worldmarkets.model.events import PriceJumped, PriceUpdated
from worldmarkets.model.liquidation_events import PriceMoved
from worldmarkets.model.liquidation_words import MoveWord, PauseWord
from worldmarkets.model.outside import WrappedNative

TOKEN_DOLLAR = 10**18
ATOM = 10**10
"""The price of an atom for each dollar of a token [1e-18 dollars]."""


def post(exchange: Exchange, dollars: int) -> list[object]:
    """Report a price now, and return whether it has begun a pause."""
    exchange.feeds[FEED].post(1, dollars * TOKEN_DOLLAR, exchange.time)
    exchange.poke([1])
    return [event for event in exchange.events if isinstance(event, PriceMoved)]


def pauses(exchange: Exchange) -> tuple[PauseWord, PauseWord]:
    keys = (1, slots.ALL_PAUSES)
    first, last = (exchange.state.load(PauseWord, slots.pause(key)) for key in keys)
    return first, last


def moves(exchange: Exchange) -> MoveWord:
    return exchange.state.load(MoveWord, slots.move(1))


@pytest.fixture
def exchange() -> Exchange:
    """An exchange at 2,000 dollars, a whole minute after anything has happened."""
    made = make_perps()
    made.time = 1_200
    return made


# ---------------------------------------------------------------------- what begins one


def test_first_price_begins_no_pause() -> None:
    exchange = make_perps()
    assert pauses(exchange) == (PauseWord(), PauseWord())
    price = 2_000 * ATOM
    assert moves(exchange) == MoveWord(16, price, price)


@pytest.mark.parametrize(("dollars", "begins"), [(1_980, True), (1_981, False), (2_020, False)])
def test_move_of_more_than_a_hundredth_of_the_lower_begins_a_pause(
    exchange: Exchange, dollars: int, begins: bool
) -> None:
    """Of 1,980 a hundredth is less than 20, of 2,000 it is 20."""
    assert bool(post(exchange, dollars)) is begins
    expected = PauseWord(1_210, 1) if begins else PauseWord()
    assert pauses(exchange) == (expected, expected)


def test_price_moved_is_told_before_the_price(exchange: Exchange) -> None:
    post(exchange, 2_021)
    moved, updated, _ = exchange.events
    assert moved == PriceMoved(1, 1_210)
    assert updated == PriceUpdated(1, 2_021 * ATOM, 1_200)


def test_moves_of_a_minute_add_up(exchange: Exchange) -> None:
    assert not post(exchange, 2_005)
    exchange.time += 20
    assert not post(exchange, 1_993)
    exchange.time += 20
    assert not post(exchange, 2_012)
    exchange.time += 19
    assert post(exchange, 2_013)
    assert moves(exchange) == MoveWord(20, 1_993 * ATOM, 2_013 * ATOM)


def test_price_within_what_has_been_begins_nothing(exchange: Exchange) -> None:
    """However far it is from either end: the move has had its pause."""
    assert post(exchange, 2_050)
    exchange.time += 10
    assert post(exchange, 1_990)
    exchange.time += 10
    assert not post(exchange, 2_040)
    exchange.time += 1
    assert post(exchange, 2_051)


def test_moves_count_in_the_minute_after_and_no_longer(exchange: Exchange) -> None:
    exchange.time = 1_259
    post(exchange, 2_001)
    exchange.time = 1_319
    assert post(exchange, 2_022)
    assert moves(exchange) == MoveWord(21, 2_022 * ATOM, 2_022 * ATOM, 2_001 * ATOM, 2_001 * ATOM)
    exchange.time = 1_380
    assert not post(exchange, 2_041)
    exchange.time = 1_500
    # Of the minute before there is nothing: the price before counts.
    assert not post(exchange, 2_061)
    exchange.time = 1_620
    assert post(exchange, 2_082)
    assert moves(exchange) == MoveWord(27, 2_082 * ATOM, 2_082 * ATOM)


def test_minute_before_counts_if_this_one_has_no_price(exchange: Exchange) -> None:
    post(exchange, 2_000)
    exchange.time = 1_265
    assert not post(exchange, 2_020)
    exchange.time = 1_270
    assert post(exchange, 2_021)
    assert moves(exchange).low_before == 2_000 * ATOM


def test_price_that_is_older_than_the_last_begins_nothing(exchange: Exchange) -> None:
    post(exchange, 2_000)
    exchange.feeds[FEED].post(1, 2_100 * TOKEN_DOLLAR, exchange.time - 5)
    exchange.poke([1])
    assert exchange.events == []
    assert pauses(exchange) == (PauseWord(), PauseWord())


def test_price_that_waits_begins_a_pause_and_its_confirmation_another(exchange: Exchange) -> None:
    assert post(exchange, 2_300) == [PriceMoved(1, 1_210)]
    assert PriceJumped(1, 2_300 * ATOM, 1_200) in exchange.events
    assert moves(exchange) == MoveWord(16, 2_000 * ATOM, 2_000 * ATOM)
    exchange.time += 2
    # A report that only agrees with what waits, too early, changes nothing.
    assert post(exchange, 2_301) == []
    exchange.time += 2
    assert post(exchange, 2_300) == [PriceMoved(1, 1_214)]
    assert moves(exchange) == MoveWord(20, 2_300 * ATOM, 2_300 * ATOM)


def test_peg_of_the_quote_asset_begins_no_pause(exchange: Exchange) -> None:
    assert exchange.state.load_raw(slots.move(0)) == 0


# ---------------------------------------------------------------------- who waits


def winning() -> Scene:
    """A winner whose loser has paid, a second after the last move."""
    scene = leveraged()
    post(scene.exchange, 1_900)
    scene.exchange.settle(STRANGER, scene.trader, PERP_MARKET)
    return scene


def test_settle_of_a_profit_waits_and_of_a_loss_does_not() -> None:
    scene = winning()
    until = scene.exchange.time + 10
    scene.exchange.time = until - 1
    for settle in (scene.exchange.settle, scene.exchange.settle_on_credit):
        with pytest.raises(PriceMoving) as refused:
            settle(WINNER, scene.winner, PERP_MARKET)
        assert refused.value.arguments == (until,)
    scene.exchange.time = until
    assert scene.exchange.settle(WINNER, scene.winner, PERP_MARKET) == 1_000 * DOLLAR
    assert_sound(scene.exchange)


def test_settle_of_a_profit_by_a_stranger_during_a_shortfall_is_refused_for_that() -> None:
    scene = winning()
    slot = slots.perp_pool(PERP_MARKET)
    word = scene.exchange.state.load_raw(slot)
    scene.exchange.state.store_raw(slot, word | 1 << 80)
    with pytest.raises(NotAccountOwner):
        scene.exchange.settle(STRANGER, scene.winner, PERP_MARKET)
    with pytest.raises(PriceMoving):
        scene.exchange.settle(WINNER, scene.winner, PERP_MARKET)


def lending() -> tuple[Exchange, int]:
    """Someone who lends 1,000 dollars and four tokens, just after a move."""
    exchange = make_perps()
    open_pool(exchange)
    open_pool(exchange, 1, 10**9)
    account = add_user(exchange, TRADER, 1_000, 4)
    for asset in (0, 1):
        exchange.set_lent(TRADER, account, asset, True)
    post(exchange, 2_100)
    return exchange, account


@pytest.mark.parametrize("asset", [0, 1])
def test_lent_money_waits_whatever_asset_it_is(asset: int) -> None:
    exchange, account = lending()
    other = fund(exchange, TRADER, 0)
    units = 10**18
    exchange.activate_asset(TRADER, other, 1)
    actions = [
        lambda: exchange.set_lent(TRADER, account, asset, False),
        lambda: exchange.withdraw(TRADER, account, asset, units, TRADER),
        lambda: exchange.borrow(TRADER, account, asset, units, TRADER),
        lambda: exchange.transfer(TRADER, account, other, asset, units // (10**12, 10**10)[asset]),
    ]
    for action in actions:
        with pytest.raises(PriceMoving):
            action()
    exchange.time += 9
    with pytest.raises(PriceMoving):
        actions[0]()
    exchange.time += 1
    for action in (*actions[1:], actions[0]):
        action()
    assert_sound(exchange)


def test_native_withdrawal_of_what_is_lent_waits() -> None:
    exchange, account = lending()
    exchange.tokens[WETH] = WrappedNative(WETH, b"domain")
    with pytest.raises(PriceMoving):
        exchange.withdraw_native(TRADER, account, 1, 10**18, TRADER)


def test_custody_debt_and_further_lending_do_not_wait() -> None:
    exchange, _ = lending()
    account = add_user(exchange, STRANGER, 1_000, 2)
    exchange.withdraw(STRANGER, account, 0, 10**18, STRANGER)
    exchange.set_lent(STRANGER, account, 0, True)
    exchange.borrow(STRANGER, account, 1, 21 * 10**17, STRANGER)
    # Nothing positive is lent of what is owed.
    exchange.set_lent(STRANGER, account, 1, True)
    exchange.set_lent(STRANGER, account, 1, False)
    exchange.borrow(STRANGER, account, 1, 10**16, STRANGER)
    assert_sound(exchange)


def test_more_than_there_is_is_refused_for_that() -> None:
    exchange, account = lending()
    with pytest.raises(InsufficientBalance):
        exchange.withdraw(TRADER, account, 0, 1_001 * 10**18, TRADER)

"""ORA-1 and ORA-2: what a price that is moved, stale, frozen, gone or a hundred times as high lets
anybody do."""

import pytest

from tests.support.abi import Reverted, creation_code
from tests.support.doubles import script_confidence, script_feed
from tests.support.lending import BORROWER, WIDE_POOL, LendingScene
from tests.support.scene import (
    ASK,
    BID,
    DOLLARS,
    ETH_UNIT,
    IOC,
    LOT,
    STRANGER,
    UNIT,
    order,
)
from tests.support.soundness import refused
from tests.support.system import ADMIN, DOLLAR, ETH_MARKET, AssetPlan
from worldmarkets.model import slots
from worldmarkets.model.interface import OrderRequest, SpotTerms
from worldmarkets.model.words import FeedWord


@pytest.fixture
def account(lending: LendingScene) -> int:
    """An account that is long 10 ETH, half of it on credit, with an ask and a bid."""
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    lending.ask(account, 20_500, 100)
    lending.bid(account, 19_500, 100)
    return account


def marks(lending: LendingScene) -> tuple[int, int, int, int]:
    """Price, slow price and time of asset 1, and the limit of its market's bids."""
    word = lending.underlying()
    return word.price, word.slow_price, word.time, lending.book().highest_bid


# --------------------------------------------------------------- ORA-1


def test_ora_1_nothing_done_in_a_second_moves_mark_or_slow_price(
    lending: LendingScene, account: int
) -> None:
    """Trades at the limits of the band, loans, withdrawals, pokes, however many."""
    system, before = lending.system, marks(lending)
    lending.wait(50)
    for _ in range(3):
        lending.ask(lending.maker, 21_000, 50_000)
        lending.bid(lending.taker, 21_000, 50_000)
        lending.bid(lending.maker, 19_000, 50_000)
        lending.ask(lending.taker, 19_000, 50_000)
        system.borrow(account, 0, 1_000 * UNIT)
        system.set_lent(lending.maker, 0)
        system.set_lent(lending.maker, 0, False)
        system.poke(0, 1, 1, 2)
        system.accrue_pools(0, 1)
        system.batch(lending.maker, (), [order(BID, 19_900, 1), order(ASK, 20_100, 1)])
    assert marks(lending) == before


def test_ora_1_a_report_moves_no_slow_price_at_once(lending: LendingScene) -> None:
    """Neither it nor a second one of the same second, whatever they say."""
    system = lending.system
    slow = lending.underlying().slow_price
    for dollars in (2_199, 2_000, 1_801, 2_000):
        system.post_price(1, dollars * DOLLAR)
        system.poke(1)
        assert lending.underlying().slow_price == slow


def test_ora_1_poking_as_often_as_one_likes_moves_the_slow_price_no_further(
    lending: LendingScene,
) -> None:
    """ORA-4, ORA-5: a price that held for a minute counts the same in 60 reports or in one."""
    system = lending.system
    system.set_price(1, 2_100 * DOLLAR)
    snapshot = system.backend.snapshot()
    lending.wait(60)
    lending.refresh(1)
    once = lending.underlying().slow_price
    system.backend.revert(snapshot)
    for _ in range(60):
        lending.wait(1)
        lending.refresh(1)
        system.poke(1)
    assert abs(lending.underlying().slow_price - once) <= 60


# --------------------------------------------------------------- ORA-2


def de_risk_only(lending: LendingScene, account: int, error: str) -> None:
    """Whoever needs margin may cancel, pay in, sell and repay; nothing else. Who does not goes on
    as ever."""
    system = lending.system
    for forbidden in (
        lambda: system.borrow(account, 0, UNIT),
        lambda: system.withdraw(account, 1, ETH_UNIT),
        lambda: system.transfer(account, lending.maker, 1, 1),
        lambda: lending.bid(account, 19_400, 100),
        lambda: lending.ask(account, 20_900, 10_000),
    ):
        with pytest.raises(Reverted, match=error):
            forbidden()
    lending.bid(lending.taker, 19_990, 500)
    assert lending.ask(account, 19_990, 500, IOC).filled_lots == 500
    assert lending.ask(account, 20_600, 100, reduce_only=True).resting_lots == 100
    made = lending.orders(20_500)[-1][0]
    assert system.cancel(account, made) == 100
    system.mint(STRANGER, 0, 3 * UNIT)
    system.repay(account, 0, UNIT, sender=STRANGER)
    system.deposit(account, 0, UNIT, sender=STRANGER)
    system.transfer(lending.maker, account, 0, 1)
    # Who pays for all he does needs no price.
    system.withdraw(lending.maker, 0, UNIT)
    assert lending.bid(lending.maker, 19_000, 10).resting_lots == 10


def doubtful(lending: LendingScene, doubt: str) -> None:
    """Let the price of asset 1 wait for its confirmation, or grow old."""
    if doubt == "PriceUnconfirmed":
        lending.system.post_price(1, 2_400 * DOLLAR)
        lending.system.poke(1)
    else:
        lending.wait(6 * 3_600)
        lending.refresh(2)


@pytest.mark.parametrize("doubt", ["PriceUnconfirmed", "StalePrice"])
def test_ora_2_risk_closed_in_one_asset_excuses_no_debt_at_a_doubtful_price(
    lending: LendingScene, doubt: str
) -> None:
    """A batch sells an asset that supports nothing and sells short what is known to be dearer."""
    system = lending.system
    # Listed and no more: its own shock is 100 %.
    stock = system.add_asset(AssetPlan("AAPL", 18, 10**10, 500 * DOLLAR))
    market = system.list_spot_market(stock, SpotTerms(10_000, 10**8, 1, 350, 0, 500))
    account = lending.new_account(STRANGER)
    system.fund(account, stock, 100 * 10**18)
    assert lending.margin(account).is_paid
    lending.bid(lending.taker, 20_000, 100_000)
    system.fund(lending.maker, 0, 10**6 * DOLLARS * UNIT)
    system.place(lending.maker, market, BID, 50_000, 100)
    doubtful(lending, doubt)
    swap = [
        OrderRequest(market, ASK, 50_000, 100, IOC, 64),
        OrderRequest(ETH_MARKET, ASK, 20_000, 1_000, IOC, 64),
    ]
    with pytest.raises(Reverted, match="BelowInitialMargin|" + doubt):
        system.batch(account, (), swap)
    with pytest.raises(Reverted, match=doubt):
        lending.ask(account, 20_000, 1_000, IOC)
    (sold,) = system.batch(account, (), swap[:1])[1]
    assert sold.filled_lots == 100


@pytest.mark.parametrize("doubt", ["PriceUnconfirmed", "StalePrice"])
def test_ora_2_long_position_is_not_turned_short_at_a_doubtful_price(
    lending: LendingScene, account: int, doubt: str
) -> None:
    """Half as much the other way needs half the margin; it is a new debt all the same."""
    lending.bid(lending.taker, 20_000, 20_000)
    doubtful(lending, doubt)
    for tick in (20_500, 19_500):
        lending.system.cancel(account, lending.orders(tick)[-1][0])
    held = lending.ledger(account, 1).balance // LOT
    with pytest.raises(Reverted, match="BelowInitialMargin|" + doubt):
        lending.ask(account, 20_000, held * 3 // 2, IOC)
    assert lending.ask(account, 20_000, held, IOC).filled_lots == held


def resumed(lending: LendingScene, account: int) -> None:
    lending.system.borrow(account, 0, UNIT)
    assert lending.bid(account, 19_400, 100).resting_lots == 100


def test_ora_2_stale_price_lets_only_risk_be_lowered_then_resumes(
    lending: LendingScene, account: int
) -> None:
    lending.wait(61)
    de_risk_only(lending, account, "StalePrice")
    lending.refresh(1)
    resumed(lending, account)


def test_ora_2_frozen_feed_counts_by_the_time_of_its_report(
    lending: LendingScene, account: int
) -> None:
    """Poking copies the same old report: it grows no younger by that."""
    lending.wait(61)
    lending.system.poke(1)
    de_risk_only(lending, account, "StalePrice")


@pytest.mark.parametrize("factor", [100, 2])
def test_ora_2_jump_lets_only_risk_be_lowered_then_resumes_after_confirmation(
    lending: LendingScene, account: int, factor: int
) -> None:
    system = lending.system
    system.post_price(1, 2_000 * factor * DOLLAR)
    system.poke(1)
    de_risk_only(lending, account, "PriceUnconfirmed")
    # The old price holds: the account is no richer.
    assert lending.underlying().price == 2_000 * DOLLAR // 10**8
    lending.wait(3)
    system.post_price(1, 2_000 * factor * DOLLAR)
    system.poke(1)
    assert lending.underlying().price == 2_000 * factor * DOLLAR // 10**8
    system.borrow(account, 0, UNIT)


@pytest.mark.parametrize("divisor", [100, 4])
def test_ora_2_fall_lets_only_risk_be_lowered_until_confirmed(
    lending: LendingScene, account: int, divisor: int
) -> None:
    system = lending.system
    system.post_price(1, 2_000 * DOLLAR // divisor)
    system.poke(1)
    de_risk_only(lending, account, "PriceUnconfirmed")
    lending.wait(3)
    system.post_price(1, 2_000 * DOLLAR // divisor)
    system.poke(1)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        system.borrow(account, 0, UNIT)


def test_ora_2_jump_that_was_an_error_ends_with_the_next_report(
    lending: LendingScene, account: int
) -> None:
    system = lending.system
    system.post_price(1, 200_000 * DOLLAR)
    system.poke(1)
    lending.wait(1)
    system.post_price(1, 2_001 * DOLLAR)
    system.poke(1)
    resumed(lending, account)
    assert lending.book().highest_bid == 21_010


def test_ora_2_unconfirmed_price_grows_stale_like_any(lending: LendingScene, account: int) -> None:
    lending.system.post_price(1, 4_000 * DOLLAR)
    lending.system.poke(1)
    lending.wait(61)
    de_risk_only(lending, account, "StalePrice")


def rewire(lending: LendingScene) -> str:
    """Let asset 1 have a scripted feed that answers as the posted one did."""
    system = lending.system
    feed = system.backend.deploy(ADMIN, creation_code("ScriptedPriceFeed"))
    word = FeedWord(feed=int(feed, 16)).pack()
    system.backend.set_word(system.exchange, slots.feed(1), word)  # type: ignore[attr-defined]
    script_feed(system, feed, 2_000 * DOLLAR, system.backend.time)
    system.poke(1)
    return feed


@pytest.mark.parametrize("price", [0, 1, 10**7 - 1, 2**255, 2**256 - 1])
def test_ora_2_zero_negative_and_absurd_prices_change_nothing(
    lending: LendingScene, account: int, price: int
) -> None:
    """A negative answer read as a number is an absurd one. The last price grows old meanwhile."""
    system, feed = lending.system, rewire(lending)
    lending.wait(61)
    script_feed(system, feed, price, system.backend.time)
    with refused(system, "InvalidPrice", 1, price):
        system.poke(1)
    de_risk_only(lending, account, "StalePrice")
    script_feed(system, feed, 2_010 * DOLLAR, system.backend.time)
    system.poke(1)
    resumed(lending, account)


@pytest.mark.parametrize("shift", [10, -10])
def test_ora_2_feed_that_changes_its_decimals_waits_for_confirmation_that_does_not_come(
    lending: LendingScene, account: int, shift: int
) -> None:
    """Ten decimals more or less are a jump; the feed is put right before the second report."""
    system, feed = lending.system, rewire(lending)
    wrong = 2_000 * DOLLAR * 10**shift if shift > 0 else 2_000 * DOLLAR // 10**-shift
    script_feed(system, feed, min(wrong, 2**55 * 10**8), system.backend.time)
    system.poke(1)
    de_risk_only(lending, account, "PriceUnconfirmed")
    lending.wait(2)
    script_feed(system, feed, 2_000 * DOLLAR, system.backend.time)
    system.poke(1)
    resumed(lending, account)


def test_ora_2_feed_that_reverts_leaves_the_price_to_grow_old(
    lending: LendingScene, account: int
) -> None:
    system, feed = lending.system, rewire(lending)
    system.execute_on(feed, "ScriptedPriceFeed", ADMIN, "setReverts", True)
    with refused(system, "unknown"):
        system.poke(1)
    lending.wait(61)
    de_risk_only(lending, account, "StalePrice")


def test_ora_2_uncertain_price_lets_only_risk_be_lowered(
    lending: LendingScene, account: int
) -> None:
    system, feed = lending.system, rewire(lending)
    script_confidence(system, feed, 8_999)
    system.poke(1)
    de_risk_only(lending, account, "LowConfidence")
    script_confidence(system, feed, 10_000)
    system.poke(1)
    resumed(lending, account)


def test_ora_2_only_prices_of_what_is_held_owed_or_ordered_count(
    lending: LendingScene, account: int
) -> None:
    """A stale price of an asset that is merely in use, with nothing in it, stops nobody."""
    system = lending.system
    system.activate_asset(account, 2)
    system.post_price(2, 90_000 * DOLLAR)
    system.poke(2)
    system.borrow(account, 0, UNIT)
    system.mint(BORROWER, 2, 1)
    system.deposit(account, 2, 1)
    with refused(system, "PriceUnconfirmed", 2):
        system.borrow(account, 0, UNIT)


def test_ora_2_dust_of_an_asset_without_a_price_can_be_taken_out_again(
    lending: LendingScene, account: int
) -> None:
    """A stranger gives an atom of an asset whose price waits, to stop whoever uses it; he gives it
    away, and goes on."""
    system = lending.system
    system.activate_asset(account, 2)
    system.post_price(2, 90_000 * DOLLAR)
    system.poke(2)
    system.mint(STRANGER, 2, 1)
    system.deposit(account, 2, 1, sender=STRANGER)
    with refused(system, "PriceUnconfirmed", 2):
        system.withdraw(account, 1, ETH_UNIT)
    system.withdraw(account, 2, 1)
    system.withdraw(account, 1, ETH_UNIT)


# --------------------------------------------------------------- moved prices


def test_a_price_that_rose_supports_no_withdrawal_before_the_slow_price_follows(
    lending: LendingScene,
) -> None:
    """24 times in a few seconds, confirmed step by step: what may leave is what was put in."""
    system = lending.system
    account = lending.new_account(BORROWER, lots=10_000)
    limit = 19_000 * DOLLARS
    for dollars in (4_000, 8_000, 16_000, 48_000):
        system.set_price(1, dollars * DOLLAR)
    assert lending.margin(account).equity_atoms == 480_000 * DOLLARS
    slow = lending.underlying().slow_price
    assert slow <= 2_001 * 10**10
    allowed = limit * slow // (2_000 * 10**10)
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        system.borrow(account, 0, (allowed + DOLLARS) * UNIT)
    system.borrow(account, 0, limit * UNIT)


def test_a_price_that_fell_counts_at_once(lending: LendingScene) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10_000)
    system.set_price(1, 1_000 * DOLLAR)
    assert lending.underlying().slow_price > 1_900 * 10**10
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        system.borrow(account, 0, (9_500 * DOLLARS + 1) * UNIT)
    # An atom less, as shares of a debt are rounded up.
    system.borrow(account, 0, (9_500 * DOLLARS - 1) * UNIT)


def test_a_debt_is_worth_the_higher_of_both_prices(lending: LendingScene) -> None:
    system = lending.system
    account = lending.short(BORROWER, 10_000 * DOLLARS, 10_000)
    system.set_price(1, 1_801 * DOLLAR)
    free = lending.margin(account).free_atoms
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        system.withdraw(account, 0, (free - DOLLARS) * UNIT)
    assert lending.base(account) == -10_000 * LOT


def test_an_asset_without_a_price_backs_and_owes_nothing(lending: LendingScene) -> None:
    """Listed, its pool open, never poked: orders, loans and its weight are refused alike."""
    system = lending.system
    plan = system.assets[1]
    token = system.backend.deploy(ADMIN, creation_code("FaucetToken", "N", "N", plan.decimals))
    feed = system.backend.deploy(ADMIN, creation_code("ScriptedPriceFeed"))
    asset = system.list_asset(token, plan.units_per_atom, feed)
    system.tokens.append(token)
    system.assets.append(plan)
    system.set_pool_terms(asset, WIDE_POOL)
    account = lending.new_account(BORROWER, lots=10_000)
    system.fund(account, asset, 10**6 * ETH_UNIT)
    system.set_lent(account, asset)
    with pytest.raises(Reverted, match="StalePrice"):
        system.borrow(account, 0, UNIT)
    thief = lending.new_account(STRANGER, 1_000 * DOLLARS)
    with pytest.raises(Reverted, match="StalePrice"):
        system.borrow(thief, asset, ETH_UNIT)

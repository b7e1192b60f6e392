"""Orders of a perp that rest: open totals in lots, the use of the market, and what is refused."""

import pytest

from tests.support.abi import creation_code
from tests.support.perps import LONG, MARGIN, MARK, THIRD, PerpScene
from tests.support.scene import ASK, BID, DOLLARS, GTC, POST_ONLY, SLIDE, order
from tests.support.soundness import refused
from tests.support.system import (
    ADMIN,
    BTC_PERP,
    DOLLAR,
    ETH_PERP,
    ETH_PERP_TERMS,
    AssetPlan,
    Side,
    Tif,
)
from worldmarkets.model.interface import OrderResult, Refusal
from worldmarkets.model.perp_words import PositionWord
from worldmarkets.model.records import Placed

ORDER_MARGIN = 110_000
"""What a resting lot needs: 5 % of 2 dollars, and half a percent of it as free band [atoms]."""


@pytest.mark.parametrize("tif", [GTC, POST_ONLY, SLIDE])
def test_place_bid_that_rests_counts_in_lots(perps: PerpScene, long: int, tif: Tif) -> None:
    result = perps.perp_bid(long, 19_900, 10, tif)
    assert result == OrderResult(result.order_id, 0, 10)
    assert perps.records() == [Placed(result.order_id, 10)]
    assert perps.position(long) == PositionWord(open_bids=10, touched=1)
    assert perps.book(ETH_PERP).best_bid == 19_900
    assert perps.cash(long) == MARGIN


@pytest.mark.parametrize("tif", [GTC, POST_ONLY, SLIDE])
def test_place_ask_that_rests_needs_nothing_to_sell(perps: PerpScene, short: int, tif: Tif) -> None:
    result = perps.perp_ask(short, 20_100, 10, tif)
    assert result == OrderResult(result.order_id, 0, 10)
    assert perps.records() == [Placed(result.order_id, 10, is_ask=1)]
    assert perps.position(short) == PositionWord(open_asks=10, touched=1)
    assert perps.book(ETH_PERP).best_ask == 20_100


def test_place_first_order_begins_the_use_of_the_perp_alone(perps: PerpScene, long: int) -> None:
    assert perps.account(long).perps == 0
    perps.perp_bid(long, 19_900, 1)
    account = perps.account(long)
    assert (account.perps, account.assets) == (1 << 1, 1 << 0)


def test_place_of_an_account_without_cash_uses_the_quote_asset(perps: PerpScene) -> None:
    """Which is needed for the account to be able to settle; the margin is missing, though."""
    empty = perps.trader(THIRD, 0)
    with refused(perps.system, "BelowInitialMargin", empty, 0, ORDER_MARGIN):
        perps.perp_bid(empty, 19_900, 1)
    assert perps.account(empty).assets == 0


def test_place_both_sides_adds_up_each(perps: PerpScene, long: int) -> None:
    for tick, lots in ((19_900, 10), (19_800, 5)):
        perps.perp_bid(long, tick, lots)
    perps.perp_ask(long, 20_100, 7)
    position = perps.position(long)
    assert (position.open_bids, position.open_asks, position.size) == (15, 7, 0)


def test_cancel_takes_lots_out_of_the_open_total(perps: PerpScene, long: int) -> None:
    kept, dropped = (perps.perp_bid(long, tick, 10).order_id for tick in (19_900, 19_800))
    assert perps.system.cancel(long, dropped) == 10
    assert perps.position(long).open_bids == 10
    perps.system.reduce(long, kept, 4)
    assert perps.position(long).open_bids == 4
    perps.system.cancel(long, kept)
    assert perps.position(long) == PositionWord(touched=1)


def test_amend_moves_an_order_to_another_tick(perps: PerpScene, long: int) -> None:
    placed = perps.perp_bid(long, 19_900, 10).order_id
    moved = perps.system.amend(long, placed, order(BID, 19_950, 4, market=ETH_PERP))
    assert moved == OrderResult(moved.order_id, 0, 4)
    assert perps.position(long).open_bids == 4
    assert perps.book(ETH_PERP).best_bid == 19_950


@pytest.mark.parametrize("side", [BID, ASK])
def test_place_up_to_the_margin_rests(perps: PerpScene, long: int, side: Side) -> None:
    most = MARGIN // ORDER_MARGIN
    with refused(perps.system, "BelowInitialMargin", long, MARGIN, (most + 1) * ORDER_MARGIN):
        perps.system.place(long, ETH_PERP, side, MARK, most + 1)
    assert perps.system.place(long, ETH_PERP, side, MARK, most).resting_lots == most


@pytest.mark.parametrize(
    ("side", "inside", "outside"), [(BID, 21_000, 21_001), (ASK, 19_000, 18_999)]
)
def test_place_beyond_the_band_around_the_mark_is_refused(
    perps: PerpScene, long: int, side: Side, inside: int, outside: int
) -> None:
    with refused(perps.system, "PriceOutsideBand", outside, inside):
        perps.system.place(long, ETH_PERP, side, outside, 1)
    assert perps.system.place(long, ETH_PERP, side, inside, 1).resting_lots == 1


def test_place_in_a_perp_that_is_not_listed_is_refused(perps: PerpScene, long: int) -> None:
    with refused(perps.system, "UnknownMarket", BTC_PERP):
        perps.system.place(long, BTC_PERP, BID, MARK, 1)


def test_place_before_the_first_price_is_refused(perps: PerpScene, long: int) -> None:
    token = perps.system.backend.deploy(ADMIN, creation_code("FaucetToken", "NEW", "NEW", 18))
    asset = perps.system.list_asset(token, 10**10, perps.system.feed)
    market = perps.system.list_perp_market(asset, ETH_PERP_TERMS)
    assert perps.mark(market).mark == 0
    with refused(perps.system, "PriceUnavailable", asset):
        perps.system.place(long, market, BID, 1, 1)


def test_place_in_a_seventeenth_perp_is_refused(perps: PerpScene, long: int) -> None:
    system = perps.system
    markets = [ETH_PERP]
    for number in range(16):
        asset = system.add_asset(AssetPlan(f"A{number}", 18, 10**10, 2_000 * DOLLAR))
        markets.append(system.list_perp_market(asset, ETH_PERP_TERMS))
    for market in markets[:16]:
        assert system.place(long, market, BID, 100, 1).resting_lots == 1
    with refused(system, "TooManyAssets", long, 17, 16):
        system.place(long, markets[16], BID, 100, 1)
    _, [skipped] = system.batch(long, (), [order(BID, 100, 1, market=markets[16])])
    assert skipped.refusal == Refusal.TOO_MANY_ASSETS


def test_place_while_paused_is_refused_and_resumes(perps: PerpScene, long: int) -> None:
    perps.system.pause_markets(ETH_PERP)
    until = perps.book(ETH_PERP).pause_hour * 3_600
    with refused(perps.system, "MarketPaused", ETH_PERP, until):
        perps.perp_bid(long, 19_900, 1)
    perps.system.resume_markets(ETH_PERP)
    assert perps.perp_bid(long, 19_900, 1).resting_lots == 1


def test_place_by_an_operator_rests(perps: PerpScene, long: int) -> None:
    operator = "0x" + "0b" * 20
    perps.system.set_operator(long, operator, daily_loss_atoms=DOLLARS)
    assert perps.system.owners[long] == LONG
    assert perps.perp_bid(long, 19_900, 1, sender=operator).resting_lots == 1
    assert perps.records()[0] == Placed(perps.orders(19_900, ETH_PERP)[0][0], 1, by_operator=1)

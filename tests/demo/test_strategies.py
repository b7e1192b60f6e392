"""Price paths and what traders decide; no chain."""

import random
from decimal import Decimal

import pytest

from worldmarkets.demo.prices import candle_path, simulated_path
from worldmarkets.demo.strategies import (
    LadderStyle,
    Quote,
    TakerStyle,
    arbitrage,
    ladder,
    requote,
    take,
)
from worldmarkets.marketdata.candles import Candle
from worldmarkets.marketdata.flow import TERMS, FlowFormat
from worldmarkets.model.interface import Side, TimeInForce
from worldmarkets.model.words import NO_ASK, NO_BID
from worldmarkets.staging import as_posted, candle_parameters, flow_parameters, posted_price

MARKET = 257
STYLE = LadderStyle(half_spread=3, step=2, rungs=3, lots=10, skew=8, full_lots=100)


def test_simulated_path_same_seed_same_path() -> None:
    path = simulated_path(7, 60, Decimal(3000))
    assert path.prices == simulated_path(7, 60, Decimal(3000)).prices
    assert path.prices != simulated_path(8, 60, Decimal(3000)).prices
    assert (path.seconds, path.prices[0]) == (60, 3000)
    assert "simulation" in path.title
    assert min(path.prices) > 0


def test_candle_path_passes_every_price_of_the_candles() -> None:
    first = Candle(1_000, Decimal(10), Decimal(14), Decimal(8), Decimal(12))
    second = Candle(1_120, Decimal(12), Decimal(13), Decimal(9), Decimal(9))
    path = candle_path("candles", [first, second])
    # The first lasts two minutes, so the second is taken to last as long.
    assert path.seconds == 240
    at = [path.at(Decimal(seconds)) for seconds in (0, 30, 60, 90, 120, 150, 180, 210, 240)]
    assert at == [10, 8, 14, 12, 12, 13, 9, 9, 9]
    assert path.at(Decimal(15)) == 9
    assert path.at(Decimal(1_000)) == 9


def test_candle_path_single_candle_lasts_a_minute() -> None:
    one = Candle(0, Decimal(1), Decimal(1), Decimal(1), Decimal(1))
    assert candle_path("candle", [one]).seconds == 60


# ---------------------------------------------------------------------- makers


def test_ladder_without_inventory_is_even_around_the_price() -> None:
    assert ladder(STYLE, 1_000, 0) == [
        Quote(False, 997, 10),
        Quote(True, 1_003, 10),
        Quote(False, 995, 15),
        Quote(True, 1_005, 15),
        Quote(False, 993, 20),
        Quote(True, 1_007, 20),
    ]


@pytest.mark.parametrize(("inventory", "shift"), [(50, -4), (-50, 4), (1_000, -8), (-1_000, 8)])
def test_ladder_inventory_moves_the_centre_against_it(inventory: int, shift: int) -> None:
    assert [quote.tick for quote in ladder(STYLE, 1_000, inventory)] == [
        quote.tick + shift for quote in ladder(STYLE, 1_000, 0)
    ]


def test_ladder_on_a_grid_rounds_away_from_the_centre() -> None:
    style = LadderStyle(half_spread=3, step=5, rungs=1, lots=10, skew=0, full_lots=1, grid=5)
    assert [quote.tick for quote in ladder(style, 1_000, 0)] == [995, 1_005]
    assert [quote.tick for quote in ladder(style, 1_002, 0)] == [995, 1_005]
    assert [quote.tick for quote in ladder(style, 1_004, 0)] == [1_000, 1_010]


def test_ladder_near_zero_shows_no_bid_below_the_first_tick() -> None:
    assert [quote.is_ask for quote in ladder(STYLE, 3, 0)] == [True, True, True]


def test_requote_keeps_what_is_wanted_and_replaces_the_rest() -> None:
    wanted = [Quote(False, 997, 10), Quote(True, 1_003, 10), Quote(True, 1_005, 10)]
    resting = {
        1: Quote(False, 997, 5),
        2: Quote(True, 1_003, 4),
        3: Quote(False, 990, 10),
        4: Quote(True, 1_005, 20),
    }
    cancels, places = requote(wanted, resting, MARKET)
    assert cancels == [2, 3]
    (place,) = places
    assert (place.side, place.tick, place.lots) == (Side.ASK, 1_003, 10)
    assert (place.market_id, place.time_in_force) == (MARKET, TimeInForce.POST_ONLY)


def test_requote_quote_of_twice_the_size_is_replaced() -> None:
    cancels, places = requote([Quote(True, 9, 10)], {1: Quote(True, 9, 21)}, MARKET)
    assert cancels == [1]
    assert [place.lots for place in places] == [10]


def test_requote_two_orders_at_one_price_keeps_one() -> None:
    resting = {1: Quote(True, 9, 10), 2: Quote(True, 9, 10)}
    assert requote([Quote(True, 9, 10)], resting, MARKET) == ([2], [])


# ---------------------------------------------------------------------- takers


def test_take_reaches_through_the_price_and_never_rests() -> None:
    chance = random.Random(1)
    style = TakerStyle(odds=1, lots=10, reach=25)
    orders = [take(style, chance, 1_000, 0, 8, MARKET) for _ in range(50)]
    assert {(order.side, order.tick) for order in orders if order} == {
        (Side.BID, 1_025),
        (Side.ASK, 975),
    }
    assert {order.time_in_force for order in orders if order} == {TimeInForce.IMMEDIATE_OR_CANCEL}
    assert min(order.lots for order in orders if order) == 8, "never below the smallest order"


def test_take_follower_goes_with_the_last_move_only() -> None:
    chance = random.Random(1)
    style = TakerStyle(odds=1, lots=10, reach=25, follows=True)
    up, down = (take(style, chance, 1_000, move, 1, MARKET) for move in (3, -3))
    assert up is not None
    assert down is not None
    assert (up.side, down.side) == (Side.BID, Side.ASK)
    assert take(style, chance, 1_000, 0, 1, MARKET) is None


def test_take_odds_make_some_steps_quiet() -> None:
    chance = random.Random(1)
    style = TakerStyle(odds=4, lots=10, reach=25)
    acted = sum(take(style, chance, 1_000, 0, 1, MARKET) is not None for _ in range(400))
    assert 60 < acted < 140


@pytest.mark.parametrize(
    ("bid", "ask", "side", "tick"),
    [(990, 996, Side.BID, 996), (1_004, 1_010, Side.ASK, 1_004)],
)
def test_arbitrage_quote_left_behind_is_traded_up_to_the_margin(
    bid: int, ask: int, side: Side, tick: int
) -> None:
    order = arbitrage(1_000, bid, ask, 4, 7, MARKET)
    assert order is not None
    assert (order.side, order.tick, order.lots) == (side, tick, 7)


@pytest.mark.parametrize(("bid", "ask"), [(990, 997), (1_003, 1_010), (NO_BID, NO_ASK)])
def test_arbitrage_within_the_margin_does_nothing(bid: int, ask: int) -> None:
    assert arbitrage(1_000, bid, ask, 4, 7, MARKET) is None


# ---------------------------------------------------------------------- markets to trade in


@pytest.mark.parametrize("price", ["0.25", "9.99", "45.1", "794.45", "3000", "99999", "115022"])
def test_candle_parameters_any_price_has_ten_thousand_ticks(price: str) -> None:
    parameters = candle_parameters("X", Decimal(price))
    (market,), asset = parameters.markets, parameters.assets[1]
    lot_dollars = Decimal(price) * market.atoms_per_lot / 10**asset.decimals
    ticks = lot_dollars * 10**6 / market.tick_value
    assert 10_000 <= ticks < 100_000
    assert 10 <= lot_dollars * market.min_lots < 11
    assert market.atoms_per_lot >= 1_000


def test_flow_parameters_messages_have_shares_and_cents() -> None:
    parameters = flow_parameters("AAPL", TERMS[FlowFormat.MESSAGES], Decimal(585))
    (market,), asset = parameters.markets, parameters.assets[1]
    assert market.atoms_per_lot == 10**asset.decimals
    assert (market.tick_value, market.min_lots) == (10_000, 1)


def test_posted_price_rounds_to_the_nearest_unit() -> None:
    third = Decimal(1) / 3
    assert posted_price(third) == 333_333_333_333_333_333
    assert as_posted(third) == Decimal("0.333333333333333333")
    assert posted_price(as_posted(third)) == posted_price(third)

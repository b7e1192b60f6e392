"""Price paths and what traders decide; no chain."""

import random
from decimal import Decimal

import pytest

from worldmarkets.demo.prices import simulated_path
from worldmarkets.demo.strategies import (
    Changes,
    Clock,
    LadderStyle,
    Quote,
    Shown,
    TakerStyle,
    arbitrage,
    ladder,
    requote,
    take,
)
from worldmarkets.marketdata.candles import Candle
from worldmarkets.marketdata.flow import TERMS, FlowFormat
from worldmarkets.marketdata.paths import candle_path
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
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


CLOCK = Clock(expiry=120, renewed_to=105)
PRICE = 1_000


def shown(is_ask: bool, tick: int, lots: int, expiry: int = 110) -> Shown:
    return Shown(Quote(is_ask, tick, lots), expiry)


def change(wanted: list[Quote], resting: dict[int, Shown], price: int = PRICE) -> Changes:
    return requote(wanted, resting, price, CLOCK, MARKET)


def test_requote_missing_quote_is_placed_post_only_with_an_expiry() -> None:
    changes = change([Quote(True, 1_003, 10)], {})
    assert changes == Changes(
        cancels=(),
        places=(
            OrderRequest(
                MARKET,
                Side.ASK,
                1_003,
                10,
                TimeInForce.POST_ONLY,
                0,
                expiry=120,
                client_id=1_003,
            ),
        ),
        amends=(),
    )


def test_requote_wanted_price_of_about_the_size_stays() -> None:
    for lots in (5, 10, 20):
        resting = {1: shown(True, 1_003, lots)}
        assert change([Quote(True, 1_003, 10)], resting) == Changes((), (), ())


def test_requote_too_small_is_replaced() -> None:
    changes = change([Quote(True, 1_003, 10)], {1: shown(True, 1_003, 4)})
    assert changes.cancels == (1,)
    assert [(place.tick, place.lots) for place in changes.places] == [(1_003, 10)]
    assert changes.amends == ()


def test_requote_too_large_is_reduced_with_the_expiry_it_has() -> None:
    changes = change([Quote(True, 1_003, 10)], {1: shown(True, 1_003, 21)})
    ((order_id, order),) = changes.amends
    assert (order_id, order.tick, order.lots, order.expiry) == (1, 1_003, 10, 110)
    assert order.client_id == 1_003
    assert (changes.cancels, changes.places) == ((), ())


def test_requote_expiring_quote_is_renewed() -> None:
    changes = change([Quote(True, 1_003, 10)], {1: shown(True, 1_003, 10, expiry=105)})
    assert (changes.cancels, changes.amends) == ((1,), ())
    assert [(place.tick, place.expiry) for place in changes.places] == [(1_003, 120)]


def test_requote_unwanted_quote_moves_to_the_best_missing_one_of_its_side() -> None:
    wanted = [Quote(False, 997, 10), Quote(True, 1_003, 11), Quote(True, 1_004, 12)]
    resting = {1: shown(False, 990, 10), 2: shown(True, 1_010, 10), 3: shown(True, 1_011, 10)}
    changes = change(wanted, resting)
    assert changes.cancels == (3,)
    assert [place.tick for place in changes.places] == [1_004]
    moved = dict(changes.amends)
    assert [(key, order.side, order.tick, order.lots) for key, order in moved.items()] == [
        (1, Side.BID, 997, 10),
        (2, Side.ASK, 1_003, 11),
    ]
    assert {order.time_in_force for order in moved.values()} == {TimeInForce.POST_ONLY_SLIDE}
    assert {order.expiry for order in moved.values()} == {120}


def test_requote_unwanted_quote_without_a_new_place_is_cancelled() -> None:
    assert change([], {1: shown(True, 1_010, 10)}) == Changes((1,), (), ())


@pytest.mark.parametrize(
    ("is_ask", "tick"), [(True, 1_000), (True, 999), (False, 1_000), (False, 1_001)]
)
def test_requote_quote_the_price_has_reached_is_never_amended(is_ask: bool, tick: int) -> None:
    too_large = change([Quote(is_ask, tick, 10)], {1: shown(is_ask, tick, 30)})
    assert (too_large.cancels, too_large.amends) == ((1,), ())
    assert [(place.tick, place.lots) for place in too_large.places] == [(tick, 10)]
    elsewhere = Quote(is_ask, tick + 20 if is_ask else tick - 20, 10)
    moved = change([elsewhere], {1: shown(is_ask, tick, 10)})
    assert (moved.cancels, moved.amends) == ((1,), ())
    assert [place.tick for place in moved.places] == [elsewhere.tick]
    assert change([Quote(is_ask, tick, 10)], {1: shown(is_ask, tick, 10)}) == Changes((), (), ())


def test_requote_two_orders_at_one_price_keeps_one() -> None:
    resting = {1: shown(True, 1_009, 10), 2: shown(True, 1_009, 10)}
    assert change([Quote(True, 1_009, 10)], resting) == Changes((2,), (), ())


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
    parameters = candle_parameters({"X": Decimal(price)})
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

"""How deep books are, what trading with them costs, and how they recover."""

from decimal import Decimal

import pytest

from tests.crash.setting import candle, falling, long_of, scene_of
from worldmarkets.crash.books import RUNGS, depths, held_by
from worldmarkets.crash.path import opening
from worldmarkets.crash.population import DOLLAR
from worldmarkets.crash.scene import Scene
from worldmarkets.crash.tape import Minute
from worldmarkets.model import OrderRequest, Side, TimeInForce
from worldmarkets.model.perps import positions

DEPTH = 1_000_000 * DOLLAR


@pytest.fixture
def scene() -> Scene:
    return scene_of(falling(1, 1), long_of(5))


def _minute(low: int, turnover: int) -> Minute:
    return Minute(0, (candle(0, (100, 100, low, 100)),), (Decimal(turnover),))


def test_depths_are_a_tenth_of_turnover_a_percent_of_range() -> None:
    held = 60_000_000
    (calm,) = depths(_minute(99, 500), [Decimal(500)], [held])
    assert calm == held // 60 // 10
    (busy,) = depths(_minute(99, 1_500), [Decimal(500)], [held])
    assert busy == 3 * calm
    (running,) = depths(_minute(96, 500), [Decimal(500)], [held])
    assert running == calm // 4


def test_depths_of_a_minute_that_did_not_move_are_those_of_a_thousandth() -> None:
    assert depths(_minute(100, 1), [Decimal(1)], [60_000]) == (1_000,)


def test_depths_without_known_turnover_follow_the_range_alone() -> None:
    assert depths(_minute(99, 0), [Decimal(0)], [60_000_000]) == (100_000,)


def test_held_by_counts_every_leg(scene: Scene) -> None:
    assert held_by(scene.portfolios, 1) == ((500_000 + 500_000) * DOLLAR,)


def test_refresh_shows_the_depth_on_both_sides_of_both_markets(scene: Scene) -> None:
    prices = opening(scene.tape.minutes[0].candles)
    scene.books.refresh(prices, [DEPTH])
    (known,) = scene.desk.underlyings
    lots = DEPTH // known.lot_atoms(prices[0])
    for venue in (known.spot, known.perp):
        assert lots - len(RUNGS) <= scene.books.shown(venue.market_id) <= lots


def test_refresh_follows_the_index_only_when_it_has_moved_enough(scene: Scene) -> None:
    (price,) = opening(scene.tape.minutes[0].candles)
    scene.books.refresh([price], [DEPTH])
    before = scene.desk.state.words.copy()
    scene.books.refresh([price * 9_992 // 10_000], [DEPTH])
    assert scene.desk.state.words == before
    scene.books.refresh([price * 9_980 // 10_000], [DEPTH], closely=False)
    assert scene.desk.state.words == before
    scene.books.refresh([price * 9_980 // 10_000], [DEPTH])
    assert scene.desk.state.words != before


def test_what_was_traded_away_comes_back_within_a_minute(scene: Scene) -> None:
    prices = opening(scene.tape.minutes[0].candles)
    (known,) = scene.desk.underlyings
    market = known.perp.market_id
    scene.books.refresh(prices, [DEPTH])
    whole = scene.books.shown(market)
    bidder = scene.liquidators.account_ids[0]
    lots, tick = whole // 4, known.tick(prices[0]) * 101 // 100
    order = OrderRequest(market, Side.BID, tick, lots, TimeInForce.IMMEDIATE_OR_CANCEL)
    scene.desk.fund(scene.desk.owners.liquidators, bidder, 0, DEPTH)
    result = scene.desk.act("place", scene.desk.owners.liquidators, bidder, order)
    assert result.filled_lots == lots
    scene.desk.time += 10
    moved = [prices[0] * 1_002 // 1_000]
    scene.desk.post(moved)
    scene.books.refresh(moved, [DEPTH])
    after_ten = scene.books.shown(market)
    assert whole * 90 // 100 < after_ten < whole * 93 // 100
    scene.desk.time += 60
    scene.desk.post(moved)
    scene.books.refresh(moved, [DEPTH])
    assert scene.books.shown(market) >= whole * 99 // 100


def test_cost_grows_with_what_is_traded(scene: Scene) -> None:
    scene.books.refresh(opening(scene.tape.minutes[0].candles), [DEPTH])
    market = scene.desk.underlyings[0].perp.market_id
    shown = scene.books.shown(market)
    assert scene.books.cost_bps(shown * 5 // 100, market) == 5
    half = scene.books.cost_bps(shown // 2, market)
    assert 30 <= half <= 50
    assert scene.books.cost_bps(2 * shown, market) > 100


def test_what_others_offer_at_better_prices_is_taken() -> None:
    scene = scene_of(falling(1, 1), long_of(5, has_order=True))
    (price,) = opening(scene.tape.minutes[0].candles)
    scene.desk.time += 5
    scene.desk.post([price * 105 // 100])
    scene.books.refresh([price * 105 // 100], [DEPTH])
    market = scene.desk.underlyings[0].perp.market_id
    one = scene.portfolios[0].account_id
    word = positions.load(scene.desk.state, one, market)
    assert scene.payments.filled == {one}
    assert word.open_asks < word.size
    assert scene.books.shown(market) > 0

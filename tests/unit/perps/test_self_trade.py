"""Own orders that an order of a perp meets: open totals, size and interest afterwards are exact.

The account's word is written once, at the end, after its own orders have been taken out of it.
"""

import pytest

from tests.support.perps import LONG, MARK, PerpScene
from tests.support.scene import ASK, BID, GTC, POST_ONLY, order
from tests.support.system import ETH_PERP, Side, Tif
from worldmarkets.model.interface import OrderResult, Removal, SelfTrade
from worldmarkets.model.records import Placed, Reduced, Removed

OPPOSITE = {BID: ASK, ASK: BID}
SIDES = pytest.mark.parametrize("side", [BID, ASK])
CANCEL_MAKER, CANCEL_TAKER, DECREMENT_BOTH = SelfTrade


@pytest.fixture(params=["same account", "other account"])
def own(perps: PerpScene, long: int, request: pytest.FixtureRequest) -> int:
    """An account of the taker's owner: the taker's own, or another."""
    return long if request.param == "same account" else perps.trader(LONG)


def place(
    perps: PerpScene, account: int, side: Side, lots: int, tif: Tif = GTC, **terms: int
) -> OrderResult:
    """Place an order at the mark."""
    return perps.system.place(account, ETH_PERP, side, MARK, lots, tif, **terms)  # type: ignore[arg-type]


def held(perps: PerpScene, account: int, side: Side) -> tuple[int, int, int]:
    """What an account has on a side, and what is open there and on the other [lots]."""
    position = perps.position(account)
    if side is BID:
        return position.size, position.open_bids, position.open_asks
    return -position.size, position.open_asks, position.open_bids


@SIDES
def test_own_order_removed_leaves_the_rest_of_the_taker_open_alone(
    perps: PerpScene, long: int, own: int, side: Side
) -> None:
    mine = place(perps, own, OPPOSITE[side], 10).order_id
    result = place(perps, long, side, 6)
    assert result == OrderResult(result.order_id, 0, 6)
    assert perps.records() == [
        Removed(mine, 10, own, Removal.SELF_TRADE),
        Placed(result.order_id, 6, is_ask=int(side is ASK)),
    ]
    assert held(perps, long, side) == (0, 6, 0)
    if own != long:
        assert held(perps, own, side) == (0, 0, 0)


@SIDES
def test_own_order_removed_before_a_fill_is_open_no_more(
    perps: PerpScene, long: int, third: int, own: int, side: Side
) -> None:
    """Four of six lots trade with the next, two rest; of the other ten nothing is left."""
    place(perps, own, OPPOSITE[side], 10)
    place(perps, third, OPPOSITE[side], 4)
    result = place(perps, long, side, 6)
    assert (result.filled_lots, result.resting_lots) == (4, 2)
    assert held(perps, long, side) == (4, 2, 0)
    assert held(perps, third, OPPOSITE[side]) == (4, 0, 0)
    if own != long:
        assert held(perps, own, side) == (0, 0, 0)
    assert perps.perp_tape().open_interest == 4


@SIDES
def test_own_order_made_smaller_keeps_what_is_left_of_it_open(
    perps: PerpScene, long: int, own: int, side: Side
) -> None:
    mine = place(perps, own, OPPOSITE[side], 10).order_id
    assert place(perps, long, side, 6, self_trade=DECREMENT_BOTH) == OrderResult()
    assert perps.records() == [Reduced(mine, 4, 6)]
    assert held(perps, own, side) == (0, 0, 4)
    if own != long:
        assert held(perps, long, side) == (0, 0, 0)


@SIDES
def test_order_made_smaller_counts_what_traded_as_filled_alone(
    perps: PerpScene, long: int, third: int, own: int, side: Side
) -> None:
    """Of twelve lots four go with an own order, three trade, and five rest."""
    mine = place(perps, own, OPPOSITE[side], 4).order_id
    place(perps, third, OPPOSITE[side], 3)
    result = place(perps, long, side, 12, self_trade=DECREMENT_BOTH)
    assert (result.filled_lots, result.resting_lots) == (3, 5)
    assert perps.records()[0] == Removed(mine, 4, own, Removal.SELF_TRADE)
    assert held(perps, long, side) == (3, 5, 0)
    if own != long:
        assert held(perps, own, side) == (0, 0, 0)
    assert perps.perp_tape().open_interest == 3


@SIDES
def test_own_order_that_stops_the_taker_stays_open_behind_a_fill(
    perps: PerpScene, long: int, third: int, own: int, side: Side
) -> None:
    place(perps, third, OPPOSITE[side], 4)
    place(perps, own, OPPOSITE[side], 10)
    assert place(perps, long, side, 6, self_trade=CANCEL_TAKER) == OrderResult(0, 4, 0)
    assert held(perps, long, side) == (4, 0, 10 if own == long else 0)
    if own != long:
        assert held(perps, own, side) == (0, 0, 10)


@SIDES
def test_own_order_that_has_expired_makes_way_for_one_that_rests(
    perps: PerpScene, long: int, own: int, side: Side
) -> None:
    mine = place(perps, own, OPPOSITE[side], 10, expiry=perps.system.backend.time + 10).order_id
    perps.wait(11)
    result = place(perps, long, side, 6, POST_ONLY)
    assert perps.records()[0] == Removed(mine, 10, own, Removal.EXPIRED)
    assert result.resting_lots == 6
    assert held(perps, long, side) == (0, 6, 0)
    if own != long:
        assert held(perps, own, side) == (0, 0, 0)


@SIDES
def test_order_of_a_batch_removes_the_one_before_it(
    perps: PerpScene, long: int, third: int, side: Side
) -> None:
    """The first rests, the second takes it away, trades four lots, and rests with what is left."""
    better = MARK + 1 if side is BID else MARK - 1
    perps.system.place(third, ETH_PERP, OPPOSITE[side], better, 4)
    places = [
        order(OPPOSITE[side], MARK, 10, market=ETH_PERP),
        order(side, better, 6, market=ETH_PERP),
    ]
    _, [first, second] = perps.system.batch(long, (), places)
    assert (first.resting_lots, second.filled_lots, second.resting_lots) == (10, 4, 2)
    assert held(perps, long, side) == (4, 2, 0)

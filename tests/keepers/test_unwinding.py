"""Getting out of what was taken: limits, what the books take, and what it costs."""

from dataclasses import replace

import pytest

from worldmarkets.keepers.unwinding import (
    MARK_ONE,
    Exit,
    Leg,
    Venue,
    are_certain,
    exit_of,
    exits,
    hedges,
)
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce

VENUE = Venue(
    market_id=513,
    tick_value=10,
    min_lots=5,
    taker_ppm=1_000,
    mark=30_000 * MARK_ONE,
    highest_bid=31_500,
    lowest_ask=28_500,
    bids=((29_990, 40), (29_900, 60), (29_700, 100), (29_699, 1_000)),
    asks=((30_010, 40), (30_100, 60), (30_300, 100), (30_301, 1_000)),
)
SPOT = replace(VENUE, market_id=257, taker_ppm=0)
VENUES = {513: VENUE, 257: SPOT}


@pytest.mark.parametrize(
    ("side", "slippage", "expected"),
    [
        (Side.BID, 100, 30_300),
        (Side.ASK, 100, 29_700),
        (Side.BID, 600, 31_500),
        (Side.ASK, 600, 28_500),
    ],
)
def test_limit_is_as_far_from_the_mark_as_allowed_and_within_the_band(
    side: Side, slippage: int, expected: int
) -> None:
    assert VENUE.limit(side, slippage) == expected


def test_limit_is_rounded_towards_the_mark() -> None:
    venue = replace(VENUE, mark=30_001 * MARK_ONE + 5)
    assert (venue.limit(Side.BID, 100), venue.limit(Side.ASK, 100)) == (30_301, 29_701)


@pytest.mark.parametrize(("lots", "ppm", "expected"), [(7, 500_000, 3), (-7, 500_000, -3)])
def test_part_is_rounded_toward_zero(lots: int, ppm: int, expected: int) -> None:
    assert Leg(513, lots).part(ppm) == Leg(513, expected)


def test_exit_of_a_long_leg_meets_bids() -> None:
    sold = 40 * 29_990 + 10 * 29_900
    cost = (50 * 30_000 - sold) * 10 + -(-sold * 10 // 1_000)
    assert exit_of(Leg(513, 50), VENUE, 100) == Exit(513, Side.ASK, 29_700, 50, cost)


def test_exit_of_a_short_leg_meets_asks() -> None:
    bought = 40 * 30_010 + 60 * 30_100 + 20 * 30_300
    cost = (bought - 120 * 30_000) * 10 + -(-bought * 10 // 1_000)
    assert exit_of(Leg(513, -120), VENUE, 100) == Exit(513, Side.BID, 30_300, 120, cost)


def test_exit_of_more_than_there_is_reckons_the_rest_at_the_worst() -> None:
    sold = 40 * 29_990 + 60 * 29_900 + 100 * 29_700
    assert exit_of(Leg(257, 300), SPOT, 100) == Exit(
        257, Side.ASK, 29_700, 200, (300 * 30_000 - sold - 100 * 29_700) * 10
    )


def test_exit_on_a_better_book_gains() -> None:
    venue = replace(SPOT, bids=((30_020, 10),))
    assert exit_of(Leg(257, 10), venue, 100).cost_atoms == -10 * 20 * 10


def test_exit_where_nothing_may_be_traded_still_costs() -> None:
    venue = replace(SPOT, highest_bid=0, asks=())
    assert exit_of(Leg(257, -10), venue, 100) == Exit(257, Side.BID, 0, 0, 10 * 300 * 10)


def test_exits_leave_out_what_is_nothing_or_unknown() -> None:
    legs = [Leg(513, 0), Leg(999, 5), Leg(257, 5)]
    assert [one.market_id for one in exits(legs, VENUES, 100)] == [257]
    assert exits([Leg(257, 5)], {257: replace(SPOT, mark=0)}, 100) == ()


def test_hedges_trade_at_once_within_the_limit_and_only_reduce() -> None:
    legs = [Leg(257, 250), Leg(513, -30)]
    ioc = TimeInForce.IMMEDIATE_OR_CANCEL
    assert hedges(legs, VENUES, 100) == [
        OrderRequest(257, Side.ASK, 29_700, 200, ioc, reduce_only=True),
        OrderRequest(513, Side.BID, 30_300, 30, ioc, reduce_only=True),
    ]


def test_hedges_leave_out_what_the_book_does_not_take() -> None:
    assert hedges([Leg(513, 4)], VENUES, 100) == []
    thin = {513: replace(VENUE, bids=((29_990, 4), (29_600, 50)))}
    assert hedges([Leg(513, 50)], thin, 100) == []
    assert hedges([Leg(257, -10)], {257: replace(SPOT, highest_bid=0)}, 100) == []


def test_are_certain_if_all_that_is_held_has_a_mark_to_trade_by() -> None:
    legs = [Leg(513, 4), Leg(257, 0), Leg(999, 0)]
    assert are_certain(legs, VENUES)
    assert are_certain(legs, {513: VENUE})
    assert not are_certain(legs, {257: SPOT})
    assert not are_certain(legs, {513: replace(VENUE, is_certain=False)})
    assert not are_certain(legs, {513: replace(VENUE, mark=0)})

"""The market maker: quotes, replacements and hedges by hand, and what holds for all of them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.strategies.settings import MAKER, PERP, SPOT
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.strategies import (
    MakerMarkets,
    MakerView,
    Quote,
    StrategyError,
    centre,
    decide_quotes,
    fair_price,
    hedge,
    requote,
    wanted_quotes,
)

MARKETS = MakerMarkets(quoted=SPOT, hedge=PERP)
NOW = 1_000
VIEW = MakerView(
    now=NOW,
    index=Decimal(3_000),
    best_bid=29_985,
    best_ask=30_015,
    inventory=Decimal(0),
    hedged=Decimal(0),
    hedge_price=Decimal(3_003),
    resting={},
)
"""The middle of the book, in ticks of 0.1, is the index; nothing is held."""
INVENTORY = st.decimals(-3, 3, places=4)
VIEWS = st.builds(
    MakerView,
    now=st.just(NOW),
    index=st.decimals(Decimal(1), Decimal(5_000), places=2),
    best_bid=st.none() | st.integers(1, 50_000),
    best_ask=st.none() | st.integers(50_001, 60_000),
    inventory=INVENTORY,
    hedged=INVENTORY,
    hedge_price=st.just(Decimal(3_003)),
    resting=st.just({}),
)


def bid(tick: int, lots: int, expiry: int = NOW + 30) -> Quote:
    return Quote(Side.BID, tick, lots, expiry)


def ask(tick: int, lots: int, expiry: int = NOW + 30) -> Quote:
    return Quote(Side.ASK, tick, lots, expiry)


def post(quote: Quote) -> OrderRequest:
    form = TimeInForce.POST_ONLY
    return OrderRequest(
        SPOT.market_id, quote.side, quote.tick, quote.lots, form, max_fills=0, expiry=NOW + 30
    )


def shown(quotes: Sequence[Quote]) -> list[tuple[Side, int, int]]:
    return [(quote.side, quote.tick, quote.lots) for quote in quotes]


# Prices


def test_fair_price_mixes_index_and_the_middle_by_weight() -> None:
    """The middle is 3,001: three quarters of it and a quarter of the index."""
    quarter = MAKER.model_copy(update={"index_weight": Decimal("0.25")})
    view = replace(VIEW, best_bid=30_000, best_ask=30_020)
    assert fair_price(quarter, SPOT, view) == Fraction("3000.75")


@pytest.mark.parametrize("side", ["best_bid", "best_ask"])
def test_fair_price_of_a_book_with_one_side_is_the_index(side: str) -> None:
    view = replace(VIEW, best_bid=30_000, best_ask=30_020)
    assert fair_price(MAKER, SPOT, replace(view, **{side: None})) == 3_000


def test_fair_price_without_an_index_is_refused() -> None:
    with pytest.raises(StrategyError):
        fair_price(MAKER, SPOT, replace(VIEW, index=Decimal(0)))


@pytest.mark.parametrize(
    ("inventory", "expected"),
    [("0", "3000"), ("1", "2997"), ("-1", "3003"), ("2", "2994"), ("5", "2994"), ("-5", "3006")],
)
def test_centre_moves_against_the_inventory_in_proportion(inventory: str, expected: str) -> None:
    """20 bps of 3,000 at the limit of two tokens, no further beyond it."""
    assert centre(MAKER, Fraction(3_000), Decimal(inventory)) == Fraction(expected)


# Quotes


def test_wanted_quotes_are_a_ladder_on_both_sides() -> None:
    """5, 15 and 25 bps of 3,000, that is 1.5, 4.5 and 7.5 dollars; the last size is capped."""
    assert shown(wanted_quotes(MAKER, SPOT, VIEW)) == [
        (Side.BID, 29_985, 100),
        (Side.BID, 29_955, 150),
        (Side.BID, 29_925, 180),
        (Side.ASK, 30_015, 100),
        (Side.ASK, 30_045, 150),
        (Side.ASK, 30_075, 180),
    ]


def test_wanted_quotes_are_rounded_away_from_the_centre() -> None:
    """Half spread 1.50005 around 3,000.1: from 2,998.59995 down, from 3,001.60005 up."""
    view = replace(VIEW, index=Decimal("3000.1"), best_bid=None, best_ask=None)
    one = MAKER.model_copy(update={"rungs": 1})
    assert shown(wanted_quotes(one, SPOT, view)) == [
        (Side.BID, 29_985, 100),
        (Side.ASK, 30_017, 100),
    ]


def test_wanted_quotes_move_against_the_inventory() -> None:
    one = MAKER.model_copy(update={"rungs": 1})
    held = wanted_quotes(one, SPOT, replace(VIEW, inventory=Decimal(1)))
    assert [quote.tick for quote in held] == [29_955, 29_985 + 1]


def test_wanted_quotes_never_meet_the_book() -> None:
    """The skew would bid 3,004.5 where others ask for 3,001.5; each rung is a tick further out."""
    view = replace(VIEW, inventory=Decimal(-2))
    bids = [quote.tick for quote in wanted_quotes(MAKER, SPOT, view) if quote.side == Side.BID]
    assert bids == [30_014, 30_013, 29_985]
    view = replace(VIEW, inventory=Decimal(2))
    asks = [quote.tick for quote in wanted_quotes(MAKER, SPOT, view) if quote.side == Side.ASK]
    assert asks == [29_986, 29_987, 30_015]


@pytest.mark.parametrize(
    ("inventory", "bids", "asks"),
    [
        ("1.8", [100, 100], [100, 150, 180]),
        ("1.895", [100], [100, 150, 180]),
        ("1.991", [], [100, 150, 180]),
        ("2.5", [], [100, 150, 180]),
        ("-1.9", [100, 150, 180], [100]),
    ],
)
def test_wanted_quotes_stay_within_the_limit_together(
    inventory: str, bids: list[int], asks: list[int]
) -> None:
    """Two tokens: what is left of them is shared out from the best quote on, ten lots at least."""
    quotes = wanted_quotes(MAKER, SPOT, replace(VIEW, inventory=Decimal(inventory)))
    assert [quote.lots for quote in quotes if quote.side == Side.BID] == bids
    assert [quote.lots for quote in quotes if quote.side == Side.ASK] == asks


def test_wanted_quotes_below_the_first_tick_are_not_shown() -> None:
    view = replace(VIEW, index=Decimal("0.1"), best_bid=None, best_ask=None)
    assert {quote.side for quote in wanted_quotes(MAKER, SPOT, view)} == {Side.ASK}


@given(VIEWS)
def test_wanted_quotes_keep_their_order_their_caps_and_their_distance(view: MakerView) -> None:
    quotes = wanted_quotes(MAKER, SPOT, view)
    bids = [quote for quote in quotes if quote.side == Side.BID]
    asks = [quote for quote in quotes if quote.side == Side.ASK]
    limit, held = Fraction(MAKER.inventory_limit), Fraction(view.inventory)
    around = centre(MAKER, fair_price(MAKER, SPOT, view), view.inventory)
    for side, sign in ((bids, -1), (asks, 1)):
        ticks = [sign * quote.tick for quote in side]
        assert ticks == sorted(set(ticks))
        assert all(sign * (SPOT.price_of(quote.tick) - around) > 0 for quote in side)
        assert all(SPOT.min_lots <= quote.lots <= MAKER.most_lots for quote in side)
        total = sum(SPOT.size_of(quote.lots) for quote in side)
        assert total == 0 or total - sign * held <= limit
    if bids and view.best_ask is not None:
        assert bids[0].tick < view.best_ask
    if asks and view.best_bid is not None:
        assert asks[0].tick > view.best_bid


# Replacing


def test_requote_places_what_is_missing_and_cancels_the_rest() -> None:
    view = replace(VIEW, resting={7: bid(29_985, 100), 8: bid(29_900, 100)})
    wanted = [bid(29_985, 100), ask(30_015, 100)]
    batch = requote(MAKER, SPOT, wanted, view)
    assert (batch.cancels, batch.places) == ((8,), (post(ask(30_015, 100)),))


@pytest.mark.parametrize(
    ("resting", "stays"),
    [
        (bid(29_985, 100), True),
        (bid(29_984, 100), False),
        (bid(29_986, 100), False),
        (bid(29_985, 50), True),
        (bid(29_985, 49), False),
        (bid(29_985, 101), False),
        (bid(29_985, 100, NOW + 6), True),
        (bid(29_985, 100, NOW + 5), False),
        (bid(29_985, 100, 0), True),
        (ask(29_985, 100), False),
    ],
    ids=["same", "below", "above", "half", "less", "more", "lasts", "expires", "ever", "side"],
)
def test_requote_keeps_a_quote_that_is_good_enough(resting: Quote, stays: bool) -> None:
    batch = requote(MAKER, SPOT, [bid(29_985, 100)], replace(VIEW, resting={7: resting}))
    if stays:
        assert batch.is_empty
    else:
        assert (batch.cancels, batch.places) == ((7,), (post(bid(29_985, 100)),))


def test_requote_with_more_patience_keeps_the_nearest_within_it() -> None:
    patient = MAKER.model_copy(update={"replace_ticks": 3})
    view = replace(VIEW, resting={5: bid(29_983, 100), 6: bid(29_984, 100), 7: bid(29_982, 100)})
    wanted = [bid(29_985, 100)]
    assert requote(patient, SPOT, wanted, view).cancels == (5, 7)
    gone = replace(VIEW, resting={7: bid(29_982, 100)})
    assert requote(patient, SPOT, wanted, gone).places == (post(bid(29_985, 100)),)


def test_requote_cancels_a_near_quote_that_a_new_one_of_its_own_would_meet() -> None:
    patient = MAKER.model_copy(update={"replace_ticks": 3})
    view = replace(VIEW, resting={7: bid(29_986, 100)})
    batch = requote(patient, SPOT, [bid(29_985, 100), ask(29_986, 100)], view)
    assert batch.cancels == (7,)
    assert [place.tick for place in batch.places] == [29_985, 29_986]


@given(VIEWS, VIEWS)
def test_requote_of_what_was_just_placed_changes_nothing(
    view: MakerView, before: MakerView
) -> None:
    """Whatever rested before: afterwards exactly the wanted quotes rest."""
    old = dict(enumerate(wanted_quotes(MAKER, SPOT, before)))
    lasting = {place: replace(quote, expiry=NOW + 20) for place, quote in old.items()}
    seen = replace(view, resting=lasting)
    wanted = wanted_quotes(MAKER, SPOT, view)
    batch = requote(MAKER, SPOT, wanted, seen)
    kept = [quote for place, quote in lasting.items() if place not in batch.cancels]
    placed = [Quote(one.side, one.tick, one.lots, one.expiry) for one in batch.places]
    rests = dict(enumerate(kept + placed))
    assert sorted((q.side, q.tick) for q in rests.values()) == sorted(
        (q.side, q.tick) for q in wanted
    )
    assert requote(MAKER, SPOT, wanted, replace(view, resting=rests)).is_empty


# Hedging


@pytest.mark.parametrize(
    ("inventory", "hedged", "expected"),
    [
        ("0.5", "0", None),
        ("0.501", "0", (Side.ASK, 6_000, 50)),
        ("-0.509", "0", (Side.BID, 6_012, 50)),
        ("1.5", "-1", None),
        ("1.5", "-0.8", (Side.ASK, 6_000, 70)),
        ("0.2", "-1.2", (Side.BID, 6_012, 100)),
    ],
)
def test_hedge_is_of_the_net_beyond_the_threshold(
    inventory: str, hedged: str, expected: tuple[Side, int, int] | None
) -> None:
    view = replace(VIEW, inventory=Decimal(inventory), hedged=Decimal(hedged))
    found = [(one.side, one.tick, one.lots) for one in hedge(MAKER, MARKETS, view)]
    assert found == ([expected] if expected else [])


def test_hedge_below_the_smallest_order_waits() -> None:
    coarse = replace(MARKETS, hedge=replace(PERP, min_lots=60))
    view = replace(VIEW, inventory=Decimal("0.59"))
    assert hedge(MAKER, coarse, view) == ()
    assert len(hedge(MAKER, coarse, replace(view, inventory=Decimal("0.6")))) == 1


@given(VIEWS)
def test_hedge_leaves_less_than_a_lot(view: MakerView) -> None:
    found = hedge(MAKER, MARKETS, view)
    traded = sum((1 if one.side == Side.BID else -1) * PERP.size_of(one.lots) for one in found)
    left = abs(view.net + traded)
    assert left < Fraction(PERP.lot_size) if found else left <= Fraction(MAKER.hedge_threshold)


def test_decide_quotes_is_one_batch_with_the_hedge_last() -> None:
    view = replace(VIEW, inventory=Decimal(1), resting={3: bid(29_900, 100)})
    batch = decide_quotes(MAKER, MARKETS, view)
    assert batch.cancels == (3,)
    assert [one.market_id for one in batch.places] == [SPOT.market_id] * 6 + [PERP.market_id]
    assert batch.places[-1].time_in_force == TimeInForce.IMMEDIATE_OR_CANCEL
    assert batch.settles == ()


def test_decide_quotes_of_the_perp_hedges_on_spot() -> None:
    turned = MakerMarkets(quoted=PERP, hedge=SPOT)
    view = replace(VIEW, best_bid=None, best_ask=None, hedged=Decimal(1))
    last = decide_quotes(MAKER, turned, view).places[-1]
    assert (last.market_id, last.side, last.lots) == (SPOT.market_id, Side.ASK, 1_000)


@pytest.mark.parametrize(
    "changed",
    [
        {"index_weight": Decimal("1.1")},
        {"half_spread_bps": Decimal(0)},
        {"half_spread_bps": 5.0},
        {"skew_bps": Decimal(9_980)},
        {"renew_seconds": 30},
        {"replace_ticks": 0},
        {"refill_percent": 101},
        {"inventory_limit": Decimal(0)},
        {"unknown": 1},
    ],
)
def test_config_that_can_not_be_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        type(MAKER)(**{**MAKER.model_dump(), **changed})

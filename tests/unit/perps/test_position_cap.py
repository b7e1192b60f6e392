"""The most lots that an account may hold on one side, its open orders counted."""

import pytest

from tests.support.perps import MARK, PerpScene
from tests.support.scene import ASK, BID, IOC, order
from tests.support.soundness import refused
from tests.support.system import ETH_PERP, Side
from worldmarkets.model.interface import OrderResult, Refusal, Removal
from worldmarkets.model.records import Filled, Removed, Taken

CAP = 128
OPPOSITE = {BID: ASK, ASK: BID}
SIDES = pytest.mark.parametrize("side", [BID, ASK])


def set_cap(perps: PerpScene, lots: int) -> None:
    perps.system.set_perp_limits(ETH_PERP, 1_000_000, lots)


def place(perps: PerpScene, account: int, side: Side, lots: int, **terms: object) -> OrderResult:
    """Place an order at the mark that trades if it can."""
    return perps.system.place(account, ETH_PERP, side, MARK, lots, **terms)  # type: ignore[arg-type]


@SIDES
def test_place_up_to_the_cap_rests_and_one_lot_more_is_refused(
    perps: PerpScene, long: int, side: Side
) -> None:
    set_cap(perps, CAP)
    with refused(perps.system, "PositionCapReached", long, ETH_PERP, CAP + 1, CAP):
        place(perps, long, side, CAP + 1)
    assert place(perps, long, side, CAP - 28).resting_lots == CAP - 28
    with refused(perps.system, "PositionCapReached", long, ETH_PERP, CAP + 1, CAP):
        place(perps, long, side, 29)
    assert place(perps, long, side, 28).resting_lots == 28


@SIDES
def test_place_counts_the_position_on_its_own_side_and_against_the_other(
    perps: PerpScene, long: int, short: int, side: Side
) -> None:
    set_cap(perps, CAP)
    place(perps, short, OPPOSITE[side], 100)
    place(perps, long, side, 100)
    with refused(perps.system, "PositionCapReached", long, ETH_PERP, CAP + 1, CAP):
        place(perps, long, side, 29)
    # The other way, the position has first to be closed.
    with refused(perps.system, "PositionCapReached", long, ETH_PERP, CAP + 1, CAP):
        place(perps, long, OPPOSITE[side], 229)
    assert place(perps, long, OPPOSITE[side], 228).resting_lots == 228


@SIDES
def test_take_beyond_the_cap_is_refused_whole(
    perps: PerpScene, long: int, short: int, side: Side
) -> None:
    set_cap(perps, CAP)
    place(perps, short, OPPOSITE[side], 50)
    with refused(perps.system, "PositionCapReached", long, ETH_PERP, CAP + 1, CAP):
        place(perps, long, side, CAP + 1, tif=IOC)


def test_place_in_a_batch_beyond_the_cap_is_skipped(perps: PerpScene, long: int) -> None:
    set_cap(perps, CAP)
    places = [order(BID, MARK, lots, market=ETH_PERP) for lots in (100, 29, 28)]
    _, results = perps.system.batch(long, (), places)
    assert [result.refusal for result in results] == [0, Refusal.POSITION_CAP, 0]
    assert perps.position(long).open_bids == 128
    with refused(perps.system, "PositionCapReached", long, ETH_PERP, CAP + 1, CAP):
        perps.system.batch(long, (), [order(BID, MARK, 1, market=ETH_PERP)], all_or_none=True)


@pytest.mark.parametrize("lots", [100, 109])
def test_reduce_only_order_passes_whatever_the_cap(
    perps: PerpScene, long: int, short: int, lots: int
) -> None:
    """Also one of more lots than there are, which is cut: nine short would be beyond the cap."""
    perps.trade(long, short, 100)
    perps.perp_bid(long, 19_900, 100)
    set_cap(perps, 8)
    perps.perp_bid(short, MARK, 100)
    assert perps.perp_ask(long, MARK, lots, IOC, reduce_only=True).filled_lots == 100


# --------------------------------------------------------------- makers, after the cap was lowered


@SIDES
@pytest.mark.parametrize("wanted", [25, 30])
def test_maker_is_cut_to_what_a_lowered_cap_leaves_and_goes(
    perps: PerpScene, long: int, short: int, side: Side, wanted: int
) -> None:
    """Of forty lots and an order of a hundred, sixty-four may be held: twenty-four trade."""
    place(perps, short, OPPOSITE[side], 40)
    place(perps, long, side, 40)
    made = place(perps, long, side, 100)
    set_cap(perps, 64)
    result = place(perps, perps.maker, OPPOSITE[side], wanted, tif=IOC)
    assert result == OrderResult(0, 24, 0)
    filled, removed, taken = perps.records()
    is_ask = int(side is ASK)
    assert filled == Filled(made.order_id, 24, long, 2, is_ask=is_ask, gone=1)
    assert removed == Removed(made.order_id, 76, long, Removal.POSITION_CAP)
    assert isinstance(taken, Taken)
    position = perps.position(long)
    assert abs(position.size) == 64
    assert (position.open_bids, position.open_asks) == (0, 0)


@SIDES
def test_maker_at_the_cap_goes_without_a_trade(
    perps: PerpScene, long: int, short: int, side: Side
) -> None:
    place(perps, short, OPPOSITE[side], 40)
    place(perps, long, side, 40)
    made = place(perps, long, side, 100)
    for cap in (40, 32):
        set_cap(perps, cap)
    assert place(perps, perps.maker, OPPOSITE[side], 30, tif=IOC) == OrderResult()
    assert perps.records() == [Removed(made.order_id, 100, long, Removal.POSITION_CAP)]
    position = perps.position(long)
    assert abs(position.size) == 40
    assert (position.open_bids, position.open_asks) == (0, 0)


def test_maker_without_room_lets_the_taker_meet_the_next(
    perps: PerpScene, long: int, short: int, third: int
) -> None:
    perps.trade(long, short, 60)
    gone = perps.perp_bid(long, MARK, 40)
    kept = perps.perp_bid(third, MARK, 30)
    set_cap(perps, 32)
    assert perps.perp_ask(perps.maker, MARK, 32, IOC).filled_lots == 30
    removed, filled, taken = perps.records()
    assert removed == Removed(gone.order_id, 40, long, Removal.POSITION_CAP)
    assert filled == Filled(kept.order_id, 30, third, 2, gone=1)
    assert isinstance(taken, Taken)


def test_maker_that_closes_is_not_cut_by_the_cap(perps: PerpScene, long: int, short: int) -> None:
    """Sixty lots short, and a bid of ninety: with a cap of thirty-two, ninety-two fit."""
    perps.trade(long, short, 60)
    perps.perp_bid(short, MARK, 90)
    set_cap(perps, 32)
    assert perps.perp_ask(long, MARK, 90, IOC).filled_lots == 90
    assert (perps.position(short).size, perps.position(long).size) == (30, -30)

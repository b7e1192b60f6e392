"""Orders of a perp that may only bring a position closer to zero."""

import pytest

from tests.support.perps import MARK, PerpScene
from tests.support.scene import ASK, BID, GTC, IOC, order
from tests.support.soundness import refused
from tests.support.system import ETH_PERP, Side
from worldmarkets.model.interface import OrderResult, Refusal, Removal
from worldmarkets.model.records import Filled, Removed, Taken

CLOSING = pytest.mark.parametrize("side", [ASK, BID])


def holder_of(perps: PerpScene, side: Side) -> int:
    """Of ten lots long and as many short, the account that an order of this side closes."""
    perps.trade(perps.long_account, perps.short_account, 10)
    return perps.long_account if side is ASK else perps.short_account


@pytest.mark.parametrize("side", [BID, ASK])
def test_reduce_only_without_a_position_is_refused(perps: PerpScene, long: int, side: Side) -> None:
    with refused(perps.system, "NothingToReduce", long, ETH_PERP, 0):
        perps.system.place(long, ETH_PERP, side, MARK, 1, reduce_only=True)


@CLOSING
def test_reduce_only_of_the_side_that_adds_is_refused(perps: PerpScene, side: Side) -> None:
    other = BID if side is ASK else ASK
    holder = holder_of(perps, side)
    with refused(perps.system, "NothingToReduce", holder, ETH_PERP, 0):
        perps.system.place(holder, ETH_PERP, other, MARK, 1, reduce_only=True)


@CLOSING
def test_reduce_only_taker_closes_at_most_all(perps: PerpScene, third: int, side: Side) -> None:
    holder = holder_of(perps, side)
    perps.system.place(third, ETH_PERP, BID if side is ASK else ASK, MARK, 50)
    result = perps.system.place(holder, ETH_PERP, side, MARK, 50, GTC, reduce_only=True)
    assert result == OrderResult(0, 10, 0)
    assert perps.position(holder).size == 0


@CLOSING
def test_reduce_only_rests_at_most_what_closes(perps: PerpScene, side: Side) -> None:
    holder = holder_of(perps, side)
    tick = 20_100 if side is ASK else 19_900
    result = perps.system.place(holder, ETH_PERP, side, tick, 50, reduce_only=True)
    assert result == OrderResult(result.order_id, 0, 10)


@CLOSING
def test_reduce_only_maker_is_cut_to_what_is_left(perps: PerpScene, third: int, side: Side) -> None:
    holder = holder_of(perps, side)
    opposite = BID if side is ASK else ASK
    resting = perps.system.place(holder, ETH_PERP, side, MARK, 10, reduce_only=True)
    # Six lots are closed elsewhere.
    better = MARK + 10 if opposite is ASK else MARK - 10
    perps.system.place(third, ETH_PERP, opposite, better, 6)
    assert perps.system.place(holder, ETH_PERP, side, better, 6, IOC).filled_lots == 6
    assert perps.position(holder).size == (4 if side is ASK else -4)
    result = perps.system.place(third, ETH_PERP, opposite, MARK, 10, IOC)
    assert result.filled_lots == 4
    is_ask = int(side)
    filled, removed, taken = perps.records()
    sequence = perps.perp_tape().sequence
    assert filled == Filled(resting.order_id, 4, holder, sequence, is_ask=is_ask, gone=1)
    assert removed == Removed(resting.order_id, 6, holder, Removal.NOTHING_TO_REDUCE)
    assert isinstance(taken, Taken)
    position = perps.position(holder)
    assert (position.size, position.open_bids, position.open_asks) == (0, 0, 0)


def test_reduce_only_maker_whose_position_is_gone_is_removed(
    perps: PerpScene, long: int, short: int, third: int
) -> None:
    perps.trade(long, short, 10)
    resting = perps.perp_ask(long, 20_010, 10, reduce_only=True)
    perps.trade(short, long, 10)
    assert perps.perp_bid(third, 20_010, 10, IOC).filled_lots == 0
    assert perps.records() == [Removed(resting.order_id, 10, long, Removal.NOTHING_TO_REDUCE)]
    assert perps.position(long).open_asks == 0


def test_reduce_only_passes_while_the_market_is_paused(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.trade(long, short, 10)
    perps.system.pause_markets(ETH_PERP)
    assert perps.perp_ask(long, MARK, 10, reduce_only=True).resting_lots == 10
    assert perps.perp_bid(short, MARK, 10, IOC, reduce_only=True).filled_lots == 10


def test_reduce_only_in_a_batch_is_skipped_where_there_is_nothing(
    perps: PerpScene, long: int
) -> None:
    _, [result] = perps.system.batch(
        long, (), [order(ASK, MARK, 1, market=ETH_PERP, reduce_only=True)]
    )
    assert result.refusal == Refusal.NOTHING_TO_REDUCE

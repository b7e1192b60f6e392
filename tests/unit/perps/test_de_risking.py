"""Positions of accounts below their initial requirement: what lowers the risk passes.

Every account is an ETH long or short, which needs 100 dollars, and has half of that.
"""

import pytest

from tests.support.perps import ETH_LOTS, MARGIN, MARK, PerpScene
from tests.support.scene import ASK, BID, DOLLARS, IOC, order
from tests.support.soundness import refused
from tests.support.system import ETH_PERP, Side

HAS = 50 * DOLLARS
OPPOSITE = {BID: ASK, ASK: BID}
CLOSING = pytest.mark.parametrize("closing", [ASK, BID])


@pytest.fixture
def account(perps: PerpScene, closing: Side) -> int:
    """An account with 50 dollars, 70 cents of a fee deducted, and a position."""
    holder = perps.long_account if closing is ASK else perps.short_account
    perps.system.place(perps.maker, ETH_PERP, closing, MARK, ETH_LOTS)
    opened = perps.system.place(holder, ETH_PERP, OPPOSITE[closing], MARK, ETH_LOTS, IOC)
    assert opened.filled_lots == ETH_LOTS
    perps.take_cash(holder, MARGIN - HAS)
    return holder


def offer(perps: PerpScene, closing: Side, lots: int, ticks: int = 0) -> int:
    """Let the taker stand ready to be met by closing orders, so many ticks against them."""
    tick = MARK - ticks if closing is ASK else MARK + ticks
    perps.system.place(perps.taker, ETH_PERP, OPPOSITE[closing], tick, lots)
    return tick


@CLOSING
@pytest.mark.parametrize("lots", [1, 500, ETH_LOTS])
def test_closing_at_the_mark_passes(
    perps: PerpScene, account: int, closing: Side, lots: int
) -> None:
    tick = offer(perps, closing, lots)
    assert perps.system.place(account, ETH_PERP, closing, tick, lots, IOC).filled_lots == lots
    assert abs(perps.position(account).size) == ETH_LOTS - lots


@CLOSING
def test_opening_more_is_refused(perps: PerpScene, account: int, closing: Side) -> None:
    perps.system.place(perps.taker, ETH_PERP, closing, MARK, 10)
    fees = 700_000 + 7_000
    arguments = (account, HAS - fees, 101 * DOLLARS)
    with refused(perps.system, "BelowInitialMargin", *arguments):
        perps.system.place(account, ETH_PERP, OPPOSITE[closing], MARK, 10, IOC)


@CLOSING
@pytest.mark.parametrize("ticks", [0, 300])
def test_turning_into_as_large_a_position_is_refused(
    perps: PerpScene, account: int, closing: Side, ticks: int
) -> None:
    tick = offer(perps, closing, 2 * ETH_LOTS, ticks)
    with refused(
        perps.system,
        "BelowInitialMargin",
        account,
        HAS - 700_000 - 2 * (ticks * 100 * ETH_LOTS) - fee(2 * ETH_LOTS, tick),
        100 * DOLLARS,
    ):
        perps.system.place(account, ETH_PERP, closing, tick, 2 * ETH_LOTS, IOC)


def fee(lots: int, tick: int) -> int:
    return -(-lots * tick * 100 * 350 // 10**6)


@CLOSING
@pytest.mark.parametrize(("ticks", "passes"), [(485, True), (500, False)])
def test_closing_all_is_allowed_as_long_as_equity_is_left(
    perps: PerpScene, account: int, closing: Side, ticks: int, passes: bool
) -> None:
    """Of 49.30 dollars, closing at 485 ticks from the mark takes 48.50 and a fee of 70 cents."""
    tick = offer(perps, closing, ETH_LOTS, ticks)
    left = HAS - 700_000 - ticks * 100 * ETH_LOTS - fee(ETH_LOTS, tick)
    assert (left >= 0) == passes
    if passes:
        closed = perps.system.place(account, ETH_PERP, closing, tick, ETH_LOTS, IOC)
        assert closed.filled_lots == ETH_LOTS
        assert perps.margin(account).equity_atoms == left
        return
    with refused(perps.system, "BelowInitialMargin", account, left, 0):
        perps.system.place(account, ETH_PERP, closing, tick, ETH_LOTS, IOC)


@CLOSING
def test_resting_what_only_reduces_passes(perps: PerpScene, account: int, closing: Side) -> None:
    tick = MARK + 100 if closing is ASK else MARK - 100
    resting = perps.system.place(account, ETH_PERP, closing, tick, ETH_LOTS, reduce_only=True)
    assert resting.resting_lots == ETH_LOTS
    # Without the word that it only reduces it needs a free band.
    perps.system.cancel(account, resting.order_id)
    arguments = (account, HAS - 700_000, 110 * DOLLARS)
    with refused(perps.system, "BelowInitialMargin", *arguments):
        perps.system.place(account, ETH_PERP, closing, tick, ETH_LOTS)


@CLOSING
def test_closing_a_little_and_resting_what_closes_more_passes(
    perps: PerpScene, account: int, closing: Side
) -> None:
    """Of two orders of a batch only one has moved any cash."""
    offer(perps, closing, 100)
    behind = MARK + 100 if closing is ASK else MARK - 100
    places = [
        order(closing, MARK, 100, IOC, market=ETH_PERP),
        order(closing, behind, 100, market=ETH_PERP, reduce_only=True),
    ]
    _, [closed, resting] = perps.system.batch(account, (), places)
    assert (closed.filled_lots, resting.resting_lots) == (100, 100)


@CLOSING
def test_closing_a_little_hides_no_larger_order_behind_it(
    perps: PerpScene, account: int, closing: Side
) -> None:
    tick = offer(perps, closing, 1)
    far = MARK - 500 if closing is ASK else MARK + 500
    more = order(OPPOSITE[closing], far, 100, market=ETH_PERP)
    small = order(closing, tick, 1, IOC, market=ETH_PERP)
    left = HAS - 700_000 - 700
    needed = (ETH_LOTS - 1 + 100) * 100_000 + 100 * 10_000
    with refused(perps.system, "BelowInitialMargin", account, left, needed):
        perps.system.batch(account, (), [small, more])

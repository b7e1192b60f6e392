"""Previews of what an account would need after trades and orders of a perp."""

import pytest

from tests.support.perps import ETH_LOTS, MARGIN, PerpScene, required
from tests.support.scene import DOLLARS, LOT
from tests.support.soundness import exchange_storage, refused
from tests.support.system import BTC_PERP, ETH_PERP
from worldmarkets.model.interface import Margin, MarginChange

NAME = b"changes".ljust(32, b"\0")


def test_preview_of_an_account_with_cash_alone_needs_nothing(perps: PerpScene, long: int) -> None:
    assert perps.margin(long) == Margin(MARGIN, MARGIN, 0, 0, 0, True)


@pytest.mark.parametrize("lots", [ETH_LOTS, -ETH_LOTS])
def test_preview_of_a_trade_is_at_the_mark(perps: PerpScene, long: int, lots: int) -> None:
    before = exchange_storage(perps.system)
    later = perps.margin(long, MarginChange(ETH_PERP, lots))
    worth = 2_000 * DOLLARS
    assert later == Margin(
        MARGIN,
        MARGIN,
        required(lots),
        worth * (80 * 45 + 500) // 100_000,
        worth * (60 * 45 + 500) // 100_000,
        False,
    )
    assert exchange_storage(perps.system) == before


def test_preview_is_what_a_trade_leads_to_but_for_its_fee(
    perps: PerpScene, long: int, short: int
) -> None:
    told = perps.margin(long, MarginChange(ETH_PERP, ETH_LOTS))
    perps.trade(long, short, ETH_LOTS)
    later = perps.margin(long)
    assert later.initial_atoms == told.initial_atoms
    assert later.equity_atoms == told.equity_atoms - 700_000


def test_preview_of_orders_counts_them_at_their_worst(perps: PerpScene, long: int) -> None:
    """A bid of an ETH and an ask of half: an ETH, and half a percent of both."""
    later = perps.margin(long, MarginChange(ETH_PERP, 0, ETH_LOTS, ETH_LOTS // 2))
    assert later.initial_atoms == (100 + 15) * DOLLARS
    assert later.maintenance_atoms == 0
    reducing = MarginChange(ETH_PERP, 0, ETH_LOTS, ETH_LOTS // 2, ETH_LOTS // 2)
    assert perps.margin(long, reducing).initial_atoms == (100 + 10) * DOLLARS


def test_preview_of_a_hedge_nets_both_legs(perps: PerpScene, long: int) -> None:
    hedge = (
        MarginChange(0, -2_000 * DOLLARS),
        MarginChange(1, ETH_LOTS * LOT),
        MarginChange(ETH_PERP, -ETH_LOTS),
    )
    later = perps.margin(long, *hedge)
    assert later.initial_atoms == 2_000 * DOLLARS * 300 // 10_000
    assert later.equity_atoms == later.settled_atoms == MARGIN


def test_preview_of_a_winner_tells_what_is_settled(fallen: PerpScene, short: int) -> None:
    profit = 100_200_000
    margin = fallen.margin(short)
    assert (margin.equity_atoms, margin.settled_atoms) == (MARGIN + profit, MARGIN)
    # Closing at the mark settles nothing.
    closed = fallen.margin(short, MarginChange(ETH_PERP, ETH_LOTS))
    assert closed == Margin(MARGIN + profit, MARGIN, 0, 0, 0, False)


def test_preview_of_a_perp_that_is_not_listed_is_refused(perps: PerpScene, long: int) -> None:
    with refused(perps.system, "UnknownMarket", BTC_PERP):
        perps.margin(long, MarginChange(BTC_PERP, 1))


@pytest.mark.parametrize(
    "change",
    [
        MarginChange(ETH_PERP, 2**96 + 1),
        MarginChange(ETH_PERP, -(2**96) - 1),
        MarginChange(ETH_PERP, 0, -1),
        MarginChange(ETH_PERP, 0, 0, -1),
        MarginChange(ETH_PERP, 0, 1, 1, 3),
    ],
    ids=str,
)
def test_preview_of_what_nobody_could_have_is_refused(
    perps: PerpScene, long: int, change: MarginChange
) -> None:
    with refused(perps.system, "InvalidParameter", NAME, 1):
        perps.margin(long, change)

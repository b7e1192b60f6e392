"""MRG-1: profit that nobody has paid carries a perp whose loss takes the cash that secures a debt."""

from dataclasses import replace

import pytest

from tests.support.abi import Reverted
from tests.support.backend import user_address
from tests.support.perps import ETH_LOTS, MARGIN, MARK, PerpScene, make_perp_scene
from tests.support.scene import ASK, BID, DOLLARS, ETH_UNIT, IOC, LOT
from tests.support.system import BTC_PERP, DOLLAR, ETH_PERP, ETH_PERP_TERMS, System

THIEF, FRIEND = user_address(0x666), user_address(0x667)
BTC_TERMS = replace(
    ETH_PERP_TERMS, atoms_per_lot=1_000, maker_ppm=0, position_cap_lots=2**25,
    open_interest_cap_lots=2**30,
)  # fmt: skip


@pytest.fixture
def robbed(system: System) -> tuple[PerpScene, int, int]:
    """A thief with 10,000 dollars in cash, 35,200 of profit that nobody pays, and a debt of 3 ETH taken out."""
    perps = make_perp_scene(system)
    system.list_perp_market(2, BTC_TERMS)
    thief, friend = perps.trader(THIEF, MARGIN), perps.trader(FRIEND, 10 * MARGIN)
    lots = 40 * ETH_LOTS
    perps.trade(thief, perps.short_account, lots)
    for dollars in (2_190, 2_400, 2_630, 2_880):
        perps.wait(10)
        perps.move_index(dollars)
    perps.trade(perps.maker, thief, lots, MARK * 144 // 100)
    assert perps.position(thief).size == 0
    system.borrow(thief, 1, 3 * ETH_LOTS * LOT * ETH_UNIT)
    return perps, thief, friend


def test_mrg_1_unsettled_profit_does_not_carry_a_perp_beside_a_debt(
    robbed: tuple[PerpScene, int, int],
) -> None:
    """BTC moves by three percent; the thief is above maintenance all the time."""
    perps, thief, friend = robbed
    system = perps.system
    debt = 3 * 2_880 * DOLLARS
    tick, lots = perps.mark(BTC_PERP).mark // 2**24, 1_000_000
    system.place(friend, BTC_PERP, ASK, tick, lots)
    try:
        assert system.place(thief, BTC_PERP, BID, tick, lots, IOC).filled_lots == lots
    except Reverted as error:
        # What should happen.
        assert error.name == "UnsettledProfit"
        return
    perps.wait(10)
    perps.refresh()
    system.set_price(2, 58_200 * DOLLAR)
    system.settle(thief, BTC_PERP)
    drawn = system.settle(friend, BTC_PERP)
    margin = perps.margin(thief)
    assert margin.equity_atoms > margin.maintenance_atoms
    # The debt stays, and nothing is left that pays it.
    assert perps.cash(thief) >= debt, (perps.cash(thief), debt, drawn, margin)


def test_mrg_1_perp_lost_to_a_friend_leaves_margin_for_a_debt(
    robbed: tuple[PerpScene, int, int],
) -> None:
    """The same by one take near the edge of the band, without any move of the price."""
    perps, thief, friend = robbed
    system = perps.system
    tick, lots = perps.mark(BTC_PERP).mark // 2**24 * 104 // 100, 50_000
    system.place(friend, BTC_PERP, ASK, tick, lots)
    try:
        assert system.place(thief, BTC_PERP, BID, tick, lots, IOC).filled_lots == lots
    except Reverted as error:
        assert error.name == "UnsettledProfit"
        return
    margin = perps.margin(thief)
    needed = 3 * 2_880 * DOLLARS * 5 // 100
    assert margin.settled_atoms >= needed, margin

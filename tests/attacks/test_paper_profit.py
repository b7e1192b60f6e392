"""MRG-1: profit that nobody has paid does not carry a perp beside a debt.

Else a loss of that perp would take the cash that secures the debt, to a friend of the thief.
"""

from dataclasses import replace

import pytest

from tests.support.abi import Reverted
from tests.support.backend import user_address
from tests.support.perps import ETH_LOTS, MARGIN, MARK, PerpScene, make_perp_scene
from tests.support.scene import ASK, BID, ETH_UNIT, IOC, LOT
from tests.support.soundness import exchange_storage
from tests.support.system import BTC_PERP, ETH_PERP_TERMS, System

THIEF, FRIEND = user_address(0x666), user_address(0x667)
BTC_TERMS = replace(
    ETH_PERP_TERMS,
    atoms_per_lot=1_000,
    maker_ppm=0,
    position_cap_lots=2**25,
    open_interest_cap_lots=2**30,
)


@pytest.fixture
def robbed(system: System) -> tuple[PerpScene, int, int]:
    """A thief with 10,000 dollars in cash, 35,200 of paper profit, and 3 ETH owed and taken out."""
    perps = make_perp_scene(system)
    system.list_perp_market(2, BTC_TERMS)
    thief, friend = perps.trader(THIEF, MARGIN), perps.trader(FRIEND, 10 * MARGIN)
    perps.trade(thief, perps.short_account, 40 * ETH_LOTS)
    for dollars in (2_190, 2_400, 2_630, 2_880):
        perps.wait(10)
        perps.move_index(dollars)
    perps.trade(perps.maker, thief, 40 * ETH_LOTS, MARK * 144 // 100)
    assert perps.position(thief).size == 0
    system.borrow(thief, 1, 3 * ETH_LOTS * LOT * ETH_UNIT)
    return perps, thief, friend


@pytest.mark.parametrize(
    ("percent", "lots"),
    [
        # At the mark, as large as the paper profit would carry.
        (100, 1_000_000),
        # Four percent beyond it, in one take.
        (104, 50_000),
    ],
)
def test_paper_profit_carries_no_perp_beside_a_debt(
    robbed: tuple[PerpScene, int, int], percent: int, lots: int
) -> None:
    perps, thief, friend = robbed
    system = perps.system
    tick = perps.mark(BTC_PERP).mark // 2**24 * percent // 100
    system.place(friend, BTC_PERP, ASK, tick, lots)
    before = exchange_storage(system)
    with pytest.raises(Reverted) as caught:
        system.place(thief, BTC_PERP, BID, tick, lots, IOC)
    assert caught.value.name == "UnsettledProfit"
    assert exchange_storage(system) == before
    assert perps.position(thief, BTC_PERP).size == 0

"""Attacks on slices: the same part of everything moves, and no one gains by its rounding."""

from dataclasses import replace

import pytest

from tests.support.backend import user_address
from tests.support.liquidation import LOTS, WHOLE, LiquidationScene
from tests.support.perps import MARK
from tests.support.scene import ASK, BID, DOLLARS, IOC
from tests.support.system import BTC_PERP, BTC_PERP_TERMS

THIEF, ACCOMPLICE = user_address(0x666), user_address(0x667)
BTC_TERMS = replace(BTC_PERP_TERMS, min_lots=1, maker_ppm=0, position_cap_lots=2**25)
BTC_TICK = 60_000 * 10 // 7
"""Ticks of the mark of BTC, rounded down."""


def trade_btc(scene: LiquidationScene, buyer: int, seller: int, lots: int) -> None:
    tick = scene.mark(BTC_PERP).mark // 2**24
    scene.system.place(seller, BTC_PERP, ASK, tick, lots)
    assert scene.system.place(buyer, BTC_PERP, BID, tick, lots, IOC).filled_lots == lots


def leave_one_lot(scene: LiquidationScene, account: int, lots: int, dollars: int) -> None:
    """Let a position make or lose all it does, and close all of it but a lot."""
    sign = 1 if scene.position(account).size > 0 else -1
    scene.move_index(dollars)
    tick = MARK * dollars // 2_000
    buyer, seller = (scene.maker, account) if sign > 0 else (account, scene.maker)
    scene.trade(buyer, seller, lots - 1, tick)
    assert scene.position(account).size == sign


@pytest.mark.parametrize("dollars", [1_820, 2_180])
@pytest.mark.parametrize("ppm", [100_000, 350_000])
def test_liq_g_loss_or_profit_of_a_lot_that_stays_moves_with_the_slice(
    failing: LiquidationScene, dollars: int, ppm: int
) -> None:
    """All that a position has made or lost may hang on a lot that no slice is large enough for."""
    system = failing.system
    system.list_perp_market(2, BTC_TERMS)
    thief = failing.perp_long(THIEF)
    leave_one_lot(failing, thief, LOTS, dollars)
    trade_btc(failing, thief, failing.maker, 100_000)
    failing.leave_equity(thief, 800 * DOLLARS)
    failing.open_auction(thief)
    before = failing.equity(failing.bidder)
    taken = failing.buy(thief, ppm)
    assert taken.fraction_ppm == ppm
    part = 800 * DOLLARS * ppm // WHOLE
    # A share of each leg is rounded against the bidder, by an atom or the value of a unit.
    assert -4 <= failing.equity(failing.bidder) - before + taken.paid_atoms - part <= 0

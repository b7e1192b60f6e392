"""Attacks on slices: the same part of everything moves, and no one gains by its rounding."""

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.backend import rolled_back, user_address
from tests.support.liquidation import (
    BIDDER,
    CAPITAL,
    FAILING,
    WHOLE,
    LiquidationScene,
    make_liquidation_scene,
)
from tests.support.perps import MARK
from tests.support.scene import ASK, BID, DOLLARS, IOC
from tests.support.soundness import assert_sound
from tests.support.system import BTC_PERP, BTC_PERP_TERMS, System

THIEF = user_address(0x666)
BTC_TERMS = replace(BTC_PERP_TERMS, min_lots=1, maker_ppm=0, position_cap_lots=2**25)


def trade_btc(scene: LiquidationScene, buyer: int, seller: int, lots: int) -> None:
    tick = scene.mark(BTC_PERP).mark // 2**24
    scene.system.place(seller, BTC_PERP, ASK, tick, lots)
    assert scene.system.place(buyer, BTC_PERP, BID, tick, lots, IOC).filled_lots == lots


def close(scene: LiquidationScene, account: int, left: int, dollars: int) -> None:
    """Let a position make or lose all it does, and close all of it but some lots."""
    size = scene.position(account).size
    scene.move_index(dollars)
    lots = abs(size) - left
    buyer, seller = (scene.maker, account) if size > 0 else (account, scene.maker)
    scene.trade(buyer, seller, lots, MARK * dollars // 2_000)


@pytest.mark.parametrize("dollars", [1_820, 2_180])
@pytest.mark.parametrize("ppm", [100_000, 350_000])
def test_liq_g_loss_or_profit_of_a_lot_that_stays_moves_with_the_slice(
    failing: LiquidationScene, dollars: int, ppm: int
) -> None:
    """All that a position has made or lost may hang on a lot that no slice is large enough for."""
    system = failing.system
    system.list_perp_market(2, BTC_TERMS)
    thief = failing.perp_long(THIEF)
    close(failing, thief, 1, dollars)
    trade_btc(failing, thief, failing.maker, 100_000)
    failing.leave_equity(thief, 800 * DOLLARS)
    failing.open_auction(thief)
    before = failing.equity(failing.bidder)
    taken = failing.buy(thief, ppm)
    assert taken.fraction_ppm == ppm
    part = 800 * DOLLARS * ppm // WHOLE
    # A share of each leg is rounded against the bidder, by an atom or the value of a unit.
    assert -4 <= failing.equity(failing.bidder) - before + taken.paid_atoms - part <= 0


# --------------------------------------------------------------- any portfolio


@dataclass(frozen=True)
class Portfolio:
    """What an account has that is to fail."""

    perp_lots: int
    """Of ETH, long or short, before it closes some."""
    left: int
    dollars: int
    """The price at which it closes and fails."""
    spot_lots: int
    """Of ETH, held or owed."""
    is_lent: bool
    btc_lots: int
    equity_permille: int
    """Of its gross."""


SIGN = st.sampled_from([-1, 1])
PORTFOLIOS = st.builds(
    Portfolio,
    st.integers(100, 60_000).flatmap(lambda lots: SIGN.map(lambda sign: sign * lots)),
    st.one_of(st.integers(1, 12), st.integers(13, 90)),
    st.sampled_from([1_900, 1_990, 2_000, 2_050, 2_100]),
    st.integers(-9_999, 9_999),
    st.booleans(),
    st.integers(40_000, 90_000),
    st.integers(1, 30),
)


def build(scene: LiquidationScene, wanted: Portfolio) -> int:
    """Make an account that has all that, and that equity."""
    if wanted.spot_lots < 0:
        account = scene.short(FAILING, CAPITAL, -wanted.spot_lots)
    else:
        account = scene.new_account(FAILING, CAPITAL, wanted.spot_lots)
        if wanted.is_lent:
            scene.system.set_lent(account, 1)
    pair = (account, scene.maker) if wanted.perp_lots > 0 else (scene.maker, account)
    scene.trade(*pair, abs(wanted.perp_lots))
    close(scene, account, wanted.left, wanted.dollars)
    trade_btc(scene, account, scene.maker, wanted.btc_lots)
    gross = wanted.btc_lots * 600_000 + abs(wanted.spot_lots) * wanted.dollars * 1_000
    scene.leave_equity(account, gross * wanted.equity_permille // 1_000)
    return account


@settings(max_examples=40)
@given(
    wanted=PORTFOLIOS,
    parts=st.lists(st.integers(100_000, WHOLE), min_size=1, max_size=3),
    seconds=st.sampled_from([0, 40, 299, 340, 500]),
)
def test_liq_g_slice_of_any_portfolio_is_worth_its_part_of_the_equity(
    deployed_system: System, wanted: Portfolio, parts: list[int], seconds: int
) -> None:
    """LIQ-1: and the requirement falls by that part, but for a lot of each perp."""
    with rolled_back(deployed_system.backend):
        scene = make_liquidation_scene(deployed_system)
        scene.system.list_perp_market(2, BTC_TERMS)
        account = build(scene, wanted)
        bidder = scene.new_account(BIDDER, 100 * CAPITAL)
        margin = scene.margin(account)
        if margin.equity_atoms >= margin.maintenance_atoms:
            return
        scene.open_auction(account, seconds)
        for ppm in parts:
            _take(scene, account, bidder, ppm)
        assert_sound(scene.system)


def _take(scene: LiquidationScene, account: int, bidder: int, ppm: int) -> None:
    """Take a slice if there is one to take, and weigh both sides."""
    scene.refresh()
    before, had = scene.margin(account), scene.equity(bidder)
    least = 10**15 // max(1, before.maintenance_atoms * 30) + 1
    if before.equity_atoms >= before.maintenance_atoms or ppm < least:
        return
    taken = scene.buy(account, ppm, bidder)
    after, has = scene.margin(account), scene.equity(bidder)
    part = before.equity_atoms * taken.fraction_ppm // WHOLE
    # Atoms of asset 1 are worth 20 quote atoms; each leg is rounded, and so is reading.
    assert abs(has - had + taken.paid_atoms - part) <= 200
    left = before.equity_atoms - part + max(0, taken.paid_atoms) - taken.fee_atoms
    assert abs(after.equity_atoms - left) <= 200
    for name in ("maintenance_atoms", "end_atoms"):
        kept = getattr(before, name) * (WHOLE - taken.fraction_ppm) // WHOLE
        # 4.1 % of two dollars, and of 60 cents, is less than a dime.
        assert abs(getattr(after, name) - kept) <= 120_000

"""R11: a liquidation always succeeds, whatever its account does, and whatever is short or long."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.support.backend import user_address
from tests.support.liquidation import (
    CAPITAL,
    GROSS,
    INSURANCE,
    LOTS,
    SPONSOR,
    WHOLE,
    LiquidationScene,
)
from tests.support.perps import MARK
from tests.support.scene import ASK, BID, DOLLARS, IOC, OPERATOR, UNIT, order
from tests.support.soundness import refused
from tests.support.system import (
    DOLLAR,
    ETH_MARKET,
    ETH_PERP,
    ETH_PERP_TERMS,
    AssetPlan,
    System,
)
from worldmarkets.model import slots
from worldmarkets.model.interface import AssetRiskTerms, Permission

Effort = Callable[[LiquidationScene, int, int], object]

EFFORTS: dict[str, Effort] = {
    "cancels": lambda scene, account, dead: scene.system.cancel(account, dead),
    "shrinks": lambda scene, account, dead: scene.system.reduce(account, dead, 1),
    "amends": lambda scene, account, dead: scene.system.amend(
        account, dead, order(BID, MARK - 800, 2, market=ETH_PERP)
    ),
    "trades a little": lambda scene, account, dead: scene.perp_ask(
        account, MARK - 10, 1, IOC, reduce_only=True
    ),
    "deposits an atom": lambda scene, account, dead: scene.system.fund(account, 0, UNIT),
    "activates": lambda scene, account, dead: scene.system.activate_asset(account, 2),
    "lends": lambda scene, account, dead: scene.system.set_lent(account, 0),
    "appoints": lambda scene, account, dead: scene.system.set_operator(
        account, OPERATOR, Permission(63)
    ),
    "chooses": lambda scene, account, dead: scene.system.set_liquidator(account, SPONSOR),
    "settles": lambda scene, account, dead: scene.system.settle(account, ETH_PERP),
    "is offered a line": lambda scene, account, dead: scene.system.offer_line(
        scene.sponsor, account, 10 * DOLLARS
    ),
    "is reviewed": lambda scene, account, dead: scene.review(account),
}


@pytest.mark.parametrize("effort", EFFORTS)
def test_liq_e_nothing_that_a_flagged_owner_does_stops_the_slice(
    failing: LiquidationScene, effort: str
) -> None:
    account = failing.perp_long()
    dead = failing.perp_bid(account, MARK - 800, 10).order_id
    failing.leave_equity(account, GROSS // 100)
    failing.open_auction(account, 100)
    clock = failing.auction(account).clock_start
    failing.perp_bid(failing.taker, MARK - 10, 1)
    EFFORTS[effort](failing, account, dead)
    assert failing.auction(account).clock_start == clock
    assert failing.buy(account, 500_000).fraction_ppm == 500_000


def test_liq_e_cancel_and_replace_in_one_batch_leaves_nothing_resting(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long()
    dead = failing.perp_bid(account, MARK - 800, 10).order_id
    failing.leave_equity(account, GROSS // 100)
    failing.open_auction(account)
    again = order(BID, MARK - 800, 10, market=ETH_PERP)
    failing.system.batch(account, [dead], [again] * 3)
    assert failing.position(account).open_bids == 0
    assert failing.buy(account).fraction_ppm > 0


@pytest.mark.parametrize("fault", ["stale", "waiting", "doubtful", "paused"])
def test_slice_is_taken_at_the_last_good_price(failing: LiquidationScene, fault: str) -> None:
    """Who adds risk in any other way waits for a better one; bidders need not."""
    system, account = failing.system, failing.perp_long(equity=GROSS // 100)
    failing.open_auction(account)
    if fault == "stale":
        failing.wait(3_600)
    elif fault == "waiting":
        system.post_price(1, 1_700 * DOLLAR)
        system.poke(1)
    elif fault == "paused":
        system.pause_markets(ETH_MARKET, ETH_PERP)
    else:
        word = replace(failing.underlying(), confidence_bps=5_000)
        failing.set_word(slots.underlying(1), word)
        system.poke_markets(ETH_PERP)
    assert failing.buy(account, 500_000).fraction_ppm == 500_000


def test_liq_c_slice_of_a_position_beyond_a_cap_that_was_lowered_moves(
    failing: LiquidationScene,
) -> None:
    """Nobody's position grows beyond what one already is: no more comes into one hand."""
    account = failing.perp_long(equity=GROSS // 100)
    failing.system.set_perp_limits(ETH_PERP, 10**6, 8)
    failing.open_auction(account)
    taken = failing.buy(account, 100_000)
    assert taken.fraction_ppm == 100_000
    assert failing.position(failing.bidder).size == 2_000


def test_liq_c_deficit_is_recognised_when_the_funds_are_on_loan_and_all_is_borrowed(
    failing: LiquidationScene,
) -> None:
    """What they cannot draw they do not pay; the rest of the waterfall does."""
    system, account = failing.system, failing.ruined()
    system.set_lent(failing.backstop, 0)
    system.collect_reserve(0)
    assert failing.ledger(INSURANCE, 0).lent == 1
    failing.drain(0)
    failing.flag(account)
    paid = failing.event("DeficitPaid")
    assert (paid["insuranceAtoms"], paid["backstopAtoms"]) == (0, 0)
    assert failing.perp_pool().shortfall == paid["shortfallAtoms"] == 1_000 * DOLLARS + 1
    failing.pass_time(10)
    assert failing.buy(account).fraction_ppm == WHOLE


# --------------------------------------------------------------- long arrays


def widen(system: System) -> list[int]:
    """List more assets, sixteen in all with the quote asset, and a perp of each."""
    while len(system.assets) < 16:
        number = len(system.assets)
        asset = system.add_asset(AssetPlan(f"A{number}", 18, 10**10, 2_000 * DOLLAR))
        system.set_asset_risk(asset, AssetRiskTerms(1_000, 150, 200, 50, 50))
    for asset in range(2, 16):
        system.list_perp_market(asset, replace(ETH_PERP_TERMS, min_lots=1))
    return list(range(1, 16))


def test_account_with_all_the_assets_and_perps_it_may_use_is_liquidated(
    failing: LiquidationScene,
) -> None:
    system = failing.system
    account = failing.perp_long()
    for asset in widen(system):
        system.fund(account, asset, 10**8 * system.assets[asset].units_per_atom)
        market = 512 + asset
        tick = failing.mark(market).mark // 2**24
        system.place(failing.maker, market, ASK, tick, 1_000)
        system.place(account, market, BID, tick, 1_000, IOC)
    failing.leave_equity(account, 1_000 * DOLLARS)
    assert failing.account(account).assets == failing.account(account).perps + 1 == 2**16 - 1
    failing.open_auction(account)
    crowded = failing.bidder
    other = system.add_asset(AssetPlan("OTHER", 18, 10**10, DOLLAR))
    system.activate_asset(crowded, other)
    with refused(system, "TooManyAssets", crowded, 17, 16):
        failing.buy(account)
    fresh = failing.trader(user_address(0x32), CAPITAL)
    taken = failing.buy(account, 500_000, fresh)
    assert taken.fraction_ppm == 500_000
    sizes = [failing.position(fresh, 512 + asset).size for asset in range(1, 16)]
    assert sizes == [LOTS // 2 + 500] + [500] * 14
    assert [failing.base(fresh, asset) for asset in range(1, 16)] == [10**8 // 2] * 15
    # And its deficit is found and paid in one call, whatever it is made of.
    failing.leave_equity(account, -1_000 * DOLLARS)
    failing.review(account)
    assert failing.equity(account) >= 0
    assert failing.counts().in_deficit == 1

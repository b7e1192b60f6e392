"""What an account's margin is, and what it would be."""

import pytest

from tests.support.lending import (
    BORROWER,
    MARKET_RISK,
    YEAR,
    LendingScene,
)
from tests.support.scene import DOLLARS, ETH_UNIT, LOT, STRANGER, UNIT
from tests.support.soundness import exchange_storage, refused
from worldmarkets.model.interface import AssetRiskTerms, Margin, MarginChange

TEN_ETH = 20_000 * DOLLARS
"""Worth of 10,000 lots of asset 1 [quote atoms]."""


def test_preview_of_a_levered_account_is_atlas_by_hand(lending: LendingScene) -> None:
    """10 ETH for 10,000 dollars and a debt: 3 % of the market, 1.5 % of its own, 0.5 % to exit."""
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    fee = TEN_ETH * 350 // 10**6
    assert lending.margin(account) == Margin(
        equity_atoms=10_000 * DOLLARS - fee,
        settled_atoms=10_000 * DOLLARS - fee,
        initial_atoms=TEN_ETH * 5 // 100,
        end_atoms=TEN_ETH * (80 * 45 + 500) // 100_000,
        maintenance_atoms=TEN_ETH * (60 * 45 + 500) // 100_000,
        is_paid=False,
    )


def test_preview_changes_nothing(lending: LendingScene) -> None:
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    before = exchange_storage(lending.system)
    lending.margin(account, MarginChange(0, -(10**12)), MarginChange(1, 5, 7, 9, 3))
    assert exchange_storage(lending.system) == before
    assert lending.system.events() == []


def test_preview_counts_orders_at_their_worst_for_the_initial_level_alone(
    lending: LendingScene,
) -> None:
    """A bid of 1,000 lots beside 10,000 held: 11,000 at 5 %, and half a percent of the order."""
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    before = lending.margin(account)
    order = 2_000 * DOLLARS
    changed = lending.margin(account, MarginChange(1, bid_atoms=1_000 * LOT))
    assert changed.initial_atoms == (TEN_ETH + order) * 5 // 100 + order * 5 // 1_000
    assert (changed.end_atoms, changed.maintenance_atoms) == (
        before.end_atoms,
        before.maintenance_atoms,
    )
    assert changed.equity_atoms == before.equity_atoms
    # It is what the account has once the order rests.
    lending.bid(account, 19_000, 1_000)
    assert lending.margin(account) == changed


def test_preview_of_a_reduce_only_order_needs_no_free_band(lending: LendingScene) -> None:
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    changed = lending.margin(account, MarginChange(1, 0, 0, 4_000 * LOT, 4_000 * LOT))
    assert changed.initial_atoms == lending.margin(account).initial_atoms


def test_preview_of_a_hedge_in_two_assets_nets_the_market_shock(lending: LendingScene) -> None:
    """Long one asset, owing another: the market's shock of one is the gain of the other."""
    account = lending.long(BORROWER, 30_000 * DOLLARS, 10_000)
    btc = -(10**8) // 3
    changed = lending.margin(account, MarginChange(2, btc), MarginChange(0, TEN_ETH))
    worth = -(btc * 60_000 * 10**10 // 10**12)
    net = max(TEN_ETH - worth, worth - TEN_ETH)
    own = TEN_ETH * 150 + worth * 100
    exit_cost = (TEN_ETH + worth) * 50
    assert changed.initial_atoms == -(-(net * 300 + own + exit_cost) // 10_000)


def test_preview_counts_interest_up_to_now(lending: LendingScene) -> None:
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    before = lending.margin(account).equity_atoms
    lending.wait(YEAR)
    now = lending.margin(account).equity_atoms
    lending.system.accrue_pools(0)
    assert now == before + lending.atoms(account) + 10_007 * DOLLARS
    assert now < before


def test_preview_of_a_lender_counts_what_the_shares_are_worth(lending: LendingScene) -> None:
    borrower = lending.new_account(BORROWER, lots=500_000)
    lending.system.borrow(borrower, 0, 500_000 * DOLLARS * UNIT)
    lending.wait(YEAR)
    equity = lending.margin(lending.lender).equity_atoms
    lending.system.accrue_pools(0)
    eth = 1_000_000 * LOT * 2 * 10**13 // 10**12
    assert equity == lending.atoms(lending.lender) + eth


def test_preview_of_a_paid_account_says_so(lending: LendingScene) -> None:
    account = lending.new_account(BORROWER, 2_100 * DOLLARS)
    assert lending.margin(account).is_paid
    # 1,000 lots at the limit of the band are 2,100 dollars; the rebate is no charge.
    assert lending.margin(account, MarginChange(1, bid_atoms=1_000 * LOT)).is_paid
    assert not lending.margin(account, MarginChange(1, bid_atoms=1_001 * LOT)).is_paid
    assert not lending.margin(account, MarginChange(1, ask_atoms=1)).is_paid
    assert not lending.margin(account, MarginChange(0, -2_100 * DOLLARS - 1)).is_paid
    assert lending.margin(account, MarginChange(0, -2_100 * DOLLARS)).is_paid


def test_preview_of_a_token_below_its_peg_raises_the_initial_level_alone(
    lending: LendingScene,
) -> None:
    """At 0.98 dollars, a hundredth beyond the first: 4 % more."""
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    before = lending.margin(account)
    fresh_peg(lending, 9_800)
    after = lending.margin(account)
    assert after.initial_atoms == before.initial_atoms * 104 // 100
    assert (after.equity_atoms, after.end_atoms, after.maintenance_atoms) == (
        before.equity_atoms,
        before.end_atoms,
        before.maintenance_atoms,
    )


def fresh_peg(lending: LendingScene, bps: int) -> None:
    """Write a price of the quote token [basis points] where its feed would have put it."""
    system = lending.system
    word = lending.risk().pack() | bps << 26
    system.backend.set_word(system.exchange, 23 << 64, word)  # type: ignore[attr-defined]


def test_preview_of_size_beyond_the_depth_of_markets(lending: LendingScene) -> None:
    """Own shock and exit cost of the worth, times worth by depth: 2 % of 20,000, twice."""
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    before = lending.margin(account)
    lending.wait(86_400)
    lending.system.set_asset_risk(1, AssetRiskTerms(1_000, 150, 200, 50, 50, depth=1))
    after = lending.margin(account)
    assert after.initial_atoms == before.initial_atoms + 800 * DOLLARS
    assert after.end_atoms == before.end_atoms


def test_preview_takes_prices_however_old(lending: LendingScene) -> None:
    account = lending.long(BORROWER, 10_000 * DOLLARS, 10_000)
    before = lending.margin(account)
    lending.wait(3_600)
    assert lending.margin(account).initial_atoms == before.initial_atoms


def test_preview_of_an_asset_that_is_new_takes_all_its_worth(lending: LendingScene) -> None:
    system = lending.system
    asset = system.add_asset(system.assets[1])
    account = lending.new_account(BORROWER)
    system.fund(account, asset, 10_000 * LOT * ETH_UNIT)
    margin = lending.margin(account)
    assert margin.equity_atoms == margin.initial_atoms == TEN_ETH
    assert MARKET_RISK.sigma_bps == 300


def test_preview_of_no_account_and_of_no_asset_is_refused(lending: LendingScene) -> None:
    with refused(lending.system, "UnknownAccount", 99):
        lending.margin(99)
    for asset in (3, 255, 256, 65_535):
        with refused(lending.system, "UnlistedAsset", asset):
            lending.margin(lending.maker, MarginChange(asset, 1))


@pytest.mark.parametrize("lots", [9_999, 10_000])
def test_preview_of_nothing_changed_is_what_is(lending: LendingScene, lots: int) -> None:
    account = lending.long(STRANGER, 10_000 * DOLLARS, lots)
    current, changed = lending.system.preview_margin(account)
    assert current == changed
    assert current == lending.margin(account, MarginChange(2))

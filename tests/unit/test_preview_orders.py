"""Previews of orders that an account can not have, and of those that nothing covers."""

import pytest

from tests.support.lending import BORROWER, LendingScene
from tests.support.scene import DOLLARS, LOT
from tests.support.soundness import refused
from worldmarkets.model.interface import MarginChange


@pytest.mark.parametrize("change", [{"bid_atoms": -1}, {"ask_atoms": -1}])
def test_preview_of_fewer_orders_than_there_are_is_refused(
    lending: LendingScene, change: dict[str, int]
) -> None:
    account = lending.new_account(BORROWER, 10_000 * DOLLARS, 1_000)
    with refused(lending.system, "InvalidParameter", b"changes".ljust(32, b"\0"), 1):
        lending.margin(account, MarginChange(1, **change))


@pytest.mark.parametrize("side", ["bid_atoms", "ask_atoms"])
def test_preview_of_all_orders_cancelled_passes(lending: LendingScene, side: str) -> None:
    account = lending.new_account(BORROWER, 10_000 * DOLLARS, 1_000)
    place, tick = (lending.bid, 19_000) if side == "bid_atoms" else (lending.ask, 21_000)
    before = lending.margin(account)
    place(account, tick, 1_000)
    assert lending.margin(account, MarginChange(1, **{side: -1_000 * LOT})) == before


def test_preview_of_a_bid_where_there_is_no_market_needs_margin(lending: LendingScene) -> None:
    """Nothing but its price says what it would cost, and none is there to limit it."""
    system = lending.system
    asset = system.add_asset(system.assets[1])
    account = lending.new_account(BORROWER, 10_000 * DOLLARS)
    assert lending.margin(account, MarginChange(asset)).is_paid
    assert not lending.margin(account, MarginChange(asset, bid_atoms=1)).is_paid

"""Attacks on what a flag does to orders: none comes back to life, and no account stays stuck."""

import pytest

from tests.support.liquidation import END, FAILING, GROSS, MAINTENANCE, WHOLE, LiquidationScene
from tests.support.perps import MARK
from tests.support.scene import BID, DOLLARS, IOC, STRANGER, UNIT
from tests.support.soundness import refused
from tests.support.system import ETH_PERP
from worldmarkets.model.interface import Removal
from worldmarkets.model.records import Filled, Removed

# --------------------------------------------------------------- LIQ-H and LIQ-T: dead for good


def with_orders(failing: LiquidationScene) -> tuple[int, int, int]:
    """A flagged account that is long the perp, with a dead bid of the perp and one of spot."""
    account = failing.perp_long()
    perp = failing.perp_bid(account, MARK - 10, 1_000).order_id
    spot = failing.bid(account, MARK - 10, 500).order_id
    failing.leave_equity(account, MAINTENANCE - 1)
    failing.flag(account)
    return account, perp, spot


@pytest.mark.parametrize("lots", [100, 1_000, 1_001])
def test_liq_h_no_order_of_a_flagged_account_trades(failing: LiquidationScene, lots: int) -> None:
    """Neither before a slice nor after it, nor when nothing is left of its account, whether a part
    of it is wanted or all."""
    account, perp, spot = with_orders(failing)
    size = failing.position(account).size
    assert failing.perp_ask(failing.taker, MARK - 10, lots, IOC).filled_lots == 0
    assert Removed(perp, 1_000, account, Removal.FROZEN) in failing.records()
    failing.pass_time(310)
    failing.leave_equity(account, GROSS // 100)
    assert failing.buy(account).fraction_ppm == WHOLE
    assert failing.position(failing.bidder).size == size
    assert failing.ask(failing.taker, MARK - 10, 100, IOC).filled_lots == 0
    assert Removed(spot, 500, account, Removal.FROZEN) in failing.records()
    assert failing.review(account) == (False, True)


def test_liq_h_dead_orders_move_with_no_slice(failing: LiquidationScene) -> None:
    """Nor does the bidder have anything open of them."""
    account, _, _ = with_orders(failing)
    failing.pass_time(10)
    failing.buy(account, 300_000)
    word = failing.position(failing.bidder)
    assert (word.open_bids, word.open_asks, word.frozen) == (0, 0, 0)
    assert failing.position(account).open_bids == 1_000


def test_liq_t_dead_order_does_not_live_again_when_its_account_does(
    failing: LiquidationScene,
) -> None:
    """While one of them is in a book, none of its account's orders rests, in any market."""
    system = failing.system
    account, perp, spot = with_orders(failing)
    failing.leave_equity(account, 2 * END)
    assert failing.review(account) == (False, False)
    with refused(system, "AccountFrozen", account):
        failing.bid(account, MARK - 20, 10)
    assert failing.perp_ask(failing.taker, MARK - 10, 50, IOC).filled_lots == 0
    assert failing.review(account) == (False, False)
    with refused(system, "AccountFrozen", account):
        failing.perp_bid(account, MARK - 20, 10)
    assert system.force_cancel(account, [perp, spot], sender=STRANGER) == [0, 500]
    assert failing.review(account) == (False, True)
    again = failing.perp_bid(account, MARK - 10, 10).order_id
    assert again != perp
    assert system.cancel_many(account, [perp, spot]) == [0, 0]
    assert failing.perp_ask(failing.taker, MARK - 10, 10, IOC).filled_lots == 10
    assert [r.order_id for r in failing.records() if isinstance(r, Filled)] == [again]


def test_liq_t_second_flag_finds_the_orders_of_the_first_dead(failing: LiquidationScene) -> None:
    account, perp, _ = with_orders(failing)
    failing.leave_equity(account, END)
    assert failing.review(account) == (False, False)
    failing.leave_equity(account, MAINTENANCE - 1)
    failing.flag(account)
    failing.leave_equity(account, END)
    failing.review(account)
    assert failing.position(account).frozen == 1
    assert failing.perp_ask(failing.taker, MARK - 10, 50, IOC).filled_lots == 0
    assert Removed(perp, 1_000, account, Removal.FROZEN) in failing.records()


def test_liq_t_market_entered_while_orders_are_dead_elsewhere_rests_nothing(
    failing: LiquidationScene,
) -> None:
    """No word of it was ever marked, so only the account's own state keeps orders out."""
    account, _, _ = with_orders(failing)
    failing.leave_equity(account, 2 * END)
    failing.review(account)
    failing.system.activate_asset(account, 2)
    assert failing.ledger(account, 2).frozen == 0
    with refused(failing.system, "AccountFrozen", account):
        failing.system.place(account, 258, BID, 59_000, 20)


# --------------------------------------------------------------- LIQ-I: stuck


@pytest.mark.parametrize("equity", [MAINTENANCE, END - 1])
def test_liq_i_flagged_account_between_both_levels_has_ways_out(
    failing: LiquidationScene, equity: int
) -> None:
    """Nobody may sell it, and its owner comes to the end by closing a part, or by a deposit."""
    account = failing.perp_long(equity=MAINTENANCE - 1)
    failing.open_auction(account)
    failing.leave_equity(account, equity)
    failing.perp_bid(failing.taker, MARK, 5_000)
    failing.perp_ask(account, MARK, 5_000, IOC, reduce_only=True)
    assert failing.review(account) == (False, True)


def test_liq_i_slice_of_all_leaves_an_account_that_may_begin_again(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long(equity=GROSS // 1_000)
    failing.open_auction(account, 500)
    assert failing.buy(account).fraction_ppm == WHOLE
    word = failing.account(account)
    # The funds have paid whoever took it, and have a claim on whatever it has from now on.
    assert (word.flagged, word.live, word.owes) == (0, 0, 1)
    claim = failing.protection(account).claims
    failing.system.fund(account, 0, (claim + 100 * DOLLARS) * UNIT)
    assert failing.system.repay_claims(account, sender=STRANGER) == claim
    assert failing.account(account).live == 1
    assert failing.perp_bid(account, MARK - 10, 1).resting_lots == 1


def sold_with_a_dead_order(failing: LiquidationScene) -> tuple[int, int]:
    """An account without anything left but a dead bid of the spot market, and that bid."""
    account = failing.perp_long()
    resting = failing.bid(account, 19_000, 10).order_id
    failing.leave_equity(account, GROSS // 100)
    failing.open_auction(account, 300)
    assert failing.buy(account).fraction_ppm == 10**6
    assert failing.review(account) == (False, False)
    return account, resting


def test_liq_i_account_trades_again_in_a_perp_that_it_left_before_it_thawed(
    failing: LiquidationScene,
) -> None:
    system = failing.system
    account, resting = sold_with_a_dead_order(failing)
    system.deactivate_market(account, ETH_PERP)
    assert system.force_cancel(account, [resting], sender=STRANGER) == [10]
    assert failing.review(account) == (False, True)
    system.fund(account, 0, 1_000 * DOLLARS * UNIT)
    failing.perp_bid(account, MARK, 100)
    assert failing.perp_ask(failing.taker, MARK, 100, IOC).filled_lots == 100
    assert failing.position(account).size == 100


@pytest.mark.parametrize("way", ["deactivated", "withdrawn"])
def test_liq_i_account_trades_again_an_asset_that_it_left_before_it_thawed(
    failing: LiquidationScene, way: str
) -> None:
    system = failing.system
    account = failing.perp_long()
    system.activate_asset(account, 1)
    resting = failing.perp_bid(account, MARK - 500, 1).order_id
    failing.leave_equity(account, GROSS // 100)
    failing.open_auction(account, 300)
    assert failing.buy(account).fraction_ppm == 10**6
    assert system.force_cancel(account, [resting], sender=STRANGER) == [1]
    if way == "deactivated":
        system.deactivate_asset(account, 1)
    else:
        system.fund(account, 1, 10**10)
        system.withdraw(account, 1, 10**10, FAILING)
    assert failing.review(account) == (False, True)
    system.fund(account, 0, 1_000 * DOLLARS * UNIT)
    failing.bid(account, MARK, 100)
    assert failing.ask(failing.taker, MARK, 100, IOC).filled_lots == 100

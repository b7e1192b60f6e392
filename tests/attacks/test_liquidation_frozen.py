"""Attacks on what a flag does to orders: none comes back to life, and no account stays stuck."""

from tests.support.liquidation import FAILING, GROSS, LiquidationScene
from tests.support.perps import MARK
from tests.support.scene import DOLLARS, IOC, STRANGER, UNIT
from tests.support.system import ETH_PERP


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
    system.mint(FAILING, 0, 1_000 * DOLLARS * UNIT)
    system.deposit(account, 0, 1_000 * DOLLARS * UNIT)
    failing.perp_bid(account, MARK, 100)
    assert failing.perp_ask(failing.taker, MARK, 100, IOC).filled_lots == 100
    assert failing.position(account).size == 100


def test_liq_i_account_trades_again_an_asset_that_it_left_before_it_thawed(
    failing: LiquidationScene,
) -> None:
    system = failing.system
    account = failing.perp_long()
    system.activate_asset(account, 1)
    resting = failing.perp_bid(account, MARK - 500, 1).order_id
    failing.leave_equity(account, GROSS // 100)
    failing.open_auction(account, 300)
    assert failing.buy(account).fraction_ppm == 10**6
    system.deactivate_asset(account, 1)
    assert system.force_cancel(account, [resting], sender=STRANGER) == [1]
    assert failing.review(account) == (False, True)
    system.mint(FAILING, 0, 1_000 * DOLLARS * UNIT)
    system.deposit(account, 0, 1_000 * DOLLARS * UNIT)
    failing.bid(account, MARK, 100)
    assert failing.ask(failing.taker, MARK, 100, IOC).filled_lots == 100

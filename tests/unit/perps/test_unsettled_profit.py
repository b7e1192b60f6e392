"""What is not settled supports perps, and neither debt nor what leaves."""

from tests.support.perps import ETH_LOTS, MARGIN, MARK, SHORT, PerpScene
from tests.support.scene import ASK, DOLLARS, IOC, UNIT, order
from tests.support.soundness import refused
from tests.support.system import ETH_PERP

PROFIT = 100_200_000
NEEDED = 100 * DOLLARS
"""Of an ETH short, at the slow price, which is still 2,000 dollars."""
UNSETTLED = "UnsettledProfit"


def test_margin_counts_a_profit_but_not_as_settled(fallen: PerpScene, short: int) -> None:
    margin = fallen.margin(short)
    assert (margin.equity_atoms, margin.settled_atoms) == (MARGIN + PROFIT, MARGIN)
    assert margin.initial_atoms == 95 * DOLLARS


def test_margin_counts_a_loss_either_way(fallen: PerpScene, long: int) -> None:
    margin = fallen.margin(long)
    assert margin.equity_atoms == margin.settled_atoms == MARGIN - 100_700_000


def test_withdraw_leaves_what_is_required_without_the_profit(fallen: PerpScene, short: int) -> None:
    with refused(fallen.system, UNSETTLED, short, NEEDED - 1, NEEDED):
        fallen.system.withdraw(short, 0, (MARGIN - NEEDED + 1) * UNIT)
    fallen.system.withdraw(short, 0, (MARGIN - NEEDED) * UNIT)
    assert fallen.cash(short) == NEEDED


def test_withdraw_at_the_price_that_is_worse(perps: PerpScene, long: int, short: int) -> None:
    """At the slow price, which is as it was, 100 dollars would do; at the new one it takes 105."""
    perps.trade(long, short, ETH_LOTS)
    perps.move_index(2_100)
    needed = 105 * DOLLARS
    with refused(perps.system, UNSETTLED, long, needed - 1, needed):
        perps.system.withdraw(long, 0, (MARGIN - needed + 1) * UNIT)
    perps.system.withdraw(long, 0, (MARGIN - needed) * UNIT)


def test_withdraw_after_settling_takes_the_profit_too(
    fallen: PerpScene, long: int, short: int
) -> None:
    fallen.system.settle(long, ETH_PERP)
    fallen.pass_pause()
    fallen.system.settle(short, ETH_PERP)
    # At the slow price the position has lost a hundred dollars since it was settled.
    most = MARGIN + PROFIT - 2 * NEEDED
    with refused(fallen.system, "BelowInitialMargin", short, NEEDED - 1, NEEDED):
        fallen.system.withdraw(short, 0, (most + 1) * UNIT)
    fallen.system.withdraw(short, 0, most * UNIT)


def test_transfer_to_another_account_leaves_what_is_required(fallen: PerpScene, short: int) -> None:
    other = fallen.system.create_account(SHORT)
    with refused(fallen.system, UNSETTLED, short, NEEDED - 1, NEEDED):
        fallen.system.transfer(short, other, 0, MARGIN - NEEDED + 1)
    fallen.system.transfer(short, other, 0, MARGIN - NEEDED)


def test_borrow_is_supported_by_cash_alone(fallen: PerpScene, short: int) -> None:
    with refused(fallen.system, UNSETTLED, short, NEEDED - 1, NEEDED):
        fallen.system.borrow(short, 0, (MARGIN - NEEDED + 1) * UNIT)
    fallen.system.borrow(short, 0, (MARGIN - NEEDED) * UNIT)


def test_spot_order_on_credit_is_supported_by_no_profit(fallen: PerpScene, short: int) -> None:
    """Selling short, twenty lots of spot owed: all equity is there, but it is not settled."""
    fallen.take_cash(short, MARGIN - 90 * DOLLARS)
    margin = fallen.margin(short)
    assert (margin.equity_atoms, margin.settled_atoms) == (90 * DOLLARS + PROFIT, 90 * DOLLARS)
    fallen.bid(fallen.maker, 19_000, 20)
    fee = 20 * 19_000 * 100 * 350 // 10**6
    needed = 1_020 * 1_900_000 * 450 // 10_000 + 1_020 * 1_900_000 * 50 // 10_000
    # Spot and perp are both short: the spread counts nothing, both shocks add up.
    with refused(fallen.system, UNSETTLED, short, 90 * DOLLARS - fee, needed):
        fallen.ask(short, 19_000, 20, IOC)


def test_perp_order_is_supported_by_profit(fallen: PerpScene, short: int) -> None:
    """Half an ETH more short: 142.50 dollars required, of which 90 are settled."""
    fallen.take_cash(short, MARGIN - 90 * DOLLARS)
    fallen.perp_bid(fallen.maker, 19_000, 500)
    assert fallen.perp_ask(short, 19_000, 500, IOC).filled_lots == 500
    assert fallen.position(short).size == -1_500


def test_free_band_is_not_covered_by_profit(fallen: PerpScene, short: int) -> None:
    """Without a check it may lose half a percent of its worth: ten lots 9.5 cents."""
    fallen.take_cash(short, MARGIN - 94_999)
    place = order(ASK, 19_100, 10, market=ETH_PERP)
    with refused(fallen.system, UNSETTLED, short, 94_999, 95_000):
        fallen.system.place_order(short, place)
    fallen.system.fund(short, 0, UNIT)
    assert fallen.system.place_order(short, place).resting_lots == 10
    assert fallen.mark().mark == (MARK - 1_000) * 2**24

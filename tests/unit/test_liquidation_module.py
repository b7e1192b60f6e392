"""Flags and reviews, entry by entry: what they do, who may call them, and what they refuse."""

import pytest

from tests.support.liquidation import (
    BIDDER,
    CAPITAL,
    END,
    FAILING,
    GROSS,
    INSURANCE,
    LOTS,
    MAINTENANCE,
    WHOLE,
    WINDOW,
    LiquidationScene,
)
from tests.support.perps import MARK, PerpScene
from tests.support.scene import IOC, STRANGER
from tests.support.soundness import refused
from worldmarkets.model.liquidation_words import AuctionWord

# --------------------------------------------------------------- flagAccount


def test_flag_account_an_atom_below_maintenance_freezes_it_and_opens_a_window(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long(equity=MAINTENANCE - 1)
    failing.flag(account)
    end = failing.now + WINDOW
    assert failing.auction(account) == AuctionWord(end, end, failing.now, touched=1)
    word = failing.account(account)
    assert (word.flagged, word.live, word.protected, word.owes) == (1, 0, 0, 0)
    assert failing.ledger(account, 0).frozen == failing.position(account).frozen == 1
    assert (failing.counts().flagged, failing.counts().in_deficit) == (1, 0)
    assert failing.event("Flagged") == {
        "accountId": account,
        "equityAtoms": MAINTENANCE - 1,
        "maintenanceAtoms": MAINTENANCE,
        "windowEnd": end,
    }
    assert failing.equity(account) == MAINTENANCE - 1


def test_flag_account_freezes_every_asset_and_perp_in_use(failing: LiquidationScene) -> None:
    account = failing.perp_short()
    failing.system.fund(account, 2, 1)
    failing.bid(account, MARK - 900, 10)
    failing.leave_equity(account, MAINTENANCE // 2)
    failing.flag(account)
    assert [failing.ledger(account, asset).frozen for asset in (0, 1, 2)] == [1, 1, 1]
    assert failing.position(account).frozen == 1


def test_flag_account_at_maintenance_is_refused(failing: LiquidationScene) -> None:
    account = failing.perp_long(equity=MAINTENANCE)
    with refused(failing.system, "AccountHealthy", account, MAINTENANCE, MAINTENANCE):
        failing.flag(account)


def test_flag_account_twice_is_refused(failing: LiquidationScene) -> None:
    account = failing.perp_long(equity=MAINTENANCE - 1)
    failing.flag(account)
    with refused(failing.system, "AlreadyFlagged", account):
        failing.flag(account)


@pytest.mark.parametrize("account", [0, 77])
def test_flag_account_that_there_is_not_is_refused(failing: LiquidationScene, account: int) -> None:
    with refused(failing.system, "UnknownAccount", account):
        failing.flag(account)


def test_flag_account_that_owes_nothing_and_has_no_perp_is_refused(
    failing: LiquidationScene,
) -> None:
    """Whatever its balances are worth, also nothing: it is healthy."""
    lender, margin = failing.lender, failing.margin(failing.lender)
    stands = (margin.equity_atoms, margin.maintenance_atoms)
    with refused(failing.system, "AccountHealthy", lender, *stands):
        failing.flag(lender)


def test_flag_account_does_not_count_resting_orders(failing: LiquidationScene) -> None:
    """They need margin at first, and their account none at maintenance."""
    account = failing.perp_long()
    failing.perp_bid(account, MARK - 100, 5 * LOTS)
    failing.leave_equity(account, MAINTENANCE)
    assert failing.margin(account).initial_atoms > 6 * MAINTENANCE
    with refused(failing.system, "AccountHealthy", account, MAINTENANCE, MAINTENANCE):
        failing.flag(account)


def test_flag_account_levered_spot_below_maintenance_is_flagged(failing: LiquidationScene) -> None:
    account = failing.long(FAILING, CAPITAL // 100, LOTS)
    failing.set_equity(account, MAINTENANCE - 2)
    failing.flag(account)
    assert failing.account(account).flagged


# --------------------------------------------------------------- reviewAccount


def test_review_account_at_the_end_of_liquidation_clears_the_flag(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long(equity=MAINTENANCE - 1)
    failing.flag(account)
    failing.leave_equity(account, END)
    assert failing.review(account) == (False, True)
    cleared = failing.event("FlagCleared")
    assert cleared == {"accountId": account, "equityAtoms": END, "endAtoms": END}
    assert failing.event("AccountThawed") == {"accountId": account}
    word = failing.account(account)
    assert (word.flagged, word.live) == (0, 1)
    assert failing.ledger(account, 0).frozen == failing.position(account).frozen == 0
    assert failing.counts().flagged == 0


@pytest.mark.parametrize("equity", [END - 1, MAINTENANCE])
def test_review_account_at_maintenance_and_below_the_end_restarts_the_price_clock(
    failing: LiquidationScene, equity: int
) -> None:
    account = failing.perp_long(equity=MAINTENANCE - 1)
    failing.open_auction(account, 200)
    failing.leave_equity(account, equity)
    assert failing.review(account) == (True, False)
    restarted = failing.event("AuctionRestarted")
    assert restarted == {"accountId": account, "clockStart": failing.now}
    assert failing.auction(account).clock_start == failing.now


def test_review_account_within_the_window_starts_the_clock_at_its_end(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long(equity=MAINTENANCE - 1)
    failing.flag(account)
    end = failing.now + WINDOW
    failing.leave_equity(account, MAINTENANCE)
    failing.wait(4)
    failing.review(account)
    assert failing.auction(account).clock_start == failing.auction(account).window_end == end


def test_review_account_below_maintenance_changes_nothing(failing: LiquidationScene) -> None:
    account = failing.perp_long(equity=MAINTENANCE - 1)
    failing.open_auction(account, 200)
    before = failing.words()
    assert failing.review(account) == (True, False)
    assert failing.words() == before
    assert failing.system.events() == []


def test_review_account_of_a_live_account_is_refused(failing: LiquidationScene) -> None:
    account = failing.perp_long(equity=MAINTENANCE - 1)
    with refused(failing.system, "NotFlagged", account):
        failing.review(account)


@pytest.mark.parametrize("account", [0, 77])
def test_review_account_that_there_is_not_is_refused(
    failing: LiquidationScene, account: int
) -> None:
    with refused(failing.system, "UnknownAccount", account):
        failing.review(account)


def test_review_account_with_dead_orders_clears_the_flag_alone(failing: LiquidationScene) -> None:
    account = failing.perp_long()
    resting = failing.perp_bid(account, MARK - 100, 10).order_id
    failing.leave_equity(account, MAINTENANCE - 1)
    failing.flag(account)
    failing.leave_equity(account, END)
    assert failing.review(account) == (False, False)
    assert failing.position(account).frozen == 1
    assert failing.system.force_cancel(account, [resting], sender=STRANGER) == [10]
    assert failing.review(account) == (False, True)
    assert failing.position(account).frozen == 0


def test_review_account_that_owes_nothing_any_more_clears_the_flag(
    failing: LiquidationScene,
) -> None:
    """What is paid needs no margin, however little it is worth."""
    account = failing.long(FAILING, CAPITAL // 100, LOTS)
    failing.set_equity(account, MAINTENANCE - 2)
    failing.flag(account)
    failing.bid(failing.taker, MARK, LOTS)
    failing.ask(account, MARK, LOTS, IOC, reduce_only=True)
    assert failing.cash(account) > 0
    assert failing.margin(account).end_atoms == 0
    assert failing.review(account) == (False, True)


def test_take_slice_pays_its_fee_to_a_fund_that_never_had_any(perps: PerpScene) -> None:
    """Without a backstop all of it is the insurance fund's, and it is sound that it has it."""
    traders = (perps.long_account, perps.short_account)
    scene = LiquidationScene(perps.system, perps.maker, perps.taker, perps.lender, *traders)
    scene.bidder = scene.trader(BIDDER, CAPITAL)
    account = scene.perp_long(equity=GROSS // 100)
    scene.open_auction(account)
    taken = scene.buy(account)
    fee = GROSS // 200 * taken.fraction_ppm // WHOLE
    assert scene.cash(INSURANCE) == taken.fee_atoms == fee > 0

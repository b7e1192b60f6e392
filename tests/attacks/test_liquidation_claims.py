"""Attacks on what funds and lenders have paid: it is theirs before it is the owner's again."""

from collections.abc import Callable

import pytest

from tests.support.abi import Reverted
from tests.support.backend import rolled_back, user_address
from tests.support.liquidation import (
    CAPITAL,
    FAILING,
    GROSS,
    INSURANCE,
    INSURED,
    LOTS,
    MAINTENANCE,
    LiquidationScene,
)
from tests.support.perps import ETH_LOTS, MARK, required
from tests.support.scene import DOLLARS, ETH_UNIT, IOC, LOT, STRANGER, UNIT
from tests.support.soundness import refused
from tests.support.system import ETH_PERP
from worldmarkets.model.liquidation_words import LineState, LineWord

ACCOMPLICE = user_address(0x667)
INITIAL = required(LOTS)
LINE = 300 * DOLLARS


def paid_for(failing: LiquidationScene) -> int:
    """A long account in deficit by 1,000 dollars, which the insurance fund has paid."""
    account = failing.perp_long(equity=GROSS // 20)
    for dollars in (1_900, 1_850):
        failing.move_index(dollars)
        failing.wait(10)
    assert failing.equity(account) == -1_000 * DOLLARS
    failing.flag(account)
    assert failing.protection(account).insurance_claim == 1_000 * DOLLARS + 1
    return account


def drawn(failing: LiquidationScene, *atoms: int) -> tuple[int, list[int]]:
    """An account at the end of liquidation by standby lines that are drawn wholly, and lenders."""
    account = failing.perp_long()
    lenders = [failing.trader(user_address(0x71 + i), CAPITAL) for i in range(len(atoms))]
    for lender, each in zip(lenders, atoms, strict=True):
        failing.system.offer_line(lender, account, each)
        failing.system.accept_line(account, lender)
    failing.leave_equity(account, MAINTENANCE - 1 - sum(atoms[:-1]))
    for lender in lenders:
        failing.system.draw_line(account, lender, sender=STRANGER)
    return account, lenders


# --------------------------------------------------------------- repayClaims


def test_repay_claims_takes_no_more_than_is_beyond_the_initial_requirement(
    failing: LiquidationScene,
) -> None:
    system, account = failing.system, paid_for(failing)
    failing.pass_time(10)
    initial = required(LOTS, 1_850)
    failing.leave_equity(account, initial + 400 * DOLLARS)
    assert system.repay_claims(account, sender=STRANGER) == 400 * DOLLARS
    repaid = failing.event("ClaimRepaid")
    assert (repaid["insuranceAtoms"], repaid["backstopAtoms"]) == (400 * DOLLARS, 0)
    assert failing.equity(account) == initial
    assert failing.protection(account).insurance_claim == 600 * DOLLARS + 1
    assert failing.cash(INSURANCE) == INSURED - 600 * DOLLARS - 1
    assert system.repay_claims(account, sender=STRANGER) == 0
    failing.leave_equity(account, initial + 700 * DOLLARS)
    assert system.repay_claims(account, sender=STRANGER) == 600 * DOLLARS + 1
    assert failing.account(account).owes == 0
    assert failing.cash(INSURANCE) == INSURED


def test_repay_claims_of_both_funds_pays_them_alike(failing: LiquidationScene) -> None:
    """In proportion to what each has paid, the odd atom to the backstop."""
    account = failing.ruined(deficit=25_000 * DOLLARS)
    failing.flag(account)
    before = failing.protection(account)
    assert (before.insurance_claim, before.backstop_claim) == (
        20_000 * DOLLARS,
        5_000 * DOLLARS + 1,
    )
    failing.leave_equity(account, required(10 * LOTS, 1_800) + 1_001)
    failing.system.repay_claims(account, sender=STRANGER)
    insured = 1_001 * before.insurance_claim // before.claims
    after = failing.protection(account)
    assert before.insurance_claim - after.insurance_claim == insured == 800
    assert before.backstop_claim - after.backstop_claim == 201


def test_repay_claims_borrows_nothing_and_counts_no_paper_profit(failing: LiquidationScene) -> None:
    system, account = failing.system, paid_for(failing)
    with rolled_back(system.backend):
        failing.leave_equity(account, 0)
        failing.take_cash(account, failing.cash(account))
        system.mint(STRANGER, 1, 10 * ETH_LOTS * LOT * ETH_UNIT)
        system.activate_asset(account, 1)
        system.deposit(account, 1, 10 * ETH_LOTS * LOT * ETH_UNIT, sender=STRANGER)
        failing.refresh()
        assert failing.margin(account).settled_atoms > failing.margin(account).initial_atoms
        assert system.repay_claims(account, sender=STRANGER) == 0
    failing.move_index(2_100)
    failing.take_cash(account, 1_500 * DOLLARS)
    margin = failing.margin(account)
    assert margin.equity_atoms > margin.initial_atoms > margin.settled_atoms
    assert system.repay_claims(account, sender=STRANGER) == 0


def test_dead_orders_do_not_hide_what_is_owed(failing: LiquidationScene) -> None:
    """They count in the initial requirement; anyone takes them out of the book."""
    system, account = failing.system, failing.perp_long()
    dead = failing.perp_bid(account, MARK - 900, 10 * LOTS).order_id
    failing.leave_equity(account, GROSS // 20)
    for dollars in (1_950, 1_900, 1_850):
        failing.move_index(dollars)
        failing.wait(10)
    failing.flag(account)
    failing.leave_equity(account, required(LOTS, 1_850) + 400 * DOLLARS)
    assert system.repay_claims(account, sender=STRANGER) == 0
    system.force_cancel(account, [dead], sender=STRANGER)
    assert system.repay_claims(account, sender=STRANGER) == 400 * DOLLARS


def test_repay_claims_of_who_owes_nothing_does_nothing(failing: LiquidationScene) -> None:
    account, before = failing.trader(FAILING), failing.words()
    assert failing.system.repay_claims(account, sender=STRANGER) == 0
    assert failing.words().keys() - before.keys() == set()
    with refused(failing.system, "UnknownAccount", 77):
        failing.system.repay_claims(77, sender=STRANGER)


# --------------------------------------------------------------- lines


def test_repay_claims_pays_the_eldest_line_first_and_ends_it(failing: LiquidationScene) -> None:
    account, (first, second) = drawn(failing, 100 * DOLLARS, 80 * DOLLARS)
    failing.leave_equity(account, INITIAL + 150 * DOLLARS)
    assert failing.system.repay_claims(account, sender=STRANGER) == 150 * DOLLARS
    assert failing.cash(first) == CAPITAL
    assert failing.cash(second) == CAPITAL - 30 * DOLLARS
    assert failing.lines(account).lenders == (second,)
    assert failing.lines(account).drawn == 30 * DOLLARS
    assert failing.line(account, first) == LineWord(touched=1)
    assert failing.line(account, second).state == LineState.ACTIVE
    assert failing.account(account).owes == 1
    failing.leave_equity(account, INITIAL + 50 * DOLLARS)
    assert failing.system.repay_claims(account, sender=STRANGER) == 30 * DOLLARS
    assert failing.account(account).owes == 0
    assert failing.lines(account).lenders == ()


def test_line_that_is_repaid_and_not_used_up_stays_and_protects_again(
    failing: LiquidationScene,
) -> None:
    account = failing.perp_long()
    failing.sponsored(account, 2_000 * DOLLARS)
    failing.leave_equity(account, MAINTENANCE - 1)
    taken = failing.system.draw_line(account, failing.sponsor, sender=STRANGER)
    failing.leave_equity(account, INITIAL + taken)
    assert failing.system.repay_claims(account, sender=STRANGER) == taken
    line = failing.line(account, failing.sponsor)
    assert (line.locked, line.drawn, line.state) == (2_000 * DOLLARS - taken, 0, LineState.ACTIVE)


def test_claims_of_funds_come_before_lines(failing: LiquidationScene) -> None:
    account = failing.perp_long()
    failing.sponsored(account, LINE)
    failing.leave_equity(account, GROSS // 20)
    for dollars in (1_900, 1_850):
        failing.move_index(dollars)
        failing.wait(10)
    failing.flag(account)
    claim = 700 * DOLLARS + 1
    assert failing.protection(account).claims == claim
    failing.leave_equity(account, required(LOTS, 1_850) + claim + 5)
    assert failing.system.repay_claims(account, sender=STRANGER) == claim + 5
    assert failing.protection(account).claims == 0
    assert failing.lines(account).drawn == LINE - 5


# --------------------------------------------------------------- what does not leave

Exit = Callable[[LiquidationScene, int, int], object]
EXITS: dict[str, Exit] = {
    "withdrawn": lambda scene, account, atoms: scene.system.withdraw(account, 0, atoms * UNIT),
    "to an own account": lambda scene, account, atoms: scene.system.transfer(
        account, scene.trader(FAILING), 0, atoms
    ),
    "into a bond": lambda scene, account, atoms: scene.system.lock_bond(account, atoms),
    "into a line": lambda scene, account, atoms: scene.system.offer_line(
        account, scene.bidder, atoms
    ),
}


@pytest.mark.parametrize("way", EXITS)
def test_what_was_drawn_does_not_leave(failing: LiquidationScene, way: str) -> None:
    """It can be traded with, not carried away."""
    account, _ = drawn(failing, LINE)
    owed = failing.lines(account).drawn
    failing.leave_equity(account, INITIAL + owed + 99 * DOLLARS)
    with rolled_back(failing.system.backend):
        EXITS[way](failing, account, 99 * DOLLARS)
    with pytest.raises(Reverted) as caught:
        EXITS[way](failing, account, 99 * DOLLARS + 1)
    left = INITIAL + owed - 1
    assert (caught.value.name, caught.value.arguments) == (
        "BelowInitialMargin",
        (account, left, INITIAL + owed),
    )


def test_account_without_any_risk_takes_out_only_what_is_not_owed(
    failing: LiquidationScene,
) -> None:
    """Neither a perp nor a debt, so nothing else would be asked."""
    account, _ = drawn(failing, LINE)
    failing.perp_bid(failing.taker, MARK, LOTS)
    failing.perp_ask(account, MARK, LOTS, IOC)
    failing.system.settle(account, ETH_PERP)
    failing.system.deactivate_market(account, ETH_PERP)
    owed, cash = failing.lines(account).drawn, failing.cash(account)
    with refused(failing.system, "BelowInitialMargin", account, owed - 1, owed):
        failing.system.withdraw(account, 0, (cash - owed + 1) * UNIT)
    failing.system.withdraw(account, 0, (cash - owed) * UNIT)
    assert failing.system.repay_claims(account, sender=STRANGER) == owed


def test_account_with_a_drawn_line_trades_with_it(failing: LiquidationScene) -> None:
    account, _ = drawn(failing, LINE)
    failing.leave_equity(account, INITIAL + 100 * DOLLARS)
    failing.perp_ask(failing.taker, MARK, 500)
    assert failing.perp_bid(account, MARK, 500, IOC).filled_lots == 500


def test_liq_o_owner_does_not_carry_off_by_trades_what_a_fund_has_a_claim_on(
    failing: LiquidationScene,
) -> None:
    """After a rebound he closes all at a loss, to an accomplice's bid at the edge of the band."""
    system = failing.system
    account, accomplice = paid_for(failing), failing.trader(ACCOMPLICE, 100_000 * DOLLARS)
    failing.move_index(1_950)
    failing.pass_time(20)
    assert failing.equity(account) > 1_900 * DOLLARS
    tick = MARK * 1_950 * 96 // 200_000
    failing.perp_bid(accomplice, tick, LOTS)
    with pytest.raises(Reverted) as caught:
        failing.perp_ask(account, tick, LOTS, IOC, reduce_only=True)
    assert caught.value.name == "BelowInitialMargin"
    system.settle(account, ETH_PERP, sender=STRANGER)
    system.repay_claims(account, sender=STRANGER)
    # What is still owed to the fund is there: nothing of it has gone to the accomplice.
    assert failing.equity(account) >= failing.protection(account).claims


def test_owner_with_a_claim_on_his_account_may_close_at_the_mark(
    failing: LiquidationScene,
) -> None:
    """He lowers his risk and gives nothing away: nobody keeps him from it."""
    account = paid_for(failing)
    failing.move_index(1_950)
    failing.pass_time(20)
    tick = MARK * 1_950 // 2_000
    failing.perp_bid(failing.taker, tick, LOTS)
    taken = failing.perp_ask(account, tick, LOTS // 2, IOC, reduce_only=True)
    assert taken.filled_lots == LOTS // 2
    assert failing.perp_ask(account, tick, LOTS, IOC, reduce_only=True).filled_lots == LOTS // 2
    failing.system.settle(account, ETH_PERP, sender=STRANGER)
    assert failing.system.repay_claims(account, sender=STRANGER) == 1_000 * DOLLARS + 1

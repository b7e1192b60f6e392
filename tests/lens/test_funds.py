"""Funds, shortfalls, pauses, bonds, lines, plans and choices, told from their words."""

import pytest

from tests.lens.support import items, pages, rejected
from tests.support.liquidation import BIDDER, FAILING, LiquidationScene
from tests.support.scene import DOLLARS
from tests.support.soundness import exchange_storage
from worldmarkets.client.liquidationlens import LiquidationLens
from worldmarkets.client.liquidationlens_views import AssetState, Line, Protection
from worldmarkets.client.planwords import Planned
from worldmarkets.model import balances, slots
from worldmarkets.model.liquidation_interface import PlanAction, PlanStep, Trigger
from worldmarkets.model.liquidation_words import FundWord, LineState, PauseWord, PlanStateWord
from worldmarkets.model.perp_words import PerpPoolWord
from worldmarkets.model.state import State

DAY = 86_400
EXPIRY = 2**32 - 1


def test_state_has_funds_locks_and_counts(
    failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    account = failing.perp_long()
    failing.sponsored(account, 300 * DOLLARS)
    failing.system.offer_line(failing.bidder, account, 40 * DOLLARS)
    failing.system.lock_bond(account, 200 * DOLLARS)
    ruined = failing.ruined()
    failing.flag(ruined)
    found, counts = liquidation_lens.state(), failing.counts()
    assert (found.flagged_accounts, found.accounts_in_deficit) == (1, 1)
    assert (found.bond_atoms, found.line_atoms) == (200 * DOLLARS, 340 * DOLLARS)
    assert (found.bond_atoms, found.line_atoms) == (counts.bonds, counts.lines)
    assert found.insurance_atoms == failing.cash(1)
    assert (found.backstop_account_id, found.backstop_atoms) == (
        failing.backstop,
        failing.cash(failing.backstop),
    )
    assert (found.bidders_insurance_atoms, found.bidders_backstop_atoms) == (0, 0)
    assert found.paused_until == failing.paused_until(255)


def test_state_of_a_lent_backstop_has_its_interest(
    failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    failing.system.set_lent(failing.backstop, 0)
    failing.long(FAILING, 5_000 * DOLLARS, 20_000)
    before = liquidation_lens.state().backstop_atoms
    failing.pass_time(300 * DAY)
    found = liquidation_lens.state().backstop_atoms
    assert found > before
    state = State(exchange_storage(failing.system))
    state.time = failing.now
    assert found == balances.atoms_of(state, failing.backstop, 0)


def test_state_of_today_forgets_what_was_paid_yesterday(
    failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    today = failing.now // DAY
    failing.set_word(slots.fund(255), FundWord(today, 5, 7, touched=1))
    found = liquidation_lens.state()
    assert (found.bidders_insurance_atoms, found.bidders_backstop_atoms) == (5, 7)
    failing.set_word(slots.fund(255), FundWord(today - 1, 5, 7, touched=1))
    found = liquidation_lens.state()
    assert (found.bidders_insurance_atoms, found.bidders_backstop_atoms) == (0, 0)


def test_assets_have_shortfalls_payments_and_pauses(
    failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    today = failing.now // DAY
    failing.set_word(slots.fund(513), FundWord(today, 2**80 - 1, 3, touched=1))
    failing.set_word(slots.fund(1), FundWord(today, 4, 2**80 - 1, touched=1))
    failing.set_word(slots.fund(2), FundWord(today + 1, 4, 5, touched=1))
    failing.set_word(slots.pause(1), PauseWord(2**32 - 1, touched=1))
    failing.set_word(slots.perp_pool(513), PerpPoolWord(7, 2**80 - 1, touched=1))
    nothing = (0, 0, 0, 0, 0, 0)
    most = 2**80 - 1
    assert liquidation_lens.assets().items[:3] == (
        AssetState(0, *nothing),
        AssetState(1, 2**32 - 1, most, most, 3, 4, most),
        AssetState(2, *nothing),
    )


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_assets_in_pages_are_all_there_are(liquidation_lens: LiquidationLens, limit: int) -> None:
    found = items(pages(lambda start: liquidation_lens.assets(start, limit)))
    assert [one.asset_id for one in found] == list(range(len(liquidation_lens.assets().items)))
    assert liquidation_lens.assets(2**16 - 1).items == ()
    with rejected("ZeroLimit"):
        liquidation_lens.assets(limit=0)


def test_protection_has_bond_claims_and_lines(
    failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    account = failing.perp_long()
    failing.system.offer_line(failing.bidder, account, 40 * DOLLARS, 5, EXPIRY)
    offer = Line(failing.bidder, LineState.OFFERED, 40 * DOLLARS, 0, 5, EXPIRY, 0)
    assert liquidation_lens.line(account, failing.bidder) == offer
    assert liquidation_lens.protection(account) == Protection(0, 0, 0, ())
    failing.sponsored(account, 300 * DOLLARS)
    failing.system.accept_line(account, failing.bidder, 5)
    failing.system.lock_bond(account, 200 * DOLLARS)
    failing.system.give_notice(account, failing.sponsor)
    closes = failing.now + 3_600
    lines = (
        Line(failing.sponsor, LineState.ACTIVE, 300 * DOLLARS, 0, 0, EXPIRY, closes),
        Line(failing.bidder, LineState.ACTIVE, 40 * DOLLARS, 0, 0, EXPIRY, 0),
    )
    assert liquidation_lens.protection(account) == Protection(200 * DOLLARS, 0, 0, lines)
    assert liquidation_lens.line(account, failing.sponsor) == lines[0]
    nobody = Line(failing.maker, LineState.NONE, 0, 0, 0, 0, 0)
    assert liquidation_lens.line(account, failing.maker) == nobody


def test_protection_of_an_account_for_which_all_have_paid(
    failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    account = failing.perp_long()
    failing.sponsored(account, 300 * DOLLARS)
    failing.leave_equity(account, -60_000 * DOLLARS)
    failing.flag(account)
    word, line = failing.protection(account), failing.line(account, failing.sponsor)
    found = liquidation_lens.protection(account)
    assert found.insurance_claim_atoms == word.insurance_claim > 0
    assert found.backstop_claim_atoms == word.backstop_claim > 0
    assert [one.drawn_atoms for one in found.lines] == [line.drawn] == [300 * DOLLARS]


def test_plan_has_the_steps_of_which_something_is_left(
    failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    account = failing.perp_long()
    other = failing.new_account(FAILING)
    steps = [
        PlanStep(Trigger.HEALTH, True, 12_000, PlanAction.REDUCE, 513, 500, 100, 200, 60, 700),
        PlanStep(
            Trigger.FUNDING, False, -(2**87), PlanAction.REDUCE, 513, 2**80 - 1, 9, 2_000, 2**24 - 1
        ),
        PlanStep(
            Trigger.BORROW_RATE, False, 2**87 - 1, PlanAction.PULL, 0, 7, source_account_id=other
        ),
    ]
    failing.system.set_plan(account, steps)
    assert liquidation_lens.plan(account) == [
        Planned(account, at, step, 0) for at, step in enumerate(steps)
    ]
    failing.set_word(slots.plan_state(account, 1), PlanStateWord(0, 9, 4, touched=1))
    failing.set_word(slots.plan_state(account, 2), PlanStateWord(3, 1, 2**32 - 1, touched=1))
    first, last = liquidation_lens.plan(account)
    assert (first.index, last.index) == (0, 2)
    assert (last.step.size, last.step.min_fill, last.ready_at) == (3, 1, 2**32 - 1)
    assert liquidation_lens.plan(other) == []


def test_is_liquidator_says_whom_an_account_has_chosen(
    failing: LiquidationScene, liquidation_lens: LiquidationLens
) -> None:
    account = failing.perp_long()
    assert not liquidation_lens.is_liquidator(account, BIDDER)
    failing.system.set_liquidator(account, BIDDER)
    assert liquidation_lens.is_liquidator(account, BIDDER)
    assert not liquidation_lens.is_liquidator(failing.maker, BIDDER)
    failing.system.set_liquidator(account, BIDDER, chosen=False)
    assert not liquidation_lens.is_liquidator(account, BIDDER)

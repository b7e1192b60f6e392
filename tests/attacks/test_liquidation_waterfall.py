"""LIQ-2: deficits go down the waterfall in order, and no step pays more than it may."""

from dataclasses import dataclass, replace

import pytest

from tests.support.backend import rolled_back, user_address
from tests.support.liquidation import (
    BACKED,
    EXIT,
    INSURANCE,
    INSURED,
    LOTS,
    LiquidationScene,
)
from tests.support.scene import DOLLARS, STRANGER
from tests.support.soundness import refused
from tests.support.system import ETH_PERP
from worldmarkets.model import slots

BOND, LINE = 300 * DOLLARS, 200 * DOLLARS
INSURANCE_DAY, BACKSTOP_DAY = INSURED // 2, BACKED // 5
"""The most that each fund pays for a market in a day: 20,000 and 10,000 dollars."""
SHORTFALL_MAX = 2**80 - 1
"""The most that the word of a perp's pool can hold [quote atoms]."""
BIDDERS = 255
"""Key of the fund word of what bidders are paid."""


@dataclass(frozen=True)
class Paid:
    """What each step has paid [quote atoms]."""

    bond: int = 0
    lines: int = 0
    insurance: int = 0
    backstop: int = 0
    shortfall: int = 0
    loss: int = 0


def paid_of(failing: LiquidationScene) -> Paid:
    """What the last transaction's deficit was paid from."""
    fields = failing.event("DeficitPaid")
    names = ("bond", "line", "insurance", "backstop", "shortfall", "loss")
    return Paid(*(fields[f"{name}Atoms"] for name in names))


def protected(failing: LiquidationScene, deficit: int) -> int:
    """An account in deficit that has a bond and a standby line, and loses in one perp alone."""
    system, account = failing.system, failing.perp_long(lots=200_000)
    system.lock_bond(account, BOND)
    failing.sponsored(account, LINE)
    for dollars in (1_900, 1_810, 1_800):
        failing.move_index(dollars)
        failing.wait(10)
    failing.refresh()
    failing.leave_equity(account, -deficit)
    return account


@pytest.mark.parametrize(
    ("beyond", "expected"),
    [
        (1, Paid(BOND, LINE, insurance=2)),
        (INSURANCE_DAY - 1, Paid(BOND, LINE, INSURANCE_DAY)),
        (INSURANCE_DAY, Paid(BOND, LINE, INSURANCE_DAY, 1)),
        (
            INSURANCE_DAY + BACKSTOP_DAY,
            Paid(BOND, LINE, INSURANCE_DAY, BACKSTOP_DAY, shortfall=1),
        ),
        (
            39_000 * DOLLARS,
            Paid(BOND, LINE, INSURANCE_DAY, BACKSTOP_DAY, 9_000 * DOLLARS + 1),
        ),
    ],
)
def test_liq_2_each_step_pays_what_the_one_before_does_not(
    failing: LiquidationScene, beyond: int, expected: Paid
) -> None:
    """One atom more than the deficit is paid: it covers what is rounded later."""
    deficit = BOND + LINE + beyond
    account = protected(failing, deficit)
    failing.flag(account)
    assert paid_of(failing) == expected
    assert failing.event("DeficitPaid")["deficitAtoms"] == deficit
    assert 0 <= failing.equity(account) <= 1
    assert failing.cash(INSURANCE) == INSURED - expected.insurance
    assert failing.cash(failing.backstop) == BACKED - expected.backstop
    assert failing.perp_pool().shortfall == expected.shortfall
    word, line = failing.protection(account), failing.line(account, failing.sponsor)
    assert (word.bond, word.insurance_claim, word.backstop_claim) == (
        0,
        expected.insurance,
        expected.backstop,
    )
    assert (line.locked, line.drawn, failing.lines(account).drawn) == (0, LINE, LINE)
    assert (failing.counts().bonds, failing.counts().lines) == (0, 0)
    assert (failing.counts().in_deficit, failing.auction(account).in_deficit) == (1, 1)
    assert failing.account(account).owes == 1
    used = failing.fund(ETH_PERP)
    assert (used.insurance, used.backstop) == (expected.insurance, expected.backstop)
    assert used.day == failing.now // 86_400


@pytest.mark.parametrize("deficit", [BOND + LINE, BOND + LINE - 1, 1])
def test_deficit_that_protection_covers_is_not_recognised(
    failing: LiquidationScene, deficit: int
) -> None:
    """It is below maintenance even so, and is sold at once: the bond pays whoever takes it."""
    account = protected(failing, deficit)
    failing.open_auction(account)
    assert failing.auction(account).in_deficit == 0
    taken = failing.buy(account)
    assert taken.paid_atoms == -deficit
    assert paid_of(failing) == Paid(min(deficit, BOND), max(0, deficit - BOND))
    assert failing.protection(account).bond == max(0, BOND - deficit)
    assert failing.cash(INSURANCE) == INSURED


def test_liq_b_deficit_is_recognised_once_in_a_block(failing: LiquidationScene) -> None:
    system, account = failing.system, failing.ruined()
    failing.flag(account)
    before = failing.words()
    assert failing.review(account) == (True, False)
    assert system.repay_claims(account, sender=STRANGER) == 0
    assert failing.words() == before
    failing.wait(10)
    # What a slice finds is not recognised again, either.
    failing.buy(account)
    assert "DeficitPaid" not in [event.name for event in system.events()]


def test_liq_c_liquidation_goes_on_when_no_fund_has_anything(failing: LiquidationScene) -> None:
    failing.empty_funds()
    account = failing.ruined(deficit=5_000 * DOLLARS)
    failing.flag(account)
    assert paid_of(failing) == Paid(shortfall=5_000 * DOLLARS + 1)
    assert failing.account(account).owes == 0
    failing.pass_time(10 + 420)
    taken = failing.buy(account)
    # What getting out costs is owed to him by whoever draws profit.
    exit_cost = 10 * EXIT * 9 // 10
    assert -exit_cost <= taken.paid_atoms <= -exit_cost + 2
    assert paid_of(failing) == Paid(shortfall=-taken.paid_atoms)
    assert failing.perp_pool().shortfall == 5_000 * DOLLARS + 1 - taken.paid_atoms
    assert failing.account(account).flagged == 0


@pytest.mark.parametrize("room", [0, 7])
def test_shortfall_is_at_most_what_the_word_of_the_pool_can_count(
    failing: LiquidationScene, room: int
) -> None:
    """What is beyond stays with the account: no cash of the pool comes of it."""
    failing.empty_funds()
    account, pool = failing.ruined(), failing.perp_pool()
    backend, slot = failing.system.backend, slots.perp_pool(ETH_PERP)
    with rolled_back(backend):
        failing.set_word(slot, replace(pool, shortfall=SHORTFALL_MAX - room))
        failing.flag(account)
        assert paid_of(failing).shortfall == room
        assert failing.perp_pool() == replace(pool, shortfall=SHORTFALL_MAX)


def falling(failing: LiquidationScene, number: int, deficit: int) -> list[int]:
    """Accounts that are all worth so much less than nothing at the same moment."""
    accounts = [failing.perp_long(user_address(0x50 + i), 400_000 // number) for i in range(number)]
    for dollars in (1_900, 1_810, 1_800):
        failing.move_index(dollars)
        failing.wait(10)
    failing.refresh()
    for account in accounts:
        failing.leave_equity(account, -deficit)
    return accounts


def test_day_cap_of_a_market_is_used_up_by_all_its_accounts_together(
    failing: LiquidationScene,
) -> None:
    """Two deficits of 15,000 dollars: 20,000 of insurance, 10,000 of the backstop."""
    first, second = falling(failing, 2, 15_000 * DOLLARS)
    failing.flag(first)
    assert paid_of(failing) == Paid(insurance=15_000 * DOLLARS + 1)
    failing.flag(second)
    left = INSURANCE_DAY - 15_000 * DOLLARS - 1
    assert paid_of(failing) == Paid(insurance=left, backstop=BACKSTOP_DAY, shortfall=2)
    used = failing.fund(ETH_PERP)
    assert (used.insurance, used.backstop) == (INSURANCE_DAY, BACKSTOP_DAY)


def test_day_cap_begins_anew_the_next_day_of_what_is_left(failing: LiquidationScene) -> None:
    first, second = falling(failing, 2, 30_000 * DOLLARS)
    failing.flag(first)
    assert paid_of(failing) == Paid(insurance=INSURANCE_DAY, backstop=BACKSTOP_DAY, shortfall=1)
    failing.pass_time(86_400)
    failing.flag(second)
    paid = Paid(insurance=(INSURED - INSURANCE_DAY) // 2, backstop=(BACKED - BACKSTOP_DAY) // 5)
    rest = 30_000 * DOLLARS + 1 - paid.insurance - paid.backstop
    assert paid_of(failing) == replace(paid, shortfall=rest)


def test_mrg_4_backstop_pays_no_more_for_a_market_in_a_day_than_its_cap(
    failing: LiquidationScene,
) -> None:
    """However many accounts fail: what is left is borne by those who gained in that market."""
    failing.take_cash(INSURANCE, INSURED)
    deficit = 4_000 * DOLLARS
    paid = []
    for account in falling(failing, 4, deficit):
        failing.flag(account)
        paid.append(paid_of(failing).backstop)
    assert paid == [deficit + 1, deficit + 1, BACKSTOP_DAY - 2 * deficit - 2, 0]
    assert failing.cash(failing.backstop) == BACKED - BACKSTOP_DAY
    assert failing.perp_pool().shortfall == 4 * (deficit + 1) - BACKSTOP_DAY


def test_mrg_4_no_hand_takes_more_of_a_market_than_its_cap_or_than_the_largest_had(
    failing: LiquidationScene,
) -> None:
    """A position traded with oneself, left to fail, is taken over in parts, or by nobody."""
    cap = failing.mark().position_cap
    account = failing.perp_long(lots=cap)
    failing.leave_equity(account, EXIT * cap // LOTS)
    failing.open_auction(account)
    failing.trade(failing.bidder, failing.taker, 100)
    with refused(failing.system, "PositionCapReached", failing.bidder, ETH_PERP, cap + 100, cap):
        failing.buy(account)
    assert failing.buy(account, 500_000).fraction_ppm == 500_000


def test_bidder_below_nothing_is_paid_by_protection_then_funds_then_winners(
    failing: LiquidationScene,
) -> None:
    """Bond and line of 10 dollars each, funds as far as they may, and the rest a shortfall."""
    system, account = failing.system, failing.perp_long(lots=500_000)
    system.lock_bond(account, 10 * DOLLARS)
    failing.sponsored(account, 10 * DOLLARS)
    for fund, atoms in ((INSURANCE, 400 * DOLLARS), (failing.backstop, 500 * DOLLARS)):
        failing.take_cash(fund, failing.cash(fund) - atoms)
    failing.leave_equity(account, 1)
    failing.open_auction(account, 420)
    bidder = failing.cash(failing.bidder)
    price = 25 * EXIT - 1
    taken = failing.buy(account)
    left = price - 20 * DOLLARS - 300 * DOLLARS
    assert taken.paid_atoms == -price
    assert paid_of(failing) == Paid(
        10 * DOLLARS, 10 * DOLLARS, 200 * DOLLARS, 100 * DOLLARS, shortfall=left
    )
    used = failing.fund(BIDDERS)
    assert (used.insurance, used.backstop) == (200 * DOLLARS, 100 * DOLLARS)
    assert failing.perp_pool().shortfall == left
    moved = failing.cash(failing.bidder) - bidder - 320 * DOLLARS
    assert 0 <= failing.unsettled(failing.bidder) + moved - left <= 1
    word = failing.protection(account)
    assert (word.insurance_claim, word.backstop_claim) == (200 * DOLLARS, 100 * DOLLARS)
    # Nobody's deficit: that he is paid is the cost of getting out.
    assert failing.counts().in_deficit == 0


def test_backstop_that_fails_itself_gains_nothing_by_paying_itself(
    failing: LiquidationScene,
) -> None:
    failing.take_cash(INSURANCE, INSURED)
    backstop = failing.backstop
    failing.trade(backstop, failing.maker, 200_000)
    for dollars in (1_900, 1_810, 1_800):
        failing.move_index(dollars)
        failing.wait(10)
    failing.leave_equity(backstop, -1_000 * DOLLARS)
    cash = failing.cash(backstop)
    failing.flag(backstop)
    assert failing.cash(backstop) == cash
    assert failing.equity(backstop) <= 1

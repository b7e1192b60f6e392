"""Settling: losses become cash of the market, profits are drawn from it."""

from dataclasses import replace

import pytest

from tests.support.lending import BORROWER
from tests.support.perps import ETH_LOTS, MARGIN, MARK, PerpScene
from tests.support.scene import DOLLARS, STRANGER, UNIT
from tests.support.soundness import exchange_storage, refused
from tests.support.system import BTC_PERP, DOLLAR, ETH_PERP
from worldmarkets.model import slots
from worldmarkets.model.perp_words import Q24, PerpPoolWord

LOSS = 100_700_000
"""Of the long: 100 dollars of an ETH, and the taker's fee [atoms]."""
PROFIT = 100_200_000
"""Of the short: 100 dollars, and the maker's rebate [atoms]."""
FEES = LOSS - PROFIT


def settled(perps: PerpScene) -> list[tuple[int, int, int, int, int]]:
    """What the last call told of settlements."""
    names = ("accountId", "marketId", "atoms", "cancelledAtoms", "balanceAtoms")
    events = [event for event in perps.system.events() if event.name == "Settled"]
    return [tuple(event.fields[name] for name in names) for event in events]  # type: ignore[misc]


def keep_cash(perps: PerpScene, account: int, atoms: int) -> None:
    """Leave an account with so little cash."""
    perps.take_cash(account, perps.cash(account) - atoms)


# --------------------------------------------------------------- losses


@pytest.mark.parametrize("by_owner", [True, False])
def test_settle_loss_moves_cash_into_the_pool_whoever_calls(
    fallen: PerpScene, long: int, by_owner: bool
) -> None:
    sender = None if by_owner else STRANGER
    assert fallen.system.settle(long, ETH_PERP, sender=sender) == -LOSS
    assert settled(fallen) == [(long, ETH_PERP, -LOSS, 0, MARGIN - LOSS)]
    assert fallen.cash(long) == MARGIN - LOSS
    assert fallen.perp_pool() == PerpPoolWord(cash=LOSS, touched=1)
    position = fallen.position(long)
    assert (position.size, position.cash) == (ETH_LOTS, -ETH_LOTS * 19_000 * Q24)
    assert fallen.unsettled_units(long) == 0


def test_settle_loss_leaves_equity_as_it_was(fallen: PerpScene, long: int) -> None:
    before = fallen.margin(long)
    fallen.system.settle(long, ETH_PERP, sender=STRANGER)
    assert fallen.margin(long) == before


@pytest.mark.parametrize("has", [0, 1, 40_000_001, LOSS - 1])
def test_settle_loss_takes_what_cash_there_is_and_borrows_nothing(
    fallen: PerpScene, long: int, has: int
) -> None:
    """What is paid is taken off the loss rounded down: the tick value is a hundred atoms."""
    keep_cash(fallen, long, has)
    before = fallen.position(long).cash
    assert fallen.system.settle(long, ETH_PERP, sender=STRANGER) == -has
    assert settled(fallen) == [(long, ETH_PERP, -has, 0, 0)]
    assert fallen.cash(long) == 0
    assert fallen.position(long).cash == before + has * Q24 // 100
    assert fallen.perp_pool().cash == has


def test_settle_loss_of_an_account_that_owes_takes_nothing(fallen: PerpScene, long: int) -> None:
    keep_cash(fallen, long, 0)
    fallen.system.fund(long, 1, 10**19)
    fallen.system.borrow(long, 0, 5 * DOLLARS * UNIT)
    debt = fallen.ledger(long, 0).balance
    assert debt < 0
    assert fallen.system.settle(long, ETH_PERP, sender=STRANGER) == 0
    assert fallen.ledger(long, 0).balance == debt
    assert fallen.unsettled(long) == -LOSS


@pytest.mark.parametrize("pool_dollars", [40, 100, 101])
def test_settle_loss_takes_of_what_is_lent_no_more_than_the_pool_has(
    fallen: PerpScene, long: int, pool_dollars: int
) -> None:
    system = fallen.system
    fallen.pass_pause()
    system.set_lent(fallen.lender, 0, False)
    system.set_lent(long, 0)
    debtor = fallen.new_account(BORROWER, lots=10_000)
    system.borrow(debtor, 0, MARGIN * UNIT - pool_dollars * DOLLARS * UNIT)
    assert fallen.totals().cash == pool_dollars * DOLLARS
    paid = min(LOSS, pool_dollars * DOLLARS)
    assert system.settle(long, ETH_PERP, sender=STRANGER) == -paid
    assert fallen.atoms(long) == MARGIN - paid
    assert fallen.totals().cash == pool_dollars * DOLLARS - paid


def test_settle_loss_of_a_unit_pays_an_atom(perps: PerpScene, long: int, short: int) -> None:
    perps.trade(long, short, 1)
    for account in (long, short):
        perps.system.settle(account, ETH_PERP)
    pool = perps.perp_pool().cash
    for account, units in ((long, -1), (short, 1)):
        word = perps.position(account)
        left = perps.unsettled_units(account)
        slot = slots.position(account, 1)
        perps.set_word(slot, replace(word, cash=word.cash - left + units))
    assert perps.system.settle(long, ETH_PERP) == -1
    assert perps.perp_pool().cash == pool + 1
    assert perps.unsettled_units(long) == 0
    # A profit of a unit is no atom: it is left to the pool.
    assert perps.system.settle(short, ETH_PERP) == 0
    assert settled(perps) == [(short, ETH_PERP, 0, 0, perps.cash(short))]
    assert perps.unsettled_units(short) == 0
    assert perps.perp_pool().cash == pool + 1


# --------------------------------------------------------------- profits


@pytest.mark.parametrize("by_owner", [True, False])
def test_settle_profit_is_drawn_from_the_pool_whoever_calls(
    fallen: PerpScene, long: int, short: int, by_owner: bool
) -> None:
    fallen.system.settle(long, ETH_PERP)
    fallen.pass_pause()
    sender = None if by_owner else STRANGER
    assert fallen.system.settle(short, ETH_PERP, sender=sender) == PROFIT
    assert settled(fallen) == [(short, ETH_PERP, PROFIT, 0, MARGIN + PROFIT)]
    assert fallen.cash(short) == MARGIN + PROFIT
    assert fallen.position(short).cash == ETH_LOTS * 19_000 * Q24
    assert fallen.perp_pool().cash == FEES


def test_settle_profit_from_an_empty_pool_draws_nothing(fallen: PerpScene, short: int) -> None:
    fallen.pass_pause()
    before = fallen.unsettled_units(short)
    assert fallen.system.settle(short, ETH_PERP) == 0
    assert settled(fallen) == [(short, ETH_PERP, 0, 0, MARGIN)]
    assert fallen.unsettled_units(short) == before
    assert fallen.perp_pool() == PerpPoolWord(touched=1)


def test_settle_profit_draws_what_the_pool_has_and_the_rest_waits(
    fallen: PerpScene, long: int, short: int
) -> None:
    """A hundred atoms are a tick-lot: what is drawn is taken off the profit rounded up."""
    keep_cash(fallen, long, 40_000_001)
    fallen.system.settle(long, ETH_PERP)
    fallen.pass_pause()
    before = fallen.position(short).cash
    assert fallen.system.settle(short, ETH_PERP) == 40_000_001
    assert fallen.position(short).cash == before - (40_000_001 * Q24 // 100 + 1)
    assert fallen.perp_pool().cash == 0
    assert fallen.unsettled(short) == PROFIT - 40_000_001 - 1
    fallen.system.fund(long, 0, LOSS * UNIT)
    fallen.system.settle(long, ETH_PERP)
    assert fallen.system.settle(short, ETH_PERP) == PROFIT - 40_000_001 - 1


def test_settle_profit_credits_what_is_lent_or_owed(
    fallen: PerpScene, long: int, short: int
) -> None:
    fallen.pass_pause()
    fallen.system.set_lent(short, 0)
    fallen.system.settle(long, ETH_PERP)
    cash = fallen.totals().cash
    assert fallen.system.settle(short, ETH_PERP) == PROFIT
    assert fallen.totals().cash == cash + PROFIT
    assert fallen.atoms(short) == MARGIN + PROFIT


def test_settle_profit_waits_ten_seconds_after_the_price_has_moved(
    fallen: PerpScene, long: int, short: int
) -> None:
    """Whoever won as much as others have just lost must not be gone before that is recognised."""
    system = fallen.system
    until = system.backend.time + 10
    assert system.settle(long, ETH_PERP) == -LOSS
    for seconds in (0, 9):
        fallen.wait(seconds)
        for settle in (system.settle, system.settle_on_credit):
            with refused(system, "PriceMoving", until):
                settle(short, ETH_PERP)
    fallen.wait(1)
    assert system.settle(short, ETH_PERP) == PROFIT


def test_settle_profit_does_not_wait_for_another_price(
    fallen: PerpScene, long: int, short: int
) -> None:
    fallen.system.settle(long, ETH_PERP)
    fallen.pass_pause()
    fallen.system.set_price(2, 63_000 * DOLLAR)
    assert fallen.system.settle(short, ETH_PERP) == PROFIT


# --------------------------------------------------------------- a shortfall


@pytest.fixture
def short_pool(perps: PerpScene, long: int, short: int, third: int) -> PerpScene:
    """Of a loss of 100.70 dollars 40 were paid, and 30 are a deficit that nobody will pay.

    The short has made 60.12 dollars, the third account 40.08.
    """
    perps.trade(long, short, 600)
    perps.trade(long, third, 400)
    perps.move_index(1_900)
    perps.pass_pause()
    keep_cash(perps, long, 40 * DOLLARS)
    perps.system.settle(long, ETH_PERP)
    perps.recognise(long, 30 * DOLLARS)
    assert perps.perp_pool() == PerpPoolWord(40 * DOLLARS, 30 * DOLLARS, touched=1)
    return perps


def test_settle_profit_in_a_shortfall_is_paid_the_share_of_the_pool(
    short_pool: PerpScene, short: int, third: int
) -> None:
    """Four sevenths, rounded down; drawing leaves the share as it is, whoever comes next."""
    assert short_pool.system.settle(short, ETH_PERP) == 34_354_285
    assert settled(short_pool) == [(short, ETH_PERP, 34_354_285, 25_765_715, MARGIN + 34_354_285)]
    assert short_pool.unsettled_units(short) == 0
    assert short_pool.perp_pool() == PerpPoolWord(5_645_715, 4_234_285, touched=1)
    before = short_pool.position(third).cash
    assert short_pool.system.settle(third, ETH_PERP) == 5_645_715
    assert settled(short_pool) == [(third, ETH_PERP, 5_645_715, 4_234_285, MARGIN + 5_645_715)]
    assert short_pool.perp_pool() == PerpPoolWord(touched=1)
    assert short_pool.position(third).cash == before - 98_800 * Q24


def test_settle_profit_in_a_shortfall_is_the_choice_of_the_owner(
    short_pool: PerpScene, short: int
) -> None:
    with refused(short_pool.system, "NotAccountOwner", short, STRANGER):
        short_pool.system.settle(short, ETH_PERP, sender=STRANGER)
    operator = "0x" + "0b" * 20
    short_pool.system.set_operator(short, operator, 63)
    with refused(short_pool.system, "NotAccountOwner", short, operator):
        short_pool.system.settle(short, ETH_PERP, sender=operator)


def test_settle_loss_in_a_shortfall_passes_whoever_calls(
    short_pool: PerpScene, long: int, short: int
) -> None:
    short_pool.system.fund(long, 0, 10 * DOLLARS * UNIT)
    assert short_pool.system.settle(long, ETH_PERP, sender=STRANGER) == -10 * DOLLARS
    assert short_pool.perp_pool() == PerpPoolWord(50 * DOLLARS, 30 * DOLLARS, touched=1)
    # Who waited gains by it: five eighths.
    assert short_pool.system.settle(short, ETH_PERP) == 60_120_000 * 5 // 8


# --------------------------------------------------------------- nothing, and entries


def test_settle_without_anything_unsettled_changes_and_tells_nothing(
    perps: PerpScene, long: int, short: int
) -> None:
    perps.trade(long, short, ETH_LOTS)
    perps.system.settle(long, ETH_PERP)
    before = exchange_storage(perps.system)
    for account in (long, perps.maker):
        assert perps.system.settle(account, ETH_PERP, sender=STRANGER) == 0
        assert perps.system.events() == []
    assert exchange_storage(perps.system) == before


@pytest.mark.parametrize("ticks", [9, -9])
def test_settle_begins_the_entry_anew(perps: PerpScene, long: int, short: int, ticks: int) -> None:
    perps.trade(long, short, ETH_LOTS)
    word = replace(perps.mark(), funding=ticks << 40)
    perps.set_word(slots.mark(ETH_PERP), word)
    for account in (long, short):
        perps.system.settle(account, ETH_PERP)
        assert perps.position(account).funding_entry == ticks * 1_024 % 2**34
    paid = 700_000 + ticks * ETH_LOTS * 100
    assert perps.cash(long) == MARGIN - max(paid, 0)


def test_settle_counts_funding_up_to_now(perps: PerpScene, long: int, short: int) -> None:
    """A hundredth of a percent of 2,000 dollars for eight hours, for five minutes of them."""
    perps.trade(long, short, ETH_LOTS)
    perps.system.poke_markets(ETH_PERP)
    assert perps.mark().rate == 10_000
    perps.wait(300)
    paid = MARK * 2**40 * 10_000 * 300 // (28_800 * 10**8)
    funding = (paid >> 16) * ETH_LOTS * 100
    assert perps.system.settle(long, ETH_PERP) == -(700_000 - (-funding // Q24))
    assert perps.system.settle(short, ETH_PERP) == 200_000 + funding // Q24
    assert funding // Q24 == 2_083


def test_settle_in_a_perp_that_is_not_listed_is_refused(perps: PerpScene, long: int) -> None:
    for market in (BTC_PERP, 257, 0):
        with refused(perps.system, "UnknownMarket", market):
            perps.system.settle(long, market)


def test_settle_of_an_account_that_is_not_there_is_refused(perps: PerpScene) -> None:
    with refused(perps.system, "UnknownAccount", 10**6):
        perps.system.settle(10**6, ETH_PERP)

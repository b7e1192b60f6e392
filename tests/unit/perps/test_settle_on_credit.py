"""Settling a loss on credit: the owner's choice alone, and only what margin allows."""

import pytest

from tests.support.perps import ETH_LOTS, MARGIN, PerpScene
from tests.support.scene import ASK, BID, DOLLARS, ETH_UNIT, IOC, LOT, STRANGER, UNIT
from tests.support.soundness import refused
from tests.support.system import BTC_PERP, BTC_PERP_TERMS, DOLLAR, ETH_PERP

LOSS = 100_700_000
HAS = 40 * DOLLARS


@pytest.fixture
def poor(fallen: PerpScene, long: int) -> PerpScene:
    """The long has 40 dollars for a loss of 100.70."""
    fallen.take_cash(long, MARGIN - HAS)
    return fallen


def test_settle_on_credit_borrows_what_is_missing(poor: PerpScene, long: int) -> None:
    """Ten ETH stand behind it."""
    poor.system.fund(long, 1, 10_000 * LOT * ETH_UNIT)
    before = poor.margin(long)
    pool = poor.totals().cash
    assert poor.system.settle_on_credit(long, ETH_PERP) == -LOSS
    [event] = [event for event in poor.system.events() if event.name == "Settled"]
    assert event.fields == {
        "accountId": long,
        "marketId": ETH_PERP,
        "atoms": -LOSS,
        "cancelledAtoms": 0,
        "balanceAtoms": HAS - LOSS,
    }
    assert poor.atoms(long) == HAS - LOSS
    assert poor.totals().cash == pool - (LOSS - HAS)
    assert poor.perp_pool().cash == LOSS
    assert poor.unsettled_units(long) == 0
    assert poor.margin(long) == before


def test_settle_on_credit_without_need_borrows_nothing(fallen: PerpScene, long: int) -> None:
    assert fallen.system.settle_on_credit(long, ETH_PERP) == -LOSS
    assert fallen.cash(long) == MARGIN - LOSS


@pytest.mark.parametrize("permissions", [0, 63])
def test_settle_on_credit_by_another_is_refused(
    poor: PerpScene, long: int, permissions: int
) -> None:
    if permissions:
        poor.system.set_operator(long, STRANGER, permissions)
    with refused(poor.system, "NotAccountOwner", long, STRANGER):
        poor.system.settle_on_credit(long, ETH_PERP, sender=STRANGER)


def test_settle_on_credit_below_the_requirement_is_refused(poor: PerpScene, long: int) -> None:
    """Five percent of 1,900 dollars; there is no exception for what lowers no risk."""
    with refused(poor.system, "BelowInitialMargin", long, HAS - LOSS, 95 * DOLLARS):
        poor.system.settle_on_credit(long, ETH_PERP)


def test_settle_on_credit_is_supported_by_no_unsettled_profit(
    poor: PerpScene, long: int, short: int
) -> None:
    """A fifth of a BTC has made more than 1,000 dollars, which nobody has paid yet."""
    system = poor.system
    assert system.list_perp_market(2, BTC_PERP_TERMS) == BTC_PERP
    system.fund(long, 0, 10_000 * DOLLARS * UNIT)
    system.place(short, BTC_PERP, ASK, 85_714, 20_000)
    assert system.place(long, BTC_PERP, BID, 85_714, 20_000, IOC).filled_lots == 20_000
    for dollars in (63_000, 66_150):
        system.set_price(2, dollars * DOLLAR)
    poor.take_cash(long, 10_000 * DOLLARS)
    margin = poor.margin(long)
    assert margin.equity_atoms > margin.initial_atoms
    assert margin.settled_atoms == HAS - LOSS
    with refused(system, "UnsettledProfit", long, HAS - LOSS, margin.initial_atoms):
        system.settle_on_credit(long, ETH_PERP)
    assert poor.unsettled(long) == -LOSS


def test_settle_on_credit_of_a_profit_is_a_settlement(
    fallen: PerpScene, long: int, short: int
) -> None:
    fallen.pass_pause()
    assert fallen.system.settle_on_credit(short, ETH_PERP) == 0
    fallen.system.settle(long, ETH_PERP)
    assert fallen.system.settle_on_credit(short, ETH_PERP) == 100_200_000
    assert fallen.position(short).size == -ETH_LOTS


def test_settle_on_credit_in_a_perp_that_is_not_listed_is_refused(
    perps: PerpScene, long: int
) -> None:
    with refused(perps.system, "UnknownMarket", BTC_PERP):
        perps.system.settle_on_credit(long, BTC_PERP)


def test_settle_on_credit_of_an_account_that_is_not_there_is_refused(perps: PerpScene) -> None:
    with refused(perps.system, "UnknownAccount", 10**6):
        perps.system.settle_on_credit(10**6, ETH_PERP, sender=STRANGER)

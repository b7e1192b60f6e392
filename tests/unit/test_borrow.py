"""Taking tokens out of an account on credit."""

import pytest

from tests.support.doubles import list_with_scripted_feed
from tests.support.lending import (
    BORROWER,
    LENT_CASH,
    LENT_LOTS,
    WIDE_POOL,
    YEAR,
    LendingScene,
)
from tests.support.scene import (
    DOLLARS,
    ETH_UNIT,
    LOT,
    OPERATOR,
    STRANGER,
    UNIT,
)
from tests.support.soundness import refused
from tests.support.system import UNLIMITED
from worldmarkets.model.interface import MarginChange, Permission, PoolTerms
from worldmarkets.model.words import MAX_HELD_ATOMS

THOUSAND = 1_000 * DOLLARS


@pytest.fixture
def holder(lending: LendingScene) -> int:
    """An account with 10 ETH, worth 20,000 dollars, and no cash."""
    return lending.new_account(BORROWER, lots=10_000)


def test_borrow_takes_tokens_out_and_leaves_a_debt(lending: LendingScene, holder: int) -> None:
    system, before = lending.system, lending.totals()

    system.borrow(holder, 0, THOUSAND * UNIT, STRANGER)

    event = system.events()[0]
    assert event.name == "Withdrawn"
    assert event.fields == {
        "accountId": holder,
        "assetId": 0,
        "to": STRANGER,
        "atoms": THOUSAND,
        "balanceAtoms": -THOUSAND,
    }
    assert system.token_balance(0, STRANGER) == THOUSAND * UNIT
    assert lending.ledger(holder, 0).balance == -THOUSAND
    after = lending.totals()
    assert after.cash == before.cash - THOUSAND
    assert (after.borrow_shares, after.supply_shares) == (THOUSAND, before.supply_shares)
    assert lending.account(holder).assets == 0b11
    assert lending.outflow().today == THOUSAND - LENT_CASH - 2 * 10**6 * DOLLARS


def test_borrow_spends_what_is_there_first(lending: LendingScene) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, 300 * DOLLARS, 10_000)
    system.borrow(account, 0, THOUSAND * UNIT)
    assert lending.ledger(account, 0).balance == -700 * DOLLARS
    assert lending.totals().borrow_shares == 700 * DOLLARS


def test_borrow_of_what_is_there_makes_no_debt(lending: LendingScene) -> None:
    system, before = lending.system, lending.totals()
    account = lending.new_account(BORROWER, THOUSAND)
    system.borrow(account, 0, THOUSAND * UNIT)
    assert lending.ledger(account, 0).balance == 0
    assert lending.totals() == before


def test_borrow_spends_what_is_lent_first(lending: LendingScene) -> None:
    system, before = lending.system, lending.totals()
    account = lending.new_account(BORROWER, 300 * DOLLARS, 10_000)
    system.set_lent(account, 0)
    system.borrow(account, 0, THOUSAND * UNIT)
    after = lending.totals()
    assert after.supply_shares == before.supply_shares
    assert after.borrow_shares == 700 * DOLLARS
    assert after.cash == before.cash - 700 * DOLLARS


def test_borrow_begins_to_use_the_asset(lending: LendingScene) -> None:
    account = lending.new_account(BORROWER, 10_000 * DOLLARS)
    lending.system.borrow(account, 1, LOT * ETH_UNIT)
    assert lending.account(account).assets == 0b11
    assert lending.base(account) == -LOT


def test_borrow_counts_interest_up_to_now(lending: LendingScene, holder: int) -> None:
    system = lending.system
    system.borrow(holder, 0, THOUSAND * UNIT)
    lending.wait(YEAR)
    lending.refresh()
    system.accrue_pools(0)
    index = lending.index()
    assert index.borrow_index > 10**18
    system.borrow(holder, 0, THOUSAND * UNIT)
    # Shares of the second thousand are rounded up.
    shares = THOUSAND + -(-THOUSAND * 10**18 // index.borrow_index)
    assert lending.totals().borrow_shares == shares == -lending.ledger(holder, 0).balance


def test_borrow_to_the_limit_passes_and_one_atom_more_is_refused(
    lending: LendingScene, holder: int
) -> None:
    """5 % of 20,000 dollars are required: 19,000 may leave."""
    system = lending.system
    limit = 19_000 * DOLLARS
    assert lending.margin(holder, MarginChange(0, -limit)).free_atoms == 0
    with refused(system, "BelowInitialMargin", holder, 1_000 * DOLLARS - 1, 1_000 * DOLLARS):
        system.borrow(holder, 0, (limit + 1) * UNIT)
    system.borrow(holder, 0, limit * UNIT)
    assert lending.margin(holder).free_atoms == 0
    with refused(system, "BelowInitialMargin", holder, 1_000 * DOLLARS - 1, 1_000 * DOLLARS):
        system.borrow(holder, 0, UNIT)


def test_borrow_of_a_base_asset_to_the_limit_and_one_lot_more(lending: LendingScene) -> None:
    """Cash C and a debt of D: C less D is at least 5 % of D."""
    system = lending.system
    account = lending.new_account(BORROWER, 2_100 * DOLLARS)
    with refused(system, "BelowInitialMargin", account, 99_999_980, 100_000_001):
        system.borrow(account, 1, (1_000 * LOT + 1) * ETH_UNIT)
    system.borrow(account, 1, 1_000 * LOT * ETH_UNIT)
    assert lending.margin(account).free_atoms == 0


def test_borrow_beyond_the_cash_of_the_pool_is_refused(lending: LendingScene) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    with refused(system, "InsufficientLiquidity", 0, LENT_CASH + 1, LENT_CASH):
        system.borrow(account, 0, (LENT_CASH + 1) * UNIT)


@pytest.mark.parametrize("atoms", [2**79, 2**95, 2**96, 2**128, UNLIMITED // UNIT])
def test_borrow_of_more_than_there_can_be_is_refused(
    lending: LendingScene, holder: int, atoms: int
) -> None:
    reach = (2**32 * 999 // 1_000) * LENT_CASH // 2**32
    with refused(lending.system, "InsufficientLiquidity", 0, atoms, reach):
        lending.system.borrow(holder, 0, atoms * UNIT)


def test_borrow_to_the_cap_passes_and_one_atom_more_is_refused(
    lending: LendingScene, holder: int
) -> None:
    """An atom is left for the rounding of shares."""
    system = lending.system
    system.set_pool_terms(0, PoolTerms(2**70, THOUSAND, 999, 999, 100))
    with refused(system, "BorrowCapReached", 0, THOUSAND, THOUSAND - 1):
        system.borrow(holder, 0, THOUSAND * UNIT)
    system.borrow(holder, 0, (THOUSAND - 1) * UNIT)
    with refused(system, "BorrowCapReached", 0, 1, 0):
        system.borrow(holder, 0, UNIT)


def test_borrow_to_the_ceiling_passes_and_one_atom_more_is_refused(
    lending: LendingScene,
) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.set_pool_terms(0, PoolTerms(2**70, 2**70, 500, 999, 100))
    room = LENT_CASH // 2 - 1
    with refused(system, "BorrowCeilingReached", 0, room + 1, room):
        system.borrow(account, 0, (room + 1) * UNIT)
    system.borrow(account, 0, room * UNIT)
    with refused(system, "BorrowCeilingReached", 0, 1, 0):
        system.borrow(account, 0, UNIT)


def test_borrow_to_the_window_passes_and_room_comes_back_with_time(
    lending: LendingScene,
) -> None:
    """A tenth of supply an hour: all at once, then as fast as it empties."""
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.set_pool_terms(0, PoolTerms(2**70, 2**70, 999, 100, 100))
    limit = 2**32 * 100 // 1_000
    room = limit * LENT_CASH // 2**32
    with refused(system, "BorrowWindowReached", 0, room + 1, room):
        system.borrow(account, 0, (room + 1) * UNIT)
    system.borrow(account, 0, room * UNIT)
    assert lending.terms().window == limit
    assert lending.terms().window_time == system.backend.time
    with refused(system, "BorrowWindowReached", 0, 1, 0):
        system.borrow(account, 0, UNIT)
    lending.wait(36)
    lending.refresh(1)
    # A hundredth of it, less what the rounding of 36 seconds' emptying takes.
    supply = LENT_CASH
    back = (36 * limit // 3_600) * supply // 2**32
    system.borrow(account, 0, back * UNIT)
    lending.wait(3_600)
    lending.refresh(1)
    assert lending.terms().window > 0
    system.borrow(account, 0, room * UNIT)


def test_borrow_window_is_net_of_repayments(lending: LendingScene) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.set_pool_terms(0, PoolTerms(2**70, 2**70, 999, 100, 100))
    system.borrow(account, 0, 50_000 * DOLLARS * UNIT)
    half = lending.terms().window
    assert half == -(-50_000 * DOLLARS * 2**32 // LENT_CASH)
    system.mint(BORROWER, 0, 20_000 * DOLLARS * UNIT)
    system.repay(account, 0, 20_000 * DOLLARS * UNIT)
    assert lending.terms().window == half - 20_000 * DOLLARS * 2**32 // LENT_CASH


def test_borrow_without_a_pool_is_refused(lending: LendingScene, holder: int) -> None:
    with refused(lending.system, "PoolNotOpen", 2):
        lending.system.borrow(holder, 2, 1)


@pytest.mark.parametrize("asset", [3, 255, 256, 65_535])
def test_borrow_of_an_unlisted_asset_is_refused(
    lending: LendingScene, holder: int, asset: int
) -> None:
    with refused(lending.system, "UnlistedAsset", asset):
        lending.system.borrow(holder, asset, 1)


def test_borrow_of_nothing_or_of_half_an_atom_is_refused(
    lending: LendingScene, holder: int
) -> None:
    with refused(lending.system, "ZeroAmount"):
        lending.system.borrow(holder, 0, 0)
    with refused(lending.system, "FractionalAtoms", UNIT + 1, UNIT):
        lending.system.borrow(holder, 0, UNIT + 1)


def test_borrow_to_nobody_or_to_the_exchange_is_refused(lending: LendingScene, holder: int) -> None:
    system = lending.system
    with refused(system, "ZeroAddress"):
        system.borrow(holder, 0, UNIT, "0x" + "00" * 20)
    for receiver in (system.exchange, system.tokens[0]):
        with refused(system, "InvalidReceiver", receiver):
            system.borrow(holder, 0, UNIT, receiver)


def test_borrow_by_an_operator_needs_both_permissions(lending: LendingScene, holder: int) -> None:
    system = lending.system
    with refused(system, "NotAccountOwner", holder, STRANGER):
        system.borrow(holder, 0, UNIT, sender=STRANGER)
    system.set_operator(holder, OPERATOR, Permission.WITHDRAW | Permission.WITHDRAW_TO_OWNER)
    with refused(system, "PermissionMissing", holder, OPERATOR, 48, 4):
        system.borrow(holder, 0, UNIT, BORROWER, sender=OPERATOR)
    system.set_operator(holder, OPERATOR, Permission.LEND)
    with refused(system, "PermissionMissing", holder, OPERATOR, 4, 48):
        system.borrow(holder, 0, UNIT, BORROWER, sender=OPERATOR)
    system.set_operator(holder, OPERATOR, Permission.LEND | Permission.WITHDRAW_TO_OWNER)
    with refused(system, "PermissionMissing", holder, OPERATOR, 20, 32):
        system.borrow(holder, 0, UNIT, OPERATOR, sender=OPERATOR)
    system.borrow(holder, 0, UNIT, BORROWER, sender=OPERATOR)
    assert system.token_balance(0, BORROWER) == UNIT


def test_borrow_stays_within_the_outflow_limit(lending: LendingScene) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    # Deposits of long ago make no room any more.
    lending.wait(3 * 86_400)
    lending.refresh(1)
    held = LENT_CASH + 2 * 10**6 * DOLLARS
    limit = held // 4
    with refused(system, "OutflowLimitReached", 0, limit + 1, limit):
        system.borrow(account, 0, (limit + 1) * UNIT)
    system.borrow(account, 0, limit * UNIT)


def test_borrow_at_stale_uncertain_and_missing_prices_is_refused(
    lending: LendingScene, holder: int
) -> None:
    system = lending.system
    made = lending.underlying().time
    lending.wait(60)
    system.borrow(holder, 0, UNIT)
    lending.wait(1)
    with refused(system, "StalePrice", 1, made, made + 1):
        system.borrow(holder, 0, UNIT)


def test_borrow_of_an_asset_that_never_had_a_price_is_refused(lending: LendingScene) -> None:
    """It would be worth nothing, and so cost nothing to owe."""
    system = lending.system
    asset, _ = list_with_scripted_feed(system, 8, 1)
    system.set_pool_terms(asset, WIDE_POOL)
    lender = lending.new_account(STRANGER)
    system.fund(lender, asset, 1_000)
    system.set_lent(lender, asset)
    account = lending.new_account(BORROWER, 1_000 * DOLLARS)
    with refused(system, "StalePrice", asset, 0, system.backend.time - 60):
        system.borrow(account, asset, 1)


def test_borrow_of_the_whole_pool_of_the_largest_asset(lending: LendingScene) -> None:
    """At the most atoms that can be held, at the highest price an atom can have with them."""
    system = lending.system
    assert lending.totals(1).cash == LENT_LOTS * LOT
    asset = system.add_asset(system.assets[2])
    system.set_pool_terms(asset, PoolTerms(MAX_HELD_ATOMS, MAX_HELD_ATOMS, 999, 999, 999))
    lender = lending.new_account(STRANGER)
    system.fund(lender, asset, MAX_HELD_ATOMS)
    system.set_lent(lender, asset)
    borrower = lending.new_account(BORROWER, MAX_HELD_ATOMS // 2)
    most = MAX_HELD_ATOMS * 999 // 1_000
    with refused(system, "BorrowCeilingReached", asset, most + 1, most - 1):
        system.borrow(borrower, asset, most + 1)

"""LED-1, LED-6 to LED-9: pools that someone tries to inflate, empty, drive, run from or burden."""

from dataclasses import replace
from functools import partial

import pytest
from eth_utils import keccak

from tests.support.abi import Reverted
from tests.support.lending import (
    BORROWER,
    LENT_CASH,
    WIDE_POOL,
    YEAR,
    LendingScene,
)
from tests.support.scene import (
    DEPOSITOR,
    DOLLARS,
    ETH_UNIT,
    IOC,
    LOT,
    STRANGER,
    UNIT,
    fee_up,
    notional,
)
from tests.support.soundness import refused
from tests.support.system import DOLLAR, ETH_MARKET, UNLIMITED
from worldmarkets.model.interface import PoolTerms, Removal
from worldmarkets.model.liquidation import moves
from worldmarkets.model.records import Removed

WAD = 10**18


def debt_shares(lending: LendingScene, account: int, asset: int = 0) -> int:
    return -lending.ledger(account, asset).balance


def exhaust(lending: LendingScene) -> int:
    """Borrow nearly all cash there is, and let the lender take the rest: utilisation 100 %."""
    account = lending.new_account(BORROWER, lots=10**6)
    lending.system.borrow(account, 0, LENT_CASH * 998 // 1_000 * UNIT)
    lending.system.withdraw(lending.lender, 0, lending.totals().cash * UNIT)
    assert lending.totals().cash == 0
    return account


# --------------------------------------------------------------- LED-1


def new_pool(lending: LendingScene) -> int:
    """An asset whose pool is open and empty."""
    system = lending.system
    asset = system.add_asset(system.assets[1])
    system.set_pool_terms(asset, WIDE_POOL)
    return asset


@pytest.mark.parametrize("donation", [1, 10**6, 10**15])
def test_led_1_tokens_sent_to_the_exchange_make_no_share_worth_more(
    lending: LendingScene, donation: int
) -> None:
    """The first lender of one atom gives a fortune to the pool; the next loses nothing to him."""
    system, asset = lending.system, new_pool(lending)
    attacker = lending.new_account(STRANGER)
    system.fund(attacker, asset, ETH_UNIT)
    system.set_lent(attacker, asset)
    system.mint_only(STRANGER, asset, donation * ETH_UNIT)
    token = (system.tokens[asset], "FaucetToken", STRANGER)
    system.execute_on(*token, "transfer", system.exchange, donation * ETH_UNIT)
    system.accrue_pools(asset)
    assert lending.index(asset).supply_index == WAD
    victim = lending.new_account(DEPOSITOR)
    system.fund(victim, asset, 999 * ETH_UNIT)
    system.set_lent(victim, asset)
    assert lending.atoms(victim, asset) == 999
    assert lending.atoms(attacker, asset) == 1
    for account, atoms in ((victim, 999), (attacker, 1)):
        system.withdraw(account, asset, atoms * ETH_UNIT)
    # The gift is nobody's; the audit at the end of the test counts without it.
    system.backend.set_word(  # type: ignore[attr-defined]
        system.tokens[asset], balance_slot(system.exchange), 0
    )


def balance_slot(holder: str) -> int:
    """Where a faucet token keeps a balance: a mapping at slot 0."""
    return int.from_bytes(keccak(bytes(12) + bytes.fromhex(holder[2:]) + bytes(32)), "big")


def test_led_1_deposits_to_an_account_of_the_pools_own_do_not_exist(
    lending: LendingScene,
) -> None:
    """Interest on a few atoms is shared with a million virtual shares: a share of one atom stays
    worth one for years, whatever its lender borrows of himself."""
    system, asset = lending.system, new_pool(lending)
    attacker = lending.new_account(STRANGER, 10**12)
    system.fund(attacker, asset, 1_000 * ETH_UNIT)
    system.set_lent(attacker, asset)
    debtor = lending.new_account(STRANGER, 10**12)
    system.borrow(debtor, asset, 900 * ETH_UNIT)
    for _ in range(12):
        lending.wait(YEAR // 12)
        system.accrue_pools(asset)
    # 900 atoms at up to 800 % a year; a thousandth of their interest is the lender's.
    assert lending.index(asset).supply_index < WAD + WAD // 1_000
    victim = lending.new_account(DEPOSITOR)
    system.fund(victim, asset, 999 * ETH_UNIT)
    system.set_lent(victim, asset)
    assert 998 <= lending.atoms(victim, asset) <= 999


# --------------------------------------------------------------- LED-6


def test_led_6_lenders_wait_while_all_is_borrowed(lending: LendingScene) -> None:
    system = lending.system
    exhaust(lending)
    left = lending.atoms(lending.lender)
    assert left == LENT_CASH * 998 // 1_000
    with refused(system, "InsufficientLiquidity", 0, 1, 0):
        system.withdraw(lending.lender, 0, UNIT)
    with refused(system, "InsufficientLiquidity", 0, 1, 0):
        system.transfer(lending.lender, lending.maker, 0, 1)
    with refused(system, "InsufficientLiquidity", 0, left, 0):
        system.set_lent(lending.lender, 0, False)


def test_led_6_repayments_pass_while_all_is_borrowed(lending: LendingScene) -> None:
    system = lending.system
    account = exhaust(lending)
    lending.wait(YEAR)
    system.mint(STRANGER, 0, 10**40)
    half = system.repay(account, 0, LENT_CASH // 2 * UNIT, sender=STRANGER)
    assert half == LENT_CASH // 2
    system.withdraw(lending.lender, 0, half * UNIT)
    system.repay(account, 0, UNLIMITED, sender=STRANGER)
    assert lending.totals().borrow_shares == 0
    system.set_lent(lending.lender, 0, False)


def test_led_6_deposits_and_lending_pass_while_all_is_borrowed(lending: LendingScene) -> None:
    exhaust(lending)
    lending.system.fund(lending.lender, 0, 5 * UNIT)
    assert lending.totals().cash == 5
    lending.system.set_lent(lending.maker, 0)
    assert lending.totals().cash > 5


def test_led_6_fills_paid_from_custody_go_on(lending: LendingScene) -> None:
    exhaust(lending)
    lending.ask(lending.maker, 20_000, 1_000)
    assert lending.bid(lending.taker, 20_000, 1_000, IOC).filled_lots == 1_000
    lending.bid(lending.maker, 20_000, 1_000)
    assert lending.ask(lending.taker, 20_000, 1_000, IOC).filled_lots == 1_000


def test_led_6_cancels_and_reductions_go_on(lending: LendingScene) -> None:
    system = lending.system
    account = exhaust(lending)
    made = lending.ask(account, 20_500, 1_000).order_id
    lending.wait(3_600)
    system.reduce(account, made, 500)
    assert system.cancel(account, made) == 500


def test_led_6_a_debtor_sells_to_repay(lending: LendingScene) -> None:
    account = exhaust(lending)
    before = debt_shares(lending, account)
    lending.bid(lending.maker, 20_000, 1_000)
    assert lending.ask(account, 20_000, 1_000, IOC).filled_lots == 1_000
    proceeds = notional(1_000, 20_000) - fee_up(notional(1_000, 20_000), 350)
    assert debt_shares(lending, account) == before - proceeds
    assert lending.totals().cash == proceeds


def test_led_6_a_fill_that_would_draw_more_is_cut(lending: LendingScene) -> None:
    """Takers pay from custody what they can; nothing is borrowed that is not there."""
    exhaust(lending)
    account = lending.new_account(STRANGER, 1_000 * DOLLARS)
    lending.ask(lending.maker, 20_000, 10_000)
    result = lending.bid(account, 20_000, 10_000, IOC)
    assert result.filled_lots == 499
    assert lending.totals().cash == 0
    assert lending.cash(account) >= 0


def test_led_6_a_lent_maker_is_removed_and_the_next_one_trades(lending: LendingScene) -> None:
    """His money is in the pool and cannot be had: he leaves the book, nobody waits for him."""
    system = lending.system
    lent = lending.new_account(STRANGER, 10_000 * DOLLARS)
    system.set_lent(lent, 0)
    lending.bid(lent, 20_000, 1_000)
    lending.bid(lending.maker, 20_000, 1_000)
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, LENT_CASH * 998 // 1_000 * UNIT)
    system.withdraw(lending.lender, 0, lending.totals().cash * UNIT)
    result = lending.ask(lending.taker, 20_000, 1_000, IOC)
    assert result.filled_lots == 1_000
    [removed] = [record for record in lending.records() if isinstance(record, Removed)]
    assert (removed.account, removed.reason) == (lent, Removal.UNPAYABLE)
    assert lending.ledger(lent, 1).open_bids == 0


# --------------------------------------------------------------- LED-7


@pytest.mark.parametrize("lots", [1, 10**6])
def test_led_7_lending_and_taking_back_in_a_second_moves_nothing(
    lending: LendingScene, lots: int
) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, LENT_CASH // 2 * UNIT)
    lending.wait(1_000)
    system.accrue_pools(0)
    words = (lending.index(), lending.totals(), lending.terms())
    whale = lending.new_account(STRANGER, lots * 10**6 * DOLLARS)
    system.set_lent(whale, 0)
    assert lending.index().rate < words[0].rate
    system.set_lent(whale, 0, False)
    # An atom of rounding may be the whale's gift to the pool.
    cash = lending.totals().cash
    assert words[1].cash <= cash <= words[1].cash + 1
    expected = (words[0], replace(words[1], cash=cash), words[2])
    assert (lending.index(), lending.totals(), lending.terms()) == expected


def test_led_7_the_rate_follows_what_held_not_what_is_shown_when_asked(
    lending: LendingScene,
) -> None:
    """A whale lends just before each poke and leaves just after: the drift is that of the time
    between, in which he was not there."""
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, LENT_CASH * 95 // 100 * UNIT)
    whale = lending.new_account(STRANGER, 10**9 * DOLLARS)
    snapshot = system.backend.snapshot()
    lending.wait(3_600)
    system.accrue_pools(0)
    honest = lending.index()
    system.backend.revert(snapshot)
    lending.wait(3_600)
    system.set_lent(whale, 0)
    system.accrue_pools(0)
    system.set_lent(whale, 0, False)
    assert lending.index() == honest


def test_led_7_borrowing_and_repaying_in_a_second_moves_nothing(lending: LendingScene) -> None:
    system = lending.system
    words = (lending.index(), lending.totals())
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, LENT_CASH * 998 // 1_000 * UNIT)
    system.mint(BORROWER, 0, UNIT)
    system.repay(account, 0, UNLIMITED)
    assert (lending.index(), lending.totals()) == words


# --------------------------------------------------------------- LED-8


@pytest.fixture
def second(lending: LendingScene) -> int:
    """Another lender, of half as much."""
    account = lending.new_account(STRANGER, 500_000 * DOLLARS)
    lending.system.set_lent(account, 0)
    return account


@pytest.fixture
def debtor(lending: LendingScene, second: int) -> int:
    """An account that has bought 500 ETH with what both lend."""
    return lending.long(BORROWER, 50_500 * DOLLARS, 500_000 - 1)


@pytest.fixture
def burdened(lending: LendingScene, debtor: int) -> LendingScene:
    """The price has just fallen by 15 %, to where the debtor is worth less than nothing."""
    lending.system.set_price(1, 1_700 * DOLLAR)
    return lending


def test_led_8_lender_who_would_leave_before_a_loss_waits_and_shares_it(
    burdened: LendingScene, second: int, debtor: int
) -> None:
    """For ten seconds nobody takes out what he lends, in any way; anyone recognises the loss."""
    system, until = burdened.system, burdened.system.backend.time + moves.PAUSE
    other = burdened.new_account(STRANGER)
    withdraw = partial(system.withdraw, second, 0, UNIT)
    for leave in (
        withdraw,
        partial(system.set_lent, second, 0, False),
        partial(system.borrow, second, 0, UNIT),
        partial(system.transfer, second, other, 0, 1),
        partial(system.lock_bond, second, 10 * DOLLARS),
    ):
        with refused(system, "PriceMoving", until):
            leave()
    burdened.wait(moves.PAUSE - 1)
    with refused(system, "PriceMoving", until):
        withdraw()
    system.accrue_pools(0)
    lenders = (second, burdened.lender)
    had = [burdened.atoms(lender) for lender in lenders]
    lost = -burdened.margin(debtor).equity_atoms
    system.flag_account(debtor, sender=STRANGER)
    assert burdened.margin(debtor).equity_atoms in {0, 1, 2}
    for lender, atoms in zip(lenders, had, strict=True):
        share = lost * atoms // sum(had)
        # What is kept of ten seconds' interest is lost first.
        assert share - 1_000 < atoms - burdened.atoms(lender) < share
    burdened.wait(1)
    withdraw()


def test_led_8_who_leaves_before_a_loss_is_recognised_leaves_whole_as_long_as_there_is_cash(
    burdened: LendingScene, second: int, debtor: int
) -> None:
    """Where nobody flags the debtor in ten seconds: the first lenders take the cash there is, at
    full worth; the rest keep claims on a debtor who has nothing."""
    lending, system = burdened, burdened.system
    lending.wait(moves.PAUSE)
    assert lending.margin(debtor).equity_atoms < 0
    cash = lending.totals().cash
    assert cash >= 500_000 * DOLLARS
    system.withdraw(second, 0, 500_000 * DOLLARS * UNIT)
    left = lending.totals().cash
    with refused(system, "InsufficientLiquidity", 0, left + 1, left):
        system.withdraw(lending.lender, 0, (left + 1) * UNIT)
    # Nobody got more than he had and a few seconds' interest, and the words still add up.
    assert LENT_CASH <= lending.atoms(lending.lender) < LENT_CASH + DOLLARS


# --------------------------------------------------------------- LED-9


def test_led_9_assets_do_not_leave_a_debt_behind(lending: LendingScene) -> None:
    """One owner, two accounts: the debt stays in one, the assets would go to the other."""
    system = lending.system
    account = lending.long(BORROWER, 2_000 * DOLLARS, 10_000)
    haven = lending.new_account(BORROWER, 1)
    system.activate_asset(haven, 1)
    margin = lending.margin(account)
    # What is free in atoms of the base asset, at 2,000 dollars less 5 % of each.
    for atoms in (10_000 * LOT, 5_000 * LOT):
        equity = margin.equity_atoms - atoms * 20
        required = (10_000 * LOT - atoms) * 20 * 5 // 100
        with refused(system, "BelowInitialMargin", account, equity, required):
            system.transfer(account, haven, 1, atoms)
    free = margin.free_atoms
    most = free * 100 // (20 * 95)
    system.transfer(account, haven, 1, most)
    assert lending.margin(account).free_atoms >= 0
    with pytest.raises(Reverted, match="BelowInitialMargin"):
        system.transfer(account, haven, 1, LOT)


def test_led_9_debts_cannot_be_moved_or_dropped(lending: LendingScene) -> None:
    system = lending.system
    account = lending.long(BORROWER, 2_000 * DOLLARS, 10_000)
    haven = lending.new_account(BORROWER, 1)
    with refused(system, "InsufficientBalance", account, 0, lending.atoms(account), 1):
        system.transfer(account, haven, 0, 1)
    short = lending.short(STRANGER, 2_000 * DOLLARS, 1_000)
    with refused(system, "AssetInUse", short, 1):
        system.deactivate_asset(short, 1)
    with refused(system, "AssetInUse", account, 0):
        system.deactivate_asset(account, 0)


def test_led_9_lent_balances_back_a_debt_like_custody(lending: LendingScene) -> None:
    """Lending what backs a debt, and taking it back, changes no margin and frees nothing."""
    system = lending.system
    account = lending.long(BORROWER, 2_000 * DOLLARS, 10_000)
    before = lending.margin(account)
    system.set_lent(account, 1)
    assert lending.margin(account) == before
    haven = lending.new_account(BORROWER, 1)
    system.activate_asset(haven, 1)
    equity = before.equity_atoms - LOT * 9_000 * 20
    with refused(system, "BelowInitialMargin", account, equity, 1_000 * LOT * 20 * 5 // 100):
        system.transfer(account, haven, 1, 9_000 * LOT)
    system.set_lent(account, 1, False)
    assert lending.margin(account) == before


def test_led_9_a_debt_in_each_of_two_accounts_is_backed_in_each(lending: LendingScene) -> None:
    """The same cash cannot back two debts: moving it needs the first one's margin."""
    system = lending.system
    first = lending.new_account(BORROWER, 1_050 * DOLLARS)
    second = lending.new_account(BORROWER, 1)
    system.borrow(first, 1, 500 * LOT * ETH_UNIT)
    with refused(system, "BelowInitialMargin", first, 49 * DOLLARS, 50 * DOLLARS):
        system.transfer(first, second, 0, DOLLARS)


# --------------------------------------------------------------- griefing


def test_a_stranger_who_fills_the_supply_cap_stops_no_repayment(lending: LendingScene) -> None:
    system = lending.system
    account = lending.long(BORROWER, 2_000 * DOLLARS, 10_000)
    system.set_lent(account, 0)
    griefer = lending.new_account(STRANGER, 10_000 * DOLLARS)
    system.set_pool_terms(0, PoolTerms(LENT_CASH + 10_000 * DOLLARS, 2**70, 999, 999, 100))
    system.set_lent(griefer, 0)
    system.mint(BORROWER, 0, 10**30)
    system.repay(account, 0, UNIT)
    system.deposit(account, 0, UNIT)
    system.transfer(lending.maker, account, 0, 1)


def test_a_gift_to_a_lender_is_lent_and_his(lending: LendingScene) -> None:
    system = lending.system
    system.mint(STRANGER, 0, 5 * UNIT)
    system.deposit(lending.lender, 0, 5 * UNIT, sender=STRANGER)
    assert lending.atoms(lending.lender) == LENT_CASH + 5
    system.mint(STRANGER, 2, 5)
    with refused(system, "AssetNotActivated", lending.lender, 2):
        system.deposit(lending.lender, 2, 5, sender=STRANGER)


def test_fees_of_trades_on_credit_are_there_to_collect(lending: LendingScene) -> None:
    """A fee that a borrower pays is borrowed from the pool, and counted once."""
    account = lending.long(BORROWER, 2_000 * DOLLARS, 10_000)
    lending.system.collect_fees(ETH_MARKET)
    fees = lending.cash(1) + lending.cash(2)
    assert fees == fee_up(notional(10_000, 20_000), 350) + fee_up(notional(10_000, 20_000), -100)
    assert lending.atoms(account) < 0


@pytest.mark.parametrize("atoms", [1, 2, 3, 999])
def test_rounding_loops_of_borrowing_and_repaying_never_gain(
    lending: LendingScene, atoms: int
) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10_000)
    system.borrow(account, 0, 1_000 * DOLLARS * UNIT)
    lending.wait(YEAR // 3)
    lending.refresh(1)
    system.accrue_pools(0)
    debt = lending.atoms(account)
    system.mint(BORROWER, 0, UNIT)
    for _ in range(50):
        system.borrow(account, 0, atoms * UNIT)
        system.repay(account, 0, atoms * UNIT)
    assert lending.atoms(account) <= debt
    assert system.token_balance(0, BORROWER) == (1_000 * DOLLARS + 1) * UNIT


@pytest.mark.parametrize("atoms", [1, 2, 3, 999])
def test_rounding_loops_of_lending_and_taking_back_never_gain(
    lending: LendingScene, atoms: int
) -> None:
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, 900_000 * DOLLARS * UNIT)
    lending.wait(YEAR // 3)
    system.accrue_pools(0)
    looper = lending.new_account(STRANGER, atoms)
    for _ in range(50):
        system.set_lent(looper, 0)
        system.set_lent(looper, 0, False)
    assert lending.cash(looper) <= atoms
    before = lending.atoms(lending.lender)
    for _ in range(50):
        system.withdraw(lending.lender, 0, atoms * UNIT)
        system.deposit(lending.lender, 0, atoms * UNIT)
    assert lending.atoms(lending.lender) <= before


def test_the_last_lender_of_a_pool_that_earned_gets_all_that_is_his(
    lending: LendingScene,
) -> None:
    """After a year all debts are paid and all lenders leave: what stays is the reserve."""
    system = lending.system
    account = lending.new_account(BORROWER, lots=10**6)
    system.borrow(account, 0, 900_000 * DOLLARS * UNIT)
    lending.wait(YEAR)
    system.mint(BORROWER, 0, 10**30)
    paid = system.repay(account, 0, UNLIMITED)
    system.set_lent(lending.lender, 0, False)
    has = lending.cash(lending.lender)
    assert LENT_CASH < has <= LENT_CASH + (paid - 900_000 * DOLLARS) * 9 // 10
    assert lending.totals().supply_shares == 0
    assert lending.totals().cash == LENT_CASH + paid - 900_000 * DOLLARS - has
    assert system.collect_reserve(0) > 0


def test_rounding_never_becomes_a_share_of_the_reserve(lending: LendingScene) -> None:
    """Whoever collects the reserve at the best of moments leaves enough for all lenders."""
    system, asset = lending.system, new_pool(lending)
    system.set_pool_terms(asset, replace(WIDE_POOL, reserve_permille=0))
    lender = lending.new_account(DEPOSITOR)
    system.fund(lender, asset, 1_000_000_007 * ETH_UNIT)
    system.set_lent(lender, asset)
    borrower = lending.new_account(BORROWER, 10**6 * DOLLARS)
    system.borrow(borrower, asset, 901_000_003 * ETH_UNIT)
    collected = 0
    for step in range(120):
        lending.wait(40_000 + 997 * step)
        system.accrue_pools(asset)
        collected += system.collect_reserve(asset)
        for _ in range(3):
            lending.wait(1)
            system.accrue_pools(asset)
            index, totals = lending.index(asset), lending.totals(asset)
            there = totals.cash * WAD + totals.borrow_shares * index.borrow_index
            assert there >= totals.supply_shares * index.supply_index
            collected += system.collect_reserve(asset)
    assert collected > 0

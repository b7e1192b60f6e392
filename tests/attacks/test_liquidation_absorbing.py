"""Slices into every kind of bidder's balance: lent as lent, debt as debt, and no liquidity needed.

Whatever the bidder has of the asset, he has as much more as the account has less.
"""

from dataclasses import replace

import pytest

from tests.support.backend import user_address
from tests.support.liquidation import (
    BIDDER,
    CAPITAL,
    FAILING,
    LOTS,
    MAINTENANCE,
    WHOLE,
    LiquidationScene,
)
from tests.support.perps import ETH_LOTS
from tests.support.soundness import assert_sound
from worldmarkets.model import slots

KINDS = ("nothing", "custody", "little custody", "lent", "little lent", "debt", "little debt")
"""What a bidder has of the asset; *little* is less than what the slice brings."""
MOVED = ("custody", "lent", "debt")
PART = 400_000
"""Of the account that is bought [ppm]."""
BORROWED = 4 * ETH_LOTS
"""Lots that the account, or a bidder, owes."""


def with_eth(failing: LiquidationScene, owner: str, kind: str, lots: int) -> int:
    """An account with plenty of cash and so many lots of asset 1, of a kind."""
    system = failing.system
    if kind.endswith("debt"):
        account = failing.short(owner, CAPITAL, lots)
    else:
        account = failing.new_account(owner, CAPITAL, 0 if kind == "nothing" else lots)
    if kind.endswith("lent"):
        system.set_lent(account, 1)
    return account


def victim(failing: LiquidationScene, kind: str) -> int:
    """An account that fails with four ETH, or owing as many, and a long perp."""
    account = with_eth(failing, FAILING, kind, BORROWED)
    failing.trade(account, failing.maker, 20 * ETH_LOTS)
    return account


def drain(failing: LiquidationScene, asset: int) -> None:
    """Let somebody owe all that is in the pool of an asset; the maker has it in custody."""
    borrower = failing.new_account(user_address(0x31))
    failing.system.activate_asset(borrower, asset)
    totals, maker = failing.totals(asset), failing.ledger(failing.maker, asset)
    gone = totals.cash
    shares = gone * 10**18 // failing.index(asset).borrow_index + 1
    later = replace(totals, cash=0, borrow_shares=totals.borrow_shares + shares)
    owes = replace(maker, open_bids=0, open_asks=0, lent=0, balance=-shares)
    paid = replace(maker, balance=maker.balance + gone)
    failing.set_word(slots.pool_totals(asset), later)
    failing.set_word(slots.ledger(borrower, asset), owes)
    failing.set_word(slots.ledger(failing.maker, asset), paid)


@pytest.mark.parametrize("drained", [False, True])
@pytest.mark.parametrize("has", KINDS)
@pytest.mark.parametrize("moved", MOVED)
def test_slice_moves_a_balance_of_any_kind_to_a_bidder_with_any(
    failing: LiquidationScene, moved: str, has: str, drained: bool
) -> None:
    system, account = failing.system, victim(failing, moved)
    lots = ETH_LOTS if has.startswith("little") else 40 * ETH_LOTS
    bidder = with_eth(failing, BIDDER, has, lots)
    if drained:
        drain(failing, 1)
    failing.leave_equity(account, MAINTENANCE // 2)
    failing.open_auction(account, 300)
    system.accrue_pools(1)
    holders = (account, bidder)
    before = [failing.atoms(holder, 1) for holder in holders]
    cash = failing.totals(1).cash
    taken = failing.buy(account, PART, bidder)
    assert (taken.fraction_ppm, taken.paid_atoms) == (PART, 0)
    given, got = (failing.atoms(each, 1) - had for each, had in zip(holders, before, strict=True))
    assert abs(given + before[0] * PART // WHOLE) <= 1
    # Shares that become another kind are rounded against whoever has them; one atom is of reading.
    assert -3 <= given + got <= 1
    if "custody" not in (moved, has.removeprefix("little ")):
        # What is lent and what is owed meet each other, not what is in the pool.
        assert failing.totals(1).cash == cash
    assert_sound(system)


@pytest.mark.parametrize("has", ["custody", "lent", "debt"])
@pytest.mark.parametrize("moved", ["lent", "debt"])
def test_slice_of_cash_on_loan_or_owed_moves_when_all_of_it_is_borrowed(
    failing: LiquidationScene, moved: str, has: str
) -> None:
    system, half = failing.system, MAINTENANCE // 2
    bidder = failing.new_account(BIDDER, 0 if has == "debt" else CAPITAL, 400 * ETH_LOTS)
    if has == "debt":
        failing.set_equity(bidder, failing.equity(bidder) - CAPITAL // 5)
    if moved == "debt":
        account = failing.long(FAILING, CAPITAL // 100, LOTS)
        failing.set_equity(account, half)
    else:
        account = failing.perp_long(equity=half)
        system.set_lent(account, 0)
    if has == "lent":
        system.set_lent(bidder, 0)
    drain(failing, 0)
    failing.open_auction(account, 300)
    system.accrue_pools(0)
    holders = (account, bidder)
    before = [failing.atoms(holder) for holder in holders]
    taken = failing.buy(account, PART, bidder)
    assert (taken.fraction_ppm, taken.paid_atoms) == (PART, 0)
    given, got = (failing.atoms(each) - had for each, had in zip(holders, before, strict=True))
    assert abs(given + before[0] * PART // WHOLE) <= 1
    assert -3 <= given + got <= 1
    assert_sound(system)


def test_slice_shares_leave_an_account_that_has_all_of_a_pool(failing: LiquidationScene) -> None:
    """Of the last lender nothing stays, and the pool is not left with anything that nobody has."""
    system, account = failing.system, with_eth(failing, FAILING, "lent", BORROWED)
    system.set_lent(failing.lender, 1, False)
    failing.trade(account, failing.maker, 20 * ETH_LOTS)
    failing.leave_equity(account, 0)
    failing.open_auction(account)
    assert failing.buy(account).fraction_ppm == WHOLE
    assert failing.ledger(account, 1).balance == 0
    assert failing.ledger(failing.bidder, 1).balance == failing.totals(1).supply_shares

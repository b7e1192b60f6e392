"""Slices into every kind of bidder's balance: lent as lent, debt as debt, and no liquidity needed.

Whatever the bidder has of the asset, he has as much more as the account has less.
"""

import pytest

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
from tests.support.scene import LOT
from tests.support.soundness import assert_sound

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
        failing.drain(1)
    failing.leave_equity(account, MAINTENANCE // 2)
    failing.open_auction(account, 300)
    system.accrue_pools(1)
    holders = (account, bidder)
    before = [failing.atoms(holder, 1) for holder in holders]
    taken = failing.buy(account, PART, bidder)
    assert (taken.fraction_ppm, taken.paid_atoms) == (PART, 0)
    given, got = (failing.atoms(each, 1) - had for each, had in zip(holders, before, strict=True))
    assert abs(given + before[0] * PART // WHOLE) <= 1
    # Shares that become another kind are rounded against whoever has them; one atom is of reading.
    assert -3 <= given + got <= 1
    if drained and "custody" not in (moved, has.removeprefix("little ")):
        # What is lent and what is owed meet each other, and nothing is drawn.
        assert failing.totals(1).cash == 0
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
    failing.drain(0)
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


@pytest.mark.parametrize("drained", [False, True])
def test_bidder_lends_what_he_keeps_in_custody_only_where_the_pool_cannot_pay(
    failing: LiquidationScene, drained: bool
) -> None:
    """A flagged owner who lends just before a bid puts nothing of the bidder's on loan."""
    account = victim(failing, "lent")
    bidder = with_eth(failing, BIDDER, "custody", BORROWED)
    if drained:
        failing.drain(1)
    failing.leave_equity(account, MAINTENANCE // 2)
    failing.open_auction(account, 300)
    failing.buy(account, PART, bidder)
    word = failing.ledger(bidder, 1)
    assert word.lent == drained
    if not drained:
        assert word.balance == BORROWED * LOT + BORROWED * LOT * PART // WHOLE


def test_slice_of_all_that_a_pool_has_leaves_it_empty(failing: LiquidationScene) -> None:
    """Of the last lender nothing stays, nor anything that nobody has."""
    system, account = failing.system, with_eth(failing, FAILING, "lent", BORROWED)
    system.set_lent(failing.lender, 1, False)
    failing.trade(account, failing.maker, 20 * ETH_LOTS)
    failing.leave_equity(account, 0)
    failing.open_auction(account)
    assert failing.buy(account).fraction_ppm == WHOLE
    assert failing.ledger(account, 1).balance == 0
    assert failing.ledger(failing.bidder, 1).balance == BORROWED * LOT
    assert (failing.totals(1).supply_shares, failing.totals(1).cash) == (0, 0)

"""What trades by operators lose against the reference price, and the budget for it."""

from dataclasses import replace
from fractions import Fraction
from math import ceil

from worldmarkets.model import slots
from worldmarkets.model.state import State
from worldmarkets.model.words import MAX_TICK, SECONDS_A_DAY, BookWord, CashWord


def loss_up(book: BookWord, is_ask: bool, lots: int, notional_atoms: int, fee_atoms: int) -> int:
    """Return what one side of trades loses, rounded up; 0 if it gains [quote atoms].

    The reference price r is known from the limits of the band, which are r · (1 ± band) rounded
    away from each other's side to ticks: it is within half a tick of their mean. The worst of
    these counts. Where the upper limit is cut, a sale counts as lost whole. While a
    price waits the limits belong to two, and the one that loses more counts.
    """
    middle = Fraction(book.highest_bid + book.lowest_ask, 2)
    if book.unconfirmed:
        middle = Fraction(book.highest_bid if is_ask else book.lowest_ask)
    unit = lots * book.tick_value
    if not is_ask:
        loss = notional_atoms - unit * (middle - Fraction(1, 2))
    elif book.highest_bid >= MAX_TICK:
        loss = Fraction(notional_atoms)
    else:
        loss = unit * (middle + Fraction(1, 2)) - notional_atoms
    return max(0, ceil(loss + fee_atoms))


def can_lose(state: State, account_id: int, loss_atoms: int, time: int) -> bool:
    """Return whether a loss fits in what is left of the account's budget for the day."""
    cash = cash_of(state, account_id)
    return loss_atoms <= max(0, cash.budget - cash.loss_at(time))


def book_loss(state: State, account_id: int, loss_atoms: int, time: int) -> None:
    """Use up the budget by a loss that fits; a fee rounded anew may lose an atom more."""
    if loss_atoms == 0:
        return
    cash = cash_of(state, account_id)
    loss = min(cash.loss_at(time) + loss_atoms, cash.budget)
    cash = replace(cash, loss=loss, day=time // SECONDS_A_DAY)
    state.store(slots.ledger(account_id, 0), cash)


def cash_of(state: State, account_id: int) -> CashWord:
    """Return the cash word of an account."""
    return state.load(CashWord, slots.ledger(account_id, 0))

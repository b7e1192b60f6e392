"""Paying back what funds have paid for an account, and what was drawn of its standby lines."""

from dataclasses import replace

from worldmarkets.model import accounts, balances, risk
from worldmarkets.model.events import Event
from worldmarkets.model.liquidation import counters, flags, protection
from worldmarkets.model.liquidation_events import ClaimRepaid, LineRepaid
from worldmarkets.model.state import State


def repay(state: State, account_id: int, events: list[Event]) -> int:
    """Pay back out of what an account has beyond its initial requirement; return what was paid.

    The funds come first, each by its part; then line by line. Raises UnknownAccount.
    """
    accounts.check_known(state, account_id)
    owed = protection.owed_atoms(state, account_id)
    surplus = max(0, risk.settled_surplus(state, account_id))
    atoms = min(owed, surplus, balances.own(state, account_id, 0))
    if atoms:
        balances.add(state, account_id, 0, -atoms)
        left = atoms - _repay_funds(state, account_id, atoms, events)
        _repay_lines(state, account_id, left, events)
        if atoms == owed:
            protection.mark(state, account_id, owes=0)
    flags.thaw(state, account_id, events)
    return atoms


def _repay_funds(state: State, account_id: int, most: int, events: list[Event]) -> int:
    """Pay both funds back by their parts, that of the insurance fund rounded down."""
    word = protection.load(state, account_id)
    atoms = min(most, word.claims)
    if not atoms:
        return 0
    insurance = atoms * word.insurance_claim // word.claims
    backstop = atoms - insurance
    backstop_id = counters.load(state).backstop
    for fund_id, part in ((accounts.INSURANCE, insurance), (backstop_id, backstop)):
        if part:
            balances.add(state, fund_id, 0, part)
    word = replace(
        word,
        insurance_claim=word.insurance_claim - insurance,
        backstop_claim=word.backstop_claim - backstop,
    )
    protection.store(state, account_id, word)
    events.append(ClaimRepaid(account_id, insurance, backstop))
    return atoms


def _repay_lines(state: State, account_id: int, most: int, events: list[Event]) -> None:
    """Pay lenders of drawn lines back in turn."""
    lenders = protection.load_lines(state, account_id).lenders
    for lender_id in lenders:
        line = protection.load_line(state, account_id, lender_id)
        atoms = min(most, line.drawn)
        if not atoms:
            continue
        most -= atoms
        line = replace(line, drawn=line.drawn - atoms)
        protection.store_line(state, account_id, lender_id, line)
        lines = protection.load_lines(state, account_id)
        protection.store_lines(state, account_id, replace(lines, drawn=lines.drawn - atoms))
        balances.add(state, lender_id, 0, atoms)
        events.append(LineRepaid(account_id, lender_id, atoms, line.drawn))
        if not (line.locked or line.drawn):
            protection.remove_line(state, account_id, lender_id)

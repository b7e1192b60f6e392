"""Bonds: quote atoms that an owner locks as the first loss of his account, outside its equity."""

from dataclasses import replace

from worldmarkets.model import accounts, balances, risk
from worldmarkets.model.errors import (
    AccountFrozen,
    BelowLeastProtection,
    InsufficientBond,
    ZeroAmount,
)
from worldmarkets.model.liquidation import counters, protection
from worldmarkets.model.liquidation_events import BondSet
from worldmarkets.model.state import State


def lock(state: State, caller: int, account_id: int, atoms: int) -> BondSet:
    """Lock atoms as a bond; what is left must suffice as for a withdrawal.

    Raises:
        UnknownAccount, NotAccountOwner, AccountFrozen, ZeroAmount, BelowLeastProtection,
        InsufficientBalance; those of the check.
    """
    _check(state, caller, account_id, atoms)
    word = protection.load(state, account_id)
    bond = word.bond + atoms
    if bond < protection.LEAST_ATOMS:
        raise BelowLeastProtection(bond, protection.LEAST_ATOMS)
    balance = protection.lock(state, account_id, atoms)
    protection.store(state, account_id, replace(word, bond=bond))
    protection.mark(state, account_id, protected=1)
    counters.add(state, bonds=atoms)
    risk.check_outgoing(state, account_id)
    return BondSet(account_id, bond, balance)


def release(state: State, caller: int, account_id: int, atoms: int) -> BondSet:
    """Return atoms of a bond to the balance, if the account passes the check without them.

    Raises:
        UnknownAccount, NotAccountOwner, AccountFrozen, ZeroAmount, InsufficientBond,
        BelowLeastProtection; those of the check.
    """
    _check(state, caller, account_id, atoms)
    word = protection.load(state, account_id)
    if atoms > word.bond:
        raise InsufficientBond(account_id, word.bond, atoms)
    bond = word.bond - atoms
    if 0 < bond < protection.LEAST_ATOMS:
        raise BelowLeastProtection(bond, protection.LEAST_ATOMS)
    risk.check(state, account_id)
    protection.store(state, account_id, replace(word, bond=bond))
    counters.add(state, bonds=-atoms)
    balance = balances.add(state, account_id, 0, atoms)
    return BondSet(account_id, bond, balance)


def _check(state: State, caller: int, account_id: int, atoms: int) -> None:
    accounts.check_owner(state, account_id, caller)
    if not accounts.load(state, account_id).live:
        raise AccountFrozen(account_id)
    if atoms == 0:
        raise ZeroAmount

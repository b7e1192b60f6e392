"""Deposits, withdrawals and transfers."""

from worldmarkets.model import accounts, risk, slots
from worldmarkets.model.errors import (
    FractionalAtoms,
    SameAccount,
    TooMuchHeld,
    UnlistedAsset,
    ZeroAddress,
    ZeroAmount,
)
from worldmarkets.model.events import Deposited, Transferred, Withdrawn
from worldmarkets.model.outside import Token
from worldmarkets.model.state import State
from worldmarkets.model.words import MAX_HELD_ATOMS, TokenWord


def token_of(state: State, asset_id: int) -> TokenWord:
    """Return the token word of a listed asset; raises UnlistedAsset."""
    word = state.load_raw(slots.token(asset_id)) if asset_id < 2**8 else 0
    if word == 0:
        raise UnlistedAsset(asset_id)
    return TokenWord.unpack(word)


def deposit(
    state: State, token: Token, exchange: int, caller: int, target: tuple[int, int], units: int
) -> Deposited:
    """Pull token units of the caller and credit what arrived to `target` (account, asset)."""
    account_id, asset_id = target
    if units == 0:
        raise ZeroAmount
    units_per_atom = token_of(state, asset_id).units_per_atom
    before = token.balance_of(exchange)
    token.transfer_from(state.journal, exchange, caller, exchange, units)
    held = token.balance_of(exchange)
    atoms = to_atoms(held - before, units_per_atom)
    if held // units_per_atom > MAX_HELD_ATOMS:
        raise TooMuchHeld(asset_id, held // units_per_atom, MAX_HELD_ATOMS)
    accounts.use(state, account_id, asset_id)
    balance = accounts.credit(state, account_id, asset_id, atoms)
    return Deposited(account_id, asset_id, atoms, balance)


def withdraw(
    state: State, token: Token, exchange: int, source: tuple[int, int], units: int, to: int
) -> Withdrawn:
    """Send token units of `source` (account, asset), whole atoms, to an address."""
    account_id, asset_id = source
    if to == 0:
        raise ZeroAddress
    atoms = to_atoms(units, token_of(state, asset_id).units_per_atom)
    balance = accounts.debit(state, account_id, asset_id, atoms)
    risk.check(state, account_id)
    token.transfer(state.journal, exchange, to, units)
    return Withdrawn(account_id, asset_id, to, atoms, balance)


def transfer(state: State, source: int, target: int, asset_id: int, atoms: int) -> Transferred:
    """Move atoms between two accounts of one owner."""
    if source == target:
        raise SameAccount(source)
    token_of(state, asset_id)
    if atoms == 0:
        raise ZeroAmount
    left = accounts.debit(state, source, asset_id, atoms)
    accounts.use(state, target, asset_id)
    balance = accounts.credit(state, target, asset_id, atoms)
    risk.check(state, source)
    return Transferred(source, target, asset_id, atoms, left, balance)


def to_atoms(token_units: int, units_per_atom: int) -> int:
    """Return whole atoms; raises ZeroAmount or FractionalAtoms."""
    if token_units == 0:
        raise ZeroAmount
    atoms, rest = divmod(token_units, units_per_atom)
    if rest:
        raise FractionalAtoms(token_units, units_per_atom)
    return atoms

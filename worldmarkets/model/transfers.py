"""Atoms that come into an account's balance, or leave it, other than by trading."""

from worldmarkets.model import accounts, balances
from worldmarkets.model.liquidation import moves
from worldmarkets.model.state import State


def give(state: State, account_id: int, asset_id: int, atoms: int) -> int:
    """Add atoms to a balance and return it; of what is lent, no more than the pool may have.

    Raises:
        SupplyCapReached.
    """
    balance = balances.add(state, account_id, asset_id, atoms)
    if balance > 0 and balances.load(state, account_id, asset_id).lent:
        balances.check_supply_cap(state, asset_id)
    return balance


def take(state: State, account_id: int, asset_id: int, atoms: int) -> int:
    """Take atoms from a balance and return what is left.

    A base asset of which nothing is left, open orders included, is no longer in use.

    Raises:
        PriceMoving: it is lent, and a price has just moved fast.
        ContractError: those of `balances.add`.
    """
    moves.check_lent(state, account_id, asset_id)
    balance = balances.add(state, account_id, asset_id, -atoms)
    if asset_id != 0 and accounts.is_empty(state, account_id, asset_id):
        accounts.stop_using(state, account_id, asset_id)
    return balance

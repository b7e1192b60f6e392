"""What accounts have of assets in atoms: in custody, lent or owed; and how it changes.

A debt is repaid before anything is credited; what is there is spent before anything is borrowed.
"""

from dataclasses import replace

from worldmarkets.model import pools, slots
from worldmarkets.model.errors import SupplyCapReached
from worldmarkets.model.pools import Pool
from worldmarkets.model.state import State
from worldmarkets.model.words import LedgerWord


def load(state: State, account_id: int, asset_id: int) -> LedgerWord:
    """Return the ledger word of an account and an asset; that of the quote has no open totals."""
    return state.load(LedgerWord, slots.ledger(account_id, asset_id))


def atoms_of(state: State, account_id: int, asset_id: int) -> int:
    """Return a balance now, rounded down; a debt is negative [atoms]."""
    word = load(state, account_id, asset_id)
    if (word.lent or word.balance < 0) and pools.is_open(state, asset_id):
        return pools.read(state, asset_id).atoms_of(word)
    return word.balance


def add(state: State, account_id: int, asset_id: int, atoms: int) -> int:
    """Add atoms (negative: take) to a balance and return it [atoms].

    What the account does not have is borrowed. Without an open pool a balance falls below zero,
    and the check at the end of the action refuses it.

    Raises:
        InsufficientLiquidity, BorrowCapReached, BorrowCeilingReached, BorrowWindowReached.
    """
    word = load(state, account_id, asset_id)
    if not atoms:
        _store(state, account_id, asset_id, word)
        return atoms_of(state, account_id, asset_id)
    stays = not word.lent and word.balance >= 0 and word.balance + atoms >= 0
    if stays or not pools.is_open(state, asset_id):
        word = replace(word, balance=word.balance + atoms)
        _store(state, account_id, asset_id, word)
        return word.balance
    pool = pools.load(state, asset_id)
    word = _credit(state, pool, word, atoms) if atoms > 0 else _debit(state, pool, word, -atoms)
    _store(state, account_id, asset_id, word)
    pools.store(state, pool)
    return pool.atoms_of(word)


def reach(state: State, account_id: int, asset_id: int) -> int:
    """Return the most that `add` could take: what there is, and what could be borrowed [atoms]."""
    word = load(state, account_id, asset_id)
    if not pools.is_open(state, asset_id):
        return max(0, word.balance)
    pool = pools.read(state, asset_id)
    has = max(0, pool.atoms_of(word))
    if word.lent:
        if has > pool.cash:
            return pool.cash
        pool.unlend(has, word.balance if has else 0)
    return has + pool.borrowable(pools.load_terms(state, asset_id), state.time)


def own(state: State, account_id: int, asset_id: int) -> int:
    """Return the most that `add` could take without borrowing anything [atoms]."""
    has = max(0, atoms_of(state, account_id, asset_id))
    return min(has, reach(state, account_id, asset_id))


def set_lent(state: State, account_id: int, asset_id: int, lent: bool) -> int:
    """Lend what is positive of a balance, or keep it in custody; return the balance [atoms].

    Raises:
        InsufficientLiquidity: the pool can not give it back now.
    """
    word = load(state, account_id, asset_id)
    if bool(word.lent) == lent:
        return atoms_of(state, account_id, asset_id)
    pool = pools.load(state, asset_id)
    balance = word.balance
    if balance > 0 and lent:
        balance = pool.lend(balance)
    elif balance > 0:
        atoms = pool.atoms_of(word)
        pool.unlend(atoms, balance)
        balance = atoms
    word = replace(word, balance=balance, lent=int(lent))
    _store(state, account_id, asset_id, word)
    pools.store(state, pool)
    return pool.atoms_of(word)


def check_supply_cap(state: State, asset_id: int) -> None:
    """Pass if no more is lent to a pool than may be; raises SupplyCapReached."""
    supplied = pools.read(state, asset_id).supplied
    cap = pools.load_terms(state, asset_id).supply_cap
    if supplied > cap:
        raise SupplyCapReached(asset_id, supplied, cap)


def _credit(state: State, pool: Pool, word: LedgerWord, atoms: int) -> LedgerWord:
    """Repay first; the rest is custody, or lent."""
    if word.balance < 0:
        repaid = min(atoms, pool.debt_up(-word.balance))
        shares = pools.repay(state, pool, repaid, -word.balance)
        word = replace(word, balance=word.balance + shares)
        atoms -= repaid
    if not atoms:
        return word
    return replace(word, balance=word.balance + (pool.lend(atoms) if word.lent else atoms))


def _debit(state: State, pool: Pool, word: LedgerWord, atoms: int) -> LedgerWord:
    """Spend what is there first; the rest is borrowed."""
    if word.balance > 0:
        spent = min(atoms, pool.atoms_of(word))
        taken = pool.unlend(spent, word.balance) if word.lent else spent
        word = replace(word, balance=word.balance - taken)
        atoms -= spent
    if not atoms:
        return word
    return replace(word, balance=word.balance - pools.borrow(state, pool, atoms))


def _store(state: State, account_id: int, asset_id: int, word: LedgerWord) -> None:
    state.store(slots.ledger(account_id, asset_id), replace(word, touched=1))

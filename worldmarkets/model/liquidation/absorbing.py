"""How an account takes over a part of another's balance, whatever it has itself of the asset.

Lent stays lent and debt stays debt: shares change their owner. Only where one has lent what the
other owes both are paid against each other, at their indices, which no limit of the pool can stop.
"""

from dataclasses import replace

from worldmarkets.model import balances, pools, slots
from worldmarkets.model.pools import Pool
from worldmarkets.model.state import State
from worldmarkets.model.words import LedgerWord


def absorb(state: State, account_id: int, asset_id: int, amount: int, *, lent: bool) -> None:
    """Add custody atoms, if `lent` supply shares, if negative borrow shares to a balance."""
    is_custody = amount >= 0 and not lent
    if is_custody or not pools.is_open(state, asset_id):
        balances.add(state, account_id, asset_id, amount)
        return
    word = balances.load(state, account_id, asset_id)
    if amount < 0:
        word = _with_debt(state, asset_id, word, -amount)
    else:
        word = _with_supply(state, asset_id, word, amount)
    state.store(slots.ledger(account_id, asset_id), replace(word, touched=1))


def _with_supply(state: State, asset_id: int, word: LedgerWord, shares: int) -> LedgerWord:
    """Add supply shares: they repay a debt first; the rest is lent, or custody if the pool has it.

    Only of what is not lent so far, and where the pool has too little what is in custody is lent.
    """
    if word.lent and word.balance >= 0:
        return replace(word, balance=word.balance + shares)
    pool = pools.load(state, asset_id)
    if word.balance < 0:
        shares, owed = _net(pool, shares, -word.balance)
        word = replace(word, balance=-owed)
    if shares and word.lent:
        word = replace(word, balance=shares)
    elif shares:
        word = _kept(pool, word, shares)
    pools.store(state, pool)
    return word


def _kept(pool: Pool, word: LedgerWord, shares: int) -> LedgerWord:
    """Pay supply shares out to one who lends nothing; if the pool can not, he lends from now on."""
    worth = pool.lent_down(shares)
    if worth <= pool.cash:
        pool.unlend(worth, shares)
        return replace(word, balance=word.balance + worth)
    return replace(word, balance=pool.lend(word.balance) + shares, lent=1)


def _with_debt(state: State, asset_id: int, word: LedgerWord, shares: int) -> LedgerWord:
    """Add borrow shares: what is there repays them first."""
    if word.balance <= 0:
        return replace(word, balance=word.balance - shares)
    pool = pools.load(state, asset_id)
    if word.lent:
        left, owed = _net(pool, word.balance, shares)
        balance = left or -owed
    else:
        paid = min(word.balance, pool.debt_up(shares))
        owed = shares - pool.repay(paid, shares)
        balance = -owed if owed else word.balance - paid
    pools.store(state, pool)
    return replace(word, balance=balance)


def _net(pool: Pool, supply: int, borrow: int) -> tuple[int, int]:
    """Pay supply shares and borrow shares against each other; return what is left of each.

    Cash goes out and comes back in, so the pool needs none.
    """
    atoms = min(pool.lent_down(supply), pool.debt_up(borrow))
    cash = pool.cash
    pool.cash += atoms
    supply -= pool.unlend(atoms, supply)
    borrow -= pool.repay(atoms, borrow)
    pool.cash = cash
    return supply, borrow

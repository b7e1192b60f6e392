"""Settlement: losses go into the market's pool, profits come out of what it has.

Every rounding is against the account. What nobody paid of a deficit is the market's shortfall: a
profit is then paid as the pool's share of both, which drawing does not change.
"""

from dataclasses import dataclass, replace

from worldmarkets.atlas.arithmetic import value_down
from worldmarkets.model import accounts, balances, pools, slots
from worldmarkets.model.errors import NotAccountOwner
from worldmarkets.model.events import Settled
from worldmarkets.model.liquidation import moves
from worldmarkets.model.perp_words import PerpPoolWord, wrapped
from worldmarkets.model.perps import funding, marks, positions
from worldmarkets.model.state import State
from worldmarkets.model.words import MAX_HELD_ATOMS, UnderlyingWord, base_of


@dataclass(frozen=True)
class _Payment:
    """What a settlement moves: to the balance, against the shortfall [quote atoms], off the cash.

    What goes off the position's cash is in 2^-24 tick-lots; all are negative for a loss.
    """

    atoms: int
    units: int
    cancelled_atoms: int = 0


def load_pool(state: State, market_id: int) -> PerpPoolWord:
    """Return the word of a perp market's pool."""
    return state.load(PerpPoolWord, slots.perp_pool(market_id))


def settle(state: State, caller: int, account_id: int, market_id: int) -> Settled | None:
    """Settle a position as far as money is there; None if there is nothing to settle.

    Raises:
        UnknownMarket, UnknownAccount.
        NotAccountOwner: it is a profit, the market has a shortfall, and the caller is not the
            owner.
        PriceMoving: it is a profit, and the price has just moved fast.
    """
    marks.config_of(state, market_id)
    accounts.check_known(state, account_id)
    units = positions.unsettled_now(state, account_id, market_id)
    if units < 0:
        return _pay_loss(state, account_id, market_id, units, _available(state, account_id))
    if units == 0:
        return None
    pool, tick_value = load_pool(state, market_id), funding.load(state, market_id).tick_value
    if pool.shortfall and accounts.owner_of(state, account_id) != caller:
        raise NotAccountOwner(account_id, caller)
    moves.check(state, base_of(market_id))
    return _move(state, account_id, market_id, _profit(pool, units, tick_value))


def settle_on_credit(state: State, caller: int, account_id: int, market_id: int) -> Settled | None:
    """Settle a position, and borrow what a loss takes beyond the balance.

    The caller checks the account afterwards if it has paid, as after any action that raises debt.

    Raises:
        UnknownMarket, UnknownAccount, NotAccountOwner, PriceMoving.
        InsufficientLiquidity, BorrowCapReached, BorrowCeilingReached, BorrowWindowReached.
    """
    marks.config_of(state, market_id)
    accounts.check_owner(state, account_id, caller)
    units = positions.unsettled_now(state, account_id, market_id)
    if units >= 0:
        return settle(state, caller, account_id, market_id)
    # Nobody can borrow more than the exchange ever holds.
    return _pay_loss(state, account_id, market_id, units, MAX_HELD_ATOMS)


def pay_fees(state: State, market_id: int, fees: int) -> tuple[int, int]:
    """Take fees out of a perp's pool; return what is paid and what the market still owes.

    They repay the shortfall first: that part is nobody's. All are in quote atoms.
    """
    pool = load_pool(state, market_id)
    cancelled = min(fees, pool.shortfall)
    paid = min(fees - cancelled, pool.cash)
    shortfall = pool.shortfall - cancelled
    pool = PerpPoolWord(pool.cash - paid, shortfall, touched=1)
    state.store(slots.perp_pool(market_id), pool)
    return paid, fees - cancelled - paid


def _pay_loss(state: State, account_id: int, market_id: int, units: int, available: int) -> Settled:
    """Pay a loss into the pool, as much of it as is available."""
    tick_value = funding.load(state, market_id).tick_value
    due = -positions.atoms_down(units, tick_value)
    paid = min(due, available)
    off = units if paid == due else -positions.units_down(paid, tick_value)
    return _move(state, account_id, market_id, _Payment(-paid, off))


def _profit(pool: PerpPoolWord, units: int, tick_value: int) -> _Payment:
    """Return what a profit is paid out of a pool, and what of it is cancelled for good."""
    due = positions.atoms_down(units, tick_value)
    settled = min(due, pool.cash + pool.shortfall)
    paid = settled
    if pool.shortfall:
        paid = settled * pool.cash // (pool.cash + pool.shortfall)
    off = units if settled == due else positions.units_up(settled, tick_value)
    return _Payment(paid, off, settled - paid)


def _move(state: State, account_id: int, market_id: int, payment: _Payment) -> Settled:
    """Move what is paid between pool and balance, and take what is settled off the position."""
    pool = load_pool(state, market_id)
    cash, shortfall = pool.cash - payment.atoms, pool.shortfall - payment.cancelled_atoms
    state.store(slots.perp_pool(market_id), PerpPoolWord(cash, shortfall, touched=1))
    word = positions.load(state, account_id, market_id)
    entry = positions.entry_at(funding.index_now(state, market_id))
    word = replace(word, cash=wrapped(word.cash - payment.units), funding_entry=entry)
    positions.store(state, account_id, market_id, word)
    if payment.atoms:
        balances.add(state, account_id, 0, payment.atoms)
    balance = balances.atoms_of(state, account_id, 0)
    return Settled(account_id, market_id, payment.atoms, payment.cancelled_atoms, balance)


def _available(state: State, account_id: int) -> int:
    """Return what of the quote balance can be taken at once, nothing of it borrowed [atoms].

    Where something is owed that is no more than what all balances are worth together.
    """
    assets = sorted({0, *accounts.used_assets(state, account_id)})
    held = {asset_id: balances.atoms_of(state, account_id, asset_id) for asset_id in assets}
    has = max(0, held[0])
    if min(held.values()) < 0:
        worth = sum(_worth(state, asset_id, atoms) for asset_id, atoms in held.items())
        has = max(0, min(has, worth))
    if balances.load(state, account_id, 0).lent and pools.is_open(state, 0):
        return min(has, pools.read(state, 0).cash)
    return has


def _worth(state: State, asset_id: int, atoms: int) -> int:
    """Return what some atoms, or a debt, are worth, rounded down [quote atoms]."""
    if asset_id == 0:
        return atoms
    return value_down(atoms, state.load(UnderlyingWord, slots.underlying(asset_id)).price)

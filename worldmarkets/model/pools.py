"""Lending pools: interest, shares, limits. Every rounding is against who acts.

What lenders have and what is kept for the insurance fund are together always what the pool has and
is owed: the reserve is what is left over, rounding included.
"""

from dataclasses import dataclass, replace

from worldmarkets.model import slots
from worldmarkets.model.compounding import ONE, growth_up
from worldmarkets.model.errors import (
    BorrowCapReached,
    BorrowCeilingReached,
    BorrowWindowReached,
    InsufficientLiquidity,
    PoolNotOpen,
)
from worldmarkets.model.fees import divide_up
from worldmarkets.model.rates import START, WAD, drifted, rate_of
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    SECONDS_AN_HOUR,
    LedgerWord,
    PoolIndexWord,
    PoolTermsWord,
    PoolTotalsWord,
)

VIRTUAL_SHARES = 10**6
"""Shares that nobody has, so that interest on a few atoms never makes a share worth much."""
MAX_INDEX = 2**76 - 1
WINDOW_ONE = 2**32
"""All of supply, in the unit of the window."""
_RATE_ONE = 10**16
_PERMILLE = 1000


@dataclass
class Pool:
    """An asset's pool at a time; its fields are those of the words, see there."""

    asset_id: int
    supply_index: int
    borrow_index: int
    supply_shares: int
    borrow_shares: int
    cash: int
    reserve_permille: int
    rate_at_target: int

    @property
    def borrowed(self) -> int:
        """What all borrowers owe, rounded up [atoms]."""
        return self.debt_up(self.borrow_shares)

    @property
    def supplied(self) -> int:
        """What all lenders have, rounded down [atoms]."""
        return self.lent_down(self.supply_shares)

    @property
    def reserve(self) -> int:
        """What is kept for the insurance fund, rounded down once and at the end [atoms].

        Of what `borrowed` and `supplied` leave over, up to two atoms are only their rounding.
        """
        there = self.cash * WAD + self.borrow_shares * self.borrow_index
        return max(0, there - self.supply_shares * self.supply_index) // WAD

    @property
    def utilisation(self) -> int:
        """Borrowed of what there is [1e-18]."""
        owed = self.borrowed
        return owed * WAD // (self.cash + owed) if owed else 0

    def debt_up(self, shares: int) -> int:
        """Return the debt of borrow shares, rounded up [atoms]."""
        return divide_up(shares * self.borrow_index, WAD)

    def lent_down(self, shares: int) -> int:
        """Return the worth of supply shares, rounded down [atoms]."""
        return shares * self.supply_index // WAD

    def atoms_of(self, word: LedgerWord) -> int:
        """Return what a ledger word is worth, rounded down; a debt is negative [atoms]."""
        if word.balance < 0:
            return -self.debt_up(-word.balance)
        return self.lent_down(word.balance) if word.lent else word.balance

    def lend(self, atoms: int) -> int:
        """Take atoms in and return the lender's shares."""
        shares = atoms * WAD // self.supply_index
        self.supply_shares += shares
        self.cash += atoms
        return shares

    def unlend(self, atoms: int, has: int) -> int:
        """Give a lender who has some shares atoms back, and return the shares that go.

        Raises:
            InsufficientLiquidity: the pool has less.
        """
        if atoms > self.cash:
            raise InsufficientLiquidity(self.asset_id, atoms, self.cash)
        is_all = atoms == self.lent_down(has)
        shares = has if is_all else divide_up(atoms * WAD, self.supply_index)
        self.supply_shares -= shares
        self.cash -= atoms
        return shares

    def borrow(self, atoms: int) -> int:
        """Pay atoms out and return the shares that are owed for them."""
        shares = divide_up(atoms * WAD, self.borrow_index)
        self.borrow_shares += shares
        self.cash -= atoms
        return shares

    def repay(self, atoms: int, owes: int) -> int:
        """Take atoms in from who owes some shares, and return the shares that go."""
        is_all = atoms == self.debt_up(owes)
        shares = owes if is_all else atoms * WAD // self.borrow_index
        self.borrow_shares -= shares
        self.cash += atoms
        return shares

    def rooms(self, terms: PoolTermsWord, time: int) -> tuple[int, int, int]:
        """Return what more may be borrowed by cap, ceiling and window [atoms]."""
        owed = self.borrowed + 1
        supply = self.cash + self.borrowed
        ceiling = supply * terms.ceiling_permille // _PERMILLE
        free = max(0, window_limit(terms) - window_at(terms, time))
        return (
            max(0, terms.borrow_cap - owed),
            max(0, ceiling - owed),
            free * supply // WINDOW_ONE,
        )

    def borrowable(self, terms: PoolTermsWord, time: int) -> int:
        """Return what more may be borrowed [atoms]."""
        return min(self.cash, *self.rooms(terms, time))


def is_open(state: State, asset_id: int) -> bool:
    """Return whether an asset's pool is open."""
    return state.load_raw(slots.pool_index(asset_id)) != 0


def check_open(state: State, asset_id: int) -> None:
    """Pass if an asset's pool is open; raises PoolNotOpen."""
    if not is_open(state, asset_id):
        raise PoolNotOpen(asset_id)


def read(state: State, asset_id: int) -> Pool:
    """Return an asset's pool with the interest up to now, for reading."""
    index = state.load(PoolIndexWord, slots.pool_index(asset_id))
    totals = state.load(PoolTotalsWord, slots.pool_totals(asset_id))
    borrow_index = _borrow_index_at(index, state.time)
    interest = totals.borrow_shares * (borrow_index - index.borrow_index)
    kept = interest * (_PERMILLE - totals.reserve_permille)
    grown = kept // (_PERMILLE * (totals.supply_shares + VIRTUAL_SHARES))
    # What the reserve has lent earns for the reserve: lenders get no more than borrowers pay.
    most = index.supply_index * borrow_index // index.borrow_index if index.borrow_index else 0
    return Pool(
        asset_id,
        min(index.supply_index + grown, most, MAX_INDEX),
        borrow_index,
        totals.supply_shares,
        totals.borrow_shares,
        totals.cash,
        totals.reserve_permille,
        index.rate_at_target,
    )


def load(state: State, asset_id: int) -> Pool:
    """Return an asset's pool for changing: its rate at target has drifted up to now."""
    pool = read(state, asset_id)
    age = state.time - state.load(PoolIndexWord, slots.pool_index(asset_id)).time
    pool.rate_at_target = drifted(pool.rate_at_target, pool.utilisation, age)
    return pool


def store(state: State, pool: Pool) -> None:
    """Write a pool as of now, with the rate that its utilisation makes from now on."""
    index = PoolIndexWord(
        pool.supply_index,
        pool.borrow_index,
        state.time,
        rate_of(pool.rate_at_target, pool.utilisation),
        pool.rate_at_target,
    )
    totals = PoolTotalsWord(
        pool.supply_shares, pool.borrow_shares, pool.cash, pool.reserve_permille, touched=1
    )
    state.store(slots.pool_index(pool.asset_id), index)
    state.store(slots.pool_totals(pool.asset_id), totals)


def open_pool(state: State, asset_id: int, reserve_permille: int) -> None:
    """Open an asset's pool, empty."""
    store(state, Pool(asset_id, WAD, WAD, 0, 0, 0, reserve_permille, START))


def borrow(state: State, pool: Pool, atoms: int) -> int:
    """Borrow within the pool's limits, count it in the window, and return the shares owed.

    Raises:
        InsufficientLiquidity, BorrowCapReached, BorrowCeilingReached, BorrowWindowReached.
    """
    terms = load_terms(state, pool.asset_id)
    if atoms > pool.cash:
        raise InsufficientLiquidity(pool.asset_id, atoms, pool.cash)
    limits = (BorrowCapReached, BorrowCeilingReached, BorrowWindowReached)
    for room, error in zip(pool.rooms(terms, state.time), limits, strict=True):
        if atoms > room:
            raise error(pool.asset_id, atoms, room)
    used = divide_up(atoms * WINDOW_ONE, pool.cash + pool.borrowed)
    _store_window(state, pool.asset_id, terms, window_at(terms, state.time) + used)
    return pool.borrow(atoms)


def repay(state: State, pool: Pool, atoms: int, owes: int) -> int:
    """Repay at most what is owed, make room in the window, and return the shares that go."""
    terms = load_terms(state, pool.asset_id)
    level = window_at(terms, state.time)
    if level:
        freed = atoms * WINDOW_ONE // (pool.cash + pool.borrowed)
        _store_window(state, pool.asset_id, terms, max(0, level - freed))
    return pool.repay(atoms, owes)


def load_terms(state: State, asset_id: int) -> PoolTermsWord:
    """Return the terms word of an asset's pool."""
    return state.load(PoolTermsWord, slots.pool_terms(asset_id))


def window_limit(terms: PoolTermsWord) -> int:
    """Return the most the window may hold [2^-32 of supply]."""
    return terms.hourly_permille * WINDOW_ONE // _PERMILLE


def window_at(terms: PoolTermsWord, time: int) -> int:
    """Return what the window holds: it empties evenly within an hour [2^-32 of supply]."""
    left = (time - terms.window_time) * window_limit(terms) // SECONDS_AN_HOUR
    return max(0, terms.window - left)


def _store_window(state: State, asset_id: int, terms: PoolTermsWord, level: int) -> None:
    word = replace(terms, window=level, window_time=state.time)
    state.store(slots.pool_terms(asset_id), word)


def _borrow_index_at(index: PoolIndexWord, time: int) -> int:
    """Return the borrow index at a time, rounded up."""
    rate = divide_up(index.rate * ONE, _RATE_ONE)
    grown = divide_up(index.borrow_index * growth_up(rate, time - index.time), ONE)
    return min(grown, MAX_INDEX)

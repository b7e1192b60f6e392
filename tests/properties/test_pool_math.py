"""Pools: shares and interest in exact integers, whatever is done to them, and a year in one step
against a hundred thousand."""

import math
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.harness import Harness
from worldmarkets.model.words import LedgerWord, PoolIndexWord, PoolTermsWord, PoolTotalsWord

WAD = 10**18
YEAR = 365 * 86_400
VIRTUAL = 10**6
MOST = 2**79 - 1
MAX_INDEX = 2**76 - 1
HIGHEST_RATE = 4 * (2 * WAD // YEAR) // 100
START = 4 * WAD // 100 // YEAR

INDICES = st.integers(WAD, 2 * WAD) | st.integers(WAD, 1_000 * WAD)
ATOMS = st.integers(0, 10**6) | st.integers(0, 10**18) | st.integers(0, MOST)


@pytest.fixture(scope="module")
def maths() -> Harness:
    return Harness("LendingMathHarness")


@dataclass(frozen=True)
class Pool:
    """A pool in memory, in the order of its struct."""

    supply_index: int
    borrow_index: int
    supply_shares: int
    borrow_shares: int
    cash: int
    reserve_permille: int = 100
    rate_at_target: int = START

    @property
    def fields(self) -> tuple[int, ...]:
        return (
            self.supply_index,
            self.borrow_index,
            self.supply_shares,
            self.borrow_shares,
            self.cash,
            self.reserve_permille,
            self.rate_at_target,
        )

    @property
    def borrowed(self) -> int:
        return -(-self.borrow_shares * self.borrow_index // WAD)

    @property
    def supplied(self) -> int:
        return self.supply_shares * self.supply_index // WAD

    @property
    def reserve(self) -> int:
        """What lenders do not have, rounded down; negative if they had more than there is."""
        return math.floor(
            self.cash
            + Fraction(self.borrow_shares * self.borrow_index, WAD)
            - Fraction(self.supply_shares * self.supply_index, WAD)
        )

    def index_word(self, time: int, rate: int) -> int:
        return PoolIndexWord(
            self.supply_index, self.borrow_index, time, rate, self.rate_at_target
        ).pack()

    def totals_word(self) -> int:
        shares = (self.supply_shares, self.borrow_shares)
        return PoolTotalsWord(*shares, self.cash, self.reserve_permille, 1).pack()


def pools() -> st.SearchStrategy[Pool]:
    """Pools with no more owed to lenders than there is."""

    def sound(supply_index: int, borrow_index: int, lent: int, owed: int, extra: int) -> Pool:
        supply_shares = lent * WAD // supply_index
        borrow_shares = owed * WAD // borrow_index
        pool = Pool(supply_index, borrow_index, supply_shares, borrow_shares, 0)
        short = max(0, -pool.reserve)
        return replace(pool, cash=min(short + extra, MOST))

    return st.builds(sound, INDICES, INDICES, ATOMS, ATOMS, st.integers(0, 10**12))


def act(maths: Harness, function: str, pool: Pool, *arguments: int) -> tuple[Pool, int]:
    fields, shares = maths.read(function, pool.fields, *arguments)
    return Pool(*fields), shares


# --------------------------------------------------------------- interest


@pytest.mark.parametrize("reserve", [0, 100, 999])
@pytest.mark.parametrize("rate", [1, 100_000_000, HIGHEST_RATE])
def test_interest_of_a_year_in_one_step_and_in_a_hundred_thousand_agrees_to_dust(
    maths: Harness, rate: int, reserve: int
) -> None:
    """The borrow index to the rounding of each step up; the supply index is linear in each step,
    so it differs by what is rounded, too."""
    steps, seconds = 100_000, YEAR // 100_000
    pool = Pool(WAD, WAD, 10**18, 8 * 10**17, 2 * 10**17, reserve)
    words = (pool.index_word(0, rate), pool.totals_word())
    once = Pool(*maths.read("accrued", *words, seconds * steps))
    often = Pool(*maths.read("accruedInSteps", *words, seconds, steps))
    assert 0 <= often.borrow_index - once.borrow_index <= 2 * steps * once.borrow_index // WAD
    # Interest is shared on the growth of the borrow index, which adds up to the same.
    assert abs(often.supply_index - once.supply_index) <= 3 * steps * once.supply_index // WAD
    for later in (once, often):
        assert later.reserve >= 0
        assert later.borrow_index >= later.supply_index


@given(pools(), st.integers(0, 2 * YEAR), st.integers(0, HIGHEST_RATE), st.integers(0, 999))
@example(Pool(WAD, WAD, 0, 10**18, 0), YEAR, HIGHEST_RATE, 0)
@example(Pool(WAD, WAD, 1, 10**6, 1), YEAR, HIGHEST_RATE, 0)
@example(Pool(MAX_INDEX, MAX_INDEX, 10**6, 10**6, 1), YEAR, HIGHEST_RATE, 0)
def test_interest_never_makes_the_reserve_negative(
    maths: Harness, pool: Pool, seconds: int, rate: int, reserve: int
) -> None:
    pool = replace(pool, reserve_permille=reserve)
    later = Pool(*maths.read("accrued", pool.index_word(7, rate), pool.totals_word(), 7 + seconds))
    assert later.reserve >= pool.reserve >= 0
    assert pool.supply_index <= later.supply_index <= MAX_INDEX
    assert pool.borrow_index <= later.borrow_index <= MAX_INDEX
    assert maths.read("sums", later.fields)[:3] == (
        later.borrowed,
        later.supplied,
        later.reserve,
    )


@given(pools(), st.integers(0, 300), st.integers(0, HIGHEST_RATE), st.integers(0, 999))
def test_interest_is_that_of_exact_fractions(
    maths: Harness, pool: Pool, seconds: int, rate: int, reserve: int
) -> None:
    """Borrow index: rounded up, by less than two units. Supply index: its share of the growth
    among all shares and the virtual ones, rounded down, and no more than the borrow index grows."""
    pool = replace(pool, reserve_permille=reserve)
    later = Pool(*maths.read("accrued", pool.index_word(0, rate), pool.totals_word(), seconds))
    exact = pool.borrow_index * (1 + Fraction(rate, 10**16)) ** seconds
    if later.borrow_index < MAX_INDEX:
        assert exact <= later.borrow_index < exact + 2 + later.borrow_index // 10**18
    interest = pool.borrow_shares * (later.borrow_index - pool.borrow_index) * (1_000 - reserve)
    grown = interest // (1_000 * (pool.supply_shares + VIRTUAL))
    most = pool.supply_index * later.borrow_index // pool.borrow_index
    assert later.supply_index == min(pool.supply_index + grown, most, MAX_INDEX)


def test_interest_without_time_or_rate_is_none(maths: Harness) -> None:
    pool = Pool(WAD, 2 * WAD, 10**9, 10**8, 10**9)
    for rate, time in ((0, YEAR), (HIGHEST_RATE, 0)):
        words = (pool.index_word(0, rate), pool.totals_word())
        assert Pool(*maths.read("accrued", *words, time)) == pool


# --------------------------------------------------------------- shares


@given(pools(), ATOMS)
@example(Pool(3 * WAD // 2, WAD, 10, 0, 15), 1)
def test_lending_and_taking_back_never_gains(maths: Harness, pool: Pool, atoms: int) -> None:
    lent, shares = act(maths, "lend", pool, atoms)
    has = shares * pool.supply_index // WAD
    assert atoms - pool.supply_index // WAD - 1 <= has <= atoms
    assert lent.reserve >= pool.reserve
    back, gone = act(maths, "unlend", lent, has, shares)
    assert gone == shares
    assert back.reserve >= pool.reserve
    assert back.cash == pool.cash + atoms - has


@given(pools(), ATOMS, st.integers(0, 1_000))
def test_taking_a_part_back_rounds_shares_up(
    maths: Harness, pool: Pool, atoms: int, promille: int
) -> None:
    lent, shares = act(maths, "lend", pool, atoms)
    part = shares * pool.supply_index // WAD * promille // 1_000
    back, gone = act(maths, "unlend", lent, part, shares)
    assert gone <= shares
    assert gone * pool.supply_index >= part * WAD
    assert back.reserve >= lent.reserve


@given(pools(), st.integers(0, 1_000), st.integers(0, 1_000))
def test_borrowing_and_repaying_never_gains(
    maths: Harness, pool: Pool, promille: int, part_promille: int
) -> None:
    atoms = pool.cash * promille // 1_000
    owing, shares = act(maths, "borrow", pool, atoms)
    debt = -(-shares * pool.borrow_index // WAD)
    assert debt >= atoms
    assert owing.reserve >= pool.reserve
    part = debt * part_promille // 1_000
    paid, gone = act(maths, "repay", owing, part, shares)
    left = -(-(shares - gone) * pool.borrow_index // WAD)
    assert left >= debt - part
    assert paid.reserve >= owing.reserve
    cleared, last = act(maths, "repay", paid, left, shares - gone)
    assert last == shares - gone
    assert cleared.borrow_shares == pool.borrow_shares
    assert cleared.cash >= pool.cash


@pytest.mark.parametrize("index", [WAD, WAD + 1, 3 * WAD // 2, 1_000 * WAD, MAX_INDEX])
def test_a_thousand_atoms_one_by_one_cost_who_acts(maths: Harness, index: int) -> None:
    """Rounding loops: lend and take back, borrow and repay, an atom at a time."""
    pool = Pool(index, index, 10**12, 10**11, 10**12)
    start, paid, got, shares, owes = pool, 0, 0, 0, 0
    for _ in range(1_000):
        pool, more = act(maths, "lend", pool, 1)
        shares, paid = shares + more, paid + 1
        if shares * index // WAD >= 1:
            pool, gone = act(maths, "unlend", pool, 1, shares)
            shares, got = shares - gone, got + 1
    assert got <= paid
    for _ in range(1_000):
        pool, more = act(maths, "borrow", pool, 1)
        owes, got = owes + more, got + 1
        pool, gone = act(maths, "repay", pool, 1, owes)
        owes, paid = owes - gone, paid + 1
    assert got - paid - -(-owes * index // WAD) <= 0
    assert pool.reserve >= start.reserve


@given(pools())
def test_collecting_the_reserve_leaves_less_than_a_share_of_it(maths: Harness, pool: Pool) -> None:
    collected, shares = act(maths, "collectReserve", pool)
    assert shares == pool.reserve * WAD // pool.supply_index
    assert 0 <= collected.reserve <= pool.supply_index // WAD + 1
    assert (collected.cash, collected.borrowed) == (pool.cash, pool.borrowed)


@given(pools(), st.integers(-(2**79), 2**79), st.booleans())
def test_balances_are_worth_what_their_shares_are(
    maths: Harness, pool: Pool, balance: int, lent: bool
) -> None:
    """Rounded down, debts too; custody is counted in atoms."""
    worth = maths.read("atomsOf", pool.fields, LedgerWord(lent=int(lent), balance=balance).pack())
    if balance < 0:
        assert worth == balance * pool.borrow_index // WAD
    else:
        assert worth == (balance * pool.supply_index // WAD if lent else balance)


# --------------------------------------------------------------- limits

TERMS = st.builds(
    PoolTermsWord,
    ATOMS,
    ATOMS,
    st.integers(0, 999),
    st.integers(0, 999),
    st.integers(0, 2**32 - 1),
    st.just(0),
)


@given(pools(), TERMS, st.integers(0, 3_600))
@example(Pool(WAD, WAD, 0, 0, 0), PoolTermsWord(10, 10, 999, 999), 0)
def test_what_may_be_borrowed_meets_every_limit_exactly(
    maths: Harness, pool: Pool, terms: PoolTermsWord, time: int
) -> None:
    """Borrowing all that may be leaves each total within its limit, shares rounded up included."""
    cap, ceiling, window, borrowable = maths.read("rooms", pool.fields, terms.pack(), time)
    assert borrowable == min(pool.cash, cap, ceiling, window)
    assert cap == max(0, terms.borrow_cap - pool.borrowed - 1)
    supply = pool.cash + pool.borrowed
    assert ceiling == max(0, supply * terms.ceiling_permille // 1_000 - pool.borrowed - 1)
    if borrowable == 0:
        return
    owing, _ = act(maths, "borrow", pool, borrowable)
    slack = pool.borrow_index // WAD + 1
    assert owing.borrowed <= terms.borrow_cap + slack
    assert owing.cash >= 0
    limit = terms.hourly_permille * 2**32 // 1_000
    level = max(0, terms.window - time * limit // 3_600)
    assert level + -(-borrowable * 2**32 // supply) <= limit

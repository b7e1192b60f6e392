"""The worked example of docs/lending.md, played on the contracts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.support.backend import user_address
from tests.support.lending import set_risk
from tests.support.scene import DOLLARS, UNIT
from tests.support.soundness import refused
from tests.support.system import System
from worldmarkets.artifacts import project_root
from worldmarkets.model import balances, pools, slots
from worldmarkets.model.interface import PoolTerms
from worldmarkets.model.reading import WordReader
from worldmarkets.model.solvency import check_pool, check_solvency, solvency
from worldmarkets.model.words import PoolIndexWord

FIRST_LENDER, BORROWER, SECOND_LENDER = (user_address(number) for number in (11, 12, 13))
TERMS = PoolTerms(10_000_000 * DOLLARS, 8_000_000 * DOLLARS, 950, 999, 100)
DAY = 86_400
YEAR = 365 * DAY
BEGIN, END = "<!-- example -->\n", "<!-- end of example -->"


@dataclass
class Example:
    """Three accounts and the pool of the quote asset."""

    system: System
    first: int
    borrower: int
    second: int

    def steps(self) -> Iterator[tuple[str, Callable[[], object]]]:
        """What happens, in order, and how to do it."""
        yield "The first lender lends 1,000,000", lambda: self.lend(self.first, 1_000_000)
        yield "The borrower borrows 900,000", lambda: self.borrow(900_000)
        yield "30 days, `accruePools`", lambda: self.accrue(30)
        yield "The second lender lends 200,000", lambda: self.lend(self.second, 200_000)
        yield "7 days, `accruePools`", lambda: self.accrue(7)
        yield "The borrower repays all", self.repay
        yield "`collectReserve`", lambda: self.system.collect_reserve(0)
        yield "The first lender takes all back", lambda: self.system.set_lent(self.first, 0, False)

    def lend(self, account: int, dollars: int) -> None:
        self.system.fund(account, 0, dollars * DOLLARS * UNIT)
        self.system.set_lent(account, 0)

    def borrow(self, dollars: int) -> None:
        self.system.borrow(self.borrower, 0, dollars * DOLLARS * UNIT)

    def accrue(self, days: int) -> None:
        self.system.backend.set_time(self.system.backend.time + days * DAY)
        self.system.accrue_pools(0)

    def repay(self) -> None:
        self.system.mint(BORROWER, 0, 1_000_000 * DOLLARS * UNIT)
        self.system.repay(self.borrower, 0, 2**256 - 1)

    def reader(self) -> WordReader:
        return WordReader(self.system.read_words, self.system.backend.time)

    def row(self, step: str) -> str:
        """The line of the table that says how the pool is."""
        pool = pools.read(self.reader(), 0)
        rate = PoolIndexWord.unpack(self.system.read_word(slots.pool_index(0))).rate
        fields = (
            step,
            *(f"{_places(atoms, 6)}" for atoms in (pool.cash, pool.borrowed, pool.supplied)),
            _places(pool.reserve, 6),
            f"{_places(pool.utilisation // 10**12, 4)} %",
            f"{_places(pool.rate_at_target * YEAR // 10**12, 4)} %",
            f"{_places(rate * YEAR // 10**10, 4)} %",
            *(_places(index // 10**9, 9) for index in (pool.supply_index, pool.borrow_index)),
        )
        return f"| {' | '.join(fields)} |"

    def check(self) -> None:
        """SOLV-1 and LEND-1 of the pool."""
        held = self.system.token_balance(0, self.system.exchange)
        accounts = range(1, self.second + 1)
        reader = self.reader()
        sums = solvency(reader, 0, accounts, [], held)
        assert check_solvency(sums) + check_pool(reader, sums) == []


@pytest.fixture
def example(system: System) -> Example:
    set_risk(system)
    system.set_pool_terms(0, TERMS)
    accounts = Example(
        system, *(system.create_account(owner) for owner in (FIRST_LENDER, BORROWER, SECOND_LENDER))
    )
    system.fund(accounts.borrower, 1, 1_000 * 10**18)
    return accounts


def _places(scaled: int, places: int) -> str:
    """An integer as a decimal of so many places, with separators."""
    whole, rest = divmod(scaled, 10**places)
    return f"{whole:,}.{rest:0{places}}"


def _text() -> str:
    return (project_root() / "docs" / "lending.md").read_text(encoding="utf-8")


def test_example_of_the_lending_page_is_what_the_contracts_do(example: Example) -> None:
    _, _, rest = _text().partition(BEGIN)
    told, _, _ = rest.partition(END)
    rows = []
    supply_index = borrow_index = 0
    for step, act in example.steps():
        act()
        rows.append(example.row(step))
        example.check()
        pool = pools.read(example.reader(), 0)
        assert pool.supply_index >= supply_index, "LEND-1 the supply index fell"
        assert pool.borrow_index >= borrow_index, "LEND-1 the borrow index fell"
        supply_index, borrow_index = pool.supply_index, pool.borrow_index

    assert told.strip().splitlines()[2:] == rows


def test_example_of_the_lending_page_tells_the_most_that_could_be_borrowed(
    example: Example,
) -> None:
    example.lend(example.first, 1_000_000)
    most = 950_000 * DOLLARS - 1
    pool = pools.read(example.reader(), 0)
    terms = pools.load_terms(example.reader(), 0)

    assert pool.borrowable(terms, example.system.backend.time) == most
    assert f"at most {_places(most, 6)}" in _text()
    with refused(example.system, "BorrowCeilingReached", 0, most + 1, most):
        example.system.borrow(example.borrower, 0, (most + 1) * UNIT)


def test_example_of_the_lending_page_tells_what_everyone_ends_with(example: Example) -> None:
    for _, act in example.steps():
        act()

    # He had what he borrowed, and a million besides.
    left = example.system.token_balance(0, BORROWER) // UNIT
    repaid = 1_900_000 * DOLLARS - left
    reader = example.reader()
    first, second, fund = (
        balances.atoms_of(reader, account, 0) for account in (example.first, example.second, 1)
    )
    for atoms in (repaid, repaid - 900_000 * DOLLARS, first, second, fund):
        assert _places(atoms, 6) in _text().replace("\n", " ")

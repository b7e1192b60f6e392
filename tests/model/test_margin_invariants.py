"""Invariants of margin and interest on words, and what must make each of them fail; no chain."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from worldmarkets.atlas.margin import Health
from worldmarkets.model import margin_invariants as invariants
from worldmarkets.model import pools, slots
from worldmarkets.model.interface import Margin
from worldmarkets.model.reading import WordReader
from worldmarkets.model.state import State
from worldmarkets.model.words import (
    AccountWord,
    BookWord,
    CashWord,
    LedgerWord,
    PoolTotalsWord,
    RiskWord,
    UnderlyingWord,
    spot_market,
)

ONE, OTHER = 3, 4
NOW = 1_000_000
TOKEN = 10**8
PRICE = 2_000 * 10**10
"""2,000 dollars a token of 10^8 atoms [1e-18 dollars an atom]."""
RISK = {
    "beta_milli": 1_100,
    "iota_bps": 330,
    "basis_bps": 50,
    "spot_exit_bps": 50,
    "perp_exit_bps": 50,
    "confidence_bps": 10_000,
}


def market(*pooled: int) -> State:
    """Two accounts that use asset 1, with pools of the assets named."""
    state = State()
    state.time = NOW
    state.store(slots.risk(), RiskWord(350, end_percent=80, maintenance_percent=60))
    state.store(slots.underlying(1), UnderlyingWord(PRICE, PRICE, time=NOW, **RISK))
    state.store(slots.book(spot_market(1)), BookWord(tick_value=10, atoms_per_lot=10_000))
    for account in (ONE, OTHER):
        state.store(slots.account(account), AccountWord(owner=account, assets=0b11))
    for asset in pooled:
        pools.open_pool(state, asset, 100)
    return state


def have(state: State, account: int, cash: int, word: LedgerWord) -> None:
    state.store(slots.ledger(account, 0), CashWord(balance=cash, touched=1))
    state.store(slots.ledger(account, 1), replace(word, touched=1))


def reader(state: State) -> WordReader:
    def read(wanted: Sequence[int]) -> list[int]:
        return [state.load_raw(slot) for slot in wanted]

    return WordReader(read, NOW)


# ---------------------------------------------------------------------- RISK-1


@pytest.mark.parametrize(
    ("word", "faults"),
    [
        (LedgerWord(balance=5, open_asks=5), 0),
        (LedgerWord(balance=5, open_asks=6), 1),
        (LedgerWord(balance=0, open_bids=10**9), 0),
        (LedgerWord(balance=-1), 1),
        (LedgerWord(balance=5, lent=1), 1),
    ],
)
def test_check_closed_pools_nothing_is_owed_lent_or_uncovered(
    word: LedgerWord, faults: int
) -> None:
    state = market()
    have(state, ONE, 0, word)
    found = invariants.check_closed_pools(reader(state), [ONE, OTHER])
    assert len(found) == faults
    assert all((one.invariant, one.subject) == ("RISK-1", "account 3") for one in found)
    pools.open_pool(state, 1, 100)
    assert invariants.check_closed_pools(reader(state), [ONE, OTHER]) == []


def test_check_closed_pools_dollars_are_not_owed_without_their_pool() -> None:
    state = market(1)
    have(state, ONE, -1, LedgerWord(balance=TOKEN))
    assert len(invariants.check_closed_pools(reader(state), [ONE])) == 1


def test_needing_margin_is_who_owes() -> None:
    state = market(0, 1)
    have(state, ONE, -1_000 * 10**6, LedgerWord(balance=TOKEN))
    have(state, OTHER, 1, LedgerWord(balance=TOKEN, open_asks=TOKEN))
    needing = invariants.needing_margin(reader(state), [ONE, OTHER])
    assert needing.keys() == {ONE}
    assert needing[ONE].equity_atoms == 1_000 * 10**6
    # exit 0.5 %, shock 1.1 * 3.5 % + 3.3 %.
    assert needing[ONE].initial_atoms == 2_000 * 10**6 * 765 // 10_000
    assert needing[ONE].maintenance_atoms == 2_000 * 10**6 * (50 * 100 + 60 * 715) // 1_000_000


def test_check_margin_words_any_difference_is_a_finding() -> None:
    margin = Margin(5, 5, 4, 3, 2, is_paid=False)
    assert invariants.check_margin_words(ONE, margin, margin) == []
    for other in (replace(margin, equity_atoms=4), replace(margin, is_paid=True)):
        (finding,) = invariants.check_margin_words(ONE, margin, other)
        assert (finding.invariant, finding.subject) == ("RISK-1", "account 3")


def test_check_margin_words_equity_below_maintenance_is_none() -> None:
    margin = Margin(-5, -5, 4, 3, 2, is_paid=False)
    assert invariants.check_margin_words(ONE, margin, margin) == []


# ---------------------------------------------------------------------- RISK-2 to RISK-4


@pytest.mark.parametrize(
    ("before", "after", "lowered"),
    [
        ((10, 10), (10, 10), True),
        ((10, 10), (9, 9), True),
        ((10, 10), (8, 9), False),
        ((10, 10), (10, 11), False),
        ((0, 10), (-1, 9), False),
        ((-5, 10), (-5, 9), True),
        ((-5, 10), (-6, 9), False),
    ],
)
def test_has_lowered_less_risk_and_no_less_cover(
    before: tuple[int, int], after: tuple[int, int], lowered: bool
) -> None:
    assert invariants.has_lowered(Health(*before, 0, 0), Health(*after, 0, 0)) is lowered


def test_pairs_are_all_of_a_few_and_bounded_of_many() -> None:
    assert list(invariants.pairs([1, 2, 3])) == [(1, 2), (1, 3), (2, 3)]
    many = list(invariants.pairs(range(1_000)))
    assert len(many) == len(set(many)) < 1_000 * invariants.PARTNERS
    assert {second - first for first, second in many} == set(range(1, invariants.PARTNERS + 1))


def long_and_short() -> State:
    state = market(0, 1)
    have(state, ONE, -1_000 * 10**6, LedgerWord(balance=TOKEN))
    have(state, OTHER, 9_000 * 10**6, LedgerWord(balance=-TOKEN, open_bids=TOKEN))
    return state


def test_check_subadditivity_holds_for_a_hedge() -> None:
    assert invariants.check_subadditivity(reader(long_and_short()), [ONE, OTHER]) == []


@pytest.mark.parametrize(
    "wrong",
    [
        lambda portfolio: sum(leg.balance for leg in portfolio.legs) ** 2 + 1,
        lambda portfolio: -1,
    ],
)
def test_check_subadditivity_of_a_wrong_requirement_fails(
    wrong: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    state = long_and_short()
    have(state, OTHER, 0, LedgerWord(balance=TOKEN))
    monkeypatch.setattr(invariants, "requirement", lambda portfolio, *_: wrong(portfolio))
    (finding,) = invariants.check_subadditivity(reader(state), [ONE, OTHER])
    assert (finding.invariant, finding.subject) == ("RISK-3", "accounts 3 and 4")


def test_check_fills_only_who_meets_the_initial_requirement_is_judged() -> None:
    state = long_and_short()
    assert invariants.meeting_initial(reader(state), [ONE, OTHER]) == [ONE, OTHER]
    assert invariants.check_fills(reader(state), [ONE, OTHER]) == []
    have(state, ONE, -1_999 * 10**6, LedgerWord(balance=TOKEN, open_asks=TOKEN))
    assert invariants.meeting_initial(reader(state), [ONE, OTHER]) == [OTHER]
    assert invariants.check_fills(reader(state), [ONE, OTHER]) == []


@pytest.mark.parametrize(
    "orders", [{"open_bids": 40 * TOKEN}, {"open_asks": 40 * TOKEN}], ids=["bids", "asks"]
)
def test_check_fills_orders_that_do_not_count_make_it_fail(
    orders: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With orders left out of the initial requirement, what they fill is not covered."""
    state = market(0, 1)
    have(state, ONE, 1_000 * 10**6, LedgerWord(balance=0, **orders))
    assert invariants.meeting_initial(reader(state), [ONE]) == []
    monkeypatch.setattr(invariants, "initial_requirement", lambda *_: 0)
    (finding,) = {one.subject for one in invariants.check_fills(reader(state), [ONE])}
    assert finding == "account 3"


# ---------------------------------------------------------------------- LEND-2


def lent_pool() -> State:
    state = market(0, 1)
    pool = pools.load(state, 0)
    pool.supply_shares, pool.borrow_shares, pool.cash = 10**12, 9 * 10**11, 10**11
    pools.store(state, pool)
    return state


def test_check_interest_steps_are_at_once_for_pools_in_use() -> None:
    found = reader(lent_pool())
    stepped = invariants.step_interest(found, 0)
    assert 0 <= stepped.borrow_ahead <= invariants.STEPS
    assert -invariants.STEPS <= stepped.supply_apart <= invariants.STEPS
    assert invariants.check_interest(found, [0, 1, 2]) == []
    totals = found.load(PoolTotalsWord, slots.pool_totals(0))
    assert totals.borrow_shares == 9 * 10**11, "looking ahead changes nothing"


@pytest.mark.parametrize("field", ["borrow_index", "supply_index"])
@pytest.mark.parametrize("atoms", [-3, 3])
def test_check_interest_of_a_step_that_rounds_too_much_fails(
    field: str, atoms: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, read = lent_pool(), pools.read

    def unfair(state: State, asset_id: int) -> pools.Pool:
        pool = read(state, asset_id)
        setattr(pool, field, getattr(pool, field) + atoms)
        return pool

    monkeypatch.setattr(pools, "read", unfair)
    (finding,) = invariants.check_interest(reader(state), [0])
    assert (finding.invariant, finding.subject) == ("LEND-2", "asset 0")

"""Words that bound losses and outflows: fields where they belong, sums as in plain Python."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.words import values_of, words_of
from tests.support.harness import Harness
from tests.support.properties import signed, unsigned
from worldmarkets.model.words import (
    MAX_HELD_ATOMS,
    SECONDS_A_DAY,
    CashWord,
    LedgerWord,
    OperatorWord,
    OutflowWord,
    SeasonWord,
)

_DAY_IN_TIME = st.integers(0, (2**32 - 1) // SECONDS_A_DAY)
_ATOMS_80 = 2**80 - 1


@pytest.fixture(scope="module")
def cash() -> Harness:
    return Harness("CashWordHarness")


@pytest.fixture(scope="module")
def operators() -> Harness:
    return Harness("OperatorWordHarness")


@pytest.fixture(scope="module")
def outflows() -> Harness:
    return Harness("OutflowWordHarness")


@pytest.fixture(scope="module")
def seasons() -> Harness:
    return Harness("SeasonWordHarness")


@pytest.fixture(scope="module")
def ledgers() -> Harness:
    return Harness("LedgerWordHarness")


# ------------------------------------------------------------------ cash


def cash_and_time() -> st.SearchStrategy[tuple[CashWord, int]]:
    """A cash word, and a time that is often on its day."""
    same = st.builds(
        lambda word, day, second: (replace(word, day=day), day * SECONDS_A_DAY + second),
        words_of(CashWord),
        st.integers(0, 49_709),
        st.integers(0, SECONDS_A_DAY - 1),
    )
    return same | st.tuples(words_of(CashWord), unsigned(32))


@given(cash_and_time())
def test_cash_loss_counts_only_on_its_day(cash: Harness, case: tuple[CashWord, int]) -> None:
    word, time = case
    lost = word.loss if word.day == time // SECONDS_A_DAY else 0
    assert cash.read("fields", word.pack(), time) == (lost, word.budget)


@given(cash_and_time(), unsigned(64) | unsigned(97))
@example((CashWord(loss=5, budget=10, day=1), SECONDS_A_DAY), 5)
@example((CashWord(loss=5, budget=10, day=1), SECONDS_A_DAY), 6)
@example((CashWord(loss=11, budget=10, day=1), 2 * SECONDS_A_DAY - 1), 1)
@example((CashWord(loss=11, budget=10, day=1), 2 * SECONDS_A_DAY), 10)
@example((CashWord(loss=11, budget=10, day=1), 2 * SECONDS_A_DAY), 11)
def test_cash_can_lose_up_to_the_budget_of_the_day(
    cash: Harness, case: tuple[CashWord, int], loss: int
) -> None:
    word, time = case
    allowed = word.loss_at(time) + loss <= word.budget
    # Nothing can always be lost, even of a budget made smaller than what is spent.
    assert cash.read("canLose", word.pack(), loss, time) == (allowed or loss == 0)


@given(cash_and_time(), unsigned(64) | unsigned(97))
def test_cash_with_loss_changes_loss_and_day_alone(
    cash: Harness, case: tuple[CashWord, int], loss: int
) -> None:
    word, time = case
    changed = CashWord.unpack(cash.read("withLoss", word.pack(), loss, time))
    lost = min(word.loss_at(time) + loss, word.budget)
    assert changed == replace(word, loss=lost, day=time // SECONDS_A_DAY)


@given(words_of(CashWord), unsigned(64))
def test_cash_with_budget_changes_the_budget_alone(
    cash: Harness, word: CashWord, budget: int
) -> None:
    changed = CashWord.unpack(cash.read("withBudget", word.pack(), budget))
    assert changed == replace(word, budget=budget)


@given(words_of(CashWord), signed(80))
def test_cash_is_moved_by_the_ledger_without_touching_the_budget(
    ledgers: Harness, word: CashWord, atoms: int
) -> None:
    if not -(2**95) <= word.balance + atoms < 2**95:
        return
    moved = CashWord.unpack(ledgers.read("add", word.pack(), atoms))
    assert moved == replace(word, balance=word.balance + atoms)


@given(words_of(LedgerWord), st.integers(1, 43))
@example(LedgerWord(balance=-1), 1)
@example(LedgerWord(balance=2**95 - 1, lent=1, frozen=1, touched=1), 43)
@example(LedgerWord(open_bids=1), 1)
@example(LedgerWord(open_asks=1), 1)
def test_ledger_is_bare_without_debt_and_orders(
    ledgers: Harness, word: LedgerWord, asset: int
) -> None:
    bare = word.balance >= 0 and word.open_bids == word.open_asks == 0
    assert ledgers.read("isBare", word.pack(), asset) == bare


@given(words_of(CashWord))
def test_cash_is_bare_whatever_the_budget(ledgers: Harness, word: CashWord) -> None:
    assert ledgers.read("isBare", word.pack(), 0) == (word.balance >= 0)


# ------------------------------------------------------------------ operators


@given(words_of(OperatorWord))
def test_operator_word_round_trips(operators: Harness, word: OperatorWord) -> None:
    assert operators.read("fields", word.pack()) == (word.permissions, word.expiry)
    made = operators.read("create", word.permissions, word.expiry)
    assert made == replace(word, touched=1).pack()


@given(words_of(OperatorWord), unsigned(8), unsigned(33), st.integers(-1, 1))
@example(OperatorWord(1, 2**32 - 1, 1), 1, 2**32 - 1, 0)
@example(OperatorWord(0, 2**32 - 1, 1), 255, 0, 0)
def test_operator_allows_any_of_the_permissions_until_its_expiry(
    operators: Harness, word: OperatorWord, permissions: int, time: int, nearby: int
) -> None:
    for moment in (time, max(0, word.expiry + nearby)):
        allowed = word.permissions & permissions != 0 and moment <= word.expiry
        assert operators.read("allowsAny", word.pack(), permissions, moment) == allowed


# ------------------------------------------------------------------ outflows


_LEVELS = signed(80).filter(lambda level: abs(level) <= MAX_HELD_ATOMS)


def outflow_words() -> st.SearchStrategy[OutflowWord]:
    """Outflow words as they can be: levels within what the exchange may hold."""
    return st.builds(OutflowWord, unsigned(32), st.integers(0, 10**6), _LEVELS)


@given(words_of(OutflowWord))
def test_outflow_fields_are_read_from_their_bits(outflows: Harness, word: OutflowWord) -> None:
    assert list(outflows.read("fields", word.pack())) == values_of(word)
    made = outflows.read("create", word.limit_ppm, word.time)
    assert made == replace(word, level=0).pack()


@given(outflow_words(), st.integers(0, SECONDS_A_DAY * 3) | unsigned(32), unsigned(80))
@example(OutflowWord(0, 10**6, 10), SECONDS_A_DAY, 10)
@example(OutflowWord(0, 10**6, -10), SECONDS_A_DAY, 9)
@example(OutflowWord(0, 10**6, 10), SECONDS_A_DAY - 1, 10)
@example(OutflowWord(0, 10**6, -MAX_HELD_ATOMS), 2**32 - 1, 2**80 - 1)
@example(OutflowWord(0, 0, -1), 2**32 - 1, 2**80 - 1)
def test_outflow_level_fades_to_zero_by_a_share_of_what_is_held(
    outflows: Harness, word: OutflowWord, passed: int, held: int
) -> None:
    time = word.time + passed
    faded = held * word.limit_ppm * passed // (10**6 * SECONDS_A_DAY)
    left = max(abs(word.level) - faded, 0)
    level = outflows.read("levelAt", word.pack(), time, held)
    assert level == (left if word.level > 0 else -left)


@given(outflow_words(), unsigned(80), _LEVELS)
@example(OutflowWord(limit_ppm=10**6), 5, -5)
@example(OutflowWord(limit_ppm=10**6), 5, -6)
@example(OutflowWord(limit_ppm=250_000), 7, 0)
def test_outflow_limit_is_a_share_of_what_was_held_before(
    outflows: Harness, word: OutflowWord, held: int, level: int
) -> None:
    limit = max(held + level, 0) * word.limit_ppm // 10**6
    assert outflows.read("limitAtoms", word.pack(), held, level) == limit


@given(outflow_words(), _LEVELS, unsigned(32), st.integers(0, 10**6))
def test_outflow_changes_touch_only_their_fields(
    outflows: Harness, word: OutflowWord, level: int, time: int, limit_ppm: int
) -> None:
    changed = OutflowWord.unpack(outflows.read("withLevel", word.pack(), level, time))
    assert changed == replace(word, level=level, time=time)
    limited = OutflowWord.unpack(outflows.read("withLimit", word.pack(), limit_ppm))
    assert limited == replace(word, limit_ppm=limit_ppm)


# ------------------------------------------------------------------ seasons


def season_sums(word: SeasonWord) -> int:
    return word.today + word.yesterday + word.seasoned


@given(words_of(SeasonWord), st.integers(0, 3) | unsigned(15), st.integers(0, SECONDS_A_DAY - 1))
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 0, SECONDS_A_DAY - 1)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 1, 0)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 2, 0)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 30_000, 0)
@example(SeasonWord(day=5, today=_ATOMS_80, yesterday=_ATOMS_80, seasoned=_ATOMS_80), 2, 0)
def test_season_moves_on_with_the_days(
    seasons: Harness, word: SeasonWord, days: int, second: int
) -> None:
    word = replace(word, day=word.day % 2**15)
    day = word.day + days
    moved = SeasonWord.unpack(seasons.read("at", word.pack(), day * SECONDS_A_DAY + second))
    if days == 0:
        assert moved == word
    elif days == 1:
        seasoned = min(word.seasoned + word.yesterday, _ATOMS_80)
        assert moved == SeasonWord(day, 0, word.today, seasoned)
    else:
        assert moved == SeasonWord(day, 0, 0, min(season_sums(word), _ATOMS_80))


@given(words_of(SeasonWord), unsigned(80))
def test_season_fields_are_read_from_their_bits_and_deposits_are_new(
    seasons: Harness, word: SeasonWord, atoms: int
) -> None:
    assert list(seasons.read("fields", word.pack())) == values_of(word)
    changed = SeasonWord.unpack(seasons.read("withDeposit", word.pack(), atoms))
    assert changed == replace(word, today=min(word.today + atoms, _ATOMS_80))


@given(words_of(SeasonWord), unsigned(80) | st.integers(0, 3 * 2**80))
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 4)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 5)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 7)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 8)
def test_season_withdrawals_take_the_oldest_first(
    seasons: Harness, word: SeasonWord, atoms: int
) -> None:
    changed = SeasonWord.unpack(seasons.read("withWithdrawal", word.pack(), atoms))
    left = atoms
    expected = {}
    for name in ("seasoned", "yesterday", "today"):
        taken = min(getattr(word, name), left)
        expected[name] = getattr(word, name) - taken
        left -= taken
    assert changed == replace(word, **expected)

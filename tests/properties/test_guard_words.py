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


_NET = signed(80).filter(lambda atoms: abs(atoms) <= MAX_HELD_ATOMS)


def outflow_words() -> st.SearchStrategy[OutflowWord]:
    """Outflow words as they can be: net flows within what the exchange may hold."""
    return st.builds(OutflowWord, unsigned(15), st.integers(0, 10**6), _NET, _NET)


@given(words_of(OutflowWord))
def test_outflow_fields_are_read_from_their_bits(outflows: Harness, word: OutflowWord) -> None:
    fields = (word.day, word.limit_ppm, word.today, word.yesterday)
    assert outflows.read("fields", word.pack()) == fields
    assert outflows.read("create", word.limit_ppm) == OutflowWord(limit_ppm=word.limit_ppm).pack()


@given(outflow_words(), st.integers(0, 3) | unsigned(15), st.integers(0, SECONDS_A_DAY - 1))
@example(OutflowWord(5, 7, -1, 2), 0, 0)
@example(OutflowWord(5, 7, -1, 2), 1, 0)
@example(OutflowWord(5, 7, -1, 2), 2, 0)
def test_outflow_moves_on_with_the_days(
    outflows: Harness, word: OutflowWord, days: int, second: int
) -> None:
    time = (word.day + days) * SECONDS_A_DAY + second
    moved = OutflowWord.unpack(outflows.read("at", word.pack(), time))
    if days == 0:
        assert moved == word
        return
    before = word.today if days == 1 else 0
    assert moved == OutflowWord(word.day + days, word.limit_ppm, before, 0)


@given(outflow_words(), st.integers(0, SECONDS_A_DAY - 1))
@example(OutflowWord(yesterday=SECONDS_A_DAY), 0)
@example(OutflowWord(yesterday=1), SECONDS_A_DAY - 1)
@example(OutflowWord(yesterday=-1), SECONDS_A_DAY - 1)
@example(OutflowWord(yesterday=MAX_HELD_ATOMS, today=-MAX_HELD_ATOMS), 1)
def test_outflow_of_yesterday_fades_and_its_inflow_makes_no_room(
    outflows: Harness, word: OutflowWord, second: int
) -> None:
    faded = -max(word.yesterday, 0) * (SECONDS_A_DAY - second) // SECONDS_A_DAY
    time = word.day * SECONDS_A_DAY + second
    assert outflows.read("level", word.pack(), time) == word.today - faded


@given(outflow_words(), unsigned(80), _NET)
@example(OutflowWord(limit_ppm=10**6), 5, -5)
@example(OutflowWord(limit_ppm=10**6), 5, -6)
@example(OutflowWord(limit_ppm=250_000), 7, 0)
def test_outflow_limit_is_a_share_of_what_was_held_before(
    outflows: Harness, word: OutflowWord, held: int, net: int
) -> None:
    limit = max(held + net, 0) * word.limit_ppm // 10**6
    assert outflows.read("limitAtoms", word.pack(), held, net) == limit


@given(outflow_words(), _NET, _NET, st.integers(0, 10**6))
@example(OutflowWord(today=MAX_HELD_ATOMS, yesterday=-MAX_HELD_ATOMS), 1, -1, 0)
def test_outflow_changes_touch_only_their_fields(
    outflows: Harness, word: OutflowWord, today: int, yesterday: int, limit_ppm: int
) -> None:
    changed = OutflowWord.unpack(outflows.read("withOutflow", word.pack(), today, yesterday))

    def cut(atoms: int) -> int:
        return max(-MAX_HELD_ATOMS, min(MAX_HELD_ATOMS, atoms))

    sums = (cut(word.yesterday + yesterday), cut(word.today + today))
    assert changed == OutflowWord(word.day, word.limit_ppm, *sums)
    limited = OutflowWord.unpack(outflows.read("withLimit", word.pack(), limit_ppm))
    assert limited == replace(word, limit_ppm=limit_ppm)


# ------------------------------------------------------------------ seasons


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
        assert moved == SeasonWord(
            day, 0, 0, min(word.today + word.yesterday + word.seasoned, _ATOMS_80)
        )


@given(words_of(SeasonWord), unsigned(80), unsigned(80), unsigned(80))
def test_season_fields_are_read_from_their_bits_and_added_to(
    seasons: Harness, word: SeasonWord, today: int, yesterday: int, seasoned: int
) -> None:
    assert list(seasons.read("fields", word.pack())) == values_of(word)
    changed = SeasonWord.unpack(seasons.read("plus", word.pack(), (today, yesterday, seasoned)))
    sums = (word.today + today, word.yesterday + yesterday, word.seasoned + seasoned)
    assert changed == SeasonWord(word.day, *(min(total, _ATOMS_80) for total in sums))


@given(words_of(SeasonWord), unsigned(80) | st.integers(0, 3 * 2**80), st.booleans())
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 4, True)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 5, True)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 8, True)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 2, False)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 3, False)
@example(SeasonWord(day=5, today=1, yesterday=2, seasoned=4), 8, False)
def test_season_gives_the_seasoned_first_or_last(
    seasons: Harness, word: SeasonWord, atoms: int, seasoned_first: bool
) -> None:
    """Yesterday's always before today's; what was taken is said field by field."""
    rest, taken = seasons.read("minus", word.pack(), atoms, seasoned_first)
    recent = ["yesterday", "today"]
    left, expected = atoms, {}
    for name in ["seasoned", *recent] if seasoned_first else [*recent, "seasoned"]:
        expected[name] = min(getattr(word, name), left)
        left -= expected[name]
    assert tuple(taken) == (expected["today"], expected["yesterday"], expected["seasoned"])
    kept = {name: getattr(word, name) - atoms for name, atoms in expected.items()}
    assert SeasonWord.unpack(rest) == replace(word, **kept)

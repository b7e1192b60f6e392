"""The words of bonds and standby lines: each field comes back, and touches no other."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.words import words_of
from tests.support.harness import Harness
from tests.support.properties import unsigned
from worldmarkets.model.liquidation_words import (
    MAX_LINES,
    LineState,
    LinesWord,
    LineWord,
    ProtectionWord,
)

FULL = (1, 2, 3, 2**32 - 1)


@pytest.fixture(scope="module")
def words() -> Harness:
    return Harness("ProtectionWordsHarness")


# ------------------------------------------------------------------ bonds and claims


@given(words_of(ProtectionWord))
def test_protection_word_round_trips(words: Harness, word: ProtectionWord) -> None:
    fields = (word.bond, word.insurance_claim, word.backstop_claim)
    assert words.read("createProtection", *fields) == replace(word, touched=1).pack()
    assert words.read("protection", word.pack()) == (*fields, word.claims)


@given(words_of(ProtectionWord), unsigned(80))
def test_protection_word_with_another_bond_keeps_the_claims(
    words: Harness, word: ProtectionWord, bond: int
) -> None:
    later = replace(word, bond=bond, touched=1)
    assert words.read("withBond", word.pack(), bond) == later.pack()


# ------------------------------------------------------------------ a line


@given(unsigned(80), unsigned(80), unsigned(32))
def test_line_word_of_an_offer_holds_its_fee_where_the_drawn_amount_will_be(
    words: Harness, locked: int, fee: int, expiry: int
) -> None:
    made = LineWord(locked, fee, expiry, state=LineState.OFFERED, touched=1)
    assert words.read("offered", locked, fee, expiry) == made.pack()


def test_line_word_of_a_line_that_is_no_more_is_not_zero(words: Harness) -> None:
    assert words.read("noLine") == LineWord(touched=1).pack()


@given(words_of(LineWord), st.sampled_from((-1, 0, 1)))
@example(LineWord(locked=7, expiry=9, state=LineState.ACTIVE), 0)
@example(LineWord(locked=7, expiry=9, state=LineState.ACTIVE), 1)
@example(LineWord(locked=7, expiry=9, state=LineState.OFFERED), 0)
def test_line_word_fields_are_read_from_their_bits_and_it_is_drawn_until_its_expiry(
    words: Harness, word: LineWord, late: int
) -> None:
    time = max(0, word.expiry + late)
    fields, states, available = words.read("line", word.pack(), time)
    assert tuple(fields) == (word.locked, word.drawn, word.expiry, word.closes_at)
    assert list(states) == [word.state == state for state in LineState]
    assert available == (word.locked if word.protects(time) else 0)


@given(words_of(LineWord))
def test_line_word_once_accepted_has_nothing_drawn(words: Harness, word: LineWord) -> None:
    later = replace(word, drawn=0, state=LineState.ACTIVE)
    assert words.read("accepted", word.pack()) == later.pack()


@given(words_of(LineWord), unsigned(80), unsigned(80), unsigned(32))
def test_line_word_with_other_amounts_or_notice_is_else_the_same(
    words: Harness, word: LineWord, locked: int, drawn: int, closes_at: int
) -> None:
    later = replace(word, locked=locked, drawn=drawn)
    assert words.read("withAmounts", word.pack(), locked, drawn) == later.pack()
    noticed = replace(word, closes_at=closes_at)
    assert words.read("withNotice", word.pack(), closes_at) == noticed.pack()


# ------------------------------------------------------------------ all lines of an account


@st.composite
def lists_of_lines(draw: st.DrawFn, most: int = MAX_LINES) -> LinesWord:
    """Lenders without gaps, and what is drawn."""
    ids = st.lists(st.integers(1, 2**32 - 1), max_size=most, unique=True)
    word = LinesWord(drawn=draw(unsigned(80)), touched=draw(st.integers(0, 1)))
    return word.with_lenders(tuple(draw(ids)))


@given(words_of(LinesWord))
def test_lines_word_fields_are_read_from_their_bits(words: Harness, word: LinesWord) -> None:
    lenders, drawn, is_full = words.read("lines", word.pack())
    assert tuple(lenders) == (word.first, word.second, word.third, word.fourth)
    assert (drawn, is_full) == (word.drawn, bool(word.fourth))


@given(lists_of_lines(MAX_LINES - 1), st.integers(1, 2**32 - 1))
def test_lines_word_takes_one_more_lender_behind_the_others(
    words: Harness, word: LinesWord, lender: int
) -> None:
    later = replace(word.with_lenders((*word.lenders, lender)), touched=1)
    assert words.read("withLender", word.pack(), lender) == later.pack()


@given(lists_of_lines(), st.integers(0, MAX_LINES))
@example(LinesWord(drawn=2**80 - 1).with_lenders(FULL), 0)
@example(LinesWord(drawn=2**80 - 1).with_lenders(FULL), 3)
@example(LinesWord(drawn=2**80 - 1).with_lenders(FULL), 4)
def test_lines_word_without_a_lender_has_those_behind_him_moved_up(
    words: Harness, word: LinesWord, place: int
) -> None:
    """Without somebody who is not among them it stays as it is."""
    known = word.lenders
    gone = known[place] if place < len(known) else next(n for n in range(1, 6) if n not in known)
    later = word.with_lenders(tuple(lender for lender in known if lender != gone))
    assert words.read("withoutLender", word.pack(), gone) == later.pack()


@given(words_of(LinesWord), unsigned(80))
def test_lines_word_with_another_drawn_amount_keeps_its_lenders(
    words: Harness, word: LinesWord, drawn: int
) -> None:
    later = replace(word, drawn=drawn, touched=1)
    assert words.read("withDrawn", word.pack(), drawn) == later.pack()

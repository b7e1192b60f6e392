"""The words of risk plans: fields come back as they went in, and touch no other."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.words import words_of
from tests.support.harness import Harness
from tests.support.properties import unsigned
from worldmarkets.model.liquidation_words import PlanStateWord, PlanTermsWord


@pytest.fixture(scope="module")
def words() -> Harness:
    return Harness("PlanWordsHarness")


def as_step(terms: PlanTermsWord, size: int = 0, min_fill: int = 0) -> tuple[int, ...]:
    """A step of such terms as the ABI has it."""
    fires = (terms.trigger, bool(terms.is_below), terms.threshold)
    does = (terms.action, terms.target, size, min_fill, terms.slippage_bps)
    return (*fires, *does, terms.cooldown, terms.tip_ppm, terms.source)


@given(words_of(PlanTermsWord), unsigned(80), unsigned(80))
def test_plan_terms_word_round_trips_and_holds_no_amounts(
    words: Harness, terms: PlanTermsWord, size: int, min_fill: int
) -> None:
    word = words.read("createTerms", as_step(terms, size, min_fill))
    assert word == replace(terms, touched=1).pack()
    assert words.read("terms", word) == as_step(terms)


def test_plan_terms_word_of_a_step_that_is_no_more_is_not_zero(words: Harness) -> None:
    assert words.read("noTerms") == PlanTermsWord(touched=1).pack()


@given(words_of(PlanStateWord))
@example(PlanStateWord(left=5, min_fill=0))
@example(PlanStateWord(left=5, min_fill=5))
@example(PlanStateWord(left=5, min_fill=6))
@example(PlanStateWord(left=0, min_fill=2**80 - 1))
def test_plan_state_word_round_trips_and_asks_for_the_least(
    words: Harness, state: PlanStateWord
) -> None:
    made = words.read("createState", state.left, state.min_fill)
    assert made == PlanStateWord(state.left, state.min_fill, touched=1).pack()
    least = max(1, min(state.left, state.min_fill))
    fields = (state.left, state.min_fill, state.ready_at, least)
    assert words.read("state", state.pack()) == fields


@st.composite
def executions(draw: st.DrawFn) -> tuple[PlanStateWord, int]:
    """A state, and what its step does, often all that is left."""
    state = draw(words_of(PlanStateWord))
    return state, draw(st.sampled_from((0, state.left)) | st.integers(0, state.left))


@given(executions(), unsigned(32))
def test_plan_state_word_has_less_left_once_the_step_has_acted(
    words: Harness, case: tuple[PlanStateWord, int], ready_at: int
) -> None:
    state, done = case
    later = replace(state, left=state.left - done, ready_at=ready_at, touched=1)
    assert words.read("executed", state.pack(), done, ready_at) == later.pack()

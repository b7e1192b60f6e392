"""The words of flags, funds and fast prices: each field comes back, and touches no other."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.words import values_of, words_of
from tests.support.harness import Harness
from tests.support.properties import unsigned
from worldmarkets.model.liquidation_words import (
    AuctionWord,
    FundWord,
    LiquidationWord,
    MoveWord,
    PauseWord,
)

DAY, MINUTE = 86_400, 60


@pytest.fixture(scope="module")
def words() -> Harness:
    return Harness("LiquidationWordsHarness")


# ------------------------------------------------------------------ auctions


@given(unsigned(32), unsigned(32))
def test_auction_word_of_a_flag_starts_its_clock_where_the_window_ends(
    words: Harness, time: int, window_end: int
) -> None:
    made = AuctionWord(window_end, window_end, time, touched=1)
    assert words.read("createAuction", time, window_end) == made.pack()


@given(words_of(AuctionWord))
def test_auction_word_fields_are_read_from_their_bits(words: Harness, word: AuctionWord) -> None:
    assert list(words.read("auction", word.pack())) == values_of(word)[:4]


@given(words_of(AuctionWord), unsigned(32))
def test_auction_word_restarts_now_or_where_the_window_ends(
    words: Harness, word: AuctionWord, time: int
) -> None:
    later = replace(word, clock_start=max(time, word.window_end))
    assert words.read("restarted", word.pack(), time) == later.pack()


@given(words_of(AuctionWord), st.booleans())
def test_auction_word_in_deficit_or_not_is_else_the_same(
    words: Harness, word: AuctionWord, in_deficit: bool
) -> None:
    later = replace(word, in_deficit=int(in_deficit))
    assert words.read("withDeficit", word.pack(), in_deficit) == later.pack()


# ------------------------------------------------------------------ counts


@given(words_of(LiquidationWord))
def test_liquidation_word_fields_are_read_from_their_bits(
    words: Harness, word: LiquidationWord
) -> None:
    fields = (word.flagged, word.in_deficit, word.bonds, word.lines, word.backstop)
    assert words.read("counts", word.pack()) == fields


@given(words_of(LiquidationWord), st.booleans())
@pytest.mark.parametrize("field", ["flagged", "in_deficit"])
def test_liquidation_word_counts_one_more_or_fewer(
    words: Harness, field: str, word: LiquidationWord, more: bool
) -> None:
    had = getattr(word, field)
    # Nothing is taken that was not added, and there are fewer accounts than the field holds.
    word = replace(word, **{field: min(had, 2**32 - 2) if more else max(had, 1)})
    later = replace(word, touched=1, **{field: getattr(word, field) + (1 if more else -1)})
    assert words.read("counted", word.pack(), field == "in_deficit", more) == later.pack()


@given(words_of(LiquidationWord), unsigned(79), unsigned(79), unsigned(32))
@example(LiquidationWord(bonds=2**79 - 1, lines=2**79 - 1), 0, 0, 2**32 - 1)
@example(LiquidationWord(flagged=2**32 - 1, in_deficit=2**32 - 1), 2**79 - 1, 2**79 - 1, 0)
def test_liquidation_word_with_more_or_less_locked_changes_no_count(
    words: Harness, word: LiquidationWord, bonds: int, lines: int, backstop: int
) -> None:
    word = replace(word, bonds=word.bonds % 2**79, backstop=0)
    changed = (bonds - word.bonds, lines - word.lines, backstop)
    later = replace(word, bonds=bonds, lines=lines, backstop=backstop, touched=1)
    assert words.read("locked", word.pack(), *changed) == later.pack()


# ------------------------------------------------------------------ funds


@given(words_of(FundWord), st.integers(0, 2**16 * DAY - 1), st.booleans())
@example(FundWord(day=0), 0, False)
def test_fund_word_of_another_day_has_nothing_paid(
    words: Harness, word: FundWord, time: int, same: bool
) -> None:
    time = word.day * DAY + time % DAY if same else time
    now = word if time // DAY == word.day else FundWord(day=time // DAY, touched=1)
    read = (now.pack(), now.insurance, now.backstop)
    assert words.read("fund", word.pack(), time) == read


@given(words_of(FundWord), unsigned(79), unsigned(79))
def test_fund_word_adds_what_is_paid_to_each_fund(
    words: Harness, word: FundWord, insurance: int, backstop: int
) -> None:
    word = replace(word, insurance=word.insurance % 2**79, backstop=word.backstop % 2**79)
    sums = {"insurance": word.insurance + insurance, "backstop": word.backstop + backstop}
    later = replace(word, **sums)
    assert words.read("paid", word.pack(), insurance, backstop) == later.pack()


# ------------------------------------------------------------------ fast prices


def moved_on(word: MoveWord, minute: int) -> MoveWord:
    """The word in a later minute, or in its own."""
    if minute == word.minute:
        return word
    if minute == word.minute + 1:
        return MoveWord(minute, low_before=word.low, high_before=word.high)
    return MoveWord(minute)


@given(words_of(MoveWord), st.sampled_from((0, 1, 2)) | unsigned(31), st.integers(0, MINUTE - 1))
def test_move_word_keeps_two_minutes_and_tells_their_range(
    words: Harness, word: MoveWord, later: int, second: int
) -> None:
    word = replace(word, minute=word.minute % 2**31)
    minute = word.minute + later
    now = moved_on(word, minute)
    lows = [low for low in (now.low, now.low_before) if low]
    read = (now.pack(), min(lows, default=0), max(now.high, now.high_before))
    assert words.read("move", word.pack(), minute * MINUTE + second) == read


@given(words_of(MoveWord), unsigned(56))
@example(MoveWord(), 1)
def test_move_word_takes_a_price_into_this_minute_alone(
    words: Harness, word: MoveWord, price: int
) -> None:
    low = min(word.low, price) if word.low else price
    later = replace(word, low=low, high=max(word.high, price))
    assert words.read("withPrice", word.pack(), price) == later.pack()


@given(unsigned(32))
def test_pause_word_round_trips_and_is_never_zero(words: Harness, until: int) -> None:
    word = words.read("createPause", until)
    assert word == PauseWord(until, touched=1).pack()
    assert words.read("pausedUntil", word) == until

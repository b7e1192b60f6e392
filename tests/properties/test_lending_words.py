"""The words of lending, prices and risk: fields come back as they went in, and touch no other."""

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.words import values_of, words_of
from tests.support.harness import Harness
from tests.support.properties import unsigned
from worldmarkets.model.words import (
    FeedWord,
    PoolIndexWord,
    PoolTermsWord,
    PoolTotalsWord,
    RampWord,
    RiskWord,
    UnderlyingWord,
)

RISK_OFFSET = 174
RISK_BITS = 78
DEPTH_UNIT = 10**10
HOUR = 3_600
WINDOW_ONE = 2**32


@pytest.fixture(scope="module")
def words() -> Harness:
    return Harness("LendingWordsHarness")


@given(words_of(PoolIndexWord))
@example(PoolIndexWord())
def test_pool_index_word_round_trips(words: Harness, index: PoolIndexWord) -> None:
    word = words.read("createIndex", *values_of(index))
    assert word == index.pack()
    assert words.read("index", word) == (*values_of(index), word != 0)


@given(words_of(PoolTotalsWord))
def test_pool_totals_word_round_trips_and_is_never_zero(
    words: Harness, totals: PoolTotalsWord
) -> None:
    fields = values_of(totals)[:-1]
    word = words.read("createTotals", *fields)
    assert word == replace(totals, touched=1).pack()
    assert list(words.read("totals", word)) == fields


@given(words_of(PoolTermsWord))
def test_pool_terms_word_round_trips_with_an_empty_window(
    words: Harness, terms: PoolTermsWord
) -> None:
    fields = values_of(terms)[:4]
    word = words.read("createTerms", *fields)
    assert word == replace(terms, window=0, window_time=0).pack()
    limit = terms.hourly_permille * WINDOW_ONE // 1_000
    assert words.read("terms", word) == (*fields, limit)


@given(words_of(PoolTermsWord), unsigned(32), unsigned(32))
def test_pool_terms_word_takes_a_window_alone(
    words: Harness, terms: PoolTermsWord, level: int, time: int
) -> None:
    word = words.read("termsWithWindow", terms.pack(), level, time)
    # Spare bits 180 to 191 are zero in all words there are.
    assert PoolTermsWord.unpack(word) == replace(terms, window=level, window_time=time)
    assert words.read("windowAt", word, time) == level


@given(words_of(PoolTermsWord), st.integers(0, 2 * HOUR))
@example(PoolTermsWord(hourly_permille=100, window=2**32 // 10), HOUR)
@example(PoolTermsWord(hourly_permille=0, window=1), 2 * HOUR)
def test_pool_terms_word_empties_its_window_evenly(
    words: Harness, terms: PoolTermsWord, age: int
) -> None:
    """What was borrowed leaves the window at the limit an hour, rounded so that it stays longer."""
    limit = terms.hourly_permille * WINDOW_ONE // 1_000
    left = words.read("windowAt", terms.pack(), terms.window_time + age)
    assert left == max(0, terms.window - age * limit // HOUR)
    if age >= HOUR and terms.window <= limit:
        assert left == 0


@given(words_of(RiskWord), unsigned(12), unsigned(7), unsigned(7))
def test_risk_word_takes_levels_alone(
    words: Harness, risk: RiskWord, sigma: int, end: int, maintenance: int
) -> None:
    word = words.read("riskWithLevels", risk.pack(), sigma, end, maintenance)
    expected = replace(risk, sigma_bps=sigma, end_percent=end, maintenance_percent=maintenance)
    assert RiskWord.unpack(word) == expected
    assert list(words.read("risk", word))[:6] == values_of(expected)


@given(words_of(RiskWord))
def test_risk_word_notes_that_the_quote_asset_may_be_owed(words: Harness, risk: RiskWord) -> None:
    word = words.read("riskLendable", risk.pack())
    assert RiskWord.unpack(word) == replace(risk, lendable=1)


@given(words_of(RiskWord), unsigned(16), unsigned(32))
def test_risk_word_takes_a_peg_alone(words: Harness, risk: RiskWord, peg: int, time: int) -> None:
    word = words.read("riskWithPeg", risk.pack(), peg, time)
    assert RiskWord.unpack(word) == replace(risk, peg_bps=peg, peg_time=time)


@pytest.mark.parametrize(
    ("peg", "factor"),
    [
        (0, 10_000),
        (1, 49_596),
        (9_800, 10_400),
        (9_899, 10_004),
        (9_900, 10_000),
        (10_000, 10_000),
        (65_535, 10_000),
    ],
)
def test_risk_word_peg_factor_counts_what_is_lost_beyond_a_hundredth(
    words: Harness, peg: int, factor: int
) -> None:
    assert words.read("risk", RiskWord(peg_bps=peg).pack())[6] == factor


@given(words_of(RampWord))
def test_ramp_word_round_trips(words: Harness, ramp: RampWord) -> None:
    word = words.read("createRamp", ramp.listed_at, ramp.changed_at)
    assert word == ramp.pack()
    assert list(words.read("ramp", word)) == values_of(ramp)


@given(words_of(FeedWord), unsigned(64), unsigned(32))
def test_feed_word_takes_a_price_that_waits_alone(
    words: Harness, feed: FeedWord, price: int, time: int
) -> None:
    word = words.read("feedWithPending", feed.pack(), price, time)
    assert FeedWord.unpack(word) == FeedWord(feed.feed, price, time)
    assert words.read("feed", word) == (f"0x{feed.feed:040x}", price, time)


@given(words_of(UnderlyingWord), unsigned(RISK_BITS))
def test_underlying_word_takes_risk_alone(
    words: Harness, underlying: UnderlyingWord, risk: int
) -> None:
    word = words.read("underlyingWithRisk", underlying.pack(), risk)
    mask = (2**RISK_BITS - 1) << RISK_OFFSET
    assert word == underlying.pack() & ~mask | risk << RISK_OFFSET


@given(words_of(UnderlyingWord))
def test_underlying_word_notes_that_a_price_waits(
    words: Harness, underlying: UnderlyingWord
) -> None:
    word = words.read("underlyingUnconfirmed", underlying.pack())
    assert UnderlyingWord.unpack(word) == replace(underlying, unconfirmed=1)


@given(words_of(UnderlyingWord))
def test_underlying_word_notes_that_the_asset_may_be_owed(
    words: Harness, underlying: UnderlyingWord
) -> None:
    word = words.read("underlyingLendable", underlying.pack())
    assert UnderlyingWord.unpack(word) == replace(underlying, lendable=1)


@given(words_of(UnderlyingWord))
def test_asset_risk_round_trips_where_the_underlying_word_has_it(
    words: Harness, underlying: UnderlyingWord
) -> None:
    fields = [
        underlying.beta_milli,
        underlying.iota_bps,
        underlying.basis_bps,
        underlying.spot_exit_bps,
        underlying.perp_exit_bps,
    ]
    risk = words.read("createAssetRisk", *fields, underlying.depth)
    assert risk == underlying.pack() >> RISK_OFFSET & 2**RISK_BITS - 1
    assert list(words.read("assetRisk", risk)) == [*fields, underlying.depth * DEPTH_UNIT]


@given(unsigned(16), unsigned(40), unsigned(40), st.booleans(), st.booleans())
def test_order_change_round_trips(
    words: Harness, market: int, filled: int, resting: int, is_ask: bool, reduce_only: bool
) -> None:
    word = words.read("createChange", market, filled, resting, is_ask, reduce_only)
    assert word >> 98 == 0
    fields = (market, filled, resting, is_ask, reduce_only)
    assert words.read("orderChange", word) == fields

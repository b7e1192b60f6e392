"""Words of perps: every field is where it is said to be, and no change touches another."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.bits import Field, pack
from tests.support.harness import Harness
from tests.support.perp_formulas import (
    CONFIG,
    ENTRY_ONE,
    MARK,
    PARTS,
    POSITION,
    SAMPLE,
    TAPE,
    cap_of,
    entry_after,
    funding_at,
)
from tests.support.properties import signed, unsigned

WORD = unsigned(256)
FUNDING_TICKS = signed(64)


@pytest.fixture(scope="module")
def positions() -> Harness:
    return Harness("PositionWordHarness")


@pytest.fixture(scope="module")
def marks() -> Harness:
    return Harness("MarkWordHarness")


@pytest.fixture(scope="module")
def samples() -> Harness:
    return Harness("SampleWordHarness")


@pytest.fixture(scope="module")
def tapes() -> Harness:
    return Harness("TapeWordHarness")


@pytest.fixture(scope="module")
def words() -> Harness:
    return Harness("PerpWordsHarness")


# ------------------------------------------------------------------ positions


@given(WORD)
@example(1 << 153)
@example(0xFF << 152 | (ENTRY_ONE - 1) << 116)
def test_position_fields_are_read_from_their_bits(positions: Harness, word: int) -> None:
    values = [field.of(word) for field in POSITION.values()]
    bids, size, asks, _, cash = values
    assert positions.read("fields", word) == (*values, not (bids or size or asks or cash))
    assert positions.read("touched", word) == word | 1 << 154


@given(WORD, st.booleans(), unsigned(40))
@example(2**40 - 1, False, 1)
@example((2**40 - 1) << 76, True, 1)
def test_position_open_fits_or_says_so_and_close_undoes_it(
    positions: Harness, word: int, is_ask: bool, lots: int
) -> None:
    side = POSITION["open_asks" if is_ask else "open_bids"]
    total = side.of(word) + lots
    opened, fits = positions.read("open", word, is_ask, lots)
    assert fits == (total < 2**40)
    if fits:
        assert opened == side.put(word, total)
        assert positions.read("close", opened, is_ask, lots) == word


@given(WORD, POSITION["size"].values, signed(96), FUNDING_TICKS)
@example(pack(POSITION, size=1, entry=5), 1, 0, -1)
@example(pack(POSITION, size=-1, entry=5), 2, -(2**95), 2**63 - 1)
@example(pack(POSITION, size=-(2**35), cash=-(2**95)), 2**35 - 1, -1, -(2**63))
@example(pack(POSITION, size=2**34, entry=ENTRY_ONE // 2), 2**35 - 1, 1, 0)
@example(pack(POSITION, size=3, entry=7), 0, 2**95 - 1, 2**40)
def test_position_after_a_trade_has_its_size_cash_and_entry_and_all_else_as_before(
    positions: Harness, word: int, size: int, units: int, funding: int
) -> None:
    old = POSITION["size"].of(word)
    traded = positions.read("traded", word, size - old, units, funding)
    expected = POSITION["size"].put(word, size)
    expected = POSITION["cash"].put(expected, POSITION["cash"].of(word) + units)
    entry = entry_after(POSITION["entry"].of(word), old, size, funding)
    touched = 1 << 154
    assert traded == POSITION["entry"].put(expected, entry) | touched


@given(signed(35), unsigned(35), unsigned(34), FUNDING_TICKS)
def test_position_entry_of_the_other_side_is_the_same(
    positions: Harness, size: int, more: int, entry: int, funding: int
) -> None:
    later = size + more if size >= 0 else size - more
    if not -(2**35) < later < 2**35:
        return
    both = [
        positions.read(
            "traded",
            pack(POSITION, size=side * size, entry=entry),
            side * (later - size),
            0,
            funding,
        )
        for side in (1, -1)
    ]
    assert POSITION["entry"].of(both[0]) == POSITION["entry"].of(both[1])


@given(WORD, signed(96), FUNDING_TICKS)
@example(pack(POSITION, cash=2**95 - 1, open_bids=2**40 - 1, entry=ENTRY_ONE - 1), 1, -1)
def test_position_settled_changes_cash_and_entry_alone(
    positions: Harness, word: int, units: int, funding: int
) -> None:
    settled = positions.read("settled", word, units, funding)
    expected = POSITION["cash"].put(word, POSITION["cash"].of(word) + units)
    assert settled == POSITION["entry"].put(expected, funding >> 14)


@given(unsigned(34), signed(33))
@example(0, -(2**33))
@example(2**34 - 1, 2**33 - 1)
def test_position_entry_tells_what_funding_has_moved_since(
    positions: Harness, entry: int, moved: int
) -> None:
    assert positions.read("movedSince", entry, entry + moved << 14) == moved


# ------------------------------------------------------------------ marks


@given(WORD)
@example(0)
def test_mark_fields_are_read_from_their_bits(marks: Harness, word: int) -> None:
    *values, code = (field.of(word) for field in MARK.values())
    assert marks.read("fields", word) == (*values, cap_of(code), word != 0)


@given(MARK["tick_value"].values, MARK["cap_code"].values, MARK["time"].values)
def test_mark_create_sets_its_terms_alone(
    marks: Harness, tick_value: int, code: int, time: int
) -> None:
    expected = pack(MARK, tick_value=tick_value, cap_code=code, time=time)
    assert marks.read("create", tick_value, code, time) == expected


@given(WORD, MARK["mark"].values, MARK["rate"].values, MARK["until"].values, unsigned(8))
def test_mark_changes_touch_only_their_fields(
    marks: Harness, word: int, mark: int, rate: int, until: int, code: int
) -> None:
    assert marks.read("withMark", word, mark) == MARK["mark"].put(word, mark)
    expected = MARK["until"].put(MARK["rate"].put(word, rate), until)
    assert marks.read("withRate", word, rate, until) == expected
    assert marks.read("withCapCode", word, code) == MARK["cap_code"].put(word, code)


@given(WORD, MARK["time"].values)
@example(pack(MARK, mark=2**48 - 1, rate=2**23 - 1, until=2**32 - 1, funding=-1), 2**32 - 1)
@example(pack(MARK, mark=2**48 - 1, rate=-(2**23), until=2**32 - 1, funding=1), 2**32 - 1)
@example(pack(MARK, mark=1, rate=-1, time=10, until=310), 11)
@example(pack(MARK, mark=2**40, rate=5, time=10, until=310), 9)
@example(pack(MARK, mark=2**40, rate=5, time=10), 20)
def test_mark_accrues_funding_while_its_rate_holds(marks: Harness, word: int, time: int) -> None:
    funding = funding_at(word, time)
    assert marks.read("fundingTicksAt", word, time) == funding >> 16
    expected = MARK["time"].put(MARK["funding"].put(word, funding), time)
    assert marks.read("accrued", word, time) == expected


@given(
    MARK["mark"].values,
    MARK["rate"].values,
    st.lists(st.integers(0, 200), min_size=1, max_size=8),
)
@example(2**48 - 1, -4_000_000, [1] * 8)
def test_mark_accrual_does_not_depend_on_its_rhythm_but_for_dust(
    marks: Harness, mark: int, rate: int, steps: list[int]
) -> None:
    word = once = pack(MARK, mark=mark, rate=rate, time=1_000, until=1_300)
    time = 1_000
    for step in steps:
        time += step
        word = marks.read("accrued", word, time)
    once = marks.read("accrued", once, time)
    # Each step rounds towards zero by less than one.
    difference = abs(MARK["funding"].of(once)) - abs(MARK["funding"].of(word))
    assert 0 <= difference < len(steps)


@given(MARK["mark"].values, st.integers(-(2**23) + 1, 2**23 - 1), unsigned(32))
def test_mark_accrual_is_symmetric_in_the_sign_of_the_rate(
    marks: Harness, mark: int, rate: int, time: int
) -> None:
    longs, shorts = (
        MARK["funding"].of(
            marks.read("accrued", pack(MARK, mark=mark, rate=side, until=2**32 - 1), time)
        )
        for side in (rate, -rate)
    )
    assert longs == -shorts


@given(unsigned(40) | st.integers(0, 300))
@example(15 << 31)
@example((15 << 31) + 1)
@example(16 << 31)
@example(7)
@example(8)
@example(0)
def test_mark_cap_has_a_code_if_it_can_be_told_exactly(marks: Harness, lots: int) -> None:
    codes = [code for code in range(256) if cap_of(code) == lots]
    code, is_exact = marks.read("capCodeOf", lots)
    assert is_exact == bool(codes)
    if codes:
        assert [code] == codes


@given(unsigned(8))
def test_mark_cap_of_every_code_has_that_code(marks: Harness, code: int) -> None:
    assert marks.read("capCodeOf", cap_of(code)) == (code, True)


# ------------------------------------------------------------------ samples


@given(WORD)
def test_sample_fields_are_read_from_their_bits(samples: Harness, word: int) -> None:
    assert tuple(samples.read("parts", word)) == tuple(part.of(word) for part in PARTS)
    values = tuple(field.of(word) for field in SAMPLE.values())
    assert samples.read("averages", word) == values


@given(WORD, signed(24), signed(24), signed(24), unsigned(9))
def test_sample_moves_the_newer_one_down_and_touches_no_average(
    samples: Harness, word: int, premium: int, middle: int, book: int, span: int
) -> None:
    new = samples.read("withSample", word, premium, middle, book, span)
    expected = SAMPLE["span"].put(word, span)
    for i, value in enumerate((premium, middle, book)):
        expected = PARTS[i].put(expected, PARTS[i + 3].of(word))
        expected = PARTS[i + 3].put(expected, value)
    assert new == expected


@given(WORD, signed(38), signed(38), signed(24))
def test_sample_averages_touch_no_sample(
    samples: Harness, word: int, premium: int, middle: int, book: int
) -> None:
    # The bits above all fields are always zero.
    word %= 2**253
    expected = SAMPLE["premium"].put(SAMPLE["middle"].put(word, middle), premium)
    expected = SAMPLE["book_counted"].put(expected, book)
    assert samples.read("withAverages", word, premium, middle, book) == expected


# ------------------------------------------------------------------ tapes, configs, pools


@given(WORD, unsigned(40), unsigned(39), unsigned(80))
def test_tape_of_a_perp_keeps_its_open_interest_beside_the_rest(
    tapes: Harness, word: int, lots: int, cap: int, fees: int
) -> None:
    read = tapes.read("perpFields", word)
    assert read == tuple(field.of(word) for field in TAPE.values())
    interest = tapes.read("withOpenInterest", word, lots)
    assert interest == TAPE["open_interest"].put(word, lots)
    assert tapes.read("withOpenInterestCap", word, cap) == TAPE["cap"].put(word, cap)
    assert tapes.read("withFees", word, fees) == Field(80, 80).put(word, fees)


@given(WORD, st.integers(0, 43), st.tuples(*(field.values for field in CONFIG.values())))
def test_config_of_a_perp_has_its_terms(
    words: Harness, word: int, base: int, terms: tuple[int, ...]
) -> None:
    listed, read = words.read("config", word)
    assert (listed, *read) == (word != 0, *(field.of(word) for field in CONFIG.values()))
    expected = base | 2 << 16
    for field, value in zip(CONFIG.values(), terms, strict=True):
        expected = field.put(expected, value)
    assert words.read("createConfig", base, list(terms)) == expected


@given(unsigned(80), unsigned(80))
def test_pool_has_its_cash_and_shortfall_and_is_never_zero(
    words: Harness, cash: int, shortfall: int
) -> None:
    word = words.read("createPool", cash, shortfall)
    assert word == cash | shortfall << 80 | 1 << 160
    assert words.read("pool", word) == (True, cash, shortfall)


def test_pool_of_no_perp_is_not_listed(words: Harness) -> None:
    assert words.read("pool", 0) == (False, 0, 0)

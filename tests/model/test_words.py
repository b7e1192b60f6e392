"""Packing of words: every field, its sign, its bounds, and the spare bits around it."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from worldmarkets.model import liquidation_words, packed, perp_words, records, slots, words
from worldmarkets.model.packing import FieldOverflowError, Word, layout

KINDS = [
    words.RegistryWord,
    words.AccountWord,
    words.LedgerWord,
    words.CashWord,
    words.OperatorWord,
    words.OutflowWord,
    words.SeasonWord,
    words.OrderTerms,
    words.TokenWord,
    words.UnderlyingWord,
    words.ConfigWord,
    words.BookWord,
    words.TapeWord,
    words.LevelWord,
    words.ChunkHeader,
    words.Lane,
    words.PoolWord,
    words.OrderId,
    perp_words.PositionWord,
    perp_words.MarkWord,
    perp_words.SampleWord,
    perp_words.PerpPoolWord,
    liquidation_words.AuctionWord,
    liquidation_words.ProtectionWord,
    liquidation_words.LinesWord,
    liquidation_words.LineWord,
    liquidation_words.LiquidationWord,
    liquidation_words.FundWord,
    liquidation_words.MoveWord,
    liquidation_words.PauseWord,
    liquidation_words.PlanTermsWord,
    liquidation_words.PlanStateWord,
    liquidation_words.LiquidatorWord,
    records.Placed,
    records.Filled,
    records.Removed,
    records.Reduced,
    records.Taken,
    records.Skipped,
    records.Expires,
    packed.PackedHeader,
    packed.PackedPlace,
    packed.PackedMore,
]


@pytest.mark.parametrize("kind", KINDS)
@given(word=st.integers(0, 2**256 - 1))
def test_unpack_any_word_packs_back_without_spare_bits(kind: type[Word], word: int) -> None:
    assert kind.unpack(word).pack() == word & ~kind.spare_bits(word)


@pytest.mark.parametrize("kind", KINDS)
def test_layout_fields_never_overlap(kind: type[Word]) -> None:
    places = [
        bit for field in layout(kind) for bit in range(field.offset, field.offset + field.width)
    ]
    assert len(places) == len(set(places))
    assert max(places) < 256


@pytest.mark.parametrize("kind", KINDS)
def test_pack_value_beyond_its_field_raises(kind: type[Word]) -> None:
    for field in layout(kind):
        top = 1 << field.width - field.signed
        assert kind(**{field.name: top - 1}).pack() >> field.offset & field.mask == top - 1
        with pytest.raises(FieldOverflowError):
            kind(**{field.name: top}).pack()
        with pytest.raises(FieldOverflowError):
            kind(**{field.name: (-top if field.signed else 0) - 1}).pack()


def test_ledger_word_negative_balance_keeps_other_fields() -> None:
    word = words.LedgerWord(open_bids=1, open_asks=2, touched=1, balance=-1).pack()
    assert word == (2**96 - 1) << 160 | 1 << 154 | 2 << 76 | 1


def test_position_and_mark_words_have_their_fields_where_the_contracts_have_them() -> None:
    word = perp_words.PositionWord(1, -2, 3, 4, 1, 1, -5).pack()
    assert word == (2**96 - 5) << 160 | 3 << 153 | 4 << 116 | 3 << 76 | (2**36 - 2) << 40 | 1
    word = perp_words.MarkWord(1, -2, -3, 4, 5, 6, 7).pack()
    first = 1 | (2**80 - 2) << 48 | (2**24 - 3) << 128
    assert word == first | 4 << 152 | 5 << 184 | 6 << 216 | 7 << 248
    word = perp_words.SampleWord(span=511, premium_average=-1, mid_average=-2).pack()
    assert word == 511 << 168 | (2**38 - 1) << 177 | (2**38 - 2) << 215
    word = perp_words.PerpPoolWord(1, 2, 1).pack()
    assert word == 1 | 2 << 80 | 1 << 160
    tape = words.TapeWord(open_interest=2**40 - 1, open_interest_cap=2**39 - 1).pack()
    assert tape == (2**40 - 1) << 24 | (2**39 - 1) << 217
    config = words.ConfigWord(1, 2, 3, 4, 5, 6, 7, 8, 9).pack()
    terms = 4 << 32 | 5 << 96 | 6 << 128 | 7 << 140 | 8 << 164 | 9 << 188
    assert config == 1 | 2 << 16 | 3 << 20 | terms


def test_liquidation_words_have_their_fields_where_the_contracts_have_them() -> None:
    state = words.AccountWord(owner=1, live=1, flagged=1, protected=1, owes=1, assets=1, perps=1)
    assert state.pack() == 1 | 0b1111 << 162 | 1 << 168 | 1 << 212
    liquidation = liquidation_words
    assert liquidation.AuctionWord(1, 2, 3, 1, 1).pack() == 1 | 2 << 32 | 3 << 64 | 3 << 96
    assert liquidation.ProtectionWord(1, 2, 3, 1).pack() == 1 | 2 << 80 | 3 << 160 | 1 << 240
    lenders = liquidation.LinesWord(drawn=5, touched=1).with_lenders((1, 2, 3, 4))
    assert lenders.pack() == 1 | 2 << 32 | 3 << 64 | 4 << 96 | 5 << 128 | 1 << 208
    line = liquidation.LineWord(1, 2, 3, 4, 2, 1).pack()
    assert line == 1 | 2 << 80 | 3 << 160 | 4 << 192 | 2 << 224 | 1 << 226
    both = liquidation.LiquidationWord(1, 2, 3, 4, 1, 5).pack()
    assert both == 1 | 2 << 32 | 3 << 64 | 4 << 144 | 1 << 223 | 5 << 224
    assert liquidation.FundWord(1, 2, 3, 1).pack() == 1 | 2 << 16 | 3 << 96 | 1 << 176
    moved = liquidation.MoveWord(1, 2, 3, 4, 5).pack()
    assert moved == 1 | 2 << 32 | 3 << 88 | 4 << 144 | 5 << 200
    assert liquidation.PauseWord(1, 1).pack() == 1 | 1 << 32
    terms = liquidation.PlanTermsWord(3, 1, 2, 4, 5, 6, 7, 8, -1, 1).pack()
    low = 3 | 1 << 2 | 2 << 3 | 4 << 5 | 5 << 21 | 6 << 35 | 7 << 59 | 8 << 72
    assert terms == low | (2**88 - 1) << 104 | 1 << 192
    assert liquidation.PlanStateWord(1, 2, 3, 1).pack() == 1 | 2 << 80 | 3 << 160 | 1 << 192
    assert liquidation.LiquidatorWord(1, 1).pack() == 3


def test_unpack_record_unknown_kind_raises() -> None:
    with pytest.raises(records.UnknownRecordError):
        records.unpack_record(8 << 248)


@pytest.mark.parametrize(
    ("slot", "expected"),
    [
        (slots.registry(), 1 << 64),
        (slots.ledger(3, 2), 3 << 64 | 0x302),
        (slots.level(257, 20_000), 11 << 64 | 257 << 24 | 20_000),
        (slots.bitmap(257, 2, 1), 12 << 64 | 257 << 18 | 2 << 16 | 1),
        (slots.header(257, 20_000, 0), 13 << 64 | 257 << 33 | 20_000),
        (slots.header(257, 20_000, 5), 13 << 64 | 257 << 33 | 1 << 32 | 5),
        (slots.lanes(257, 20_000, 0, 7), 14 << 64 | 257 << 35 | 20_000 << 2 | 3),
        (slots.tape(257), 16 << 64 | 257),
        (slots.outflow(2), 17 << 64 | 2),
        (slots.season(3, 2), 18 << 64 | 0x302),
        (slots.auction(3), 27 << 64 | 3),
        (slots.protection(3), 28 << 64 | 3),
        (slots.lines(3), 29 << 64 | 3),
        (slots.line(3, 2), 30 << 64 | 3 << 32 | 2),
        (slots.liquidation(), 31 << 64),
        (slots.fund(513), 32 << 64 | 513),
        (slots.move(2), 33 << 64 | 2),
        (slots.pause(slots.ALL_PAUSES), 34 << 64 | 255),
        (slots.plan_terms(3, 7), 35 << 64 | 3 << 4 | 14),
        (slots.plan_state(3, 7), 35 << 64 | 3 << 4 | 15),
    ],
)
def test_slots_are_region_and_key(slot: int, expected: int) -> None:
    assert slot == expected
    assert slots.place_of(slot).region == slot >> 64


def test_slots_operator_has_a_wider_key() -> None:
    slot = slots.operator(3, 2**160 - 1)
    assert slot == 19 << 192 | 3 << 160 | 2**160 - 1
    assert slots.place_of(slot) == slots.Place(slots.Region.OPERATOR, 3 << 160 | 2**160 - 1)


def test_slots_liquidator_has_a_wider_key() -> None:
    slot = slots.liquidator(3, 2**160 - 1)
    assert slot == 36 << 192 | 3 << 160 | 2**160 - 1
    assert slots.place_of(slot) == slots.Place(slots.Region.LIQUIDATOR, 3 << 160 | 2**160 - 1)

"""Terms of orders: every bit has one meaning or none, and a lane keeps its share of them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.properties.words import words_of
from tests.support.harness import Harness
from tests.support.properties import unsigned
from worldmarkets.model.interface import SelfTrade, TimeInForce
from worldmarkets.model.words import Lane, OrderTerms


@pytest.fixture(scope="module")
def terms() -> Harness:
    return Harness("OrderTermsHarness")


@pytest.fixture(scope="module")
def lanes() -> Harness:
    return Harness("LaneHarness")


@given(words_of(OrderTerms))
def test_terms_round_trip(terms: Harness, word: OrderTerms) -> None:
    mode = (word.time_in_force, word.self_trade)
    reduce_only = bool(word.reduce_only)
    assert terms.read("create", *mode, reduce_only, word.expiry, word.client_id) == word.pack()
    fields = (*mode, word.expiry, reduce_only, word.client_id)
    assert terms.read("fields", word.pack()) == fields


def valid(word: int) -> bool:
    """Whether no bit without a meaning is set, and the modes are ones there are."""
    unpacked = OrderTerms.unpack(word)
    modes = list(SelfTrade)
    if unpacked.time_in_force == TimeInForce.FILL_OR_KILL:
        modes.remove(SelfTrade.DECREMENT_BOTH)
    known = unpacked.time_in_force in list(TimeInForce) and unpacked.self_trade in modes
    return known and OrderTerms.spare_bits(word) == 0


@given(words_of(OrderTerms).map(OrderTerms.pack) | unsigned(256) | st.integers(0, 40))
@example(0)
def test_terms_are_valid_plain_resting_or_post_only_as_their_fields_say(
    terms: Harness, word: int
) -> None:
    tif = word & 7
    is_plain, is_valid, may_rest, is_post_only = terms.read("kinds", word)
    assert is_valid == valid(word)
    assert is_plain == (word in list(TimeInForce))
    assert may_rest == (tif <= TimeInForce.POST_ONLY_SLIDE)
    assert is_post_only == (tif in (TimeInForce.POST_ONLY, TimeInForce.POST_ONLY_SLIDE))


@pytest.mark.parametrize("bit", range(256))
def test_terms_with_one_bit_are_valid_only_where_a_field_is(terms: Harness, bit: int) -> None:
    is_field = bit < 5 or 72 <= bit < 104 or bit == 113 or 116 <= bit < 180
    assert terms.read("kinds", 1 << bit)[1] == is_field


@given(words_of(OrderTerms).map(OrderTerms.pack) | unsigned(256))
def test_terms_give_a_lane_its_expiry_reduce_only_and_tag_alone(terms: Harness, word: int) -> None:
    unpacked = OrderTerms.unpack(word)
    lane = Lane(expiry=unpacked.expiry, reduce_only=unpacked.reduce_only, tag=unpacked.tag)
    assert terms.read("laneBits", word) == lane.pack()


# ------------------------------------------------------------------ lanes


@given(words_of(Lane))
def test_lane_marks_are_read_from_their_bits(lanes: Harness, lane: Lane) -> None:
    flags = lane.is_ask | lane.reduce_only << 1 | lane.by_operator << 2
    special = bool(lane.expiry or lane.reduce_only or lane.by_operator)
    kept = Lane(expiry=lane.expiry, reduce_only=lane.reduce_only, tag=lane.tag).pack()
    assert lanes.read("marksOf", lane.pack()) == (
        lane.expiry,
        bool(lane.reduce_only),
        bool(lane.by_operator),
        flags,
        special,
        kept,
    )


@given(unsigned(160), st.booleans(), words_of(OrderTerms), unsigned(32), unsigned(40))
def test_lane_is_made_of_owner_caller_and_terms(
    lanes: Harness, owner: int, by_operator: bool, order: OrderTerms, account: int, lots: int
) -> None:
    marks = lanes.read("placerMarks", f"0x{owner:040x}", by_operator)
    assert marks == Lane(owner_hash=owner & 0xFF, by_operator=int(by_operator)).pack()
    kept = Lane(expiry=order.expiry, reduce_only=order.reduce_only, tag=order.tag).pack()
    made = Lane.unpack(lanes.read("create", account, True, lots, marks | kept))
    assert made == Lane(
        account=account,
        lots=lots,
        expiry=order.expiry,
        owner_hash=owner & 0xFF,
        is_ask=1,
        reduce_only=order.reduce_only,
        by_operator=int(by_operator),
        tag=order.tag,
    )


@given(words_of(Lane), unsigned(160))
def test_lane_has_the_hash_of_an_owner_whose_low_byte_it_keeps(
    lanes: Harness, lane: Lane, owner: int
) -> None:
    same = lane.owner_hash == owner & 0xFF
    assert lanes.read("hasOwnerHash", lane.pack(), f"0x{owner:040x}") == same
    twin = owner & ~0xFF | lane.owner_hash
    assert lanes.read("hasOwnerHash", lane.pack(), f"0x{twin:040x}")

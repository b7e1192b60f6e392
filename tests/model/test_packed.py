"""The packed form of a batch: byte for byte, back again, and what it can not hold."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from tests.support.properties import unsigned
from worldmarkets.model import OrderRequest, SelfTrade, Side, TimeInForce
from worldmarkets.model.errors import MalformedBatch
from worldmarkets.model.packed import PackedBatch, TooManyItemsError, pack_batch
from worldmarkets.model.packing import FieldOverflowError

PLAIN = OrderRequest(257, Side.ASK, 20_000, 5)
SPECIAL = OrderRequest(
    258,
    Side.BID,
    60_000,
    7,
    TimeInForce.FILL_OR_KILL,
    3,
    SelfTrade.DECREMENT_BOTH,
    expiry=1_750_000_000,
    reduce_only=True,
    client_id=2**64 - 2,
)

orders = st.builds(
    OrderRequest,
    unsigned(16),
    st.sampled_from(Side),
    unsigned(24),
    unsigned(40),
    unsigned(3),
    unsigned(8),
    unsigned(2),
    unsigned(32),
    st.booleans(),
    unsigned(64),
)


def test_pack_batch_is_byte_for_byte_the_documented_format() -> None:
    packed = pack_batch(9, [2**128 - 2], [PLAIN, SPECIAL], 1_800_000_000, all_or_none=True)
    assert packed.hex() == (
        "000000096b49d200010102"
        "fffffffffffffffffffffffffffffffe"
        "0101004e2000000000054001"
        "010200ea60000000000703e8684ee180fffffffffffffffe"
    )  # fmt: skip


@given(
    account=unsigned(32),
    cancels=st.lists(unsigned(128), max_size=5),
    places=st.lists(orders, max_size=5),
    deadline=unsigned(32),
    all_or_none=st.booleans(),
)
def test_pack_batch_any_batch_reads_back(
    account: int,
    cancels: list[int],
    places: list[OrderRequest],
    deadline: int,
    all_or_none: bool,
) -> None:
    batch = PackedBatch(pack_batch(account, cancels, places, deadline, all_or_none))
    header = batch.header
    assert (header.account, header.deadline, header.flags) == (account, deadline, all_or_none)
    assert list(batch.cancels()) == cancels
    assert list(batch.places()) == places
    batch.check_end()


@pytest.mark.parametrize("size", range(len(pack_batch(1, [2], [SPECIAL]))))
def test_packed_batch_cut_short_is_malformed(size: int) -> None:
    packed = pack_batch(1, [2], [SPECIAL])
    with pytest.raises(MalformedBatch) as refused:
        read_all(packed[:size])
    # Up to the end of the field that is missing.
    ends = (11, 27, 39, 51)
    assert refused.value.arguments == (size, next(end for end in ends if size < end))


def test_packed_batch_with_a_byte_too_many_is_malformed() -> None:
    with pytest.raises(MalformedBatch) as refused:
        read_all(pack_batch(1, [2], [PLAIN]) + b"\0")
    assert refused.value.arguments == (40, 39)


def test_pack_batch_later_deadline_than_there_is_becomes_the_latest() -> None:
    assert PackedBatch(pack_batch(1, [], [], 2**64 - 1)).header.deadline == 2**32 - 1


@pytest.mark.parametrize(("cancels", "places"), [(256, 0), (0, 256)])
def test_pack_batch_of_too_many_items_is_refused(cancels: int, places: int) -> None:
    with pytest.raises(TooManyItemsError):
        pack_batch(1, [2] * cancels, [PLAIN] * places)


def test_pack_batch_lots_beyond_their_field_are_refused() -> None:
    with pytest.raises(FieldOverflowError):
        pack_batch(1, [], [OrderRequest(257, Side.ASK, 20_000, 2**40)])


def read_all(packed: bytes) -> None:
    batch = PackedBatch(packed)
    list(batch.cancels())
    list(batch.places())
    batch.check_end()

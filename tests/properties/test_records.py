"""Records: bits as documented, and a log that survives whatever is allocated around it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.harness import Harness
from tests.support.properties import signed, unsigned
from worldmarkets.model.interface import Refusal, Removal
from worldmarkets.model.records import (
    Expires,
    Filled,
    Header,
    Placed,
    Record,
    Reduced,
    Removed,
    Skipped,
    Taken,
    unpack_record,
)


@pytest.fixture(scope="module")
def log() -> Harness:
    return Harness("RecordsHarness")


def emitted(log: Harness) -> list[Record]:
    [entry] = log.logs
    assert int.from_bytes(entry.data[:32], "big") == 32
    length = int.from_bytes(entry.data[32:64], "big")
    body = entry.data[64:]
    assert len(body) == length
    return [unpack_record(int.from_bytes(body[i : i + 32], "big")) for i in range(0, length, 32)]


@given(unsigned(128), unsigned(40), unsigned(64), st.booleans(), st.booleans(), st.booleans())
def test_placed(
    log: Harness,
    order_id: int,
    lots: int,
    client_id: int,
    is_ask: bool,
    reduce_only: bool,
    by_operator: bool,
) -> None:
    flags = is_ask | reduce_only << 1 | by_operator << 2
    log.call("placed", order_id, lots, client_id, flags)
    assert emitted(log) == [Placed(order_id, lots, client_id, is_ask, reduce_only, by_operator)]


@given(unsigned(128), unsigned(32))
def test_expires(log: Harness, order_id: int, expiry: int) -> None:
    log.call("expires", order_id, expiry)
    assert emitted(log) == [Expires(order_id, expiry)]


@given(unsigned(128), unsigned(40), unsigned(32), unsigned(40), st.booleans(), st.booleans())
def test_filled(
    log: Harness, order_id: int, lots: int, account: int, sequence: int, is_ask: bool, gone: bool
) -> None:
    log.call("filled", order_id, lots, account, sequence, is_ask, gone)
    assert emitted(log) == [Filled(order_id, lots, account, sequence, is_ask, gone)]


@given(unsigned(128), unsigned(40), unsigned(32), st.sampled_from(Removal))
def test_removed(log: Harness, order_id: int, lots: int, account: int, reason: int) -> None:
    log.call("removed", order_id, lots, account, reason)
    assert emitted(log) == [Removed(order_id, lots, account, reason)]


@given(unsigned(128), unsigned(40), unsigned(40))
def test_reduced(log: Harness, order_id: int, left: int, off: int) -> None:
    log.call("reduced", order_id, left, off)
    assert emitted(log) == [Reduced(order_id, left, off)]


@given(unsigned(16), st.booleans(), unsigned(40), unsigned(80), signed(64), unsigned(40))
def test_taken(
    log: Harness, market: int, is_ask: bool, lots: int, notional: int, fee: int, sequence: int
) -> None:
    log.call("taken", market, is_ask, lots, notional, fee, sequence)
    assert emitted(log) == [Taken(notional, fee, lots, sequence, market, is_ask)]


@given(st.integers(1, 40), st.integers(0, 5), unsigned(32))
def test_log_survives_allocation_between_records(
    log: Harness, count: int, gap: int, account: int
) -> None:
    log.call("skippedMany", count, gap, account)
    assert emitted(log) == [Skipped(index, Refusal.LEVEL_FULL) for index in range(count)]
    [entry] = log.logs
    assert int.from_bytes(entry.topics[1], "big") == Header(account=account).pack()


def test_empty_log_emits_nothing(log: Harness) -> None:
    log.call("skippedMany", 0, 3, 1)
    assert log.logs == ()

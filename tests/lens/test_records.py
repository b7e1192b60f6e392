"""Records of logs."""

from dataclasses import fields

import pytest
from eth_abi import decode
from hypothesis import given
from hypothesis import strategies as st

from tests.lens.support import deploy_lens, rejected
from tests.support.abi import codec
from tests.support.backend import START_TIME, user_address
from tests.support.properties import signed, unsigned
from tests.support.pyrevm_backend import PyrevmBackend
from tests.support.scene import BID, FOK, IOC, Scene, fee_up, notional, order
from tests.support.system import ETH_MARKET, deploy_system
from worldmarkets.client.lens import MAX_ITEMS, Lens
from worldmarkets.client.lens_views import Record, RecordKind
from worldmarkets.model import records as model
from worldmarkets.model.interface import Permission, Refusal, Removal, Side
from worldmarkets.model.packing import layout
from worldmarkets.model.words import OrderId

KINDS = (
    model.Placed,
    model.Filled,
    model.Removed,
    model.Reduced,
    model.Taken,
    model.Skipped,
    model.Expires,
)
HEADER = model.Header(account=7).pack()
NAMES = {
    "account": "account_id",
    "by_operator": "is_by_operator",
    "gone": "has_left",
    "is_ask": "side",
    "lots_left": "lots",
    "market": "market_id",
    "reduce_only": "is_reduce_only",
}
"""What the model calls otherwise."""
LIMITED = {"reason": len(Removal) - 1, "refusal": len(Refusal) - 1}
NOTHING = Record(*(field.type(0) for field in fields(Record)))


def expected(record: model.Record) -> Record:
    """What the Lens says of a record of the model."""
    values = {
        NAMES.get(bit.name, bit.name): getattr(record, bit.name) for bit in layout(type(record))
    }
    if "order_id" in values:
        parts = OrderId.unpack(values["order_id"])
        values.update(market_id=parts.market, tick=parts.tick)
    if isinstance(record, model.Removed):
        values["has_left"] = True
    return Record(**{**vars(NOTHING), **values})


def _any_record(kind: type) -> st.SearchStrategy[model.Record]:
    parts = {
        bit.name: st.integers(0, LIMITED[bit.name])
        if bit.name in LIMITED
        else (signed if bit.signed else unsigned)(bit.width)
        for bit in layout(kind)
        if bit.name != "kind"
    }
    return st.builds(kind, **parts)


@pytest.fixture(scope="module")
def steady() -> Lens:
    """A Lens that only decodes."""
    return deploy_lens(deploy_system(PyrevmBackend(), markets={}))


def joined(*words: int) -> bytes:
    return b"".join(word.to_bytes(32, "big") for word in words)


@given(st.lists(st.one_of(*map(_any_record, KINDS)), max_size=12), unsigned(32))
def test_decode_records_of_any_log_returns_every_field(
    steady: Lens, log: list[model.Record], account: int
) -> None:
    header = model.Header(account=account).pack()
    found = steady.decode_records(header, joined(*(record.pack() for record in log)))
    assert found == (account, tuple(map(expected, log)))


def log_of(scene: Scene) -> tuple[int, bytes]:
    """Header and records of the last transaction's log of the books."""
    topic = next(
        topic for topic, known in codec("Exchange")._events.items() if known.name == "BookRecords"
    )
    (log,) = [log for log in scene.system.last.logs if log.topics[0] == topic]
    return int.from_bytes(log.topics[1], "big"), decode(["bytes"], log.data)[0]


def test_decode_records_of_transactions_tells_what_happened(scene: Scene, lens: Lens) -> None:
    operator = user_address(0x0B)
    scene.system.set_operator(scene.maker, operator, Permission.PLACE)
    expiry = START_TIME + 9
    placed = scene.ask(scene.maker, 20_000, 8, expiry=expiry, client_id=2**64 - 1, sender=operator)
    account, (first, second) = lens.decode_records(*log_of(scene))
    assert (account, first.kind, second.kind) == (
        scene.maker,
        RecordKind.PLACED,
        RecordKind.EXPIRES,
    )
    assert (first.order_id, first.lots, first.client_id) == (placed.order_id, 8, 2**64 - 1)
    assert (first.market_id, first.tick, first.side) == (ETH_MARKET, 20_000, Side.ASK)
    assert (first.is_by_operator, first.is_reduce_only) == (True, False)
    assert (second.order_id, second.expiry) == (placed.order_id, expiry)

    scene.system.batch(
        scene.taker, [placed.order_id + 1], [order(BID, 1, 1, FOK), order(BID, 20_000, 3, IOC)]
    )
    account, found = lens.decode_records(*log_of(scene))
    kinds = [RecordKind.SKIPPED, RecordKind.SKIPPED, RecordKind.FILLED, RecordKind.TAKEN]
    assert (account, [record.kind for record in found]) == (scene.taker, kinds)
    assert (found[0].index, found[0].refusal) == (0, Refusal.NONE)
    assert (found[1].index, found[1].refusal) == (0, Refusal.NOT_FILLED_WHOLE)
    filled, taken = found[2:]
    assert (filled.order_id, filled.account_id, filled.lots) == (placed.order_id, scene.maker, 3)
    assert (filled.side, filled.has_left, filled.sequence) == (Side.ASK, False, 1)
    assert (taken.market_id, taken.side, taken.lots) == (ETH_MARKET, Side.BID, 3)
    assert (taken.notional_atoms, taken.sequence) == (notional(3, 20_000), 1)
    assert taken.fee_atoms == fee_up(notional(3, 20_000), 350)

    scene.system.reduce(scene.maker, placed.order_id, 4)
    _, (reduced,) = lens.decode_records(*log_of(scene))
    assert (reduced.kind, reduced.lots, reduced.lots_off) == (RecordKind.REDUCED, 4, 1)
    scene.system.backend.set_time(expiry + 1)
    scene.bid(scene.taker, 20_000, 1, IOC)
    _, (removed,) = lens.decode_records(*log_of(scene))
    assert (removed.kind, removed.reason) == (RecordKind.REMOVED, Removal.EXPIRED)
    assert (removed.lots, removed.account_id, removed.has_left) == (4, scene.maker, True)


@pytest.mark.parametrize("version", [0, 2, 2**224 - 1])
def test_decode_records_of_another_version_is_rejected(lens: Lens, version: int) -> None:
    with rejected("UnknownVersion", version):
        lens.decode_records(version << 32 | 7, b"")


@pytest.mark.parametrize("length", [1, 31, 33])
def test_decode_records_of_a_part_of_a_record_is_rejected(lens: Lens, length: int) -> None:
    with rejected("MalformedRecords", length):
        lens.decode_records(HEADER, bytes(length))


@pytest.mark.parametrize("word", [0, 8 << 248, 255 << 248])
def test_decode_records_of_an_unknown_kind_is_rejected(lens: Lens, word: int) -> None:
    good = model.Skipped(1, 2).pack()
    with rejected("UnknownRecord", 1, word):
        lens.decode_records(HEADER, joined(good, word, good))


@pytest.mark.parametrize(
    "record", [model.Removed(reason=len(Removal)), model.Skipped(refusal=len(Refusal))]
)
def test_decode_records_of_an_unknown_reason_is_rejected(lens: Lens, record: model.Record) -> None:
    with rejected("UnknownRecord", 0, record.pack()):
        lens.decode_records(HEADER, joined(record.pack()))


def test_decode_records_of_too_many_is_rejected(lens: Lens) -> None:
    log = joined(*[model.Skipped(1, 2).pack()] * (MAX_ITEMS + 1))
    assert len(lens.decode_records(HEADER, log[32:])[1]) == MAX_ITEMS
    with rejected("TooManyItems", MAX_ITEMS + 1, MAX_ITEMS):
        lens.decode_records(HEADER, log)

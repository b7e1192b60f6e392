"""Records of logs, from golden bytes."""

import pytest

from worldmarkets.client.records import (
    Action,
    Expires,
    Filled,
    Placed,
    Reduced,
    Removed,
    Skipped,
    Taken,
    UnknownVersionError,
    actions,
    book_records_topic,
    decode_action,
)
from worldmarkets.model.records import UnknownRecordError
from worldmarkets.transactions import Log

EXCHANGE = "0x" + "E0" * 20
# Fields from the highest bits down to bit 0, as widths allow to tell them apart.
ORDER = "0101 007148 00000002 07 000000000009"
ORDER_ID = int(ORDER.replace(" ", ""), 16)

PLACED = f"01 00 07 1122334455667788 0000000028 {ORDER}"
RESTS_NOT = "01 00 00 1122334455667788 0000000000" + "00" * 16
FILLED = f"02 03 0000000005 00000004 000000000a {ORDER}"
REMOVED = f"03 02 0000000000 00000004 000000001e {ORDER}"
REDUCED = f"04 0000000000 000000000b 0000000011 {ORDER}"
TAKEN = "05 01 0101 0000000005 000000000a fffffffffffffff6 00000000000000000b10"
SKIPPED = "06" + "00" * 28 + "07 0102"
EXPIRES = f"07 0000000000 000000000000 fedcba98 {ORDER}"

GOLDEN = {
    PLACED: Placed(
        ORDER_ID, lots=40, client_id=0x1122334455667788, is_ask=1, reduce_only=1, by_operator=1
    ),
    RESTS_NOT: Placed(client_id=0x1122334455667788),
    FILLED: Filled(ORDER_ID, lots=10, account=4, sequence=5, is_ask=1, gone=1),
    REMOVED: Removed(ORDER_ID, lots=30, account=4, reason=2),
    REDUCED: Reduced(ORDER_ID, lots_left=17, lots_off=11),
    TAKEN: Taken(2_832, fee_atoms=-10, lots=10, sequence=5, market=257, is_ask=1),
    SKIPPED: Skipped(index=0x102, refusal=7),
    EXPIRES: Expires(ORDER_ID, expiry=0xFEDCBA98),
}


def log(*records: str, header: str = "0100000003", address: str = EXCHANGE) -> Log:
    content = bytes.fromhex("".join(records))
    data = (32).to_bytes(32, "big") + len(content).to_bytes(32, "big") + content
    topics = (book_records_topic(), bytes.fromhex(header.rjust(64, "0")))
    return Log(address, topics, data, 7, "0xabc", 2)


@pytest.mark.parametrize("record", GOLDEN)
def test_decode_action_one_record_is_golden(record: str) -> None:
    assert len(bytes.fromhex(record)) == 32
    assert decode_action(log(record)) == Action(3, (GOLDEN[record],), 7, "0xabc", 2)


def test_decode_action_keeps_the_order_of_records() -> None:
    assert decode_action(log(*GOLDEN)).records == tuple(GOLDEN.values())


def test_decode_action_other_version_is_refused() -> None:
    with pytest.raises(UnknownVersionError, match="version 2, known is 1"):
        decode_action(log(PLACED, header="0200000003"))


def test_decode_action_unknown_kind_is_refused() -> None:
    with pytest.raises(UnknownRecordError):
        decode_action(log("08" + "00" * 31))


def test_actions_leaves_out_other_contracts_and_events() -> None:
    foreign = log(PLACED, address="0x" + "E1" * 20)
    deposit = Log(EXCHANGE, (b"\x11" * 32,), b"", 7, "0xabc", 0)
    own = log(FILLED)
    assert actions([foreign, deposit, own], EXCHANGE.lower()) == [decode_action(own)]

from worldmarkets.bench.megaeth import (
    LogShape,
    calldata_tokens,
    count_fresh_slots,
    estimate_gas,
)

EXCHANGE = "0x" + "e0" * 20
TOKEN = "0x" + "70" * 20


def test_calldata_tokens_of_zero_and_other_bytes_are_one_and_four() -> None:
    assert calldata_tokens(b"") == 0
    assert calldata_tokens(b"\x00\x00\x00") == 3
    assert calldata_tokens(b"\x01\x00\xff") == 9


def test_estimate_gas_of_plain_transaction_is_sixty_thousand() -> None:
    assert estimate_gas(21_000, b"", []) == 60_000


def test_estimate_gas_of_cancel_adds_calldata_topics_and_data() -> None:
    # 4 + 8 non-zero and 56 zero bytes: 12·4 + 56 = 104 tokens, 40 more each.
    calldata = bytes(range(1, 13)) + bytes(56)
    # One log of two topics and 96 bytes: 2·3,750 + 96·80.
    assert estimate_gas(42_000, calldata, [LogShape(2, 96)]) == (
        42_000 + 39_000 + 4_160 + 7_500 + 7_680
    )


def test_estimate_gas_of_several_logs_adds_each() -> None:
    logs = [LogShape(3, 32), LogShape(0, 0), LogShape(1, 1)]
    assert estimate_gas(100_000, b"", logs) == 139_000 + 11_250 + 2_560 + 3_750 + 80


def test_estimate_gas_of_deployment_adds_ten_thousand_a_byte() -> None:
    assert estimate_gas(1_000_000, b"\x01", [], deployed_bytes=3) == 1_039_160 + 30_000


def test_estimate_gas_of_much_calldata_is_the_floor() -> None:
    # 10,000 non-zero bytes are 40,000 tokens: on Prague the floor 21,000 + 10·40,000 = 421,000,
    # with the extras 421,000 + 39,000 + 1,600,000 = 2,060,000, below 21,000 + 110·40,000.
    assert estimate_gas(421_000, b"\x01" * 10_000, []) == 4_421_000


def test_estimate_gas_just_above_the_floor_is_the_sum() -> None:
    # 100 tokens: the floor is 32,000 and the extras 43,000 by themselves.
    assert estimate_gas(21_400, bytes(100), []) == 21_400 + 39_000 + 4_000


def test_count_fresh_slots_counts_zero_to_non_zero_alone() -> None:
    diff = {
        "pre": {EXCHANGE: {"storage": {"0x1": "0x5", "0x2": "0x0", "0x4": "0x9"}}},
        "post": {EXCHANGE: {"storage": {"0x1": "0x6", "0x2": "0x1", "0x3": "0x7", "0x4": "0x0"}}},
    }
    assert count_fresh_slots(diff) == 2


def test_count_fresh_slots_of_several_contracts_adds_them() -> None:
    diff = {
        "pre": {EXCHANGE: {"balance": "0x0"}},
        "post": {EXCHANGE: {"storage": {"0x1": "0x1"}}, TOKEN: {"storage": {"0x1": "0x1"}}},
    }
    assert count_fresh_slots(diff) == 2


def test_count_fresh_slots_without_storage_is_none() -> None:
    assert count_fresh_slots({"pre": {}, "post": {EXCHANGE: {"balance": "0x1"}}}) == 0

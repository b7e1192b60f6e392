"""The wire format, word by word. A change here is a change for everybody who trades."""

from collections.abc import Callable

import pytest

from worldmarkets.client.calls import Calls, approve, draw, post_prices, wrap
from worldmarkets.client.permits import Permit
from worldmarkets.client.records import book_records_topic
from worldmarkets.model.interface import (
    OrderRequest,
    Permission,
    PerpTerms,
    SelfTrade,
    Side,
    SpotTerms,
    TimeInForce,
)
from worldmarkets.transactions import Request

TRADING = Permission.PLACE | Permission.CANCEL
EXCHANGE = "0x" + "e0" * 20
OTHER = "0x" + "0a" * 20
ORDER_ID = 0x0101_007148_00000002_07_000000000009
BID = OrderRequest(257, Side.BID, 29_000, 40)
ASK = OrderRequest(258, Side.ASK, 29_001, 41, TimeInForce.POST_ONLY, 7)
BID_WORDS = (0x101, 0x7148, 0, 40, 64, 0)
ASK_WORDS = (0x102, 0x7149, 1, 41, 7, 1)
FULL = OrderRequest(
    259,
    Side.ASK,
    0xABCDEF,
    0x12_3456_789A,
    TimeInForce.POST_ONLY_SLIDE,
    9,
    SelfTrade.DECREMENT_BOTH,
    expiry=0xFEDC_BA98,
    reduce_only=True,
    client_id=0x1122_3344_5566_7788,
)
# Client id from bit 116, reduce-only bit 113, expiry from bit 72, decrement both 2 << 3, slide 2.
FULL_TERMS = 0x1122334455667788_2_00_FEDCBA98_000000000000000012
FULL_WORDS = (0x103, 0xABCDEF, 1, 0x12_3456_789A, 9, FULL_TERMS)
PERP_TERMS = PerpTerms(10, 10_000, 40, 350, -100, 500, 2**38, 11, 20_000, 300, 4_000, 30, 20)
ORDER_ID_WORD = 0x0101_0071_4800_0000_0207_0000_0000_0009

CASES: dict[str, tuple[Callable[[Calls], Request], str, tuple[int, ...]]] = {
    "place": (
        lambda calls: calls.place(3, 257, Side.BID, 29_000, 40),
        "0aaca872",
        (3, *BID_WORDS),
    ),
    "place with time in force and fills": (
        lambda calls: calls.place(3, 258, Side.ASK, 29_001, 41, TimeInForce.POST_ONLY, 7),
        "0aaca872",
        (3, *ASK_WORDS),
    ),
    "place with everything": (
        lambda calls: calls.place(
            3,
            259,
            Side.ASK,
            0xABCDEF,
            0x12_3456_789A,
            TimeInForce.POST_ONLY_SLIDE,
            9,
            self_trade=SelfTrade.DECREMENT_BOTH,
            expiry=0xFEDC_BA98,
            reduce_only=True,
            client_id=0x1122_3344_5566_7788,
        ),
        "0aaca872",
        (3, *FULL_WORDS),
    ),
    "amend": (
        lambda calls: calls.amend(3, ORDER_ID, FULL),
        "1d3adbbd",
        (3, ORDER_ID_WORD, *FULL_WORDS),
    ),
    "cancel": (lambda calls: calls.cancel(3, ORDER_ID), "87c314e5", (3, ORDER_ID_WORD)),
    "cancelMany": (
        lambda calls: calls.cancel_many(3, [ORDER_ID, 5]),
        "2db2f927",
        (3, 0x40, 2, ORDER_ID_WORD, 5),
    ),
    "reduce": (lambda calls: calls.reduce(3, ORDER_ID, 17), "e4eb1488", (3, ORDER_ID_WORD, 17)),
    "batch": (
        lambda calls: calls.batch(3, [ORDER_ID], [BID, ASK], 1_800_000_000, True),
        "025af30a",
        (3, 0xA0, 0xE0, 1, 1_800_000_000, 1, ORDER_ID_WORD, 2, *BID_WORDS, *ASK_WORDS),
    ),
    "empty batch": (
        lambda calls: calls.batch(3, [], []),
        "025af30a",
        (3, 0xA0, 0xC0, 0, 0xFFFF_FFFF_FFFF_FFFF, 0, 0),
    ),
    "createAccount": (lambda calls: calls.create_account(), "9dca362f", ()),
    "deposit": (lambda calls: calls.deposit(3, 1, 10**18), "93ed2d15", (3, 1, 10**18)),
    "withdraw": (
        lambda calls: calls.withdraw(3, 1, 10**18, OTHER),
        "2a629f0b",
        (3, 1, 10**18, int("0a" * 20, 16)),
    ),
    "transfer": (lambda calls: calls.transfer(3, 4, 1, 10**8), "b41c03a4", (3, 4, 1, 10**8)),
    "depositWithPermit": (
        lambda calls: calls.deposit_with_permit(
            3, 1, 10**18, Permit(1_800_000_000, 28, b"\x11" * 32, b"\x22" * 32)
        ),
        "8393f27f",
        (3, 1, 10**18, 1_800_000_000, 28, int("11" * 32, 16), int("22" * 32, 16)),
    ),
    "withdrawNative": (
        lambda calls: calls.withdraw_native(3, 1, 10**18, OTHER),
        "54f6953d",
        (3, 1, 10**18, int("0a" * 20, 16)),
    ),
    "setOperator": (
        lambda calls: calls.set_operator(3, OTHER, TRADING, 1_800_000_000, 5_000_000),
        "ea77fd87",
        (3, int("0a" * 20, 16), 3, 1_800_000_000, 5_000_000),
    ),
    "revokeOperator": (
        lambda calls: calls.revoke_operator(3, OTHER),
        "6670c9cd",
        (3, int("0a" * 20, 16)),
    ),
    "activateAsset": (lambda calls: calls.activate_asset(3, 1), "be982dfa", (3, 1)),
    "deactivateAsset": (lambda calls: calls.deactivate_asset(3, 1), "007f2eab", (3, 1)),
    "pauseMarkets": (lambda calls: calls.pause_markets([257], 5), "849b3865", (0x40, 5, 1, 0x101)),
    "resumeMarkets": (lambda calls: calls.resume_markets([257]), "81f70393", (0x20, 1, 0x101)),
    "setOutflowLimit": (
        lambda calls: calls.set_outflow_limit(1, 250_000),
        "eee03416",
        (1, 250_000),
    ),
    "poke": (lambda calls: calls.poke([1, 2]), "f6082ff2", (0x20, 2, 1, 2)),
    "collectFees": (lambda calls: calls.collect_fees(257), "a33922ee", (0x101,)),
    "listAsset": (
        lambda calls: calls.list_asset(OTHER, 10**10, EXCHANGE),
        "6b6c4757",
        (int("0a" * 20, 16), 10**10, int("e0" * 20, 16)),
    ),
    "listSpotMarket": (
        lambda calls: calls.list_spot_market(1, SpotTerms(10, 10_000, 40, 350, -100, 500)),
        "8ece290d",
        (1, 10, 10_000, 40, 350, 2**256 - 100, 500),
    ),
    "settle": (lambda calls: calls.settle(3, 513), "68ddeb03", (3, 0x201)),
    "settleOnCredit": (lambda calls: calls.settle_on_credit(3, 513), "91e7b197", (3, 0x201)),
    "openIsolated": (
        lambda calls: calls.open_isolated(3, 10**9, FULL),
        "8a0cfcfb",
        (3, 10**9, *FULL_WORDS),
    ),
    "pokeMarkets": (lambda calls: calls.poke_markets([513, 514]), "6effcc00", (0x20, 2, 513, 514)),
    "deactivateMarket": (lambda calls: calls.deactivate_market(3, 513), "88a01cdb", (3, 0x201)),
    "listPerpMarket": (
        lambda calls: calls.list_perp_market(1, PERP_TERMS),
        "dfb8101d",
        (1, 10, 10_000, 40, 350, 2**256 - 100, 500, 2**38, 11, 20_000, 300, 4_000, 30, 20),
    ),
    "setPerpLimits": (
        lambda calls: calls.set_perp_limits(513, 2**38, 11),
        "09fe25aa",
        (0x201, 2**38, 11),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_calls_calldata_is_golden(name: str) -> None:
    build, selector, words = CASES[name]
    request = build(Calls(EXCHANGE))
    content = b"".join(word.to_bytes(32, "big") for word in words)
    assert request == Request(EXCHANGE, bytes.fromhex(selector) + content)


@pytest.mark.parametrize(
    ("request_", "to", "selector", "words"),
    [
        (post_prices(OTHER, [1], [3 * 10**21]), OTHER, "d77339c8", (64, 128, 1, 1, 1, 3 * 10**21)),
        (approve(OTHER, EXCHANGE, 5), OTHER, "095ea7b3", (int("e0" * 20, 16), 5)),
        (draw(OTHER, 5), OTHER, "3b304147", (5,)),
    ],
)
def test_other_calls_calldata_is_golden(
    request_: Request, to: str, selector: str, words: tuple[int, ...]
) -> None:
    content = b"".join(word.to_bytes(32, "big") for word in words)
    assert request_ == Request(to, bytes.fromhex(selector) + content)


def test_deposit_native_sends_the_tokens_along() -> None:
    content = bytes.fromhex("634cfd0e") + (3).to_bytes(32, "big") + (1).to_bytes(32, "big")
    assert Calls(EXCHANGE).deposit_native(3, 1, 10**18) == Request(
        EXCHANGE, content, value_wei=10**18
    )


def test_wrap_sends_the_tokens_along() -> None:
    assert wrap(OTHER, 5) == Request(OTHER, bytes.fromhex("d0e30db0"), value_wei=5)


def test_batch_packed_calldata_is_golden() -> None:
    """A deadline beyond its field is the latest there is; only orders that need it are long."""
    header = "00000003 ffffffff 01 02 02"
    cancels = f"{ORDER_ID:032x} {5:032x}"
    places = "0101 007148 0000000028 40 00  0103 abcdef 123456789a 09 e5 fedcba98 1122334455667788"
    packed = bytes.fromhex(f"{header} {cancels} {places}")
    words = (0x20, len(packed))
    content = b"".join(word.to_bytes(32, "big") for word in words)
    padding = bytes(-len(packed) % 32)
    request = Calls(EXCHANGE).batch_packed(3, [ORDER_ID, 5], [BID, FULL], all_or_none=True)
    assert request == Request(EXCHANGE, bytes.fromhex("b837c40c") + content + packed + padding)


def test_topic_of_book_records_is_golden() -> None:
    topic = "64cde43f5640d7acac7082aba145222a604857b87ff169a64f39fea4eff3c9af"
    assert book_records_topic().hex() == topic

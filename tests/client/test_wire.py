"""The wire format, word by word. A change here is a change for everybody who trades."""

from collections.abc import Callable

import pytest

from worldmarkets.client.calls import Calls, approve, draw, post_prices
from worldmarkets.client.records import book_records_topic
from worldmarkets.model.interface import OrderRequest, Side, SpotTerms, TimeInForce
from worldmarkets.transactions import Request

EXCHANGE = "0x" + "e0" * 20
OTHER = "0x" + "0a" * 20
ORDER_ID = 0x0101_007148_00000002_07_000000000009
BID = OrderRequest(257, Side.BID, 29_000, 40)
ASK = OrderRequest(258, Side.ASK, 29_001, 41, TimeInForce.POST_ONLY, 7)
BID_WORDS = (0x101, 0, 0x7148, 40, 0, 64)
ASK_WORDS = (0x102, 1, 0x7149, 41, 3, 7)
ORDER_ID_WORD = 0x0101_0071_4800_0000_0207_0000_0000_0009

CASES: dict[str, tuple[Callable[[Calls], Request], str, tuple[int, ...]]] = {
    "place": (
        lambda calls: calls.place(3, 257, Side.BID, 29_000, 40),
        "30eef07a",
        (3, *BID_WORDS),
    ),
    "place with everything": (
        lambda calls: calls.place(3, 258, Side.ASK, 29_001, 41, TimeInForce.POST_ONLY, 7),
        "30eef07a",
        (3, *ASK_WORDS),
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
        "60cd055a",
        (3, 0xA0, 0xE0, 1_800_000_000, 1, 1, ORDER_ID_WORD, 2, *BID_WORDS, *ASK_WORDS),
    ),
    "empty batch": (
        lambda calls: calls.batch(3, [], []),
        "60cd055a",
        (3, 0xA0, 0xC0, 0xFFFF_FFFF_FFFF_FFFF, 0, 0, 0),
    ),
    "createAccount": (lambda calls: calls.create_account(), "9dca362f", ()),
    "deposit": (lambda calls: calls.deposit(3, 1, 10**18), "93ed2d15", (3, 1, 10**18)),
    "withdraw": (
        lambda calls: calls.withdraw(3, 1, 10**18, OTHER),
        "2a629f0b",
        (3, 1, 10**18, int("0a" * 20, 16)),
    ),
    "transfer": (lambda calls: calls.transfer(3, 4, 1, 10**8), "b41c03a4", (3, 4, 1, 10**8)),
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


def test_topic_of_book_records_is_golden() -> None:
    topic = "64cde43f5640d7acac7082aba145222a604857b87ff169a64f39fea4eff3c9af"
    assert book_records_topic().hex() == topic

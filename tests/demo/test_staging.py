"""Blocks on demand and markets on a running node, and numbers for people."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from worldmarkets.demo.words import amount, duration, money, price_places
from worldmarkets.marketdata.flow import TERMS, FlowFormat
from worldmarkets.model import slots
from worldmarkets.node import LocalNode
from worldmarkets.node.blocks import BASE_FEE_WEI
from worldmarkets.ondemand import driven
from worldmarkets.rpc import RpcError, quantity
from worldmarkets.staging import connect, flow_parameters, open_account, staged
from worldmarkets.transactions import KeySigner, Request, Sender

RECEIVER = "0x" + "0b" * 20


@pytest.fixture(scope="module")
def node() -> Iterator[LocalNode]:
    with LocalNode() as started:
        yield started


@pytest.fixture
def senders(node: LocalNode) -> list[Sender]:
    keys = [account.private_key for account in node.accounts[:2]]
    return [Sender(node.rpc, KeySigner(key)) for key in keys]


def pay(wei: int) -> Request:
    return Request(RECEIVER, b"", gas=21_000, value_wei=wei)


@pytest.mark.node
def test_make_block_holds_what_was_sent_in_order(node: LocalNode, senders: list[Sender]) -> None:
    with driven(node.rpc) as blocks:
        start = blocks.timestamp
        block = blocks.make_block([(senders[0], [pay(1), pay(2)]), (senders[1], [pay(3)])])
        again = blocks.make_block([], start)
        later = blocks.make_block([(senders[1], [pay(4)])], start + 90)
    assert [receipt.succeeded for receipt in block.receipts] == [True] * 3
    assert {receipt.block for receipt in block.receipts} == {block.number}
    assert block.gas_used == 3 * 21_000
    assert (block.timestamp, again.timestamp, later.timestamp) == (start, start, start + 90)
    assert (again.number, later.number) == (block.number + 1, block.number + 2)
    assert again.receipts == ()
    mined = node.rpc.call("eth_getBlockByNumber", quantity(block.number), True)
    values = [int(transaction["value"], 16) for transaction in mined["transactions"]]
    assert values == [1, 2, 3]
    assert int(mined["timestamp"], 16) == start
    assert int(mined["baseFeePerGas"], 16) == BASE_FEE_WEI


@pytest.mark.node
def test_driven_gives_mining_back_at_the_end(node: LocalNode, senders: list[Sender]) -> None:
    with driven(node.rpc):
        before = node.rpc.call("eth_blockNumber")
        senders[0].send(pay(5))
        assert node.rpc.call("eth_blockNumber") == before
    receipt = senders[1].execute(pay(6))
    assert receipt.succeeded


@pytest.mark.node
def test_make_block_refused_transaction_is_told(node: LocalNode, senders: list[Sender]) -> None:
    with driven(node.rpc) as blocks, pytest.raises(RpcError):
        blocks.make_block([(senders[0], [pay(10**30)])])


@pytest.mark.node
def test_staged_running_node_gets_a_market_with_funded_accounts(node: LocalNode) -> None:
    parameters = flow_parameters("ABC", TERMS[FlowFormat.MESSAGES], Decimal("25.5"))
    with staged(parameters, "ABC", node.url) as stage:
        venue = stage.venue
        account = open_account(stage, connect(stage, 1), "someone", 5 * 10**6, 7_000_000)
        slots_read = [slots.ledger(account.account_id, asset) for asset in (1, 0)]
        words = stage.operator.read_words(slots_read)
    assert (venue.symbol, venue.market_id, venue.min_lots) == ("ABC", 257, 1)
    assert (venue.price(2_550), venue.tick(Decimal("25.504"))) == (Decimal("25.5"), 2_550)
    assert venue.size(3) == 3
    assert [word >> 160 for word in words] == [5 * 10**6, 7_000_000]
    assert node.rpc.call("eth_chainId") == quantity(parameters.chain_id), "the node lives on"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1:00 min"), (3_599, "59:59 min"), (3_600, "1:00 h")],
)
def test_duration_is_what_people_say(seconds: int, text: str) -> None:
    assert duration(seconds) == text
    assert duration(Decimal(seconds)) == text


def test_duration_of_days_has_one_decimal() -> None:
    assert duration(3 * 86_400 + 43_200) == "3.5 days"


def test_amounts_and_money_round_only_for_the_eye() -> None:
    assert amount(Decimal("1234.5600")) == "1,234.56"
    assert amount(Decimal("100")) == "100"
    assert money(Decimal("-1234.567")) == "-1,234.57"
    assert money(Decimal("0.1"), 6, sign=True) == "+0.100000"
    assert [price_places(Decimal(step)) for step in ("10", "1", "0.1", "0.010")] == [0, 0, 1, 2]

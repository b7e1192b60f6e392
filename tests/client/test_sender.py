"""Sending: nonces of several in flight, receipts with and without the one-trip method, reasons."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from eth_account import Account
from eth_utils.address import to_checksum_address

from worldmarkets.client import Client, RawClient, Side
from worldmarkets.client.errors import contract_error
from worldmarkets.deployment import Deployment
from worldmarkets.model import errors
from worldmarkets.node import LocalNode
from worldmarkets.rpc import METHOD_NOT_FOUND, Rpc, RpcError, number
from worldmarkets.transactions import (
    KeySigner,
    ReceiptTimeoutError,
    Request,
    RevertedError,
    Sender,
    Transaction,
)

RECEIVER = "0x" + "0b" * 20
PAYMENT = Request(RECEIVER, b"", value_wei=1)

KEY = "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"
SAMPLES = [
    Transaction(31_337, 0, 2_000_000, 0, 15_000_000, RECEIVER, 0, b""),
    Transaction(4_326, 127, 1, 1, 21_000, RECEIVER, 10**18, b"\0" * 60),
    Transaction(6_343, 128, 2**40, 7, 10**9, None, 0, b"\x60" * 300),
]


@pytest.mark.parametrize("transaction", SAMPLES)
def test_sign_equals_eth_account(transaction: Transaction) -> None:
    fields = {
        "type": 2,
        "chainId": transaction.chain_id,
        "nonce": transaction.nonce,
        "maxFeePerGas": transaction.max_fee_wei,
        "maxPriorityFeePerGas": transaction.max_priority_fee_wei,
        "gas": transaction.gas,
        "value": transaction.value_wei,
        "data": transaction.data,
    }
    if transaction.to is not None:
        fields["to"] = to_checksum_address(transaction.to)
    expected = Account.sign_transaction(fields, KEY)
    assert KeySigner(KEY).sign(transaction) == bytes(expected.raw_transaction)


def test_key_signer_does_not_show_its_key() -> None:
    signer = KeySigner(KEY)
    assert signer.address == Account.from_key(KEY).address
    assert KEY[2:] not in repr(signer)
    assert repr(signer) == f"KeySigner({signer.address})"


class NoSyncRpc(Rpc):
    """A node without the one-trip method and without traces."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.tried: list[str] = []

    def call(self, method: str, *params: Any) -> Any:
        if method in ("eth_sendRawTransactionSync", "debug_traceTransaction"):
            self.tried.append(method)
            raise RpcError(method, METHOD_NOT_FOUND, "the method does not exist")
        return super().call(method, *params)


class SlowRpc(Rpc):
    """A node whose one-trip method gives up before the transaction is in a block."""

    def __init__(self, url: str, code: int, message: str) -> None:
        super().__init__(url)
        self.error = RpcError("eth_sendRawTransactionSync", code, message)

    def call(self, method: str, *params: Any) -> Any:
        if method == self.error.method:
            super().call("eth_sendRawTransaction", *params)
            raise self.error
        return super().call(method, *params)


def balance(rpc: Rpc) -> int:
    return number(rpc.call("eth_getBalance", RECEIVER, "latest"))


@pytest.fixture
def key(node: LocalNode) -> str:
    return node.accounts[5].private_key


@pytest.mark.node
def test_execute_without_one_trip_method_polls_and_remembers(node: LocalNode, key: str) -> None:
    rpc = NoSyncRpc(node.url)
    sender = Sender(rpc, KeySigner(key))
    receipts = [sender.execute(PAYMENT) for _ in range(3)]
    assert all(receipt.succeeded for receipt in receipts)
    assert balance(rpc) == 3
    assert rpc.tried == ["eth_sendRawTransactionSync"]


@pytest.mark.node
@pytest.mark.parametrize(
    ("code", "message"), [(4, "timed out"), (-32603, "Transaction confirmation timeout")]
)
def test_execute_waits_for_what_the_one_trip_method_gave_up(
    node: LocalNode, key: str, code: int, message: str
) -> None:
    rpc = SlowRpc(node.url, code, message)
    sender = Sender(rpc, KeySigner(key))
    before = balance(rpc)
    assert [sender.execute(PAYMENT).succeeded for _ in range(2)] == [True, True]
    assert balance(rpc) == before + 2


@pytest.mark.node
@pytest.mark.parametrize("kind", [Rpc, NoSyncRpc])
def test_execute_revert_gives_the_reason(
    node: LocalNode, deployment: Deployment, key: str, kind: type[Rpc]
) -> None:
    raw = RawClient(kind(node.url), deployment, KeySigner(key))
    with pytest.raises(errors.UnknownAccount) as caught:
        raw.cancel(77, 1)
    assert caught.value.account_id == 77
    cause = caught.value.__cause__
    assert isinstance(cause, RevertedError)
    assert cause.receipt is not None
    assert not cause.receipt.succeeded


@pytest.mark.node
@pytest.mark.parametrize("kind", [Rpc, NoSyncRpc])
def test_execute_revert_with_native_tokens_gives_the_reason(
    node: LocalNode, deployment: Deployment, maker: tuple[Any, int], kind: type[Rpc]
) -> None:
    client, account = maker
    raw = RawClient(kind(node.url), deployment, client.raw.sender.signer)
    with pytest.raises(errors.FractionalAtoms) as caught:
        raw.deposit_native(account, 1, 10**10 + 1)
    assert caught.value.arguments == (10**10 + 1, 10**10)


@pytest.mark.node
def test_checked_revert_whose_reason_has_passed_is_asked_of_the_state_before(
    node: LocalNode, deployment: Deployment, maker: tuple[Any, int], deployer: Client
) -> None:
    client, account = maker
    raw = RawClient(NoSyncRpc(node.url), deployment, client.raw.sender.signer)
    pending = raw.send(raw.calls.place(account, 257, Side.BID, 32_000, 100))
    raw.sender.wait(pending)
    deployer.post_prices({"WETH": Decimal(3_200)})
    with pytest.raises(errors.PriceOutsideBand) as caught:
        raw.confirm(pending)
    assert caught.value.arguments == (32_000, 31_500)


@pytest.mark.node
def test_send_many_keeps_order_and_nonces(node: LocalNode, key: str) -> None:
    sender = Sender(node.rpc, KeySigner(key))
    pending = sender.send_many([PAYMENT] * 50)
    receipts = sender.wait_many(pending)
    assert [one.transaction.nonce for one in pending] == list(range(50))
    assert [receipt.transaction_hash for receipt in receipts] == [
        one.transaction_hash for one in pending
    ]
    assert all(receipt.succeeded for receipt in receipts)
    assert balance(node.rpc) == 50


@pytest.mark.node
def test_execute_several_threads_share_one_sender(node: LocalNode, key: str) -> None:
    sender = Sender(node.rpc, KeySigner(key))
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: sender.execute(PAYMENT), range(40)))
    assert len({receipt.transaction_hash for receipt in receipts}) == 40
    assert balance(node.rpc) == 40


@pytest.mark.node
def test_execute_after_rejection_takes_the_nonce_again(node: LocalNode, key: str) -> None:
    sender = Sender(node.rpc, KeySigner(key))
    sender.execute(PAYMENT)
    with pytest.raises(RpcError):
        sender.execute(Request(RECEIVER, b"", value_wei=10**30))
    receipt = sender.execute(PAYMENT)
    assert receipt.succeeded
    assert balance(node.rpc) == 2


@pytest.mark.node
def test_send_many_rejected_one_is_told_and_the_next_go_on(node: LocalNode, key: str) -> None:
    sender = Sender(node.rpc, KeySigner(key))
    with pytest.raises(RpcError):
        sender.send_many([PAYMENT, Request(RECEIVER, b"", value_wei=10**30)])
    assert sender.execute(PAYMENT).succeeded
    assert balance(node.rpc) == 2


@pytest.mark.node
def test_execute_after_another_user_of_the_key_recovers(node: LocalNode, key: str) -> None:
    first, second = (Sender(node.rpc, KeySigner(key)) for _ in range(2))
    first.execute(PAYMENT)
    second.execute(PAYMENT)
    with pytest.raises(RpcError, match="nonce"):
        first.execute(PAYMENT)
    assert first.execute(PAYMENT).succeeded
    assert balance(node.rpc) == 3


@pytest.mark.node
def test_wait_without_block_raises_and_the_transaction_lives(node: LocalNode, key: str) -> None:
    node.rpc.call("evm_setAutomine", False)
    sender = Sender(node.rpc, KeySigner(key))
    pending = sender.send(PAYMENT)
    with pytest.raises(ReceiptTimeoutError) as caught:
        sender.wait(pending, seconds=0.05)
    assert caught.value.transaction_hash == pending.transaction_hash
    node.rpc.call("evm_mine")
    node.rpc.call("evm_setAutomine", True)
    assert sender.wait(pending).succeeded


@pytest.mark.node
def test_confirm_many_tells_the_reverted_one_and_executes_the_others(
    node: LocalNode, deployment: Deployment, maker: tuple[Any, int]
) -> None:
    client, account = maker
    calls = client.raw.calls
    requests = [
        calls.place(account, 257, Side.BID, 30_000, 100),
        calls.place(account, 257, Side.BID, 40_000, 100),
        calls.place(account, 257, Side.BID, 29_999, 100),
    ]
    pending = client.raw.send_many(requests)
    with pytest.raises(errors.PriceOutsideBand):
        client.raw.confirm_many(pending)
    prices = [level.price for level in client.book("WETH").bids]
    assert prices == [Decimal("3000.0"), Decimal("2999.9")]


def test_contract_error_of_nothing_says_so() -> None:
    assert str(contract_error(b"")) == "reverted without a reason"

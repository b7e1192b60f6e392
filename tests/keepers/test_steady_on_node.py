"""GOV-5 on a real pool of transactions: what Anvil says when it takes none, or wants more."""

from collections.abc import Iterator

import pytest

from tests.keepers.fakes import REQUEST, FakeClock
from worldmarkets.node import LocalNode
from worldmarkets.rpc import quantity
from worldmarkets.transactions import (
    FeeRules,
    FeeSpikeError,
    KeySigner,
    Request,
    Sender,
    SteadySender,
    Transaction,
)
from worldmarkets.transactions.receipts import to_hex
from worldmarkets.transactions.signing import Signer

pytestmark = pytest.mark.node

PAYMENT = Request(REQUEST.to, b"", value_wei=1)


class MiningClock(FakeClock):
    """Makes a block whenever somebody sleeps."""

    def __init__(self, node: LocalNode, base_fee_wei: int = 1_000_000) -> None:
        super().__init__()
        self._node = node
        self._base_fee_wei = base_fee_wei

    def sleep(self, seconds: float) -> None:
        super().sleep(1)
        fee = quantity(self._base_fee_wei)
        self._node.rpc.call("anvil_setNextBlockBaseFeePerGas", fee)
        self._node.rpc.call("evm_mine")


@pytest.fixture
def signer(node: LocalNode) -> Iterator[Signer]:
    """A key, on a node that makes blocks on demand."""
    node.rpc.call("evm_setAutomine", False)
    node.rpc.call("anvil_setNextBlockBaseFeePerGas", quantity(1_000_000))
    node.rpc.call("evm_mine")
    yield KeySigner(node.accounts[8].private_key)
    node.rpc.call("anvil_dropAllTransactions")
    node.rpc.call("evm_setAutomine", True)


def steady(
    node: LocalNode, signer: Signer, base_fee_wei: int = 1_000_000, most_wei: int = 10**9
) -> SteadySender:
    clock = MiningClock(node, base_fee_wei)
    rules = FeeRules(most_wei=most_wei, patience_seconds=2, attempts=4)
    return SteadySender(node.rpc, signer, clock, 31_337, rules)


def left_waiting(node: LocalNode, signer: Signer, nonce: int, fee_wei: int) -> str:
    """Send what a process that is gone has sent."""
    fields = (31_337, nonce, fee_wei, 0, 100_000, REQUEST.to, 5, b"")
    raw = signer.sign(Transaction(*fields))
    return str(node.rpc.call("eth_sendRawTransaction", to_hex(raw)))


def count(node: LocalNode, signer: Signer, block: str = "latest") -> int:
    return int(node.rpc.call("eth_getTransactionCount", signer.address, block), 16)


def test_execute_replaces_one_that_was_left_waiting(node: LocalNode, signer: Signer) -> None:
    before = left_waiting(node, signer, 0, 2_000_000)
    receipt = steady(node, signer).execute(PAYMENT)
    assert receipt.succeeded
    assert receipt.transaction_hash != before
    assert node.rpc.call("eth_getTransactionReceipt", before) is None
    assert count(node, signer) == count(node, signer, "pending") == 1


def test_execute_closes_a_gap_of_nonces(node: LocalNode, signer: Signer) -> None:
    """What was sent for a later nonce follows."""
    later = left_waiting(node, signer, 1, 5_000_000)
    receipt = steady(node, signer).execute(PAYMENT)
    assert receipt.transaction_hash != later
    node.rpc.call("evm_mine")
    assert count(node, signer) == 2
    assert node.rpc.call("eth_getTransactionReceipt", later)["status"] == "0x1"


def test_execute_goes_with_fees_that_rise(node: LocalNode, signer: Signer) -> None:
    """Blocks ask for five times as much from the next one on."""
    receipt = steady(node, signer, base_fee_wei=5_000_000).execute(PAYMENT)
    assert receipt.succeeded
    assert 5_000_000 <= receipt.gas_price_wei <= 10_000_000
    assert count(node, signer) == 1


def test_execute_in_a_fee_spike_leaves_nothing_behind(node: LocalNode, signer: Signer) -> None:
    node.rpc.call("anvil_setNextBlockBaseFeePerGas", quantity(50_000_000))
    node.rpc.call("evm_mine")
    with pytest.raises(FeeSpikeError):
        steady(node, signer, most_wei=40_000_000).execute(PAYMENT)
    assert count(node, signer, "pending") == 0
    assert steady(node, signer, 50_000_000, 60_000_000).execute(PAYMENT).succeeded


def test_execute_after_others_of_the_key_takes_the_next_nonce(
    node: LocalNode, signer: Signer
) -> None:
    sender = Sender(node.rpc, signer)
    pending = sender.send(PAYMENT)
    node.rpc.call("evm_mine")
    assert sender.wait(pending).succeeded
    assert steady(node, signer).execute(PAYMENT).succeeded
    assert count(node, signer) == 2

"""GOV-5: nonce gaps, fee spikes, transactions left waiting, keys that somebody else uses."""

from typing import Any

import pytest

from tests.keepers.fakes import REQUEST, FakeClock, FakeRpc
from worldmarkets.rpc import RpcError, RpcUnavailableError
from worldmarkets.transactions import (
    FeeRules,
    FeeSpikeError,
    KeySigner,
    NonceTakenError,
    NotMinedError,
    RevertedError,
    SteadySender,
    Transaction,
)
from worldmarkets.transactions.receipts import to_bytes
from worldmarkets.transactions.sender import transaction_hash

GWEI = 10**9
RULES = FeeRules(most_wei=GWEI, patience_seconds=5, attempts=4)


class SpySigner(KeySigner):
    """Takes down what it signs."""

    def __init__(self) -> None:
        super().__init__(b"\7" * 32)
        self.signed: dict[str, Transaction] = {}
        self.all: list[Transaction] = []

    def sign(self, transaction: Transaction) -> bytes:
        raw = super().sign(transaction)
        self.signed[transaction_hash(raw)] = transaction
        self.all.append(transaction)
        return raw


class Chain:
    """A pool of transactions that takes one into a block as soon as it pays enough."""

    def __init__(self, count: int = 7, base_fee_wei: int = 1_000_000) -> None:
        self.count = count
        self.base_fee_wei = base_fee_wei
        self.needed_wei = 0
        self.waiting_fee_wei = 0
        self.mined: list[str] = []
        self.status = "0x1"
        self.signer = SpySigner()
        self.clock = FakeClock()
        self.rpc = FakeRpc(
            {
                "eth_getTransactionCount": lambda _address, _block: hex(self.count),
                "eth_getBlockByNumber": lambda _b, _f: {"baseFeePerGas": hex(self.base_fee_wei)},
                "eth_sendRawTransaction": self.take,
                "eth_getTransactionReceipt": self.receipt,
                "debug_traceTransaction": lambda _hash, _options: {"output": "0x1234"},
            }
        )
        self.sender = SteadySender(self.rpc, self.signer, self.clock, 31_337, RULES)  # type: ignore[arg-type]

    @property
    def offered(self) -> list[Transaction]:
        return self.signer.all

    def take(self, raw: str) -> str:
        sent = transaction_hash(to_bytes(raw))
        transaction = self.signer.signed[sent]
        if transaction.nonce < self.count:
            raise RpcError("eth_sendRawTransaction", -32000, "nonce too low")
        if transaction.max_fee_wei * 10 < self.waiting_fee_wei * 11:
            raise RpcError("eth_sendRawTransaction", -32000, "replacement transaction underpriced")
        self.waiting_fee_wei = transaction.max_fee_wei
        if transaction.max_fee_wei >= self.needed_wei and transaction.nonce == self.count:
            self.mine(sent)
        return sent

    def mine(self, sent: str) -> None:
        self.mined.append(sent)
        self.count += 1
        self.waiting_fee_wei = 0

    def receipt(self, sent: str) -> dict[str, Any] | None:
        if sent not in self.mined:
            return None
        return {
            "transactionHash": sent,
            "blockNumber": "0x5",
            "status": self.status,
            "gasUsed": "0x6000",
            "effectiveGasPrice": "0x3",
            "logs": [],
        }


def test_execute_takes_the_nonce_of_the_chain_each_time() -> None:
    chain = Chain()
    for _ in range(2):
        assert chain.sender.execute(REQUEST).gas_used == 0x6000
    assert [one.nonce for one in chain.offered] == [7, 8]
    assert [one.max_fee_wei for one in chain.offered] == [2_000_000, 2_000_000]
    # The block in which both were is gone.
    chain.count, chain.mined = 7, []
    chain.sender.execute(REQUEST)
    assert [one.nonce for one in chain.offered] == [7, 8, 7]


def test_execute_pays_twice_the_base_fee() -> None:
    chain = Chain(base_fee_wei=40_000_000)
    chain.sender.execute(REQUEST)
    assert chain.offered[0].max_fee_wei == 80_000_000


def test_execute_that_waits_is_offered_again_for_more() -> None:
    chain = Chain()
    chain.needed_wei = 3_000_000
    found = chain.sender.execute(REQUEST)
    assert [one.max_fee_wei for one in chain.offered] == [2_000_000, 2_500_001, 3_125_002]
    assert {one.nonce for one in chain.offered} == {7}
    assert found.transaction_hash == chain.mined[0]
    assert chain.clock.time == pytest.approx(1_010, abs=0.5)


def test_execute_follows_a_base_fee_that_rises_meanwhile() -> None:
    chain = Chain()
    chain.needed_wei = 30_000_000
    sleep = chain.clock.sleep

    def dearer(seconds: float) -> None:
        chain.base_fee_wei = 20_000_000
        sleep(seconds)

    chain.clock.sleep = dearer  # type: ignore[method-assign]
    chain.sender.execute(REQUEST)
    assert [one.max_fee_wei for one in chain.offered] == [2_000_000, 40_000_000]


def test_execute_in_a_fee_spike_sends_nothing() -> None:
    chain = Chain(base_fee_wei=GWEI + 1)
    with pytest.raises(FeeSpikeError, match="1000000001"):
        chain.sender.execute(REQUEST)
    assert chain.offered == []
    chain.base_fee_wei = GWEI
    chain.sender.execute(REQUEST)
    assert chain.offered[0].max_fee_wei == GWEI


def test_execute_never_pays_more_than_the_most() -> None:
    chain = Chain(base_fee_wei=400_000_000)
    chain.needed_wei = 2 * GWEI
    with pytest.raises(NotMinedError):
        chain.sender.execute(REQUEST)
    assert {one.max_fee_wei for one in chain.offered} == {800_000_000, GWEI}


def test_execute_replaces_what_a_former_process_left_waiting() -> None:
    """Its transaction with the same nonce is in the pool, and pays too little to get in."""
    chain = Chain()
    chain.waiting_fee_wei, chain.needed_wei = 2_100_000, 2_400_000
    chain.sender.execute(REQUEST)
    assert [one.max_fee_wei for one in chain.offered] == [2_000_000, 2_500_001]
    # It did not wait for one that was refused.
    assert chain.clock.time == 1_000


def test_execute_of_a_transaction_that_is_known_waits_for_it() -> None:
    chain = Chain()
    take = chain.take

    def known(raw: str) -> str:
        take(raw)
        raise RpcError("eth_sendRawTransaction", -32000, "already known")

    chain.rpc.methods["eth_sendRawTransaction"] = known
    assert chain.sender.execute(REQUEST).succeeded


def test_execute_finds_the_first_offer_when_the_second_comes_too_late() -> None:
    chain = Chain()
    chain.needed_wei = GWEI
    sleep = chain.clock.sleep

    def mine_first(seconds: float) -> None:
        sleep(seconds)
        if chain.clock.time > 1_005.5 and not chain.mined:
            chain.mine(next(iter(chain.signer.signed)))

    chain.clock.sleep = mine_first  # type: ignore[method-assign]
    found = chain.sender.execute(REQUEST)
    assert found.transaction_hash == next(iter(chain.signer.signed))


def test_execute_of_a_key_that_somebody_else_uses_is_told() -> None:
    chain = Chain()
    chain.needed_wei = GWEI

    sleep = chain.clock.sleep

    def other(seconds: float) -> None:
        sleep(seconds)
        chain.count = 8

    chain.clock.sleep = other  # type: ignore[method-assign]
    with pytest.raises(NonceTakenError, match="transaction 7"):
        chain.sender.execute(REQUEST)
    assert len(chain.offered) == 1


def test_execute_counted_before_its_receipt_is_there_is_no_other_one() -> None:
    chain = Chain()
    receipt = chain.receipt

    def late(sent: str) -> dict[str, Any] | None:
        return receipt(sent) if chain.clock.time > 1_002 else None

    chain.rpc.methods["eth_getTransactionReceipt"] = late
    assert chain.sender.execute(REQUEST).succeeded
    assert len(chain.offered) == 1


def test_execute_of_a_nonce_that_was_taken_meanwhile_is_told_at_once() -> None:
    chain = Chain()

    def taken(raw: str) -> str:
        chain.count = 8
        return chain.take(raw)

    chain.rpc.methods["eth_sendRawTransaction"] = taken
    with pytest.raises(NonceTakenError):
        chain.sender.execute(REQUEST)
    assert chain.clock.time == 1_000


def test_execute_that_reverts_gives_the_reason() -> None:
    chain = Chain()
    chain.status = "0x0"
    with pytest.raises(RevertedError) as caught:
        chain.sender.execute(REQUEST)
    assert caught.value.data == b"\x12\x34"


def test_execute_other_refusal_of_the_node_is_raised() -> None:
    chain = Chain()

    def refuse(_raw: str) -> str:
        raise RpcError("eth_sendRawTransaction", -32000, "insufficient funds for gas")

    chain.rpc.methods["eth_sendRawTransaction"] = refuse
    with pytest.raises(RpcError, match="insufficient funds"):
        chain.sender.execute(REQUEST)
    assert len(chain.offered) == 1


def test_execute_while_the_node_is_away_is_raised_and_then_goes_on() -> None:
    chain = Chain()

    def away(_raw: str) -> str:
        raise RpcUnavailableError("fake", "gone")

    take = chain.rpc.methods["eth_sendRawTransaction"]
    chain.rpc.methods["eth_sendRawTransaction"] = away
    with pytest.raises(RpcUnavailableError):
        chain.sender.execute(REQUEST)
    chain.rpc.methods["eth_sendRawTransaction"] = take
    assert chain.sender.execute(REQUEST).succeeded
    assert {one.nonce for one in chain.offered} == {7}

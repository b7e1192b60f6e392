"""Blocks made on demand: everything that was sent since the last one, in a known order.

For a local node that is driven by one process. Sending and mining take four round trips a block,
however many transactions it has.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from worldmarkets.errors import WorldMarketsError
from worldmarkets.node.blocks import BASE_FEE_WEI
from worldmarkets.rpc import Rpc, RpcError, number, quantity
from worldmarkets.transactions import Receipt, Request, Sender
from worldmarkets.transactions.receipts import parse_receipt

Sending: TypeAlias = tuple[Sender, Sequence[Request]]
"""Transactions of one sender, in order of nonce."""


class MissingReceiptError(WorldMarketsError):
    """The node did not put into the block what was sent before it."""

    def __init__(self, block: int, sent: int, found: int) -> None:
        super().__init__(f"block {block} has {found} of the {sent} transactions sent before it")


@dataclass(frozen=True)
class Block:
    """A block and the receipts of what was sent for it, in the order in which it was sent."""

    number: int
    timestamp: int
    receipts: tuple[Receipt, ...]

    @property
    def gas_used(self) -> int:
        """Gas of all its transactions."""
        return sum(receipt.gas_used for receipt in self.receipts)


class BlockDriver:
    """Makes the blocks of a local node, at timestamps of its choice."""

    def __init__(self, rpc: Rpc) -> None:
        self.rpc = rpc
        latest = rpc.call("eth_getBlockByNumber", "latest", False)
        self.timestamp = number(latest["timestamp"])
        """Time of the newest block [seconds]."""

    def make_block(self, sendings: Iterable[Sending], timestamp: int | None = None) -> Block:
        """Send transactions and put them into a block, those of an earlier sending first.

        Args:
            sendings: What to send; each in one round trip.
            timestamp: Time of the block, None for that of the one before. A time that is not
                after it means the same second: several blocks may share one.

        Raises:
            RpcError: the node refused a transaction or the block.
            MissingReceiptError: a transaction is not in the block.
        """
        hashes: list[str] = []
        for sender, requests in sendings:
            hashes += [pending.transaction_hash for pending in sender.send_many(requests)]
        self.timestamp = max(self.timestamp, timestamp or 0)
        outcomes = self.rpc.batch(
            [
                ("anvil_setNextBlockBaseFeePerGas", [quantity(BASE_FEE_WEI)]),
                ("evm_setNextBlockTimestamp", [quantity(self.timestamp)]),
                ("evm_mine", []),
            ]
        )
        raise_first(outcomes)
        entries = self.rpc.call("eth_getBlockReceipts", "latest")
        receipts = {receipt.transaction_hash: receipt for receipt in map(parse_receipt, entries)}
        block = next(iter(receipts.values())).block if receipts else self._latest()
        if not set(hashes) <= set(receipts):
            raise MissingReceiptError(block, len(hashes), len(receipts))
        return Block(block, self.timestamp, tuple(receipts[one] for one in hashes))

    def _latest(self) -> int:
        return number(self.rpc.call("eth_blockNumber"))


@contextmanager
def driven(rpc: Rpc) -> Iterator[BlockDriver]:
    """Take over the making of blocks from a local node, and give it back at the end.

    Raises:
        RpcError: the node is not one that can be driven.
    """
    # The clock of a node may be ahead of its newest block: a block now brings them together.
    # One by one: the node may do what is in a batch in any order.
    rpc.call("evm_setAutomine", False)
    rpc.call("evm_mine")
    rpc.call("anvil_setBlockTimestampInterval", 0)
    try:
        yield BlockDriver(rpc)
    finally:
        rpc.batch([("anvil_removeBlockTimestampInterval", []), ("evm_setAutomine", [True])])


class Pace:
    """Keeps work from running ahead of the wall clock."""

    def __init__(self, step_seconds: float) -> None:
        self._step_seconds = step_seconds
        self._due = time.monotonic()

    def wait(self) -> None:
        """Wait until a step's time has passed; a late step does not make others hurry."""
        now = time.monotonic()
        self._due = max(self._due + self._step_seconds, now)
        time.sleep(self._due - now)


def raise_first(outcomes: Sequence[object]) -> None:
    """Raise the first error among the outcomes of a batch of calls.

    Raises:
        RpcError: one of them failed.
    """
    for outcome in outcomes:
        if isinstance(outcome, RpcError):
            raise outcome

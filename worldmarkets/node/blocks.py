"""Making blocks at an interval, each with the fixed base fee of MegaETH."""

import threading
import time

from worldmarkets.errors import WorldMarketsError
from worldmarkets.rpc import Rpc, RpcError, quantity

BASE_FEE_WEI = 1_000_000
"""Base fee of every block: 0.001 gwei, as on MegaETH."""


class BlockMaker:
    """A thread that makes a block every so many seconds, with the base fee pinned before each.

    Anvil would lower the base fee by an eighth in every block that is not half full.
    """

    def __init__(self, url: str, interval_seconds: float) -> None:
        self._rpc = Rpc(url)
        self._interval_seconds = interval_seconds
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="block-maker", daemon=True)

    def start(self) -> None:
        """Take over from Anvil's mining on arrival."""
        self._rpc.call("evm_setAutomine", False)
        self._thread.start()

    def stop(self) -> None:
        """Give mining on arrival back to Anvil, after the block under way."""
        self._ended.set()
        self._thread.join()
        try:
            make_block(self._rpc)
            self._rpc.call("evm_setAutomine", True)
        finally:
            self._rpc.close()

    def abandon(self) -> None:
        """Stop without a word to the node, which is about to end."""
        self._ended.set()
        self._thread.join()
        self._rpc.close()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._ended.is_set():
            try:
                make_block(self._rpc)
            except WorldMarketsError:
                # The node is gone; whoever uses it next is told so.
                return
            # A late block does not make the following ones hurry.
            due = max(due + self._interval_seconds, time.monotonic())
            self._ended.wait(due - time.monotonic())


def make_block(rpc: Rpc) -> None:
    """Make one block of what is pending, at the pinned base fee.

    Raises:
        RpcError: the node refused.
    """
    outcomes = rpc.batch(
        [
            ("anvil_setNextBlockBaseFeePerGas", [quantity(BASE_FEE_WEI)]),
            ("evm_mine", []),
        ]
    )
    for outcome in outcomes:
        if isinstance(outcome, RpcError):
            raise outcome

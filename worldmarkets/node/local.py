"""The local node: Anvil, made to behave like MegaETH where that matters."""

import time
from itertools import chain
from types import TracebackType

from worldmarkets.node.accounts import DEV_MNEMONIC, DevAccount, dev_accounts
from worldmarkets.node.blocks import BASE_FEE_WEI, BlockMaker
from worldmarkets.node.processes import AnvilProcess
from worldmarkets.rpc import Rpc

CHAIN_ID = 31_337
"""Chain id of the local node, so that nothing signed for it is valid elsewhere."""

BLOCK_GAS_LIMIT = 10_000_000_000
"""Gas limit of a block and of a transaction, as on MegaETH."""

BALANCE_ETHER = 10_000_000
"""What each funded account has: also what it can wrap and trade [native tokens]."""

KEPT_STATES = 50
"""How many past states are kept, so that recent blocks can be queried and traced."""


class LocalNode:
    """A local chain, alive within a `with` block.

    The node forks an empty one, so that only what a block changes is hashed: a block takes 1 ms at
    any size of the state, where an Anvil without fork takes 200 ms at 60,000 slots. Kept states
    cost: each block then copies the whole state, 3 ms on a quiet machine at 60,000 slots and 20 ms
    at 300,000. Without any, nothing past can be queried or traced.
    """

    def __init__(
        self,
        port: int | None = None,
        block_time: float | None = None,
        accounts: int = 10,
        chain_id: int = CHAIN_ID,
        kept_states: int = KEPT_STATES,
    ) -> None:
        """Prepare a node; `start` or `with` starts it.

        Args:
            port: TCP port on the loopback interface; None takes a free one.
            block_time: Seconds between blocks, each with the pinned base fee; None makes a block
                of each transaction at once, and lets Anvil lower the base fee from block to block.
            accounts: How many funded accounts it has.
            chain_id: Its chain id.
            kept_states: How many past states are kept; 0 for the fastest blocks.
        """
        self.accounts: tuple[DevAccount, ...] = dev_accounts(accounts)
        self.chain_id = chain_id
        self._port = port or 0
        self._kept_states = kept_states
        self._block_time = block_time
        self._processes: list[AnvilProcess] = []
        self._blocks: BlockMaker | None = None
        self._rpc: Rpc | None = None

    def __enter__(self) -> "LocalNode":
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Address of the JSON-RPC endpoint of the started node."""
        return self._processes[-1].url

    @property
    def rpc(self) -> Rpc:
        """A connection to the started node, closed with it."""
        if self._rpc is None:
            raise RuntimeError("the node is not started")
        return self._rpc

    @property
    def process_ids(self) -> tuple[int, ...]:
        """Ids of the processes it consists of."""
        return tuple(process.process_id for process in self._processes)

    def start(self) -> None:
        """Start the node and wait until it answers.

        Raises:
            AnvilNotFoundError: Anvil is not installed.
            NodeStartError: it did not start, for instance because the port is taken.
        """
        try:
            empty = AnvilProcess(self._arguments())
            self._processes.append(empty)
            fork = ["--fork-url", empty.url, "--no-storage-caching", "--no-rate-limit"]
            self._processes.append(AnvilProcess([*self._arguments(), *fork], self._port))
            self._rpc = Rpc(self.url)
            self._rpc.call("anvil_setTime", int(time.time()))
            if self._block_time is not None:
                self.mine_every(self._block_time)
        except BaseException:
            self.stop()
            raise

    def mine_every(self, seconds: float | None) -> None:
        """Make a block every so many seconds from now on, or None: one of each transaction."""
        if self._blocks is not None:
            self._blocks.stop()
            self._blocks = None
        if seconds is not None:
            self._blocks = BlockMaker(self.url, seconds)
            self._blocks.start()

    def stop(self) -> None:
        """End the node. Does nothing the second time."""
        if self._blocks is not None:
            self._blocks.abandon()
            self._blocks = None
        if self._rpc is not None:
            self._rpc.close()
            self._rpc = None
        while self._processes:
            self._processes.pop().stop()

    def _arguments(self) -> list[str]:
        options = {
            "--chain-id": self.chain_id,
            "--hardfork": "prague",
            "--gas-limit": BLOCK_GAS_LIMIT,
            "--base-fee": BASE_FEE_WEI,
            "--order": "fifo",
            "--mnemonic": DEV_MNEMONIC,
            "--accounts": len(self.accounts),
            "--balance": BALANCE_ETHER,
        }
        # Without a number no state is kept; Anvil hangs at 0.
        history = ["--prune-history", *([self._kept_states] if self._kept_states else [])]
        return [str(part) for part in [*chain.from_iterable(options.items()), *history]]

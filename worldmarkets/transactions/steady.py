"""One transaction of a key after the other, each offered until it is in a block.

Nothing is remembered between two of them: the nonce is the number of transactions of the key that
are in blocks. So a process that is started anew takes over what the one before it left waiting, a
gap closes itself, and a block that is reorganised away is forgotten.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from worldmarkets.clock import Clock
from worldmarkets.errors import WorldMarketsError
from worldmarkets.rpc import Rpc, RpcError, number
from worldmarkets.transactions.receipts import Receipt, parse_receipt, to_hex
from worldmarkets.transactions.sender import (
    DEFAULT_GAS,
    MAX_FEE_WEI,
    Pending,
    Request,
    Sender,
    transaction_hash,
)
from worldmarkets.transactions.signing import Signer, Transaction

_FIRST_POLL_SECONDS, _LAST_POLL_SECONDS = 0.02, 0.25
"""Pauses between looks at a transaction: each twice as long as the one before."""
_RAISE_NUMERATOR, _RAISE_DENOMINATOR = 5, 4
"""A fee that is raised grows by a quarter: nodes replace a transaction from an eighth on."""

_KNOWN = ("already known", "already imported")
_REFUSED = ("underpriced", "nonce too low", "base fee", "fee cap", "feecap")
"""What nodes say of a transaction that can not get in as it is."""


class FeeSpikeError(WorldMarketsError):
    """A block asks for more than the key is to pay; nothing was sent."""

    def __init__(self, base_fee_wei: int, most_wei: int) -> None:
        super().__init__(f"the base fee is {base_fee_wei} wei, the most to be paid {most_wei}")


class NonceTakenError(WorldMarketsError):
    """Another transaction of the key got into a block instead: somebody else uses the key."""

    def __init__(self, address: str, nonce: int) -> None:
        super().__init__(f"transaction {nonce} of {address} is another one: who else uses the key?")


class NotMinedError(WorldMarketsError):
    """A transaction is not in a block after all attempts. It may still become part of one."""

    def __init__(self, nonce: int, attempts: int, fee_wei: int) -> None:
        super().__init__(
            f"transaction {nonce} is in no block: offered {attempts} times, {fee_wei} wei"
        )


@dataclass(frozen=True)
class FeeRules:
    """How long to wait, and what to pay."""

    most_wei: int = 1_000_000_000
    """Most that is paid for gas [wei]; a thousand times the base fee of MegaETH."""
    patience_seconds: float = 5.0
    """How long a transaction waits before it is offered again for more [seconds]."""
    attempts: int = 6
    """How often it is offered."""


class SteadySender:
    """Sends the transactions of one key one at a time, replacing those that do not get in.

    Not for several in flight, nor from several threads; see `Sender` for these.
    """

    def __init__(
        self, rpc: Rpc, signer: Signer, clock: Clock, chain_id: int, rules: FeeRules | None = None
    ) -> None:
        """Read nothing before the first transaction."""
        self.rpc = rpc
        self.signer = signer
        self.rules = rules or FeeRules()
        self._clock = clock
        self._chain_id = chain_id
        self._reasons = Sender(rpc, signer, chain_id)

    @property
    def address(self) -> str:
        """Address of the key."""
        return self.signer.address

    def execute(self, request: Request) -> Receipt:
        """Send one transaction and wait for its receipt, for a higher fee from time to time.

        Raises:
            RevertedError: it reverted; its gas is spent.
            FeeSpikeError: blocks are too dear now.
            NonceTakenError: somebody else uses the key.
            NotMinedError: it did not get in.
            RpcError: the node did not accept it.
            RpcUnavailableError: the node does not answer; it may have been sent.
        """
        nonce, fee_wei = self._nonce(), self._fee_wei()
        sent: list[Pending] = []
        for _ in range(self.rules.attempts):
            pending = self._sign(request, nonce, fee_wei)
            if self._offer(pending):
                sent.append(pending)
            receipt = self._outcome(sent, nonce)
            if receipt is not None:
                return receipt
            raised = fee_wei * _RAISE_NUMERATOR // _RAISE_DENOMINATOR + 1
            fee_wei = min(max(self._fee_wei(), raised), self.rules.most_wei)
        raise NotMinedError(nonce, self.rules.attempts, fee_wei)

    def _nonce(self) -> int:
        return number(self.rpc.call("eth_getTransactionCount", self.address, "latest"))

    def _fee_wei(self) -> int:
        """Return what to pay at most now [wei].

        Raises:
            FeeSpikeError: that is not enough.
        """
        block = self.rpc.call("eth_getBlockByNumber", "latest", False)
        base_fee_wei = number(block["baseFeePerGas"])
        if base_fee_wei > self.rules.most_wei:
            raise FeeSpikeError(base_fee_wei, self.rules.most_wei)
        return min(max(2 * base_fee_wei, MAX_FEE_WEI), self.rules.most_wei)

    def _sign(self, request: Request, nonce: int, fee_wei: int) -> Pending:
        transaction = Transaction(
            chain_id=self._chain_id,
            nonce=nonce,
            max_fee_wei=fee_wei,
            max_priority_fee_wei=0,
            gas=request.gas or DEFAULT_GAS,
            to=request.to,
            value_wei=request.value_wei,
            data=request.data,
        )
        raw = self.signer.sign(transaction)
        return Pending(transaction, transaction_hash(raw), raw)

    def _offer(self, pending: Pending) -> bool:
        """Send a transaction; False if the node wants more for it, or its nonce is taken."""
        try:
            self.rpc.call("eth_sendRawTransaction", to_hex(pending.raw))
        except RpcError as error:
            told = error.message.lower()
            if any(words in told for words in _KNOWN):
                return True
            if any(words in told for words in _REFUSED):
                return False
            raise
        return True

    def _outcome(self, sent: Sequence[Pending], nonce: int) -> Receipt | None:
        """Wait for the receipt of one of several for one nonce; None if there is none in time."""
        until = self._clock.now() + self.rules.patience_seconds
        pause = _FIRST_POLL_SECONDS
        while True:
            taken = self._nonce() > nonce
            for pending in sent:
                entry = self.rpc.call("eth_getTransactionReceipt", pending.transaction_hash)
                if entry is not None:
                    return self._reasons.checked(pending, parse_receipt(entry))
            if not sent or self._clock.now() >= until:
                # A node may count a transaction a moment before it has the receipt.
                if taken:
                    raise NonceTakenError(self.address, nonce)
                return None
            self._clock.sleep(pause)
            pause = min(2 * pause, _LAST_POLL_SECONDS)

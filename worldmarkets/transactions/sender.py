"""Sending transactions of one key: nonces, several in flight, receipts, reasons of reverts."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from worldmarkets.errors import WorldMarketsError
from worldmarkets.rpc import METHOD_NOT_FOUND, Rpc, RpcError, number, quantity
from worldmarkets.transactions.receipts import Receipt, parse_receipt, to_bytes, to_hex
from worldmarkets.transactions.signing import Signer, Transaction

MAX_FEE_WEI = 2_000_000
"""Least limit on the fee per gas: twice the fixed base fee of MegaETH and of the local node."""

DEFAULT_GAS = 15_000_000
"""Gas limit of a call. A sweep of 64 makers needs a tenth; what is unused costs nothing."""

_SYNC_TIMEOUTS = (4, 5)
"""Codes for "sent, but not in a block yet". Source: EIP-7966."""
_SYNC_TIMEOUT = "confirmation timeout"
"""What Anvil says then, with the code of any internal error."""

_POLL_SECONDS = 0.01
_RECEIPT_SECONDS = 60.0


class RevertedError(WorldMarketsError):
    """A transaction or a call reverted; `data` is what it returned, `receipt` if it was mined."""

    def __init__(self, message: str, data: bytes, receipt: Receipt | None = None) -> None:
        self.data = data
        self.receipt = receipt
        super().__init__(message)


class ReceiptTimeoutError(WorldMarketsError):
    """A transaction was sent, and is not in a block yet. It may still become part of one."""

    def __init__(self, transaction_hash: str, seconds: float) -> None:
        self.transaction_hash = transaction_hash
        super().__init__(f"no receipt of {transaction_hash} within {seconds:g} s")


@dataclass(frozen=True)
class Request:
    """What to send: `to` is None to create a contract, `gas` None for the usual limit."""

    to: str | None
    data: bytes
    gas: int | None = None
    value_wei: int = 0


@dataclass(frozen=True)
class Pending:
    """A signed transaction."""

    transaction: Transaction
    transaction_hash: str
    raw: bytes


class Sender:
    """Sends the transactions of one key. May be used from several threads.

    Nonces are counted here, so any number may be in flight. Two senders of one key on one chain
    disturb each other: use one.
    """

    def __init__(self, rpc: Rpc, signer: Signer, chain_id: int | None = None) -> None:
        """Read the chain id if it is not given; the nonce is read when first needed."""
        self.rpc = rpc
        self.signer = signer
        self.chain_id = number(rpc.call("eth_chainId")) if chain_id is None else chain_id
        self._lock = threading.Lock()
        self._next_nonce: int | None = None
        self._max_fee_wei = MAX_FEE_WEI
        self._has_sync = True

    @property
    def address(self) -> str:
        """Address of the key."""
        return self.signer.address

    # ------------------------------------------------------------- one at a time

    def execute(self, request: Request) -> Receipt:
        """Send one transaction and wait for its receipt.

        Raises:
            RevertedError: it reverted; its gas is spent.
            RpcError: the node did not accept it.
            ReceiptTimeoutError: it is not in a block in time.
        """
        return self.confirm(self.sign(request))

    def confirm(self, pending: Pending) -> Receipt:
        """Send a signed transaction and wait for its receipt; raises what `execute` raises."""
        receipt = self._send_sync(pending) if self._has_sync else None
        if receipt is None:
            self._send(pending)
            receipt = self.wait(pending)
        return self.checked(pending, receipt)

    def call(self, to: str, data: bytes, block: str = "latest") -> bytes:
        """Run a call without sending it, as the key would, and return what it returns.

        Raises:
            RevertedError: it reverts.
        """
        return call(self.rpc, to, data, self.address, block)

    # ------------------------------------------------------------- many in flight

    def sign(self, request: Request) -> Pending:
        """Sign a transaction with the next nonce. Who signs must send, or later ones wait."""
        transaction = Transaction(
            chain_id=self.chain_id,
            nonce=self._take_nonce(),
            max_fee_wei=self._max_fee_wei,
            max_priority_fee_wei=0,
            gas=request.gas or DEFAULT_GAS,
            to=request.to,
            value_wei=request.value_wei,
            data=request.data,
        )
        raw = self.signer.sign(transaction)
        return Pending(transaction, transaction_hash(raw), raw)

    def send(self, request: Request) -> Pending:
        """Sign and send one transaction without waiting for it.

        Raises:
            RpcError: the node did not accept it.
        """
        pending = self.sign(request)
        self._send(pending)
        return pending

    def send_many(self, requests: Sequence[Request]) -> list[Pending]:
        """Sign several transactions and send them in one round trip, without waiting for them.

        Raises:
            RpcError: the node did not accept one; those before it are on their way.
        """
        pending = [self.sign(request) for request in requests]
        calls = [("eth_sendRawTransaction", [to_hex(one.raw)]) for one in pending]
        try:
            outcomes = self.rpc.batch(calls)
        except WorldMarketsError:
            self.resynchronise()
            raise
        for outcome in outcomes:
            if isinstance(outcome, RpcError):
                self.resynchronise()
                raise outcome
        return pending

    def wait(self, pending: Pending, seconds: float = _RECEIPT_SECONDS) -> Receipt:
        """Wait for the receipt of a transaction, which may have reverted.

        Raises:
            ReceiptTimeoutError: it is not in a block in time.
        """
        return self.wait_many([pending], seconds)[0]

    def wait_many(
        self, pending: Sequence[Pending], seconds: float = _RECEIPT_SECONDS
    ) -> list[Receipt]:
        """Wait for the receipts of several transactions, which may have reverted, in order.

        Raises:
            ReceiptTimeoutError: one is not in a block in time.
        """
        return self.wait_for([one.transaction_hash for one in pending], seconds)

    def wait_for(
        self, transaction_hashes: Sequence[str], seconds: float = _RECEIPT_SECONDS
    ) -> list[Receipt]:
        """Wait for the receipts of transactions, whoever sent them, as `wait_many` does."""
        deadline = time.monotonic() + seconds
        receipts: dict[str, Receipt] = {}
        missing = list(transaction_hashes)
        while missing:
            found = self.rpc.batch([("eth_getTransactionReceipt", [one]) for one in missing])
            for one, entry in zip(missing, found, strict=True):
                if isinstance(entry, RpcError):
                    raise entry
                if entry is not None:
                    receipts[one] = parse_receipt(entry)
            missing = [one for one in missing if one not in receipts]
            if missing and time.monotonic() > deadline:
                raise ReceiptTimeoutError(missing[0], seconds)
            if missing:
                time.sleep(_POLL_SECONDS)
        return [receipts[one] for one in transaction_hashes]

    def checked(self, pending: Pending, receipt: Receipt) -> Receipt:
        """Return the receipt of a transaction that succeeded.

        Raises:
            RevertedError: it reverted.
        """
        if receipt.succeeded:
            return receipt
        data = self._reason(pending, receipt)
        message = f"{pending.transaction_hash} reverted in block {receipt.block}"
        raise RevertedError(message, data, receipt)

    def resynchronise(self) -> None:
        """Forget the nonce and the fee; they are read again before the next transaction."""
        with self._lock:
            self._next_nonce = None

    # ------------------------------------------------------------- inside

    def _take_nonce(self) -> int:
        with self._lock:
            if self._next_nonce is None:
                self._next_nonce = self._read_nonce_and_fee()
            nonce = self._next_nonce
            self._next_nonce += 1
            return nonce

    def _read_nonce_and_fee(self) -> int:
        count = self.rpc.call("eth_getTransactionCount", self.address, "pending")
        block = self.rpc.call("eth_getBlockByNumber", "latest", False)
        self._max_fee_wei = max(2 * number(block["baseFeePerGas"]), MAX_FEE_WEI)
        return number(count)

    def _send(self, pending: Pending) -> None:
        try:
            self.rpc.call("eth_sendRawTransaction", to_hex(pending.raw))
        except WorldMarketsError:
            self.resynchronise()
            raise

    def _send_sync(self, pending: Pending) -> Receipt | None:
        """Send and get the receipt in one round trip; None if it has to be waited for."""
        try:
            entry = self.rpc.call("eth_sendRawTransactionSync", to_hex(pending.raw))
        except RpcError as error:
            if error.code == METHOD_NOT_FOUND:
                self._has_sync = False
                return None
            if error.code in _SYNC_TIMEOUTS or _SYNC_TIMEOUT in error.message:
                return self.wait(pending)
            self.resynchronise()
            raise
        except WorldMarketsError:
            self.resynchronise()
            raise
        return parse_receipt(entry)

    def _reason(self, pending: Pending, receipt: Receipt) -> bytes:
        """Return what a mined transaction returned when it reverted, as far as the node can say."""
        options = {"tracer": "callTracer", "tracerConfig": {"onlyTopCall": True}}
        try:
            trace = self.rpc.call("debug_traceTransaction", receipt.transaction_hash, options)
            return to_bytes(trace.get("output") or "0x")
        except RpcError:
            before = self._replayed_reason(pending, quantity(receipt.block - 1))
            return before or self._replayed_reason(pending, "latest") or b""

    def _replayed_reason(self, pending: Pending, block: str) -> bytes | None:
        """Run it again on another state: a guess, as others may have come between."""
        transaction = pending.transaction
        if transaction.to is None:
            return None
        try:
            value_wei = transaction.value_wei
            call(self.rpc, transaction.to, transaction.data, self.address, block, value_wei)
        except RevertedError as error:
            return error.data
        except RpcError:
            pass
        return None


def call(
    rpc: Rpc,
    to: str,
    data: bytes,
    sender: str | None = None,
    block: str = "latest",
    value_wei: int = 0,
) -> bytes:
    """Run a call without sending it and return what it returns.

    Raises:
        RevertedError: it reverts.
        RpcError: the node refused for another reason.
    """
    fields: dict[str, Any] = {"to": to, "data": to_hex(data)}
    if sender is not None:
        fields["from"] = sender
    if value_wei:
        fields["value"] = quantity(value_wei)
    try:
        return to_bytes(rpc.call("eth_call", fields, block))
    except RpcError as error:
        returned = revert_data(error)
        if returned is None:
            raise
        raise RevertedError(error.message, returned) from error


def revert_data(error: RpcError) -> bytes | None:
    """Return what a reverted call returned, from the node's error; None if it is another error."""
    if isinstance(error.data, str) and error.data.startswith("0x"):
        return to_bytes(error.data)
    return b"" if "revert" in error.message.lower() else None


def transaction_hash(raw: bytes) -> str:
    """Return the hash of a signed transaction."""
    return to_hex(bytes(keccak(raw)))

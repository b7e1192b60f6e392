"""A connection to an exchange: sending the transactions of a key, and reading."""

from collections.abc import Sequence
from typing import Any

from worldmarkets.client.calls import Calls
from worldmarkets.client.errors import ReadOnlyClientError, contract_error
from worldmarkets.deployment import Deployment
from worldmarkets.rpc import Rpc, number
from worldmarkets.transactions import Pending, Receipt, Request, RevertedError, Sender, Signer
from worldmarkets.transactions.sender import call


class Connection:
    """Sends requests, waits for them, and turns reverts into the `ContractError` they mean."""

    def __init__(self, rpc: Rpc, deployment: Deployment, signer: Signer | None = None) -> None:
        """Connect to an exchange; without a signer only reading works."""
        self.rpc = rpc
        self.deployment = deployment
        self.calls = Calls(deployment.exchange)
        self._sender = None if signer is None else Sender(rpc, signer, deployment.chain_id)

    @property
    def sender(self) -> Sender:
        """Whoever sends.

        Raises:
            ReadOnlyClientError: there is no key.
        """
        if self._sender is None:
            raise ReadOnlyClientError
        return self._sender

    @property
    def address(self) -> str:
        """Address of the key."""
        return self.sender.address

    # ------------------------------------------------------------- sending

    def execute(self, request: Request) -> Receipt:
        """Send one transaction and wait for it.

        Raises:
            ContractError: it reverted.
        """
        try:
            return self.sender.execute(request)
        except RevertedError as error:
            raise contract_error(error.data) from error

    def send(self, request: Request) -> Pending:
        """Send one transaction without waiting for it."""
        return self.sender.send(request)

    def send_many(self, requests: Sequence[Request]) -> list[Pending]:
        """Send several transactions in one round trip without waiting for them."""
        return self.sender.send_many(requests)

    def confirm(self, pending: Pending) -> Receipt:
        """Wait for a transaction that was sent.

        Raises:
            ContractError: it reverted.
        """
        return self._checked(pending, self.sender.wait(pending))

    def confirm_many(self, pending: Sequence[Pending]) -> list[Receipt]:
        """Wait for several transactions that were sent, in order.

        Raises:
            ContractError: one reverted; the others have been executed all the same.
        """
        receipts = self.sender.wait_many(pending)
        return [self._checked(one, receipt) for one, receipt in zip(pending, receipts, strict=True)]

    def call(self, to: str, data: bytes, block: str = "latest") -> bytes:
        """Run a call without sending it.

        Raises:
            ContractError: it reverts.
        """
        try:
            sender = None if self._sender is None else self._sender.address
            return call(self.rpc, to, data, sender, block)
        except RevertedError as error:
            raise contract_error(error.data) from error

    def read_words(self, slots: Sequence[int], block: str = "latest") -> list[int]:
        """Read words of the exchange's state in one call."""
        abi = self.calls.abi
        returned = self.call(self.calls.exchange, abi.encode("readWords", list(slots)), block)
        (words,) = abi.decode("readWords", returned)
        return list(words)

    def time(self) -> int:
        """Return the time of the newest block [seconds]: what expiries are compared with."""
        block = self.rpc.call("eth_getBlockByNumber", "latest", False)
        return number(block["timestamp"])

    def _checked(self, pending: Pending, receipt: Receipt) -> Receipt:
        try:
            return self.sender.checked(pending, receipt)
        except RevertedError as error:
            raise contract_error(error.data) from error

    def event(self, receipt: Receipt, name: str) -> dict[str, Any]:
        """Return the fields of a transaction's first event of a name."""
        event = self.calls.abi.events_by_name[name]
        exchange = self.calls.exchange.lower()
        for log in receipt.logs:
            if log.address.lower() == exchange and log.topics[0] == event.topic:
                return event.decode(log.topics, log.data)
        raise LookupError(f"{receipt.transaction_hash} has no event {name}")

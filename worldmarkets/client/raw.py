"""The exchange in integers: ids, ticks, lots and atoms, one layer below `Client`."""

from collections.abc import Sequence
from typing import Any

from worldmarkets.client.calls import (
    MAX_FILLS,
    NO_DEADLINE,
    Calls,
    approve,
    draw,
    post_prices,
    wrap,
)
from worldmarkets.client.errors import ReadOnlyClientError, contract_error
from worldmarkets.client.records import Action, Reduced, actions
from worldmarkets.client.results import cancelled_lots, placed_results
from worldmarkets.deployment import Deployment
from worldmarkets.model.interface import OrderRequest, OrderResult, Side, TimeInForce
from worldmarkets.rpc import Rpc
from worldmarkets.transactions import Pending, Receipt, Request, RevertedError, Sender, Signer
from worldmarkets.transactions.sender import call


class RawClient:
    """Sends transactions of one key and reads what became of them. Units are those of IExchange.

    Every method that sends waits for the receipt and raises the `ContractError` of a revert. To
    have several transactions in flight, build them with `calls`, send them with `send_many`, and
    take their outcomes with `confirm_many`.
    """

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

    # ------------------------------------------------------------- orders

    def place(
        self,
        account_id: int,
        market_id: int,
        side: Side,
        tick: int,
        lots: int,
        time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED,
        max_fills: int = MAX_FILLS,
    ) -> OrderResult:
        """Place an order."""
        order = OrderRequest(market_id, side, tick, lots, time_in_force, max_fills)
        receipt = self.execute(self.calls.place_order(account_id, order))
        return self.placed(receipt, [order])[0]

    def cancel(self, account_id: int, order_id: int) -> int:
        """Cancel an order and return what was left of it [lots]."""
        return self.cancelled(self.execute(self.calls.cancel(account_id, order_id)), 1)[0]

    def cancel_many(self, account_id: int, order_ids: Sequence[int]) -> list[int]:
        """Cancel orders and return what was left of each, 0 for a stale id [lots]."""
        receipt = self.execute(self.calls.cancel_many(account_id, order_ids))
        return self.cancelled(receipt, len(order_ids))

    def reduce(self, account_id: int, order_id: int, new_lots: int) -> int:
        """Make an order smaller and return by how much [lots]."""
        receipt = self.execute(self.calls.reduce(account_id, order_id, new_lots))
        (record,) = self.action(receipt).records
        if not isinstance(record, Reduced):
            raise TypeError(f"a reduction was logged as {record}")
        return record.lots_off

    def batch(
        self,
        account_id: int,
        cancels: Sequence[int],
        places: Sequence[OrderRequest],
        deadline: int = NO_DEADLINE,
        all_or_none: bool = False,
    ) -> tuple[list[int], list[OrderResult]]:
        """Cancel orders, then place others; return what each did."""
        request = self.calls.batch(account_id, cancels, places, deadline, all_or_none)
        receipt = self.execute(request)
        lots = self.cancelled(receipt, len(cancels))
        return lots, self.placed(receipt, places, len(cancels))

    # ------------------------------------------------------------- vault and prices

    def create_account(self) -> int:
        """Make an account of the key and return its id."""
        created = self.event(self.execute(self.calls.create_account()), "AccountCreated")
        return int(created["accountId"])

    def deposit(self, account_id: int, asset_id: int, token_units: int) -> int:
        """Bring approved tokens in and return what was credited [atoms]."""
        receipt = self.execute(self.calls.deposit(account_id, asset_id, token_units))
        return int(self.event(receipt, "Deposited")["atoms"])

    def withdraw(
        self, account_id: int, asset_id: int, token_units: int, to: str | None = None
    ) -> Receipt:
        """Take tokens out, to the key's address unless `to` is given."""
        to = to or self.address
        return self.execute(self.calls.withdraw(account_id, asset_id, token_units, to))

    def transfer(
        self, from_account_id: int, to_account_id: int, asset_id: int, atoms: int
    ) -> Receipt:
        """Move atoms between two accounts of the key."""
        return self.execute(self.calls.transfer(from_account_id, to_account_id, asset_id, atoms))

    def poke(self, asset_ids: Sequence[int]) -> Receipt:
        """Copy the newest prices from the feeds."""
        return self.execute(self.calls.poke(asset_ids))

    def post_prices(self, asset_ids: Sequence[int], prices: Sequence[int]) -> Receipt:
        """Post prices [1e-18 dollars a whole token] and copy them into the exchange."""
        self.execute(post_prices(self.deployment.price_feed, asset_ids, prices))
        return self.poke(asset_ids)

    def collect_fees(self, market_id: int) -> Receipt:
        """Split the fees a market has collected."""
        return self.execute(self.calls.collect_fees(market_id))

    def approve(self, asset_id: int, token_units: int) -> Receipt:
        """Let the exchange pull tokens of the key."""
        token = self.deployment.assets[asset_id].token
        return self.execute(approve(token, self.deployment.exchange, token_units))

    def draw(self, asset_id: int, token_units: int) -> Receipt:
        """Draw test tokens from their faucet; the wrapped native token comes from wrapping."""
        asset = self.deployment.assets[asset_id]
        make = wrap if asset.is_wrapped_native else draw
        return self.execute(make(asset.token, token_units))

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

    # ------------------------------------------------------------- outcomes

    def action(self, receipt: Receipt) -> Action:
        """Return the records of a transaction's one action on the books."""
        found = actions(receipt.logs, self.calls.exchange)
        if found:
            return found[0]
        # An order that met nothing and may not rest leaves no record.
        return Action(0, (), receipt.block, receipt.transaction_hash, 0)

    def placed(
        self, receipt: Receipt, places: Sequence[OrderRequest], cancels: int = 0
    ) -> list[OrderResult]:
        """Return what became of the places of a transaction."""
        return placed_results(self.action(receipt).records, places, cancels)

    def cancelled(self, receipt: Receipt, cancels: int) -> list[int]:
        """Return what was left of the orders that a transaction cancelled [lots]."""
        return cancelled_lots(self.action(receipt).records, cancels)

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

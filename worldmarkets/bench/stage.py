"""A deployed exchange with accounts that hold both assets, ready for a book to be built on it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from worldmarkets.client.raw import RawClient
from worldmarkets.deployment import deploy, load_parameters
from worldmarkets.model.interface import OrderRequest, Side, TimeInForce
from worldmarkets.model.records import Placed
from worldmarkets.model.words import spot_market
from worldmarkets.node import LocalNode
from worldmarkets.transactions import KeySigner, Receipt, Request

QUOTE_ASSET = 0
BASE_ASSET = 1
MARKET = spot_market(BASE_ASSET)
"""The first spot market of the local network: WETH."""

MIDDLE = 29_962
"""A tick near its starting price, in the middle of the 29,835 to 30,089 of one bitmap word."""

UNITS = (1_000 * 10**18, 10**18)
"""An amount worth moving, of either asset [token units]."""
LOTS = 100
"""Size of a standing order [lots]."""
DEADLINE = 2**32
"""One that does not pass [seconds]."""

MAKERS = 25
TAKER = MAKERS
QUOTER = MAKERS + 1
DEPOSITOR = MAKERS + 2
ACCOUNTS = MAKERS + 3
"""Accounts by number: the makers first, then the three with roles."""


@dataclass(frozen=True)
class Order:
    """A resting order: whose it is, by number of the account, and its id."""

    owner: int
    id: int


@dataclass(frozen=True)
class Sent:
    """A mined transaction and the calldata it was sent with."""

    data: bytes
    receipt: Receipt


class Stage:
    """A deployed exchange and its accounts, which send transactions signed by their owners."""

    def __init__(self, node: LocalNode) -> None:
        """Deploy what the local network has, make accounts and fill them."""
        signers = [KeySigner(account.private_key) for account in node.accounts]
        self.rpc = node.rpc
        self.deployment = deploy(node.rpc, load_parameters("local"), signers[0])
        self.clients = [RawClient(node.rpc, self.deployment, signer) for signer in signers]
        self.accounts = [client.create_account() for client in self.clients]
        for owner in range(len(signers)):
            self._fill(owner)

    def place(self, owner: int, order: OrderRequest) -> Sent:
        """Place an order."""
        client = self.clients[owner]
        return self.send(owner, client.calls.place(self.accounts[owner], *vars(order).values()))

    def rest(self, owner: int, side: Side, tick: int, lots: int = LOTS) -> Order:
        """Place an order that rests, and return it."""
        return Order(owner, self.placed_ids(self.place(owner, request(side, tick, lots)))[0])

    def cancel(self, order: Order) -> Sent:
        """Cancel an order."""
        calls = self.clients[order.owner].calls
        return self.send(order.owner, calls.cancel(self.accounts[order.owner], order.id))

    def cancel_many(self, owner: int, order_ids: Sequence[int]) -> Sent:
        """Cancel several orders."""
        calls = self.clients[owner].calls
        return self.send(owner, calls.cancel_many(self.accounts[owner], order_ids))

    def reduce(self, order: Order, lots: int) -> Sent:
        """Leave so many lots of an order."""
        calls = self.clients[order.owner].calls
        return self.send(order.owner, calls.reduce(self.accounts[order.owner], order.id, lots))

    def batch(self, owner: int, cancels: Sequence[int], places: Sequence[OrderRequest]) -> Sent:
        """Cancel and place in one call; every item has to succeed."""
        account, calls = self.accounts[owner], self.clients[owner].calls
        return self.send(owner, calls.batch(account, cancels, places, DEADLINE, all_or_none=True))

    def deposit(self, owner: int, asset: int) -> Sent:
        """Deposit `UNITS` of an asset."""
        calls = self.clients[owner].calls
        return self.send(owner, calls.deposit(self.accounts[owner], asset, UNITS[asset]))

    def withdraw(self, owner: int, asset: int) -> Sent:
        """Withdraw `UNITS` of an asset to the owner."""
        client, account = self.clients[owner], self.accounts[owner]
        units = UNITS[asset]
        return self.send(owner, client.calls.withdraw(account, asset, units, client.address))

    def send(self, owner: int, call: Request) -> Sent:
        """Send a transaction of an owner and wait for it.

        Raises:
            ContractError: it reverted.
        """
        return Sent(call.data, self.clients[owner].execute(call))

    def placed_ids(self, sent: Sent) -> list[int]:
        """Return the ids of the orders that a transaction put into the book, in order."""
        records = self.clients[0].action(sent.receipt).records
        return [record.order_id for record in records if isinstance(record, Placed)]

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo on the chain whatever happens inside."""
        snapshot = self.rpc.call("evm_snapshot")
        try:
            yield
        finally:
            self.rpc.call("evm_revert", snapshot)
            for client in self.clients:
                client.sender.resynchronise()

    def _fill(self, owner: int) -> None:
        """Deposit half of what the owner draws and approves, so that neither runs out."""
        client, account = self.clients[owner], self.accounts[owner]
        for asset, units in enumerate(UNITS):
            client.draw(asset, 2_000_000 * units)
            client.approve(asset, 2_000_000 * units)
            client.deposit(account, asset, 1_000_000 * units)


def request(
    side: Side,
    tick: int,
    lots: int = LOTS,
    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED,
    max_fills: int = 20,
) -> OrderRequest:
    """Return an order of the measured market."""
    return OrderRequest(MARKET, side, tick, lots, time_in_force, max_fills)


def outward(side: Side, steps: int) -> int:
    """Return the tick so many steps from the middle on a side: bids below it, asks above."""
    return MIDDLE - steps if side is Side.BID else MIDDLE + steps


def opposite(side: Side) -> Side:
    """Return the other side."""
    return Side.ASK if side is Side.BID else Side.BID

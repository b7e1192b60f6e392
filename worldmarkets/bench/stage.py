"""A deployed exchange with accounts that hold both assets, ready for a book to be built on it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from worldmarkets.client.raw import RawClient
from worldmarkets.deployment import deploy, load_parameters
from worldmarkets.deployment.manifest import LOCAL_NETWORK
from worldmarkets.model import slots
from worldmarkets.model.interface import OrderRequest, Permission, Side, TimeInForce
from worldmarkets.model.records import Placed
from worldmarkets.model.words import LedgerWord, perp_market, spot_market
from worldmarkets.node import LocalNode
from worldmarkets.rpc import number
from worldmarkets.transactions import KeySigner, Receipt, Request, Signer

QUOTE_ASSET = 0
BASE_ASSET = 1
MARKET = spot_market(BASE_ASSET)
"""The first spot market of the local network: WETH."""
PERP = perp_market(BASE_ASSET)
"""The perp of the same asset, with lots and ticks of the same size."""

MIDDLE = 29_962
"""A tick near its starting price, in the middle of the 29,835 to 30,089 of one bitmap word."""

UNITS = (1_000 * 10**18, 10**18)
"""An amount worth moving, of either asset [token units]."""
LOTS = 100
"""Size of a standing order [lots]."""
LATEST = 2**32 - 1
"""A deadline and an expiry that do not pass, with as many non-zero bytes as most [seconds]."""
OWED_SECONDS = 10
"""How long debts are owed before a measured transaction: prices do not grow old meanwhile."""
CLIENT_ID = 0x0123_4567_89AB_CDEF

MAKERS = 25
TAKER = MAKERS
QUOTER = MAKERS + 1
DEPOSITOR = MAKERS + 2
OPERATOR = MAKERS + 3
ACCOUNTS = MAKERS + 4
"""Accounts by number: the makers first, then the four with roles."""
ALIKE = ACCOUNTS
"""An account more, whose owner's address ends like that of the taker's."""

_FILLED = 1_000_000
_ENDOWMENT_WEI = 3 * _FILLED * 10**18
_NO_LOSS_TOO_LARGE = 2**64 - 1
_PRICE_DECIMALS = 18


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
    """A deployed exchange and its accounts, which send transactions signed by their owners.

    Who sends instead of the owner is given as `by`, the number of an operator's account. Orders go
    to the market of the stage, whatever they name, unless a batch is of several markets.
    """

    def __init__(self, node: LocalNode, market_id: int = MARKET) -> None:
        """Deploy what the local network has, make accounts and fill them.

        Args:
            node: A fresh node.
            market_id: The market whose orders are measured. Accounts of a perp have cash alone.
        """
        self.market_id = market_id
        self.is_perp = market_id == PERP
        signers = [KeySigner(account.private_key) for account in node.accounts]
        self.rpc = node.rpc
        parameters = load_parameters(LOCAL_NETWORK)
        self.deployment = deploy(node.rpc, parameters, signers[0])
        # Reference prices by asset [1e-18 dollars a whole token].
        self.prices = {
            asset_id: int(asset.starting_price.scaleb(_PRICE_DECIMALS))
            for asset_id, asset in enumerate(parameters.assets)
            if asset.starting_price is not None
        }
        self.clients: list[RawClient] = []
        self.accounts: list[int] = []
        for signer in signers:
            self.admit(signer)

    def admit(self, signer: Signer) -> None:
        """Make an account of a key that has native tokens, and fill it."""
        client = RawClient(self.rpc, self.deployment, signer)
        account = client.create_account()
        # Half of what the owner has and approves, so that neither runs out.
        for asset, units in enumerate(UNITS[:1] if self.is_perp else UNITS):
            client.draw(asset, 2 * _FILLED * units)
            client.approve(asset, 2 * _FILLED * units)
            client.deposit(account, asset, _FILLED * units)
        self.clients.append(client)
        self.accounts.append(account)

    def endow(self, address: str) -> None:
        """Give an address native tokens."""
        self.clients[0].execute(Request(address, b"", value_wei=_ENDOWMENT_WEI))

    def appoint(self, owner: int, operator: int) -> None:
        """Let an operator place and cancel orders of an account, whatever he loses."""
        client, address = self.clients[owner], self.clients[operator].address
        may = Permission.PLACE | Permission.CANCEL
        terms = (address, may, LATEST, _NO_LOSS_TOO_LARGE)
        client.execute(client.calls.set_operator(self.accounts[owner], *terms))

    def place(self, owner: int, order: OrderRequest, by: int | None = None) -> Sent:
        """Place an order."""
        calls = self.clients[owner].calls
        return self.send(owner, calls.place_order(self.accounts[owner], self._here(order)), by)

    def rest(
        self, owner: int, side: Side, tick: int, expiry: int = 0, by: int | None = None
    ) -> Order:
        """Place an order that rests, and return it."""
        order = request(side, tick, expiry=expiry)
        return Order(owner, self.placed_ids(self.place(owner, order, by))[0])

    def cancel(self, order: Order, by: int | None = None) -> Sent:
        """Cancel an order."""
        calls = self.clients[order.owner].calls
        return self.send(order.owner, calls.cancel(self.accounts[order.owner], order.id), by)

    def cancel_many(self, owner: int, order_ids: Sequence[int]) -> Sent:
        """Cancel several orders."""
        calls = self.clients[owner].calls
        return self.send(owner, calls.cancel_many(self.accounts[owner], order_ids))

    def reduce(self, order: Order, lots: int) -> Sent:
        """Leave so many lots of an order."""
        calls = self.clients[order.owner].calls
        return self.send(order.owner, calls.reduce(self.accounts[order.owner], order.id, lots))

    def amend(self, order: Order, wanted: OrderRequest) -> Sent:
        """Make an order what another asks for."""
        calls = self.clients[order.owner].calls
        call = calls.amend(self.accounts[order.owner], order.id, self._here(wanted))
        return self.send(order.owner, call)

    def batch(
        self,
        owner: int,
        cancels: Sequence[int],
        places: Sequence[OrderRequest],
        by: int | None = None,
    ) -> Sent:
        """Cancel and place in one call; every item has to succeed."""
        account, calls = self.accounts[owner], self.clients[owner].calls
        here = [self._here(order) for order in places]
        call = calls.batch(account, cancels, here, LATEST, all_or_none=True)
        return self.send(owner, call, by)

    def batch_across(self, owner: int, places: Sequence[OrderRequest]) -> Sent:
        """Place in one call orders that name their markets; every one has to succeed."""
        calls = self.clients[owner].calls
        call = calls.batch(self.accounts[owner], [], places, LATEST, all_or_none=True)
        return self.send(owner, call)

    def batch_packed(
        self, owner: int, cancels: Sequence[int], places: Sequence[OrderRequest]
    ) -> Sent:
        """Do what `batch` does, by the call with packed arguments."""
        account, calls = self.accounts[owner], self.clients[owner].calls
        here = [self._here(order) for order in places]
        call = calls.batch_packed(account, cancels, here, LATEST, all_or_none=True)
        return self.send(owner, call)

    def deposit(self, owner: int, asset: int) -> Sent:
        """Deposit `UNITS` of an asset."""
        calls = self.clients[owner].calls
        return self.send(owner, calls.deposit(self.accounts[owner], asset, UNITS[asset]))

    def withdraw(self, owner: int, asset: int) -> Sent:
        """Withdraw `UNITS` of an asset to the owner."""
        client, account = self.clients[owner], self.accounts[owner]
        units = UNITS[asset]
        return self.send(owner, client.calls.withdraw(account, asset, units, client.address))

    def set_lent(self, owner: int, asset: int) -> Sent:
        """Lend what an account has of an asset."""
        calls = self.clients[owner].calls
        return self.send(owner, calls.set_lent(self.accounts[owner], asset, True))

    def borrow(self, owner: int, asset: int, units: int, account: int | None = None) -> Sent:
        """Take tokens to the owner, on credit as far as the account does not have them.

        The account is the owner's, unless it is given by its id.
        """
        account = self.accounts[owner] if account is None else account
        client = self.clients[owner]
        return self.send(owner, client.calls.borrow(account, asset, units, client.address))

    def repay(self, owner: int, asset: int, units: int) -> Sent:
        """Repay so much of a debt."""
        calls = self.clients[owner].calls
        return self.send(owner, calls.repay(self.accounts[owner], asset, units))

    def transfer(self, owner: int, to: int, asset: int, units: int) -> Sent:
        """Move so much of an asset from one account to another."""
        atoms = units // self.deployment.assets[asset].units_per_atom
        calls, accounts = self.clients[owner].calls, self.accounts
        return self.send(owner, calls.transfer(accounts[owner], accounts[to], asset, atoms))

    def fill(self, owner: int, asset: int, units: int) -> None:
        """Draw so much of an asset and deposit it."""
        client = self.clients[owner]
        client.draw(asset, units)
        client.approve(asset, units)
        client.deposit(self.accounts[owner], asset, units)

    def keep_atoms(self, owner: int, asset: int, atoms: int) -> None:
        """Let an account have so much of an asset, and give the rest to the quoter [atoms]."""
        unit = self.deployment.assets[asset].units_per_atom
        self.transfer(owner, QUOTER, asset, self.held_units(owner, asset) - atoms * unit)

    @property
    def perp_tick_value(self) -> int:
        """Price of a lot of the perp at tick 1 [quote atoms]."""
        return next(m for m in self.deployment.markets if m.market_id == PERP).tick_value

    def held_units(self, owner: int, asset: int) -> int:
        """Return what an account has of an asset in custody [token units]."""
        (word,) = self.clients[owner].read_words([slots.ledger(self.accounts[owner], asset)])
        return LedgerWord.unpack(word).balance * self.deployment.assets[asset].units_per_atom

    def renew_prices(self) -> None:
        """Post all prices again and bring them to the exchange, so that none is old."""
        self.clients[0].post_prices(list(self.prices), list(self.prices.values()))

    def move_price(self, asset: int, bps: int) -> None:
        """Post another price of an asset, by so many basis points, and bring it to the exchange."""
        price = self.prices[asset] * (10_000 + bps) // 10_000
        self.clients[0].post_prices([asset], [price])

    def poke(self) -> Sent:
        """Bring mark and funding of the perp up to now."""
        return self.send(0, self.clients[0].calls.poke_markets([PERP]))

    def settle(self, owner: int, by: int) -> Sent:
        """Make cash of what a position has made or lost; anyone may send it."""
        return self.send(by, self.clients[by].calls.settle(self.accounts[owner], PERP))

    def send(self, owner: int, call: Request, by: int | None = None) -> Sent:
        """Send a transaction of an owner, or of an operator, and wait for it.

        Raises:
            ContractError: it reverted.
        """
        sender = owner if by is None else by
        return Sent(call.data, self.clients[sender].execute(call))

    def placed_ids(self, sent: Sent) -> list[int]:
        """Return the ids of the orders that a transaction put into the book, in order."""
        records = self.clients[0].action(sent.receipt).records
        return [record.order_id for record in records if isinstance(record, Placed)]

    def now(self) -> int:
        """Return the time of the latest block [seconds]."""
        return number(self.rpc.call("eth_getBlockByNumber", "latest", False)["timestamp"])

    def _here(self, order: OrderRequest) -> OrderRequest:
        """Return the order for the market of the stage."""
        return replace(order, market_id=self.market_id)

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


def request(
    side: Side,
    tick: int,
    lots: int = LOTS,
    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED,
    max_fills: int = 20,
    expiry: int = 0,
    client_id: int = 0,
) -> OrderRequest:
    """Return an order, of the spot market until a stage takes it to its own."""
    return OrderRequest(
        MARKET,
        side,
        tick,
        lots,
        time_in_force,
        max_fills,
        expiry=expiry,
        client_id=client_id,
    )


def outward(side: Side, steps: int) -> int:
    """Return the tick so many steps from the middle on a side: bids below it, asks above."""
    return MIDDLE - steps if side is Side.BID else MIDDLE + steps


def opposite(side: Side) -> Side:
    """Return the other side."""
    return Side.ASK if side is Side.BID else Side.BID

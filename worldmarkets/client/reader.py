"""Reading an exchange in decimals: books, accounts and trades."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial

from eth_utils.address import to_checksum_address

from worldmarkets.client.depth import Depth, read_depth
from worldmarkets.client.errors import UnknownNameError
from worldmarkets.client.lens_views import Holding
from worldmarkets.client.raw import RawClient
from worldmarkets.client.records import Action, Filled, book_records_topic, decode_action
from worldmarkets.client.units import AssetUnits, MarketUnits
from worldmarkets.client.views import (
    AccountState,
    Balance,
    Book,
    BookLevel,
    LossBudget,
    OpenOrder,
    Operator,
    Trade,
)
from worldmarkets.deployment import Asset, Deployment, Market
from worldmarkets.logbook import LogBook, RestingOrder
from worldmarkets.model import slots
from worldmarkets.model.interface import Permission, Side
from worldmarkets.model.words import (
    CashWord,
    LevelWord,
    OperatorWord,
    OrderId,
    UnderlyingWord,
)
from worldmarkets.rpc import Rpc, RpcError
from worldmarkets.transactions import Signer
from worldmarkets.transactions.logs import search_logs

_ATTEMPTS = 20


class Reader:
    """What anybody can see of an exchange. Assets and markets are named by symbol or id."""

    def __init__(
        self, rpc: str | Rpc, deployment: Deployment, signer: Signer | None = None
    ) -> None:
        """Connect to an exchange, through a node or the address of one."""
        self.raw = RawClient(Rpc(rpc) if isinstance(rpc, str) else rpc, deployment, signer)
        self.deployment = deployment
        self._assets = {asset.asset_id: AssetUnits(asset) for asset in deployment.assets}
        self._markets = {
            market.market_id: MarketUnits(
                market, deployment.assets[market.base_asset_id], deployment.assets[0]
            )
            for market in deployment.markets
        }

    @property
    def assets(self) -> tuple[Asset, ...]:
        """The listed assets, in the order of their ids."""
        return self.deployment.assets

    @property
    def markets(self) -> tuple[Market, ...]:
        """The listed markets."""
        return self.deployment.markets

    def asset_units(self, asset: str | int) -> AssetUnits:
        """Return the units of an asset.

        Raises:
            UnknownNameError: there is no such asset.
        """
        for units in self._assets.values():
            if asset in (units.asset.symbol, units.asset.asset_id):
                return units
        raise UnknownNameError(f"no asset {asset}")

    def market_units(self, market: str | int) -> MarketUnits:
        """Return the units of a market; a base asset alone names its spot market.

        Raises:
            UnknownNameError: there is no such market.
        """
        for units in self._markets.values():
            names: tuple[str | int, ...] = (units.market.symbol, units.market.market_id)
            if units.market.perp is None:
                names += (units.base.symbol,)
            if market in names:
                return units
        raise UnknownNameError(f"no market {market}")

    def book(self, market: str | int, depth: int = 10) -> Book:
        """Return the best levels of a market."""
        units = self.market_units(market)
        found = self._depth(units.market.market_id, depth)
        book = found.book
        return Book(
            market=units.market.symbol,
            bids=_levels(units, found.bids),
            asks=_levels(units, found.asks),
            last_price=units.from_tick(found.tape.last) if found.tape.last else None,
            highest_bid=units.from_tick(book.highest_bid) if book.highest_bid else None,
            lowest_ask=units.from_tick(book.lowest_ask) if book.highest_bid else None,
            paused_until=book.paused_until,
        )

    def _depth(self, market_id: int, depth: int) -> Depth:
        """Read levels, all of one block; again if the node has forgotten it meanwhile."""
        for attempt in range(_ATTEMPTS):
            block = self.raw.rpc.call("eth_blockNumber")
            read_words = partial(self.raw.read_words, block=block)
            try:
                return read_depth(read_words, market_id, depth)
            except RpcError:
                if attempt == _ATTEMPTS - 1:
                    raise
        raise AssertionError("not reached")

    def reference_price(self, asset: str | int) -> Decimal | None:
        """Return the price the exchange knows of an asset [dollars], None if there is none yet."""
        units = self.asset_units(asset)
        if units.asset.asset_id == 0:
            return Decimal(1)
        (word,) = self.raw.read_words([slots.underlying(units.asset.asset_id)])
        price = UnderlyingWord.unpack(word).price
        return units.dollars(price) if price else None

    def account(self, account: int) -> AccountState:
        """Return the owner and the balances of an account, interest included, all of one block.

        Raises:
            UnknownAccount: there is no such account.
        """
        found = self.raw.lens.account(account)
        holdings = {holding.asset_id: holding for holding in found.holdings}
        return AccountState(
            account_id=account,
            owner=to_checksum_address(found.owner),
            balances={
                units.asset.symbol: _balance(units, holdings.get(asset_id))
                for asset_id, units in self._assets.items()
            },
        )

    def operator(self, account: int, address: str) -> Operator:
        """Return what an address may do for an account; nothing if it never was an operator."""
        (word,) = self.raw.read_words([slots.operator(account, int(address, 16))])
        operator = OperatorWord.unpack(word)
        return Operator(Permission(operator.permissions), operator.expiry)

    def loss_budget(self, account: int) -> LossBudget:
        """Return what the operators of an account may lose in a day, and have lost today."""
        (word,) = self.raw.read_words([slots.ledger(account, 0)])
        cash, units = CashWord.unpack(word), self.asset_units(0)
        lost = cash.loss_at(self.raw.time())
        return LossBudget(units.from_atoms(cash.budget), units.from_atoms(lost))

    def open_orders(self, account: int, market: str | int | None = None) -> list[OpenOrder]:
        """Return the resting orders of an account, oldest first, from the whole log."""
        wanted = None if market is None else self.market_units(market).market.market_id
        book = LogBook()
        for action in self.actions():
            book.apply(action)
        return [
            self._open_order(order_id, order)
            for order_id, order in book.orders_of(account)
            if wanted in (None, order.market)
        ]

    def _open_order(self, order_id: int, order: RestingOrder) -> OpenOrder:
        units = self.market_units(order.market)
        return OpenOrder(
            order_id=order_id,
            market=units.market.symbol,
            side=Side(order.is_ask),
            price=units.from_tick(order.tick),
            size=units.from_lots(order.lots),
            expiry=order.expiry,
            reduce_only=order.reduce_only,
            by_operator=order.by_operator,
            client_id=order.client_id,
        )

    def trades(
        self, market: str | int, from_block: int | None = None, to_block: int | None = None
    ) -> list[Trade]:
        """Return the trades of a market in order, from its listing or `from_block` on."""
        units = self.market_units(market)
        return [
            _trade(units, action, record)
            for action in self.actions(from_block, to_block)
            for record in action.records
            if isinstance(record, Filled)
            and OrderId.unpack(record.order_id).market == units.market.market_id
        ]

    def actions(
        self, from_block: int | None = None, to_block: int | None = None
    ) -> Iterator[Action]:
        """Yield what was done on all books, in order, from logs."""
        first = self.deployment.first_block if from_block is None else from_block
        exchange, topics = self.deployment.exchange, [book_records_topic()]
        yield from map(decode_action, search_logs(self.raw.rpc, exchange, topics, first, to_block))


def _levels(units: MarketUnits, levels: Sequence[tuple[int, LevelWord]]) -> tuple[BookLevel, ...]:
    return tuple(
        BookLevel(units.from_tick(tick), units.from_lots(level.lots), level.live)
        for tick, level in levels
    )


def _balance(units: AssetUnits, holding: Holding | None) -> Balance:
    if holding is None:
        return Balance(Decimal(0), Decimal(0), Decimal(0))
    total = units.from_atoms(holding.balance_atoms)
    open_bids = units.from_atoms(holding.open_bid_atoms)
    open_asks = units.from_atoms(holding.open_ask_atoms)
    return Balance(total, open_bids, open_asks, holding.is_lent)


def _trade(units: MarketUnits, action: Action, record: Filled) -> Trade:
    return Trade(
        market=units.market.symbol,
        sequence=record.sequence,
        side=Side.BID if record.is_ask else Side.ASK,
        price=units.from_tick(OrderId.unpack(record.order_id).tick),
        size=units.from_lots(record.lots),
        maker_account_id=record.account,
        taker_account_id=action.account_id,
        maker_order_id=record.order_id,
        block=action.block,
        transaction_hash=action.transaction_hash,
    )

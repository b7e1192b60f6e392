"""Trading in decimals: prices, sizes and amounts of whole tokens."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from worldmarkets.abi import abi_of
from worldmarkets.client.calls import MAX_FILLS, NO_DEADLINE
from worldmarkets.client.reader import Reader
from worldmarkets.client.units import to_posted_price
from worldmarkets.client.views import BatchResult, Order, PlacedOrder
from worldmarkets.deployment import Asset, Deployment
from worldmarkets.model.interface import OrderRequest, OrderResult, Side, TimeInForce
from worldmarkets.model.words import OrderId
from worldmarkets.rpc import Rpc
from worldmarkets.transactions import KeySigner, Signer


class Client(Reader):
    """An exchange as a trader sees it, with the key of one owner, or none for reading.

    Assets and markets are named by symbol ("WETH", "WETH/USDM") or id. A price that is no whole
    tick, a size that is no whole lot, an amount with fractions of an atom raise
    `UnalignedAmountError`, and nothing is sent. What the contracts refuse arrives as the
    `ContractError` of the same name.
    """

    def __init__(
        self, rpc: str | Rpc, deployment: Deployment, key: str | bytes | Signer | None = None
    ) -> None:
        """Connect to an exchange.

        Args:
            rpc: The node, or its address.
            deployment: Where the exchange is.
            key: Private key, or whoever signs; None for reading only.
        """
        super().__init__(rpc, deployment, KeySigner(key) if isinstance(key, str | bytes) else key)

    @property
    def address(self) -> str:
        """Address of the key."""
        return self.raw.address

    # ------------------------------------------------------------- vault

    def create_account(self) -> int:
        """Make an account and return its id."""
        return self.raw.create_account()

    def deposit(self, account: int, asset: str | int, amount: Decimal) -> Decimal:
        """Bring tokens into an account and return what was credited.

        The exchange's allowance is set to the amount first if it is below.
        """
        units = self.asset_units(asset)
        token_units = units.to_token_units(amount)
        if self._allowance(units.asset) < token_units:
            self.raw.approve(units.asset.asset_id, token_units)
        return units.from_atoms(self.raw.deposit(account, units.asset.asset_id, token_units))

    def withdraw(
        self, account: int, asset: str | int, amount: Decimal, to: str | None = None
    ) -> None:
        """Take tokens out of an account, to the key's address unless `to` is given."""
        units = self.asset_units(asset)
        self.raw.withdraw(account, units.asset.asset_id, units.to_token_units(amount), to)

    def transfer(
        self, from_account: int, to_account: int, asset: str | int, amount: Decimal
    ) -> None:
        """Move an amount between two accounts of the key."""
        units = self.asset_units(asset)
        self.raw.transfer(from_account, to_account, units.asset.asset_id, units.to_atoms(amount))

    def draw(self, asset: str | int, amount: Decimal) -> None:
        """Draw test tokens from their faucet to the key's address."""
        units = self.asset_units(asset)
        self.raw.draw(units.asset.asset_id, units.to_token_units(amount))

    def token_balance(self, asset: str | int, owner: str | None = None) -> Decimal:
        """Return the tokens that an address holds outside of the exchange."""
        units = self.asset_units(asset)
        held = self._view("FaucetToken", units.asset.token, "balanceOf", owner or self.address)
        return units.from_token_units(held)

    # ------------------------------------------------------------- orders

    def place(
        self,
        account: int,
        market: str | int,
        side: Side,
        price: Decimal,
        size: Decimal,
        time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED,
        max_fills: int = MAX_FILLS,
    ) -> PlacedOrder:
        """Place an order and return what became of it."""
        order = self._request(Order(market, side, price, size, time_in_force, max_fills))
        receipt = self.raw.execute(self.raw.calls.place_order(account, order))
        return self._placed(order, self.raw.placed(receipt, [order])[0])

    def cancel(self, account: int, order_id: int) -> Decimal:
        """Cancel an order and return what was left of it."""
        lots = self.raw.cancel(account, order_id)
        return self._size(order_id, lots)

    def cancel_many(self, account: int, order_ids: Sequence[int]) -> tuple[Decimal | None, ...]:
        """Cancel orders; return what was left of each, None for a stale id."""
        return self._cancelled(order_ids, self.raw.cancel_many(account, order_ids))

    def reduce(self, account: int, order_id: int, new_size: Decimal) -> Decimal:
        """Make an order smaller where it stands in its queue; return by how much."""
        units = self.market_units(OrderId.unpack(order_id).market)
        return units.from_lots(self.raw.reduce(account, order_id, units.to_lots(new_size)))

    def batch(
        self,
        account: int,
        cancels: Sequence[int] = (),
        places: Sequence[Order] = (),
        deadline: int | None = None,
        all_or_none: bool = False,
    ) -> BatchResult:
        """Cancel orders, then place others, with one check at the end.

        Args:
            account: The account.
            cancels: Ids of orders; stale ones are skipped.
            places: Orders; one refused for its own reason is skipped.
            deadline: Last second of the chain's time at which it may be executed.
            all_or_none: Whether a skip reverts the whole batch instead.
        """
        orders = [self._request(order) for order in places]
        last = NO_DEADLINE if deadline is None else deadline
        lots, results = self.raw.batch(account, cancels, orders, last, all_or_none)
        return BatchResult(
            cancelled=self._cancelled(cancels, lots),
            placed=tuple(map(self._placed, orders, results)),
        )

    # ------------------------------------------------------------- prices

    def post_prices(self, prices: Mapping[str | int, Decimal]) -> None:
        """Post reference prices [dollars a whole token] and copy them into the exchange.

        The key needs the price role.
        """
        posted = {
            self.asset_units(asset).asset.asset_id: to_posted_price(price)
            for asset, price in prices.items()
        }
        self.raw.post_prices(list(posted), list(posted.values()))

    # ------------------------------------------------------------- inside

    def _request(self, order: Order) -> OrderRequest:
        units = self.market_units(order.market)
        return OrderRequest(
            units.market.market_id,
            order.side,
            units.to_tick(order.price),
            units.to_lots(order.size),
            order.time_in_force,
            order.max_fills,
        )

    def _placed(self, order: OrderRequest, result: OrderResult) -> PlacedOrder:
        units = self.market_units(order.market_id)
        return PlacedOrder(
            order_id=result.order_id or None,
            filled=units.from_lots(result.filled_lots),
            resting=units.from_lots(result.resting_lots),
            dropped=units.from_lots(order.lots - result.filled_lots - result.resting_lots),
            refusal=result.refusal,
        )

    def _cancelled(
        self, order_ids: Sequence[int], lots: Sequence[int]
    ) -> tuple[Decimal | None, ...]:
        return tuple(
            self._size(order_id, left) if left else None
            for order_id, left in zip(order_ids, lots, strict=True)
        )

    def _size(self, order_id: int, lots: int) -> Decimal:
        return self.market_units(OrderId.unpack(order_id).market).from_lots(lots)

    def _allowance(self, asset: Asset) -> int:
        exchange = self.deployment.exchange
        return self._view("FaucetToken", asset.token, "allowance", self.address, exchange)

    def _view(self, contract: str, to: str, function: str, *arguments: Any) -> int:
        abi = abi_of(contract)
        (found,) = abi.decode(function, self.raw.call(to, abi.encode(function, *arguments)))
        return int(found)

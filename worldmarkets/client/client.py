"""Trading in decimals: prices, sizes and amounts of whole tokens."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from worldmarkets.client.calls import MAX_FILLS, NO_DEADLINE
from worldmarkets.client.liquidation import Liquidation
from worldmarkets.client.units import to_posted_price
from worldmarkets.client.views import BatchResult, Order, PlacedOrder
from worldmarkets.deployment import Deployment
from worldmarkets.model.interface import OrderRequest, OrderResult, SelfTrade, Side, TimeInForce
from worldmarkets.model.words import OrderId
from worldmarkets.rpc import Rpc
from worldmarkets.transactions import KeySigner, Signer


class Client(Liquidation):
    """An exchange as a trader sees it, with the key of an owner or an operator, or none to read.

    Assets and markets are named by symbol ("WETH", "WETH/USDM", the perp "WETH-PERP") or id. A
    price that is no whole tick, a size that is no whole lot, an amount with fractions of an atom
    raise `UnalignedAmountError`, and nothing is sent. What the contracts refuse arrives as the
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

    # ------------------------------------------------------------- orders

    def place(  # noqa: PLR0913 - an order has so many options
        self,
        account: int,
        market: str | int,
        side: Side,
        price: Decimal,
        size: Decimal,
        time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED,
        max_fills: int = MAX_FILLS,
        *,
        self_trade: SelfTrade = SelfTrade.CANCEL_MAKER,
        expiry: int = 0,
        reduce_only: bool = False,
        client_id: int = 0,
    ) -> PlacedOrder:
        """Place an order and return what became of it; options as in `Order`."""
        order = Order(
            market,
            side,
            price,
            size,
            time_in_force,
            max_fills,
            self_trade,
            expiry,
            reduce_only,
            client_id,
        )
        request = self._request(order)
        return self._placed(request, self.raw.place_order(account, request))

    def amend(self, account: int, order_id: int, order: Order) -> PlacedOrder:
        """Make a resting order what another asks for, and return what became of it.

        If that only makes it smaller it keeps its id and its place in the queue; else it is
        cancelled and `order` placed, or, if that is refused, everything stays as it was.
        """
        request = self._request(order)
        return self._placed(request, self.raw.amend(account, order_id, request))

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
        packed: bool = False,
    ) -> BatchResult:
        """Cancel orders, then place others, with one check at the end.

        Args:
            account: The account.
            cancels: Ids of orders; stale ones are skipped.
            places: Orders; one refused for its own reason is skipped.
            deadline: Last second of the chain's time at which it may be executed.
            all_or_none: Whether a skip reverts the whole batch instead.
            packed: Whether it is sent in the packed form, which costs less gas where calldata is
                dear, as on MegaETH, and holds up to 255 cancels and places each; what it does
                is the same.
        """
        orders = [self._request(order) for order in places]
        last = NO_DEADLINE if deadline is None else deadline
        lots, results = self.raw.batch(account, cancels, orders, last, all_or_none, packed)
        return BatchResult(
            cancelled=self._cancelled(cancels, lots),
            placed=tuple(map(self._placed, orders, results)),
        )

    def open_isolated(
        self, from_account: int, amount: Decimal, order: Order
    ) -> tuple[int, PlacedOrder]:
        """Open an isolated position: make an account of the key, move cash there, place an order.

        Args:
            from_account: Account of the key whose cash it gets.
            amount: How much [quote tokens].
            order: The order; if it is refused, nothing happens at all.

        Returns:
            The new account, and what became of the order.
        """
        request = self._request(order)
        atoms = self.asset_units(0).to_atoms(amount)
        account, result = self.raw.open_isolated(from_account, atoms, request)
        return account, self._placed(request, result)

    # ------------------------------------------------------------- prices

    def post_prices(self, prices: Mapping[str | int, Decimal]) -> None:
        """Post reference prices [dollars a whole token] and copy them into the exchange.

        The key needs the price role. A price that moves by more than a tenth waits until one close
        to it is posted at least three seconds later (see `risk`).
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
            order.self_trade,
            order.expiry,
            order.reduce_only,
            order.client_id,
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

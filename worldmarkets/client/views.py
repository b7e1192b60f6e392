"""What the client returns: prices, sizes and amounts as decimals of whole tokens."""

from dataclasses import dataclass
from decimal import Decimal

from worldmarkets.model.interface import Permission, Refusal, SelfTrade, Side, TimeInForce


@dataclass(frozen=True)
class Order:
    """An order to place in a batch or to amend another to; `market` is a symbol or an id.

    `expiry` is the last second of the chain's time at which it may trade, 0 for never; a
    reduce-only order is cut to what the account has, or owes, of the base asset; `client_id` is the
    trader's own number for it.
    """

    market: str | int
    side: Side
    price: Decimal
    size: Decimal
    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED
    max_fills: int = 64
    self_trade: SelfTrade = SelfTrade.CANCEL_MAKER
    expiry: int = 0
    reduce_only: bool = False
    client_id: int = 0


@dataclass(frozen=True)
class PlacedOrder:
    """What became of an order.

    `order_id` is the id of the resting part, None if nothing rests. What neither traded nor rests
    was dropped, or lost to self-trade prevention. `refusal` is NONE unless a batch skipped the
    order.
    """

    order_id: int | None
    filled: Decimal
    resting: Decimal
    dropped: Decimal
    refusal: Refusal = Refusal.NONE


@dataclass(frozen=True)
class BatchResult:
    """What a batch did: what was left of each cancelled order (None: stale), and each place."""

    cancelled: tuple[Decimal | None, ...]
    placed: tuple[PlacedOrder, ...]


@dataclass(frozen=True)
class BookLevel:
    """All orders at one price."""

    price: Decimal
    size: Decimal
    orders: int


@dataclass(frozen=True)
class Book:
    """The best levels of a market, best first, all of one block.

    `highest_bid` and `lowest_ask` are the limits of the price band, None before the first price.
    New risk is paused up to the time `paused_until` [seconds]; 0 if it never was.
    """

    market: str
    bids: tuple[BookLevel, ...]
    asks: tuple[BookLevel, ...]
    last_price: Decimal | None
    highest_bid: Decimal | None
    lowest_ask: Decimal | None
    paused_until: int = 0


@dataclass(frozen=True)
class Balance:
    """What an account has of an asset, and what its resting orders would bring in and take out.

    `total` is what it is worth now, interest included; a debt is negative. With `is_lent` what is
    positive of it is lent to the asset's pool.
    """

    total: Decimal
    open_bids: Decimal
    open_asks: Decimal
    is_lent: bool = False

    @property
    def lent(self) -> Decimal:
        """What is lent."""
        return self.total if self.is_lent and self.total > 0 else Decimal(0)

    @property
    def owed(self) -> Decimal:
        """What is owed."""
        return -self.total if self.total < 0 else Decimal(0)


@dataclass(frozen=True)
class AccountState:
    """An account: its owner's address, and its balances by symbol."""

    account_id: int
    owner: str
    balances: dict[str, Balance]


@dataclass(frozen=True)
class OpenOrder:
    """A resting order. One that has expired rests, too, until somebody cancels or meets it."""

    order_id: int
    market: str
    side: Side
    price: Decimal
    size: Decimal
    expiry: int
    reduce_only: bool
    by_operator: bool
    client_id: int


@dataclass(frozen=True)
class Operator:
    """What an address may do for an account, up to the second `expiry`."""

    permissions: Permission
    expiry: int


@dataclass(frozen=True)
class LossBudget:
    """What executions of operators' orders may lose in a day, and have lost today [quote tokens].

    A day is one of UTC; losses are against the reference price, fees included.
    """

    daily: Decimal
    lost_today: Decimal


@dataclass(frozen=True)
class Trade:
    """One fill of a maker order. `side` is what the taker did; `sequence` counts in its market."""

    market: str
    sequence: int
    side: Side
    price: Decimal
    size: Decimal
    maker_account_id: int
    taker_account_id: int
    maker_order_id: int
    block: int
    transaction_hash: str

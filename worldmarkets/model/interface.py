"""Enums and structs of the exchange's interface (contracts/interfaces/IExchange.sol)."""

from dataclasses import dataclass
from enum import IntEnum, IntFlag

from worldmarkets.model.words import OrderTerms


class Side(IntEnum):
    """What an order does: buy or sell the base asset."""

    BID = 0
    ASK = 1


class TimeInForce(IntEnum):
    """How long an order stays, and whether it may trade at once."""

    GOOD_TILL_CANCELLED = 0
    POST_ONLY = 1
    POST_ONLY_SLIDE = 2
    IMMEDIATE_OR_CANCEL = 3
    FILL_OR_KILL = 4


class SelfTrade(IntEnum):
    """What becomes of an order that meets another of its owner."""

    CANCEL_MAKER = 0
    CANCEL_TAKER = 1
    DECREMENT_BOTH = 2


class Permission(IntFlag):
    """What an operator may do for an account."""

    PLACE = 1
    CANCEL = 2
    LEND = 4
    TRANSFER = 8
    WITHDRAW_TO_OWNER = 16
    WITHDRAW = 32


class Refusal(IntEnum):
    """Why a place of a batch was skipped."""

    NONE = 0
    UNKNOWN_MARKET = 1
    TICK_OUT_OF_RANGE = 2
    BELOW_MINIMUM_SIZE = 3
    TOO_MANY_FILLS = 4
    PRICE_UNAVAILABLE = 5
    PRICE_OUTSIDE_BAND = 6
    WOULD_CROSS = 7
    NOT_FILLED_WHOLE = 8
    LEVEL_FULL = 9
    TOO_MUCH_OPEN = 10
    TOO_MANY_ASSETS = 11
    INVALID_TERMS = 12
    ORDER_EXPIRED = 13
    NOTHING_TO_REDUCE = 14
    MARKET_PAUSED = 15


class Removal(IntEnum):
    """Why an order left the book without being filled."""

    CANCELLED = 0
    UNPAYABLE = 1
    OUTSIDE_BAND = 2
    DUST = 3
    EXPIRED = 4
    SELF_TRADE = 5
    NOTHING_TO_REDUCE = 6
    BUDGET_SPENT = 7


@dataclass(frozen=True)
class OrderRequest:
    """An order to place: worst price `tick`, size in lots, most maker orders it may meet.

    `expiry` is the last second at which it may trade, 0 for never; `client_id` is the trader's own
    number for it, below 2^64. A time in force or self-trade mode without a name is refused.
    """

    market_id: int
    side: Side
    tick: int
    lots: int
    time_in_force: TimeInForce | int = TimeInForce.GOOD_TILL_CANCELLED
    max_fills: int = 64
    self_trade: SelfTrade | int = SelfTrade.CANCEL_MAKER
    expiry: int = 0
    reduce_only: bool = False
    client_id: int = 0

    @property
    def terms(self) -> OrderTerms:
        """The terms as the contracts have them; packing them checks the widths."""
        return OrderTerms(
            self.time_in_force,
            self.self_trade,
            self.expiry,
            int(self.reduce_only),
            self.client_id,
        )


@dataclass(frozen=True)
class OrderResult:
    """What became of an order.

    `order_id` is the id of the resting part, 0 if nothing rests. What is neither filled nor
    resting was dropped, or lost to self-trade prevention. `refusal` is NONE unless a batch skipped
    the place.
    """

    order_id: int = 0
    filled_lots: int = 0
    resting_lots: int = 0
    refusal: Refusal = Refusal.NONE


@dataclass(frozen=True)
class SpotTerms:
    """Terms of a spot market.

    `tick_value` is the price of one lot at tick 1 [quote atoms], fees are in ppm of notional
    (a negative maker fee is a rebate), the band in basis points around the reference price.
    """

    tick_value: int
    atoms_per_lot: int
    min_lots: int
    taker_ppm: int
    maker_ppm: int
    band_bps: int

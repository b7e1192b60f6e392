"""Enums and structs of the exchange's interface (contracts/interfaces/IExchange.sol)."""

from dataclasses import dataclass
from enum import IntEnum


class Side(IntEnum):
    """What an order does: buy or sell the base asset."""

    BID = 0
    ASK = 1


class TimeInForce(IntEnum):
    """How long an order stays."""

    GOOD_TILL_CANCELLED = 0
    IMMEDIATE_OR_CANCEL = 1
    FILL_OR_KILL = 2
    POST_ONLY = 3


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


class Removal(IntEnum):
    """Why an order left the book without being filled."""

    CANCELLED = 0
    UNPAYABLE = 1
    OUTSIDE_BAND = 2
    DUST = 3


@dataclass(frozen=True)
class OrderRequest:
    """An order to place: worst price `tick`, size in lots, most maker orders it may meet."""

    market_id: int
    side: Side
    tick: int
    lots: int
    time_in_force: TimeInForce = TimeInForce.GOOD_TILL_CANCELLED
    max_fills: int = 64


@dataclass(frozen=True)
class OrderResult:
    """What became of an order.

    `order_id` is the id of the resting part, 0 if nothing rests. What is neither filled nor
    resting was dropped. `refusal` is NONE unless a batch skipped the place.
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

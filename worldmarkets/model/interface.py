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
    POSITION_CAP = 16
    OPEN_INTEREST_CAP = 17
    ACCOUNT_FROZEN = 18


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
    BELOW_MARGIN = 8
    POSITION_CAP = 9
    FROZEN = 10


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


@dataclass(frozen=True)
class PerpTerms:
    """Terms of a perp market.

    `tick_value` is the price of one lot at tick 1 [quote atoms], `atoms_per_lot` what a lot is of
    the base asset; fees are in ppm of notional, the bands in basis points: of orders around the
    mark, and of the mark around the index. Caps are in lots, the notional whose average price makes
    the premium in dollars; the cap of the rate, the interest in it and the clamp in 1e-8 per 8
    hours.
    """

    tick_value: int
    atoms_per_lot: int
    min_lots: int
    taker_ppm: int
    maker_ppm: int
    band_bps: int
    open_interest_cap_lots: int
    position_cap_lots: int
    impact_notional: int
    mark_band_bps: int
    funding_cap: int
    interest: int
    clamp: int


@dataclass(frozen=True)
class MarginChange:
    """What would change of an asset in an account [atoms], for a preview of its margin.

    `reduce_only_atoms` are those of the orders added that only reduce. The id may be that of a perp
    market: then all are lots, and those that are traded are traded at the mark.
    """

    asset_id: int
    atoms: int = 0
    bid_atoms: int = 0
    ask_atoms: int = 0
    reduce_only_atoms: int = 0


@dataclass(frozen=True)
class Margin:
    """An account's equity and requirements [quote atoms].

    `settled` is the equity without perp profits that are not settled yet: what debt and whatever
    leaves are judged by. `initial` counts all resting orders at their worst; a liquidation begins
    below `maintenance` and ends at `end`. With `is_paid` the account owes nothing, its balances
    cover all its spot orders, and it uses no perp: then nothing is required.
    """

    equity_atoms: int
    settled_atoms: int
    initial_atoms: int
    end_atoms: int
    maintenance_atoms: int
    is_paid: bool

    @property
    def free_atoms(self) -> int:
        """Equity beyond the initial requirement; negative if it is not met [quote atoms]."""
        return self.equity_atoms - self.initial_atoms


@dataclass(frozen=True)
class AssetRiskTerms:
    """ATLAS parameters of an asset.

    Beta in thousandths, iota, basis and exits in basis points, depth in 10,000 dollars (0: no size
    term).
    """

    beta_milli: int
    iota_bps: int
    basis_bps: int
    spot_exit_bps: int
    perp_exit_bps: int
    depth: int = 0


@dataclass(frozen=True)
class MarketRiskTerms:
    """ATLAS parameters of all assets: sigma [basis points], levels in percent of the shock."""

    sigma_bps: int
    end_percent: int = 80
    maintenance_percent: int = 60


@dataclass(frozen=True)
class PoolTerms:
    """Terms of a lending pool: caps [atoms], and shares in thousandths.

    These are the utilisation above which nothing more is borrowed, what of supply may be borrowed
    at once (it comes back evenly over an hour), and the insurance fund's part of the interest.
    """

    supply_cap_atoms: int
    borrow_cap_atoms: int
    ceiling_permille: int = 950
    hourly_permille: int = 100
    reserve_permille: int = 100

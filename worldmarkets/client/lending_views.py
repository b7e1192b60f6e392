"""What the client returns of lending, prices and margins: decimals of whole tokens and dollars.

Shares, rates and parameters are fractions of one: a rate of `Decimal("0.04")` is 4 % a year.
"""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Pool:
    """The lending pool of an asset as it is now, interest included.

    `borrow_rate` and `supply_rate` are what a year costs and earns if they stay as they are, before
    compounding; `rate_at_target` is the borrow rate at 90 % utilisation, towards which demand moves
    it; all are set anew when somebody lends, borrows, repays or accrues, last at `accrued_at`
    [seconds]. `cash` is what lenders can take back at once, `borrowable` what may be borrowed now:
    by the cash and by the rooms of cap, ceiling and window. `reserve` waits for the insurance fund.
    """

    asset: str
    supplied: Decimal
    borrowed: Decimal
    cash: Decimal
    reserve: Decimal
    utilisation: Decimal
    borrow_rate: Decimal
    supply_rate: Decimal
    rate_at_target: Decimal
    supply_index: Decimal
    borrow_index: Decimal
    accrued_at: int
    supply_cap: Decimal
    borrow_cap: Decimal
    ceiling: Decimal
    hourly_limit: Decimal
    reserve_factor: Decimal
    supply_room: Decimal
    cap_room: Decimal
    ceiling_room: Decimal
    window_room: Decimal
    borrowable: Decimal


@dataclass(frozen=True)
class AssetRisk:
    """Price and risk of a base asset.

    `price` and `slow_price` are in dollars a whole token, None before the first; a price is
    `price_age` seconds old. `pending_price` has jumped and waits for a second report; meanwhile,
    with `is_unconfirmed`, accounts that need margin can only lower their risk. β is what the asset
    moves while the market moves one; `iota` its shock of its own, `basis` the spread of spot and
    perp, `spot_exit` and `perp_exit` the cost of getting out, as fractions of worth. `depth` of its
    markets is in dollars, None for no size term.
    """

    asset: str
    price: Decimal | None
    slow_price: Decimal | None
    confidence: Decimal
    price_time: int
    price_age: int
    is_unconfirmed: bool
    pending_price: Decimal | None
    beta: Decimal
    iota: Decimal
    basis: Decimal
    spot_exit: Decimal
    perp_exit: Decimal
    depth: Decimal | None
    listed_at: int
    changed_at: int


@dataclass(frozen=True)
class MarketRisk:
    """Risk that all assets share.

    `sigma` is the shock of the whole market; a liquidation begins below the share `maintenance` of
    the shock and ends at the share `end`. `peg` is what a quote token is worth outside [dollars],
    None before the first price; below 0.99 it raises initial requirements.
    """

    sigma: Decimal
    end: Decimal
    maintenance: Decimal
    peg: Decimal | None
    peg_time: int
    changed_at: int


@dataclass(frozen=True)
class Margin:
    """An account's equity and requirements [quote tokens].

    `equity` is all it has less all it owes, interest included, at the reference prices and marks;
    `settled` is without profits of perps that are not settled, and must support what is owed and
    what leaves. To add risk it needs `initial`, with all resting orders at their worst; a
    liquidation begins below `maintenance` and ends at `end`. With `is_paid` the account owes
    nothing, uses no perp, and its balances cover all its orders: then nothing is required of it.
    """

    equity: Decimal
    settled: Decimal
    initial: Decimal
    end: Decimal
    maintenance: Decimal
    is_paid: bool

    @property
    def free(self) -> Decimal:
        """Free collateral: equity beyond the initial requirement, negative if it is not met."""
        return self.equity - self.initial

    @property
    def withdrawable(self) -> Decimal:
        """Free collateral without unsettled profits: what may be borrowed or taken out counts."""
        return self.settled - self.initial

    @property
    def may_add_risk(self) -> bool:
        """Whether the initial requirement is met, or nothing is required."""
        return self.is_paid or self.free >= 0

    @property
    def is_maintained(self) -> bool:
        """Whether the maintenance requirement is met, or nothing is required."""
        return self.is_paid or self.equity >= self.maintenance


@dataclass(frozen=True)
class MarginPreview:
    """An account's margin now, and after some changes."""

    current: Margin
    changed: Margin
